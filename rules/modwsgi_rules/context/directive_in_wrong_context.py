"""
A directive stands where httpd does not accept it.

## What happens

httpd refuses to start. With such a line in an `.htaccess` file it starts, and every request below the file gets an
error 500.

## Why

Each directive has its contexts: the main server, a virtual host, a section, an `.htaccess` file
(`core.c:ap_check_cmd_context`, `config.c:invoke_cmd`).

## The fix

It moves a directive of mod_wsgi to the nearest place that accepts it: out of the section into the host, or, where
only the main server accepts it, before the first host that has it. It is safe, because httpd did not start.

`WSGIPythonHome` and `WSGIPythonPath` of the main server are for embedded mode. In a host that has one daemon process
they are meant for that process, and become its options.

## Left alone

Directives of httpd's own are reported without a fix, and so are two hosts that ask for different values of a
directive for the whole server. The top of a fragment may be read inside a section, so what stands there is not
reported.

## See also

*WSGIScriptAlias not allowed in `<Directory>` context*, *WSGIPythonPath cannot occur within `<VirtualHost>` section*,
*not allowed here*; `alias-inside-location`.

## Examples

    ```diff
     <VirtualHost *:80>
         ServerName example.com
    +    WSGIScriptAlias / /srv/site/site.wsgi
         <Directory /srv/site>
    -        WSGIScriptAlias / /srv/site/site.wsgi
             Require all granted
         </Directory>
     </VirtualHost>
    ```
    ```diff
    +WSGIRestrictEmbedded On
     <VirtualHost *:80>
         ServerName example.com
    -    WSGIRestrictEmbedded On
     </VirtualHost>
     <VirtualHost *:443>
         ServerName example.com
    -    WSGIRestrictEmbedded On
     </VirtualHost>
    ```

The host's daemon process has an option for it:

    ```diff
     <VirtualHost *:80>
         ServerName example.com
    -    WSGIPythonPath /srv/site:/srv/lib
    -    WSGIDaemonProcess site threads=5
    +    WSGIDaemonProcess site threads=5 python-path=/srv/site:/srv/lib
         WSGIProcessGroup site
     </VirtualHost>
    ```

Only the administrator knows which of two values is right for the whole server:

    ```apache
    <VirtualHost *:80>
        WSGIPythonHome /srv/one/env
    #   ^^^^^^^^^^^^^^
    </VirtualHost>
    <VirtualHost *:81>
        WSGIPythonHome /srv/two/env
    #   ^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Directives of httpd's own are reported without a fix. A group and a grant are right in a section:

    ```apache
    <VirtualHost *:80>
        Require all granted
    #   ^^^^^^^
        <Location /x>
            DocumentRoot /srv/www
    #       ^^^^^^^^^^^^
        </Location>
    </VirtualHost>
    ```
    ```apache
    WSGIPythonHome /srv/env
    <VirtualHost *:80>
        WSGIDaemonProcess site
        <Directory /srv/site>
            WSGIProcessGroup site
            Require all granted
        </Directory>
    </VirtualHost>
    ```

This fragment may be read inside a section:

    ```apache
    Require all granted
    ```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from modwsgi_fix.directives import Context, find
from modwsgi_fix.directives.families import PREFIX_ALIASES
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.items import File, Item
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rewriting.moving import context, may_move, move_before, refuge
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.text import Span

#: Reported by alias-inside-location: httpd accepts one form of these in sections.
_ELSEWHERE = frozenset(PREFIX_ALIASES)
#: Directives that may be repeated with other values.
_REPEATED = frozenset({"wsgipythonwarnings"})
#: Directives with an equal option of WSGIDaemonProcess.
_OPTIONS = {"wsgipythonhome": "python-home", "wsgipythonpath": "python-path"}


@rule(severity=Severity.ERROR)
def directive_in_wrong_context(config: Config) -> Iterator[Diagnostic]:
    found: list[tuple[Item, Context]] = []
    for server, lines in config.by_server.items():
        found += server.once((_misplaced, config.target.is_22), partial(_misplaced, lines, is_22=config.target.is_22))
    found.sort(key=lambda one: one[0].index)
    in_sight = (one for one in found if one[1] is not Context.SERVER or config.complete)
    for key, places in grouped(in_sight, lambda one: one[0].key).items():
        info = find(key)
        assert info is not None
        items = [item for item, _ in places]
        only_main = info.contexts == Context.SERVER
        firsts: dict[tuple[str, ...], Item] = {}
        for item in config.named(key):
            firsts.setdefault(item.values, item)
        conflict = only_main and info.of_mod_wsgi and key not in _REPEATED and len(firsts) > 1
        together = (
            _together(config, items)
            if only_main and info.of_mod_wsgi and key not in _REPEATED and not conflict
            else None
        )
        for item, where in places:
            fix = _into_daemon(config, item) if where is Context.VIRTUAL_HOST else None
            if fix is None and together is not None:
                fix = together._replace()
            elif fix is None and info.of_mod_wsgi and not (only_main and key not in _REPEATED):
                fix = _move(item)
            rival = next((first for values, first in firsts.items() if values != item.values), None)
            related = (Related(rival.path, rival.span, "another value"),) if conflict and rival and fix is None else ()
            advice = "" if fix else _advice(item, where, conflict=bool(related))
            yield Diagnostic(item.path, item.node.name_span, _message(item, where), fix, related, help=advice)


def _misplaced(items: Iterable[Item], *, is_22: bool) -> tuple[tuple[Item, Context], ...]:
    """Return the items of one server that stand in a context in which httpd does not take them, each with that context."""
    found = []
    # Lines side by side in one section have one context; a host is not in itself.
    contexts: dict[tuple[Item | None, bool, File], tuple[Context, dict[str, bool]]] = {}
    #: Whether a directive is not taken, by context and name.
    refused: dict[Context, dict[str, bool]] = {}
    for item in items:
        beside = item.parent, item.server.item is item, item.file
        known = contexts.get(beside)
        if known is None:
            where = context(item)
            known = contexts[beside] = where, refused.setdefault(where, {})
        where, by_name = known
        is_refused = by_name.get(item.key)
        if is_refused is None:
            is_refused = by_name[item.key] = _is_refused(item.key, where, is_22=is_22)
        if is_refused and _is_meant(item):
            found.append((item, where))
    return tuple(found)


def _is_refused(key: str, where: Context, *, is_22: bool) -> bool:
    """Whether httpd does not take a directive in a context; False where that is not known."""
    info = find(key)
    if not where or info is None or key in _ELSEWHERE or info.until:
        return False
    # The table of httpd's own directives is that of 2.4.
    return where not in info.contexts and (info.of_mod_wsgi or not is_22)


def _is_meant(item: Item) -> bool:
    """Whether a line is the directive of its name, in a place where it was meant to be: not behind an unclosed section."""
    info = find(item.key)
    return info is not None and info.section is item.is_section and not (info.section and item.file.tree.problems)


def _message(item: Item, where: Context) -> str:
    name = f"<{item.name}>" if item.is_section else item.name
    if where is Context.HTACCESS:
        return f"every request below the .htaccess file gets an error 500, because {name} stands in it"
    around = item.sections[-1].name if item.sections else "VirtualHost" if item.server.item else ""
    place = f"in <{around}>" if around else "outside of all sections"
    return f"httpd does not start, because {name} stands {place}"


def _advice(item: Item, where: Context, *, conflict: bool) -> str:
    """Return where the directive belongs."""
    if where is Context.HTACCESS:
        return "move it into the configuration"
    if conflict:
        return "decide which of the two values is right, and write it into the main server"
    info = find(item.key)
    assert info is not None
    if Context.SERVER in info.contexts:
        hosts = Context.VIRTUAL_HOST in info.contexts
        return f"move it {'out of the section' if hosts else 'to the main server'}"
    return "move it into a <Directory> or <Location>" if Context.DIRECTORY in info.contexts else "move it elsewhere"


def _move(item: Item) -> Fix | None:
    anchor = refuge(item, item.name)
    if anchor is None or not may_move(item, anchor):
        return None
    outside = [line for line in item.server.items if line.key == item.key]
    if any(line.values == item.values and line.accompanies(item) for line in outside):
        return Fix.safe(f"Delete {item.name}", delete(item), reason="httpd starts; the same line stands outside")
    if item.args and any(line.args and line.value == item.value for line in outside):
        return None
    return Fix.safe(
        f"Move {item.name} out", *move_before(item, anchor), reason="httpd starts, and does what the line says"
    )


def _together(config: Config, items: list[Item]) -> Fix | None:
    """Return the fix that moves the first of equal directives before its host, and deletes the others."""
    first, *others = items
    anchor = refuge(first, first.name)
    if anchor is None or any(item.foreign or item.guards != first.guards for item in items):
        return None
    reason = "httpd starts; the directive holds for the whole server"
    if any(one.guards == first.guards for one in config.main.all(first.key)):
        title = f"Delete {first.name}"
        return Fix.safe(title, *sorted({delete(item) for item in items}), reason="httpd starts; the main server has it")
    if not may_move(first, anchor):
        return None
    edits = {*move_before(first, anchor), *(delete(item) for item in others)}
    return Fix.safe(f"Move {first.name} to the main server", *sorted(edits), reason=reason, every_reading=True)


def _into_daemon(config: Config, item: Item) -> Fix | None:
    """Return the fix that makes it an option of the host's one daemon process."""
    name = _OPTIONS.get(item.key)
    processes = [process for process in daemon_processes(config) if process.server is item.server]
    if name is None or len(processes) != 1 or len(item.args) != 1 or item.foreign:
        return None
    process = processes[0]
    other = process.directive
    if process.option(name) or process.stray or other.foreign or other.guards != item.guards:
        return None
    written = item.file.text[item.args[0].span.start : item.args[0].span.end]
    if len(item.server.all(item.key)) > 1 or "\n" in written:
        return None
    at = other.span.end
    return Fix.safe(
        f"Write {name}= instead",
        Edit(other.path, Span(at, at), f" {name}={written}"),
        delete(item),
        reason="httpd starts, and the host's daemon process gets what was meant for it",
    )
