"""The two configurations that the project began with, as others have them: quoted, by patterns, under conditions, in layouts.

Each variant is a transformation of the text in ``seed``, faults and all, so what is right of it follows from what is right
of that: ``seed``'s URLs, at the variant's hosts and ports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from . import seed
from .root import CONF

Change = Callable[[str], str]

_PORTS = {"http": (80,), "pair": (80, 443)}
_MAIN = """\
<Directory />
    Options FollowSymLinks
    AllowOverride None
    Order deny,allow
    Deny from all
</Directory>
# The sites
IncludeOptional sites-enabled/*.conf
"""
#: Names of directives in the seed; what else begins a line is a section or a comment.
_NAME = re.compile(r"^([ \t]*<?/?)([A-Za-z]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Variant:
    """Files of ``/etc/apache2`` with links among them, and where the applications answer.

    ``main`` is the file that includes the others; empty for fragments.
    """

    name: str
    files: Mapping[str, str]
    ports: tuple[int, ...]
    hosts: tuple[str, ...] = ("example.com",)
    links: Mapping[str, str] = field(default_factory=dict)
    main: str = ""

    @property
    def condition(self) -> str:
        """The opening line of the undecided condition that all of it stands in; empty where there is none."""
        first = self.files.get("site.conf", "").partition("\n")[0]
        return first if first.startswith(("<IfDefine", "<IfModule mod_alias.c")) else ""

    def __str__(self) -> str:
        return self.name


def variants(user: str) -> list[Variant]:
    """Both configurations in every variant; ``user`` as in ``seed.configurations``."""
    texts = seed.configurations(user)
    found = []
    for name, text in texts.items():
        ports = _PORTS[name]
        found += [Variant(f"{name}, {what}", {"site.conf": change(text)}, ports) for what, change in _CHANGES.items()]
        found.append(Variant(f"{name}, two hosts", {"site.conf": _twice(text)}, ports, ("example.com", "example.org")))
        moved = tuple({80: 8080, 443: 8443}[port] for port in ports)
        found.append(Variant(f"{name}, other ports", {"site.conf": _on_other_ports(text)}, moved))
        included = {"main.conf": f"Include {CONF}/site.conf\n", "site.conf": text}
        found.append(Variant(f"{name}, included", included, ports, main="main.conf"))
        enabled = {"apache2.conf": _MAIN, "sites-available/site.conf": text}
        links = {"sites-enabled/site.conf": "../sites-available/site.conf"}
        found.append(Variant(f"{name}, enabled by a link", enabled, ports, links=links, main="apache2.conf"))
    found.append(Variant("HTTPS only", {"site.conf": _second_host(texts["pair"])}, (443,)))
    return found


def _quoted(text: str) -> str:
    text = re.sub(r"^( *Alias) (\S+) (\S+)$", r'\1 "\2" "\3"', text, flags=re.MULTILINE)
    text = re.sub(r"^( *WSGIScriptAlias) (\S+) (\S+)$", r'\1 "\2" "\3"', text, flags=re.MULTILINE)
    return re.sub(r"^( *WSGIDaemonProcess) (\S+)", r'\1 "\2"', text, flags=re.MULTILINE)


def _by_pattern(url: str, target: str) -> Change:
    return lambda text: text.replace("    Alias / /home/orchard/applications/\n", f"    AliasMatch {url} {target}\n")


def _within(condition: str) -> Change:
    name = condition.partition(" ")[0]
    return lambda text: f"<{condition}>\n{text}</{name}>\n"


def _mixed_case(text: str) -> str:
    def swapped(found: re.Match[str]) -> str:
        word = found[2]
        return found[1] + "".join(char.upper() if at % 2 else char.lower() for at, char in enumerate(word))

    lines = text.split("\n")
    # What goes on from the line above is no name.
    return "\n".join(
        line if at and lines[at - 1].endswith("\\") else _NAME.sub(swapped, line) for at, line in enumerate(lines)
    )


def _tabs(text: str) -> str:
    return text.replace("    ", "\t")


def _crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def _twice(text: str) -> str:
    return text + text.replace("example.com", "example.org")


def _on_other_ports(text: str) -> str:
    return text.replace("*:80", "*:8080").replace("*:443", "*:8443")


def _second_host(text: str) -> str:
    return text[text.index("# requests on port 443") :]


_CHANGES: Mapping[str, Change] = {
    "as published": lambda text: text,
    "quoted": _quoted,
    "AliasMatch with a star": _by_pattern("^/(.*)$", "/home/orchard/applications/$1"),
    "AliasMatch with a plus": _by_pattern("^/(.+)$", "/home/orchard/applications/$1"),
    "AliasMatch of the whole path": _by_pattern('"^(.*)"', '"/home/orchard/applications$1"'),
    "ScriptAlias": lambda text: text.replace("    Alias /", "    ScriptAlias /"),
    "ScriptAliasMatch": lambda text: _by_pattern("^/(.*)$", "/home/orchard/applications/$1")(text).replace(
        "    AliasMatch", "    ScriptAliasMatch"
    ),
    "ScriptAlias within IfModule": lambda text: _within("IfModule mod_alias.c")(
        text.replace("    Alias /", "    ScriptAlias /")
    ),
    "within IfModule": _within("IfModule mod_wsgi.c"),
    "within IfModule of another module": _within("IfModule mod_alias.c"),
    "within IfVersion": _within("IfVersion >= 2.2"),
    "within IfDefine": _within("IfDefine !ORCHARD_OFF"),
    "CRLF": _crlf,
    "tabs": _tabs,
    "mixed case": _mixed_case,
    "tabs, quotes and CRLF": lambda text: _crlf(_tabs(_quoted(text))),
}
