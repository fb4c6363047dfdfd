"""
`python-home` names something else than the root of a virtual environment, or of a Python.

## What happens

With `/srv/venv/bin/python` Python does not find its standard library, and the process never answers a request.

## Why

`python-home` and `WSGIPythonHome` are what Python calls `sys.prefix`: the directory that holds `bin` and `lib` (the
mod_wsgi manual, "Virtual Environments").

A path that does not begin with `/` is looked for in the directory that httpd was started in (`/` where it became a daemon); the
processes of a group with `home=` look there. Of two paths with a colon Python takes the second for its compiled modules (PYTHONHOME's
*prefix:exec_prefix*), and two environments have no library at all.

## The fix

It cuts the path at the root of the environment, where it names something inside of one. It is safe, because Python did not
start before.

## Left alone

A path that `--root` shows to be an environment itself is not reported. A directory that `--root` shows to be none, as that of
the project, is reported without a fix: it has no `pyvenv.cfg`, and no `python3.x` in its `lib`.

## See also

*ModuleNotFoundError: No module named 'encodings'*; `python-path-is-site-packages`.

## Examples

    ```diff
    -WSGIDaemonProcess site python-home=/srv/venv/bin/python3 threads=5
    +WSGIDaemonProcess site python-home=/srv/venv threads=5
    -WSGIDaemonProcess blog python-home="/srv/blog env/lib/python3.11/site-packages"
    +WSGIDaemonProcess blog python-home="/srv/blog env"
    -WSGIPythonHome /srv/venv/bin/activate
    +WSGIPythonHome /srv/venv
    ```
    ```apache
    WSGIDaemonProcess site python-home=/srv/venv
    WSGIDaemonProcess blog python-home=/usr
    WSGIDaemonProcess shop python-home=/srv/bin/env
    WSGIPythonHome /opt/python
    ```

What does not begin with `/`, or is a list, without a fix; beside `home=` a path begins there:

    ```apache
    WSGIPythonHome sys.executable
    #              ^^^^^^^^^^^^^^
    WSGIDaemonProcess shop python-home=venv
    #                                  ^^^^
    WSGIDaemonProcess blog python-home=~blog/venv
    #                                  ^^^^^^^^^^
    WSGIDaemonProcess maps python-home=/srv/maps/venv:/srv/tiles/venv
    #                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    WSGIDaemonProcess wiki home=/srv/wiki python-home=venv
    WSGIDaemonProcess poll python-home=${VENV}
    ```

The directory of the project, without a fix, and one with an environment:

    ```apache
    #- site.conf
    WSGIDaemonProcess shop python-home=/srv/shop
    #                                  ^^^^^^^^^
    WSGIDaemonProcess blog python-home=/srv/blog
    #- /srv/shop/manage.py
    import sys
    #- /srv/blog/lib/python3.11/os.py
    import sys
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.facts.pythons import has_no_python
from modwsgi_fix.model.items import Item
from modwsgi_fix.placeholders import has_placeholder
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span

#: Where a path begins, also one of Windows.
_ABSOLUTE = expression(r"[/\\]|[A-Za-z]:[/\\]")
#: An absolute path of a list.
_SEVERAL = expression(r"(?:\A|:)/[^:]+")
_INSIDE = expression(
    r"(?P<root>/.+?)/(?:bin(?:/python[\d.]*|/activate(?:_this\.py)?)?|lib(?:64)?/python\d[\d.]*(?:/site-packages)?)/?"
)


@rule(severity=Severity.ERROR)
def python_home_not_a_prefix(config: Config) -> Iterator[Diagnostic]:
    for process in daemon_processes(config):
        option = process.option("python-home")
        if option is not None:
            at_home = process.option("home") is not None
            yield from _check_path(process.directive, option.value, option.value_span, at_home=at_home)
            yield from _check(config, process.directive, option.value, option.value_span)
    for item in config.named("wsgipythonhome"):
        if item.args and item.args[0].known:
            yield from _check_path(item, item.value, item.args[0].span)
            yield from _check(config, item, item.value, item.args[0].span)


def _check_path(item: Item, value: str, span: Span, *, at_home: bool = False) -> Iterator[Diagnostic]:
    """Check that the value is one path and, unless a relative one begins ``at_home``, an absolute one."""
    if not value or "${" in value or has_placeholder(value):
        return
    if len(_SEVERAL.findall(value)) > 1:
        message = f"{value} names more than one directory, so Python does not start"
        yield Diagnostic(item.path, span, message, help="name one environment; another group can have another one")
    elif not at_home and not _ABSOLUTE.match(value):
        message = f"{value} is not an absolute path, so Python looks for it wherever httpd was started"
        yield Diagnostic(item.path, span, message, help="name the root of the environment from / on")


def _check(config: Config, item: Item, value: str, span: Span) -> Iterator[Diagnostic]:
    inside = _INSIDE.fullmatch(value)
    if item.file.tree.is_template:
        return
    if inside is None:
        if not item.in_doubt and has_no_python(config, value.rstrip("/")):
            message = f"{value} has no Python in it, so Python does not start"
            yield Diagnostic(item.path, span, message, help="name the root of the environment, which has bin and lib")
        return
    root = inside["root"]
    disk = config.disk
    if disk is not None and disk.is_file(f"{value.rstrip('/')}/pyvenv.cfg"):
        return
    fix = None
    # A variable may stand before it.
    inner = value.removeprefix(root)
    written = item.file.text[span.start : span.end].rstrip("\"'")
    if written.endswith(inner) and item.known:
        end = span.start + len(written)
        cut = Span(end - len(inner), end)
        fix = Fix.safe(
            "Name the root of the environment",
            Edit(item.path, cut),
            reason="Python now finds its library and starts",
        )
    message = f"{value} is not the root of a Python, so Python does not start"
    yield Diagnostic(item.path, span, message, fix, help="" if fix else f"name the root of the environment, {root}")
