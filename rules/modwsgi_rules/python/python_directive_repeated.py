"""
`WSGIPythonPath`, `WSGIPythonHome` or `WSGIPythonEggs` is written twice, and only the last line counts.

## What happens

Modules in the directories of an earlier `WSGIPythonPath` are not found: *No module named 'shop'*. Of two `WSGIPythonHome`, as where two
sites each brought the lines of `mod_wsgi-express module-config`, all applications get the environment of the last.

## Why

Each line takes the place of the one before (`wsgi_config.c:wsgi_set_python_path`, `wsgi_set_python_home`): there is one Python for all of
httpd's own processes.

## The fix

An unsafe fix writes all directories into the last `WSGIPythonPath`, those of the last line first, so that what is found today is found
there still.

## Left alone

Two homes are reported without a fix. On Linux each application can have a home of its own, by `python-home=` of a `WSGIDaemonProcess`. On
Windows mod_wsgi has no daemon mode: give the applications one environment, or each an httpd.

## See also

`module-loaded-twice`, `daemon-option-repeated`, `embedded-only-python-directive`.

## Examples

    ```diff unsafe
    -WSGIPythonPath /srv/blog
     WSGIScriptAlias /blog /srv/blog/app.wsgi
    -WSGIPythonPath /srv/shop
    +WSGIPythonPath /srv/shop:/srv/blog
     WSGIScriptAlias /shop /srv/shop/app.wsgi
    ```
    ```apache
    WSGIPythonHome /srv/blog/venv
    #              ^^^^^^^^^^^^^^
    WSGIPythonHome /srv/shop/venv
    ```

Not reported:

    ```apache
    WSGIPythonPath /srv/blog
    WSGIPythonPath /srv/lib:/srv/blog
    WSGIPythonHome /srv/venv
    <IfDefine TEST>
        WSGIPythonHome /srv/venv-test
    </IfDefine>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.platform import is_windows
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.paths import on_a_drive
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.rewriting.lines import delete, replace_arg
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule

_PATH = "wsgipythonpath"


@rule(severity=Severity.WARNING)
def python_directive_repeated(config: Config) -> Iterator[Diagnostic]:
    for name in (_PATH, "wsgipythonhome", "wsgipythoneggs"):
        items = [item for item in config.named(name) if len(item.args) == 1 and item.known]
        if len(items) < 2:
            continue
        last = items[-1]
        lost = _lost(config, items[:-1], last)
        fix = _joined(config, lost, last) if lost and name == _PATH else None
        for item, paths in lost.items():
            yield Diagnostic(
                item.path,
                item.args[0].span,
                f"only the last {item.name} counts, so {paths[0]} is not used",
                fix,
                (Related(last.path, last.args[0].span, "this one counts"),),
                help="" if fix else _advice(config, name),
            )


def _lost(config: Config, items: Sequence[Item], last: Item) -> dict[Item, list[str]]:
    """Return the lines whose place the last one takes, with their directories that it does not have."""
    kept = {path.rstrip("/") for path in _directories(config, last)}
    found = {}
    for item in items:
        paths = [path for path in _directories(config, item) if path.rstrip("/") not in kept]
        if paths and last.accompanies(item):
            found[item] = paths
    return found


def _directories(config: Config, item: Item) -> list[str]:
    if item.key != _PATH:
        return [item.value]
    return [path for path in item.value.split(_separator(config, item)) if path]


def _separator(config: Config, item: Item) -> str:
    return ";" if on_a_drive(item.value) or is_windows(config) else ":"


def _joined(config: Config, lost: Mapping[Item, list[str]], last: Item) -> Fix | None:
    """Return the fix that gives the last line the directories of the others; None where the lines may not be edited so."""
    readings = config.readings(last)
    if any(item.foreign or item.file.tree.is_template or item.path != last.path for item in (*lost, last)):
        return None
    if any(item.guards != last.guards or item in readings for item in lost):
        return None
    added = [path for paths in lost.values() for path in paths]
    value = _separator(config, last).join(dict.fromkeys([*_directories(config, last), *added]))
    edits = (*(delete(item) for item in lost), replace_arg(last, 0, quoted(value)))
    reason = "modules of these directories are then found"
    return Fix.unsafe("Write all directories into one line", *edits, reason=reason)


def _advice(config: Config, name: str) -> str:
    if is_windows(config):
        return "give the applications one environment, or each an httpd: Windows has no daemon mode"
    if name == "wsgipythonhome":
        return "keep one, and give an application its own by python-home= of WSGIDaemonProcess"
    return "write all of it into the last line"
