"""
The directories of `python-path` or `WSGIPythonPath` are separated by a comma, a semicolon or a blank.

## What happens

httpd starts, and the application fails at its first import: *No module named 'shop'*. Python looks in one directory with a
very long name, which there is not.

## Why

mod_wsgi separates the directories at colons alone (`wsgi_interp.c:wsgi_load_source_path`, `DELIM`; on Windows it is the semicolon), and a blank beside a
colon belongs to the name (measured with mod_wsgi 4.9.4).

## The fix

It writes colons. It is unsafe, because the modules in these directories are then found, and may stand before others.

## Left alone

A comma that no slash follows may belong to a name. A value with a drive of Windows is not reported.

## See also

`python-path-relative`, `python-path-is-site-packages`.

## Examples

    ```diff unsafe
    -WSGIDaemonProcess shop python-path=/srv/shop,/srv/lib threads=5
    +WSGIDaemonProcess shop python-path=/srv/shop:/srv/lib threads=5
    -WSGIDaemonProcess blog python-path="/srv/blog; /srv/lib"
    +WSGIDaemonProcess blog python-path=/srv/blog:/srv/lib
    -WSGIPythonPath "/srv/wiki: /srv/lib"
    +WSGIPythonPath /srv/wiki:/srv/lib
    ```

Not reported:

    ```apache
    WSGIDaemonProcess shop python-path=/srv/shop:/srv/lib
    WSGIDaemonProcess blog "python-path=/srv/a,/srv/b"
    WSGIDaemonProcess wiki python-path="/srv/wiki, old/lib:/srv/my lib"
    WSGIPythonPath C:/shop;/srv/lib
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.items import Item
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.rule import Diagnostic, rule
from modwsgi_fix.text import Span

#: What stands before a path from the root.
_BETWEEN = expression(r"(?<![\s,;:])[\s,;:]+(?=/)")
_DRIVE = expression(r"(?<![^\s,;])[A-Za-z]:")
_NAMES = {",": "a comma", ";": "a semicolon"}


@rule()
def comma_in_python_path(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("wsgipythonpath"):
        if len(item.args) == 1 and item.args[0].known:
            yield from _report(item, item.value, item.args[0].span, item.args[0].span)
    for process in daemon_processes(config):
        option = process.option("python-path")
        if option is not None and option.known:
            yield from _report(process.directive, option.value, option.span, option.value_span)


def _report(item: Item, value: str, span: Span, value_span: Span) -> Iterator[Diagnostic]:
    wrong = next((found[0] for found in _BETWEEN.finditer(value) if found[0] != ":"), None)
    if (
        wrong is None
        or not value.startswith("/")
        or not is_settled(value)
        or item.file.tree.is_template
        or _DRIVE.search(value)
    ):
        return
    name = next((name for sign, name in _NAMES.items() if sign in wrong), "a blank")
    edit = Edit(item.path, value_span, quoted(_BETWEEN.sub(":", value)))
    is_ours = item.known
    reason = "modules of these directories are then found, and may stand before others"
    yield Diagnostic(
        item.path,
        span,
        f"mod_wsgi separates directories at colons, so {name} belongs to the name of one",
        Fix.unsafe("Separate the directories by colons", edit, reason=reason) if is_ours else None,
        help="" if is_ours else "write a colon between the directories",
    )
