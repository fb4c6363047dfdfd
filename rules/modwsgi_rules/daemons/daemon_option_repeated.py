r"""
An option of a daemon process is written twice.

## What happens

The last one counts. mod_wsgi says nothing about the others.

## Why

`wsgi_add_daemon_process` of mod_wsgi reads the options from left to right, and each one overwrites what was set before.

## The fix

A safe fix: it deletes all but the last, which is the one that counts today.

Of `python-path=` each was meant to be searched, so deleting one would lose what it was for. There an unsafe fix writes all directories
into the last, behind those that it has.

## Examples

    ```diff
    -WSGIDaemonProcess shop threads=5 home=/srv/shop threads=15
    +WSGIDaemonProcess shop home=/srv/shop threads=15
    ```
    ```diff
     WSGIDaemonProcess shop \
    -    threads=5 \
    -    threads=10 \
         home=/srv/shop \
         threads=15
    ```

    ```diff unsafe
    -WSGIDaemonProcess shop python-path=/srv/lib python-path=/srv/shop
    +WSGIDaemonProcess shop python-path=/srv/shop:/srv/lib
    ```

Not reported:

    ```apache
    WSGIDaemonProcess shop user=shop socket-user=www-data
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import Option, daemon_processes
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.rewriting.lines import delete_words
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.WARNING)
def daemon_option_repeated(config: Config) -> Iterator[Diagnostic]:
    for process in daemon_processes(config):
        item = process.directive
        last = {option.name: option for option in process.options}
        earlier = [option for option in process.options if option is not last[option.name]]
        if not earlier:
            continue
        paths = _lost([option for option in earlier if option.name == "python-path"], last.get("python-path"))
        lost = {option.span for option in paths}
        plain = [option for option in earlier if option.span not in lost]
        deleted = delete_words(item, [option.span for option in plain]) if plain else ()
        safe = Fix.safe("Keep the last one only", *deleted, reason="mod_wsgi takes the last one") if deleted else None
        joined = _joined(item, paths, last["python-path"]) if paths else None
        for option in earlier:
            is_lost = option.span in lost
            counts, fix = last[option.name], joined if is_lost else safe
            yield Diagnostic(
                item.path,
                option.span,
                f"{option.name} is set again below, and {counts.name}={counts.value} counts",
                fix,
                (Related(item.path, counts.span, "this one counts"),),
                help="" if fix else "write all directories into one" if is_lost else "delete this one",
            )


def _lost(earlier: Sequence[Option], last: Option | None) -> list[Option]:
    """Return the options with directories of modules that are no longer searched because of the last one."""
    kept = _directories(last) if last is not None and earlier else set()
    return [option for option in earlier if _directories(option) - kept]


def _directories(option: Option) -> set[str]:
    return {path.rstrip("/") for path in option.value.split(":") if path}


def _joined(item: Item, paths: Sequence[Option], last: Option) -> Fix | None:
    """Return the fix that gives the last option the directories of the others."""
    every = [path for option in (last, *paths) for path in option.value.split(":") if path]
    if not all(option.known for option in (last, *paths)):
        return None
    value = ":".join(dict.fromkeys(every))
    edits = (*delete_words(item, [option.span for option in paths]), Edit(item.path, last.value_span, quoted(value)))
    return Fix.unsafe("Write all directories into one", *edits, reason="modules of these directories are then found")
