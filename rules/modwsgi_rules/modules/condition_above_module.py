"""
A section of `<IfModule>` stands above the line that loads its module, so httpd passes over it.

## What happens

Nothing in the section takes effect, and nothing is said about it: the number of processes is the default one, or a port is not
listened on.

## Why

httpd evaluates the condition when it reads the line (`start_ifmod`, core.c), with the modules that are loaded by then. httpd 2.2 had
its MPM compiled in, so that `<IfModule prefork.c>` was read wherever it stood; in 2.4 the MPM is a module, and is often loaded
further down.

## The fix

It moves the section, with the comment above it, below the line that loads the module, or below the Include that leads to this line.
It is unsafe: all that the section says takes effect then, and what it is about, processes and ports included, nobody tried for as long
as it stood there.

## Left alone

A section inside of another section, in a macro or in a file that is included more than once is reported without a fix. Nothing is said
of a module that is loaded under a condition, of one that may be compiled in, and of fragments.

## See also

Rules `old-module-list` and `module-not-loaded`.

## Examples

    ```diff unsafe
     #- httpd.conf
    -# for the shop
    -<IfModule mod_ssl.c>
    -    Listen 443
    -</IfModule>
     Listen 80
     LoadModule alias_module modules/mod_alias.so
     LoadModule ssl_module modules/mod_ssl.so
    +# for the shop
    +<IfModule mod_ssl.c>
    +    Listen 443
    +</IfModule>
     ServerName www.example.com
    ```
    ```diff unsafe
     #- etc/apache2/apache2.conf
    -<IfModule mpm_event_module>
    -    MaxRequestWorkers 50
    -</IfModule>
     Timeout 60
     Include mods-enabled/*.load
    +<IfModule mpm_event_module>
    +    MaxRequestWorkers 50
    +</IfModule>
     Listen 80
     #- etc/apache2/mods-enabled/mpm_event.load
     LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
     #- etc/apache2/mods-enabled/alias.load
     LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
    ```

Not reported:

    ```apache
    #- httpd.conf
    <IfModule mpm_prefork_module>
        MaxRequestWorkers 50
    </IfModule>
    <IfModule !mod_ssl.c>
        Listen 8443
    </IfModule>
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule ssl_module modules/mod_ssl.so
    <IfModule mpm_event_module>
        MaxRequestWorkers 50
    </IfModule>
    <IfModule mod_ssl.c>
        Listen 443
    </IfModule>
    ```
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import INCLUDES
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, derived, grouped
from modwsgi_fix.model.items import File, Item
from modwsgi_fix.model.lines import files, lines_with
from modwsgi_fix.model.modules import compiled_in
from modwsgi_fix.model.reading.conditions import module_asked
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.syntax import Blank, Comment, Directive, Node, Section
from modwsgi_fix.text import Span

_CONDITION = expression(r"^[ \t]*<IfModule[ \t]", re.M | re.I)
_REASON = "all that the section says takes effect then"


@rule(severity=Severity.WARNING)
def condition_above_module(config: Config) -> Iterator[Diagnostic]:
    loading = _loading(config)
    if not loading or not config.complete:
        return
    for file in files(config):
        for node, parents in lines_with(file, _CONDITION, ("<ifmodule",)):
            if not isinstance(node, Section) or node.key != "ifmodule" or not node.args or file.readings > 1:
                continue
            line = loading.get(module_asked(node.args[0].value) or "")
            if line is None or not _comes_before(config, file, node, line):
                continue
            name = line.value.removesuffix("_module")
            message = f"mod_{name} is loaded further down, so httpd passes over this section"
            fix = None if parents else _moved(config, file, node, line)
            related = (Related(line.path, line.args[0].span, "loaded here"),)
            help = "" if fix else "move the section below the line that loads the module"
            yield Diagnostic(file.path, node.args[0].span, message, fix, related, help=help)


@derived
def _loading(config: Config) -> dict[str, Item]:
    """The line that certainly loads each module, by the module's name without ``_module``; none for what may be compiled in."""
    first: dict[str, Item] = {}
    for item in config.named("loadmodule"):
        first.setdefault(item.value.removesuffix("_module"), item)
    return {
        name: item
        for name, item in first.items()
        if item.args and item.known and not item.guards and compiled_in(config, name) is not True
    }


@derived
def _by_file(config: Config) -> dict[str, list[Item]]:
    return {path: sorted(items, key=_start) for path, items in grouped(config.items, lambda item: item.path).items()}


def _start(item: Item) -> int:
    return item.node.start


def _comes_before(config: Config, file: File, node: Section, line: Item) -> bool:
    """Whether httpd certainly reads a section before a line that may stand in another file."""
    if line.file is file:
        return node.start < line.node.start
    items = _by_file(config).get(file.path, [])
    at = bisect_left(items, node.end, key=_start)
    return at < len(items) and items[at].index <= line.index


def _moved(config: Config, file: File, node: Section, line: Item) -> Fix | None:
    """Move a section, with its comment, below the line, or below the Include that leads to it."""
    if line.file is not file:
        later = (
            item for item in _by_file(config)[file.path] if item.node.start > node.start and item.index < line.index
        )
        led = max(later, key=lambda item: item.index, default=None)
        if led is None or led.key not in INCLUDES:
            return None
        line = led
    siblings = file.tree.children
    at = _below(siblings, line.node)
    start = node.start
    for sibling in reversed(siblings):
        if sibling.end == start and isinstance(sibling, Comment):
            start = sibling.start
    text = file.text
    fresh = "" if text[at - 1 : at] == "\n" else file.newline
    edits = (Edit(file.path, Span(start, node.end)), Edit(file.path, Span(at, at), fresh + text[start : node.end]))
    title = f"Move the section below the line that loads mod_{line.value.removesuffix('_module')}"
    if line.key in INCLUDES:
        title = f"Move the section below {line.name} {line.value}"
    return Fix.unsafe(title, *edits, reason=_REASON)


def _below(siblings: Sequence[Node], line: Directive) -> int:
    """Return where the list of lines and conditions ends that a line begins."""
    end = line.end
    for node in siblings:
        if node.end <= line.start or isinstance(node, Comment | Blank):
            continue
        is_of_list = isinstance(node, Directive) and node.key in ("loadmodule", "ifmodule")
        if node.start > line.start and not is_of_list:
            break
        end = node.end
    return end
