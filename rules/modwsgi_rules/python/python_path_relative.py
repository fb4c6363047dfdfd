"""
A directory of `python-path` or `WSGIPythonPath` does not begin at the root of the file system.

## What happens

httpd starts, and the application fails at its first import: *No module named 'shop'*.

## Why

Python looks for it below the directory that the process works in. That is the one that httpd is *started* in, which under systemd
is `/`; `ServerRoot` has no part in it (measured with mod_wsgi 4.9.4). `~` is a directory of that name there: only a
shell knows the home of a user.

## Left alone

There is no fix: the path alone does not say which directory is meant. An option behind a colon, `python-path=/srv/shop:home=/srv`, is such
a directory to mod_wsgi, too: options are parted by blanks. Where a process group has `home=` or `user=`, its
processes work in a directory of their own, and only `~` is reported.

## See also

`script-path-relative`, `relative-path-in-script`, `comma-in-python-path`.

## Examples

Reported without a fix:

    ```apache
    WSGIPythonPath shop
    #              ^^^^
    WSGIDaemonProcess shop python-path=/srv/shop:lib
    #                      ^^^^^^^^^^^^^^^^^^^^^^^^^
    WSGIDaemonProcess blog home=/srv/blog python-path=~/lib
    #                                     ^^^^^^^^^^^^^^^^^
    WSGIDaemonProcess wiki user=wiki python-path=/srv/wiki:python-home=/srv/venv:/srv/lib
    #                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    WSGIPythonPath /srv/shop:/srv/lib:
    WSGIDaemonProcess shop home=/srv/shop python-path=lib
    WSGIDaemonProcess blog python-path=${SITE}/lib
    WSGIDaemonProcess wiki user=wiki python-path=lib
    ```
    ```apache
    WSGIPythonPath C:/shop;D:/lib
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import daemon_option
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.paths import on_a_drive
from modwsgi_fix.rule import Diagnostic, rule
from modwsgi_fix.text import Span

#: A path that does not begin with the root, a variable, a placeholder or a typographic quote.
_RELATIVE = expression(r"[~\w.-]")


@rule()
def python_path_relative(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("wsgipythonpath"):
        if len(item.args) == 1 and item.args[0].known:
            yield from _report(item, item.value, item.args[0].span, "")
    for process in daemon_processes(config):
        option = process.option("python-path")
        if option is not None and option.known:
            has_own = process.option("home") is not None or process.option("user") is not None
            yield from _report(process.directive, option.value, option.span, "~" if has_own else "")


def _report(item: Item, value: str, span: Span, beginning: str) -> Iterator[Diagnostic]:
    if on_a_drive(value) or item.file.tree.is_template:
        return
    places = value.split(":")
    option = next((one for one in places if (name := one.partition("=")[0]) != one and daemon_option(name)), None)
    if option is not None:
        name = option.partition("=")[0]
        message = f"{name}= stands behind a colon, so it is a directory of this path to mod_wsgi, and no option"
        yield Diagnostic(item.path, span, message, help=f"write {option} behind a blank, as an option of its own")
        return
    relative = (one for one in places if _RELATIVE.match(one) and one.startswith(beginning))
    if (path := next(relative, None)) is not None:
        message = f"{path} is looked for in the directory that the process works in, so it is not found"
        yield Diagnostic(item.path, span, message, help="write the whole path, from the root")
