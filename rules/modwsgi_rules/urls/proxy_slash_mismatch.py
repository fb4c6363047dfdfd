"""
A proxy hands requests on with a slash too few or too many.

## What happens

`ProxyPass / http://127.0.0.1:8000` hands `/login` on to `http://127.0.0.1:8000login`. Only the start page answers, and all else is an error:
*DNS lookup failure*. It is worse than that: the rest of the URL is put behind the name of the server, so a visitor who asks for
`/@192.0.2.7/` is answered by 192.0.2.7, which may be a machine that only this one can reach.

Within a path two words become one: `ProxyPass /shop/ http://127.0.0.1:8000/app` asks for `/appcart`. With the slash on the other side alone
there are two: `ProxyPass /shop http://127.0.0.1:8000/` asks for `//cart`, which Django, Flask and most other applications answer with 404.

## Why

`mod_proxy` takes away the first word and puts what is left of the URL behind the second as it is (mod_proxy.c:ap_proxy_trans_match). So both end with
a slash, or neither. Measured with 2.4.71: `/@127.0.0.9:8199/x` was answered by 127.0.0.9, whichever server the line named; a host that
is asked by `unix:` is composed in the same way, and a balancer of such a name is not there (*AH01144*).

## The fix

It writes the slash behind the name of the server, also in the `ProxyPassReverse` line of the same two words. It is a repair: each URL is
asked for under its own path then. Within a path, and where a slash is too many, the fix is unsafe: somebody may have meant it.

## Left alone

A pattern, `$1` behind the name of a server in `ProxyPassMatch` or a `RewriteRule` with `[P]` where the group begins behind a slash, is
reported without a fix: write the slash before `$1`. A second word that ends in `=`, `?` or `&` is meant to be continued. `<LocationMatch>` and
lines with variables are not looked at.

## See also

httpd's own message is *AH00898: DNS lookup failure for: 127.0.0.1:8000login returned by /login*. Rules `alias-trailing-slash` and
`proxy-hides-application`.

## Examples

    ```diff repair
     <VirtualHost *:80>
         ServerName shop.example
    -    ProxyPass / http://127.0.0.1:8000
    -    ProxyPassReverse / http://127.0.0.1:8000
    +    ProxyPass / http://127.0.0.1:8000/
    +    ProxyPassReverse / http://127.0.0.1:8000/
     </VirtualHost>
    ```
    ```diff repair
     <Location /board/>
    -    ProxyPass "unix:/run/board.sock|http://board" timeout=60
    +    ProxyPass "unix:/run/board.sock|http://board/" timeout=60
     </Location>
    ```
    ```diff unsafe
    -ProxyPass /shop/ http://127.0.0.1:8000/app
    +ProxyPass /shop/ http://127.0.0.1:8000/app/
    ```
    ```diff unsafe
    -ProxyPass /shop http://127.0.0.1:8000/
    +ProxyPass /shop http://127.0.0.1:8000
    ```

Reported without a fix:

    ```apache
    ProxyPassMatch ^/api/(.*)$ http://127.0.0.1:8000$1
    #                          ^^^^^^^^^^^^^^^^^^^^^^^
    RewriteEngine On
    RewriteRule ^/old/(.*) http://127.0.0.1:8001$1 [P,L]
    #                      ^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    ProxyPass /static !
    ProxyPass /api http://127.0.0.1:8000/api
    ProxyPass /find/ http://127.0.0.1:8001/find?word=
    ProxyPassMatch ^(/old/.*)$ http://127.0.0.1:8001$1
    RewriteEngine On
    RewriteRule ^(/older/.*) http://127.0.0.1:8001$1 [P,L]
    ProxyPass / http://127.0.0.1:8000/
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from modwsgi_fix.directives.families import DIRECTORY_SECTIONS, HANDED_ON, LOCATION_SECTIONS
from modwsgi_fix.edits import Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Arg, Item, Server
from modwsgi_fix.model.paths import has_wildcard
from modwsgi_fix.model.rewrites import flags_of
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rewriting.lines import replace_arg
from modwsgi_fix.rewriting.verdict import refusal
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

#: A URL of another server: by what it is asked, its name, and the path. Nothing of it is composed of variables.
_URL = expression(r"(?P<server>(?:unix:[^|$%]*\|)?(?P<scheme>[a-z][a-z0-9+.-]*)://[^/?#$%]+)(?P<path>[^$%]*)", re.I)
#: The same with a group of a pattern right behind its name.
_GLUED = expression(r"(?:unix:[^|$%]*\|)?[a-z][a-z0-9+.-]*://[^/?#$%]+\$(?P<group>[1-9]).*", re.I)
#: What a group begins with that has no slash where one stands before it.
_NO_SLASH = (".*", ".+", "[^/")
#: What a URL ends in that is meant to be continued.
_OPEN = ("=", "?", "&")


@rule(severity=Severity.ERROR, rank=Rank.EXPOSED, changes=("moved",))
def proxy_slash_mismatch(config: Config) -> Iterator[Diagnostic]:
    for item in config.in_each_server(_handing_on, *HANDED_ON):
        found = _of_pattern(item) if item.key != "proxypass" else _of_prefix(config, item)
        if found is not None:
            yield found


def _handing_on(lines: Sequence[Item]) -> Iterator[Item]:
    for item in lines:
        if item.known and not item.file.tree.is_template and any("://" in arg.value for arg in item.args[:2]):
            yield item


def _of_prefix(config: Config, item: Item) -> Diagnostic | None:
    prefix, target = _words(item)
    url = _URL.fullmatch(target.value)
    if not prefix.startswith("/") or url is None or not is_settled(item.value) or target.value.endswith(_OPEN):
        return None
    path = url["path"]
    if prefix.endswith("/") is target.value.endswith("/") or refusal(item.name, item.values):
        return None
    of_server = not path
    if prefix.endswith("/"):
        told = f"{item.name} hands {prefix}a on as {target.value}a"
        end = ": a visitor chooses the server" if of_server and url["scheme"].lower() != "balancer" else ""
        written, title = f"{target.value}/", "Write the slash"
        severity = Severity.ERROR if of_server else Severity.WARNING
    else:
        told, end = f"{item.name} hands {prefix}/a on as {path}/a, with two slashes", ""
        written, title = target.value[:-1], "Take the slash away"
        severity, of_server = Severity.INFO, False
    fix = _fix(config, item, target, written, title, of_server=of_server)
    help = "" if fix else f"write {written}"
    return Diagnostic(item.path, target.span, f"{told}{end}", fix, help=help, severity=severity)


def _words(item: Item) -> tuple[str, Arg]:
    """Return the URL that a ProxyPass is for, and the argument that names the other server; no URL where a pattern decides."""
    section = item.section(*LOCATION_SECTIONS)
    if "://" not in item.value:
        return ("" if section is not None else item.value), item.args[1]
    is_plain = section is not None and section.key == "location" and section.known and len(section.args) == 1
    return (section.value if is_plain and section and not has_wildcard(section.value) else ""), item.args[0]


def _fix(config: Config, item: Item, target: Arg, written: str, title: str, *, of_server: bool) -> Fix | None:
    words = item.values[: 1 if "://" in item.value else 2]
    lines = [item, *_backwards(config, item.server).get((item.parent, words), ())]
    if any(line.guards != item.guards or len(config.readings(line)) > 1 for line in lines):
        return None
    if any(mark in item.file.text[slice(*target.span)] for mark in ("\\", "${")):
        return None
    quote = '"' if item.file.text[target.span.start] in "\"'" else ""
    edits = [replace_arg(line, line.values.index(target.value), f"{quote}{written}{quote}") for line in lines]
    if of_server:
        return Fix.repair(title, *edits, reason="each URL is asked for by its own path, and of this server alone")
    return Fix.unsafe(title, *edits, reason="the other server is asked for other paths")


def _backwards(config: Config, server: Server) -> Mapping[tuple[Item | None, tuple[str, ...]], list[Item]]:
    """Return the ProxyPassReverse lines of a server by where they stand and their words."""

    def found() -> dict[tuple[Item | None, tuple[str, ...]], list[Item]]:
        lines: dict[tuple[Item | None, tuple[str, ...]], list[Item]] = {}
        for line in config.within(server, "proxypassreverse"):
            lines.setdefault((line.parent, line.values[:2]), []).append(line)
        return lines

    return config.once((_backwards, server), found)


def _of_pattern(item: Item) -> Diagnostic | None:
    if len(item.args) < 2 or (item.key == "rewriterule" and not {"p"} & flags_of(item).keys()):
        return None
    target = item.args[1]
    glued = _GLUED.fullmatch(target.value)
    if glued is None or not _lacks_slash(item, int(glued["group"])):
        return None
    return Diagnostic(
        item.path,
        target.span,
        f"nothing parts the server from ${glued['group']}, so a visitor chooses the server that {item.name} asks",
        help=f"write a slash before ${glued['group']}",
    )


def _lacks_slash(item: Item, number: int) -> bool:
    """Whether a group of a line's pattern certainly has no slash at its beginning."""
    pattern = item.value
    if "\\" in pattern or "[(" in pattern:
        return False
    starts = [at for at, sign in enumerate(pattern) if sign == "(" and pattern[at + 1 : at + 2] != "?"]
    if len(starts) < number:
        return False
    at = starts[number - 1]
    if not pattern[at + 1 :].startswith(_NO_SLASH):
        return False
    is_by_directory = item.key == "rewriterule" and item.section(*DIRECTORY_SECTIONS) is not None
    return pattern[:at].endswith("/") or (is_by_directory and pattern[:at] in ("", "^"))
