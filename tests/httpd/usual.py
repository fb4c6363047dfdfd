"""Whole servers as administrators write them, by seed: what the grammar of ``grammar.py`` does not draw.

Conditions and variables in their order, macros, files that are included by wildcards, nested sections, rules of mod_rewrite with
every flag, lists of what .htaccess files may say, balancers, hosts by name with and without TLS, and lines in any case and
quoting. The file tree is one and the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from . import install
from . import usual_corners as corners
from . import usual_parts as parts
from . import usual_words as words
from .probe import Probe
from .root import CERTIFICATE, SITE
from .server import Setup

MODULES = (*words.MODULES, *parts.MODULES)


@dataclass(frozen=True, slots=True)
class Made:
    """A server and the requests to ask it."""

    setup: Setup
    probes: tuple[Probe, ...]


def made(seed: int) -> Made:
    """A server by seed."""
    return _Maker(Random(f"usual {seed}")).made()


class _Maker:
    """Draws one server."""

    def __init__(self, draw: Random) -> None:
        self.draw = draw
        self.files: dict[str, str] = {}
        self.tree: dict[str, object] = {**words.TREE, **parts.TREE, **corners.TREE}
        self.macros = 0

    def chance(self, share: float) -> bool:
        return self.draw.random() < share

    def made(self) -> Made:
        draw = self.draw
        lines = ["WSGIDaemonProcess shared threads=2", "WSGIDaemonProcess other processes=1 threads=1"]
        lines += self._main()
        hosts = [self._host(number) for number in range(draw.choice((0, 1, 1, 2, 2, 3, 4)))]
        split = self.chance(0.25)
        for number, host in enumerate(hosts):
            if split:
                name = f"sites/{draw.choice('zabm')}{number}.conf"
                self.files[name] = self._text(host)
            else:
                lines += host
        if split and hosts:
            lines.append(
                draw.choice(
                    (
                        "Include sites/*.conf",
                        "IncludeOptional sites/*.conf",
                        "Include /etc/apache2/sites/",
                        "Include sites/[a-z]*.conf",
                        "IncludeOptional sites/[ab]*.conf",
                        "Include s*/*.conf",
                    )
                )
            )
            if self.chance(0.3):
                lines.append("IncludeOptional none/*.conf")
        if self.chance(0.3):
            lines += self._section()
        for place in draw.sample(
            (
                "www",
                "www/docs",
                "shop/static",
                "www/apps",
                "shop/media",
                "shop",
                "www/cgi-bin",
                "www/shown",
                "www/many",
            ),
            draw.choice((0, 0, 1, 1, 2)),
        ):
            text = (
                draw.choice((*words.HTACCESS, *corners.HTACCESS))
                if self.chance(0.6)
                else "RewriteEngine On\n" + "\n".join(draw.choice(words.RULES_IN_DIRECTORY)) + "\n"
            )
            self.tree[f"{place}/.htaccess"] = text
        tls = any("SSLEngine" in line for line in lines) or any("SSLEngine" in text for text in self.files.values())
        if tls:
            self.tree[CERTIFICATE] = "".join(install.certificate())
        files = {"site.conf": self._text(lines), **self.files}
        base = draw.choice(("2.4", "2.4", "2.4", None, "2.2"))
        listen = (80, 8080, 443) if tls else (80, 8080)
        setup = Setup(files, self.tree, base, listen=listen, modules=MODULES, include=("site.conf",))  # type: ignore[arg-type]
        return Made(setup, tuple(self._probes(files, listen)))

    # -- the main server ------------------------------------------------------------------------------------------

    def _main(self) -> Iterator[str]:
        draw = self.draw
        if self.chance(0.85):
            yield f"DocumentRoot {draw.choice((f'{SITE}/www', f'{SITE}/www', f'{SITE}/www/', f'{SITE}/shop/static', '../../srv/site/www'))}"
        if self.chance(0.15):
            yield from draw.choice(
                (
                    ["Define ROOT /srv/site"],
                    ["Define STAGE"],
                    ["Define ROOT /srv/site", "UnDefine STAGE"],
                    [
                        "Define STAGE live",
                        "Undefine STAGE",
                        "<IfDefine STAGE>",
                        "Redirect / http://stage.invalid/",
                        "</IfDefine>",
                    ],
                )
            )
        if self.chance(0.85):
            where = draw.choice((SITE, SITE, SITE, f"{SITE}/www", f"{SITE}/shop"))
            body = draw.choice(
                (
                    ["Require all granted"],
                    ["Require all granted"],
                    ["Options Indexes FollowSymLinks", draw.choice(words.OVERRIDES), "Require all granted"],
                    [draw.choice(words.OVERRIDES), "Require all granted"],
                )
            )
            yield from [f"<Directory {where}>", *body, "</Directory>"]
        if self.chance(0.2):
            yield draw.choice(
                (
                    "WSGIRestrictEmbedded On",
                    "WSGILazyInitialization Off",
                    "WSGIPythonOptimize 1",
                    "ServerName main.example",
                    "UseCanonicalName On",
                    "AllowEncodedSlashes On",
                    "AllowEncodedSlashes NoDecode",
                    "MergeSlashes Off",
                    "TraceEnable Off",
                    "AccessFileName .acl .htaccess",
                    "LimitInternalRecursion 3",
                    "RegexDefaultOptions None",
                    "RegexDefaultOptions +ICASE",
                    "HttpProtocolOptions Unsafe",
                    "LimitRequestLine 60",
                    "LimitRequestFields 30",
                    "StrictHostCheck On",
                    "UserDir disabled",
                    "UserDir public_html",
                    "MaxRanges none",
                    "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1",
                    "RemoteIPHeader X-Forwarded-For",
                    "VirtualDocumentRoot /srv/site/%0",
                    "ServerTokens Prod",
                    "CheckSpelling On",
                    "TypesConfig /dev/null",
                    "AddDefaultCharset Off",
                )
            )
        for _ in range(draw.choice((0, 1, 1, 2, 3))):
            yield from self._part(in_host=False)

    def _host(self, number: int) -> list[str]:
        draw = self.draw
        port = draw.choice(("80", "80", "80", "80", "*", "8080", "443"))
        where = draw.choice(("*", "*", "*", "*", "_default_", "@IP@"))
        address = draw.choice(
            (f"{where}:{port}", f"{where}:{port}", f"{where}:{port}", f"*:{port} *:8080", f"@IP@:80 *:{port}")
        )
        if self.chance(0.08):
            address = draw.choice((*parts.ADDRESSES, *corners.ADDRESSES))
        body: list[str] = []
        if self.chance(0.85):
            body.append(
                "ServerName "
                + draw.choice(
                    (
                        "a.example",
                        "a.example",
                        "b.example",
                        "www.a.example",
                        "http://a.example",
                        "https://b.example:443",
                        "a.example:80",
                        "static.a.example",
                        "A.Example",
                    )
                )
            )
        for _ in range(draw.choice((0, 0, 1, 2))):
            body.append(
                "ServerAlias "
                + draw.choice(
                    (
                        "www.a.example",
                        "*.a.example",
                        "*",
                        "b.example static.a.example",
                        "*.example",
                        "www.*",
                        "?.example",
                        "x.b.example *.invalid",
                        "a.example.",
                        "*a.example",
                    )
                )
            )
        if self.chance(0.1):
            body.append(draw.choice(corners.NAMES))
        if port == "443" or (port == "*" and self.chance(0.1)):
            body += ["SSLEngine " + draw.choice(("on", "On", "on", "off")), f"SSLCertificateFile {CERTIFICATE}"]
            if self.chance(0.1):
                body.append(
                    draw.choice(
                        (
                            "SSLStrictSNIVHostCheck on",
                            "SSLOptions +StdEnvVars",
                            "SSLVerifyClient optional",
                            "SSLProtocol all",
                        )
                    )
                )
        if self.chance(0.3):
            body.append(
                f"DocumentRoot {draw.choice((f'{SITE}/www', f'{SITE}/www/docs', f'{SITE}/shop', f'{SITE}/none'))}"
            )
        if self.chance(0.7):
            body.append(draw.choice(words.MOUNTS))
        if self.chance(0.05):
            body.append(draw.choice(("ServerPath /docs", "ServerPath /shop/", "ServerAdmin x@a.example")))
        if self.chance(0.6):
            body.append(draw.choice(words.MAPPINGS))
        for _ in range(draw.choice((1, 2, 2, 3, 4))):
            body += self._part(in_host=True)
        if self.chance(0.3):
            body.append(
                f"WSGIDaemonProcess own{number} "
                + draw.choice(
                    (
                        "threads=1",
                        "processes=1 threads=2 display-name=%{GROUP}",
                        "user=www-data",
                        "python-path=/srv/site/shop",
                        "home=/srv/site",
                    )
                )
            )
            if self.chance(0.6):
                body.append(f"WSGIProcessGroup own{number}")
        lines = [f"<VirtualHost {address}>", *body, "</VirtualHost>"]
        return self._around(lines)

    def _part(self, *, in_host: bool) -> list[str]:
        """A few lines that belong together, at the level of a server."""
        draw = self.draw
        kind = draw.choice(
            (
                "section",
                "section",
                "section",
                "rewrite",
                "rewrite",
                "redirect",
                "mapping",
                "mount",
                "proxy",
                "setting",
                "setting",
                "directory rules",
                "env",
                "macro",
                "condition",
                *["part"] * 9,
                *["corner"] * 12,
            )
        )
        if kind == "part":
            return self._around(draw.choice(parts.PARTS))
        if kind == "corner":
            return self._around(draw.choice(corners.PARTS))
        if kind == "section":
            return self._around(self._section())
        if kind == "rewrite":
            return [
                "RewriteEngine On",
                *(line for _ in range(draw.choice((1, 1, 2))) for line in draw.choice(words.RULES_AT_SERVER)),
            ]
        if kind == "redirect":
            return [draw.choice(words.REDIRECTS)]
        if kind == "mapping":
            return self._around([draw.choice(words.MAPPINGS)])
        if kind == "mount":
            return self._around([draw.choice(words.MOUNTS)])
        if kind == "proxy":
            return draw.choice(words.PROXIES)
        if kind == "directory rules":
            where = draw.choice(words.DIRECTORIES)
            return [f"<Directory {where}>", "RewriteEngine On", *draw.choice(words.RULES_IN_DIRECTORY), "</Directory>"]
        if kind == "env":
            return [draw.choice(words.OTHERS[30:45]), *self._section()]
        if kind == "macro":
            return self._macro()
        if kind == "condition":
            return self._condition()
        return [
            draw.choice(
                (
                    *words.OPTIONS,
                    *words.INDEX,
                    *words.HANDLERS,
                    *words.WSGI,
                    *words.OTHERS,
                    *parts.LINES,
                    *corners.LINES,
                )
            )
        ]

    def _body(self, kind: str, depth: int) -> list[str]:
        draw = self.draw
        body: list[str] = []
        if self.chance(0.6):
            body += draw.choice(words.ACCESS)
        for _ in range(draw.choice((0, 0, 1, 1, 2))):
            body.append(
                draw.choice(
                    draw.choice(
                        (
                            words.OPTIONS,
                            words.INDEX,
                            words.HANDLERS,
                            words.WSGI,
                            words.OTHERS,
                            parts.LINES,
                            corners.LINES,
                        )
                    )
                )
            )
        if kind == "Directory" and self.chance(0.3):
            body.append(draw.choice(words.OVERRIDES))
        if self.chance(0.1):
            body.append(draw.choice(words.REDIRECTS))
        if self.chance(0.12):
            body += ["RewriteEngine On", *draw.choice(words.RULES_IN_DIRECTORY)]
        if depth < 2 and self.chance(0.3):
            if kind in (
                "Directory",
                "DirectoryMatch",
                "Location",
                "LocationMatch",
                "Files",
                "FilesMatch",
            ) and self.chance(0.5):
                body += self._if(depth + 1)
            elif kind in ("Directory", "DirectoryMatch"):
                name, pattern = draw.choice(
                    (("Files", draw.choice(words.FILES)), ("FilesMatch", draw.choice(words.FILE_PATTERNS)))
                )
                body += [f"<{name} {self._quoted(pattern)}>", *self._body(name, depth + 1), f"</{name}>"]
        return body

    def _if(self, depth: int) -> list[str]:
        draw = self.draw
        lines = [f'<If "{draw.choice(words.EXPRESSIONS)}">', *self._body("If", depth), "</If>"]
        if self.chance(0.4):
            lines += [f'<ElseIf "{draw.choice(words.EXPRESSIONS)}">', *self._body("If", depth), "</ElseIf>"]
        if self.chance(0.4):
            lines += ["<Else>", *self._body("If", depth), "</Else>"]
        return lines

    def _section(self) -> list[str]:
        draw = self.draw
        kind = draw.choice(
            (
                "Directory",
                "Directory",
                "Directory",
                "Location",
                "Location",
                "Location",
                "Files",
                "DirectoryMatch",
                "LocationMatch",
                "FilesMatch",
                "If",
                "If",
            )
        )
        if kind == "If":
            return self._if(0)
        pattern = draw.choice(
            {
                "Directory": words.DIRECTORIES,
                "Location": words.LOCATIONS,
                "Files": words.FILES,
                "DirectoryMatch": words.DIRECTORY_PATTERNS,
                "LocationMatch": words.LOCATION_PATTERNS,
                "FilesMatch": words.FILE_PATTERNS,
            }[kind]
        )
        if kind == "Location" and self.chance(0.06):
            return [
                f"<Location {pattern}>",
                draw.choice(
                    (
                        f"Alias {SITE}/shop/static",
                        f"Alias {SITE}/www/plain.txt",
                        "Redirect /page.html",
                        "Redirect 410",
                        "Redirect permanent http://a.example/x",
                        f"ScriptAlias {SITE}/www/cgi-bin/run.cgi",
                        "Redirect 303 /%{HTTP_HOST}",
                        f"Alias {SITE}/shop/static/%{{env:X}}",
                    )
                ),
                *self._body(kind, 1),
                "</Location>",
            ]
        return [f"<{kind} {self._quoted(pattern)}>", *self._body(kind, 0), f"</{kind}>"]

    def _quoted(self, word: str) -> str:
        return f'"{word}"' if not word.startswith("~") and self.chance(0.3) else word

    def _around(self, lines: list[str]) -> list[str]:
        """Now and then a condition around some lines."""
        if not self.chance(0.15):
            return lines
        opener = self.draw.choice(
            (
                "IfModule mod_wsgi.c",
                "IfModule !mod_wsgi.c",
                "IfModule mod_rewrite.c",
                "IfModule mod_nothing.c",
                "IfDefine STAGE",
                "IfDefine !STAGE",
                "IfVersion >= 2.4",
                "IfVersion < 2.4",
                "IfVersion 2.4",
                "IfVersion ~ ^2.4",
                "IfFile /srv/site/flag",
                "IfFile !/srv/site/none",
                "IfDirective WSGIScriptAlias",
                "IfDirective !Nothing",
                "IfSection VirtualHost",
                "IfSection !Macro",
                "IfModule wsgi_module",
                "ifmodule MOD_WSGI.C",
                "IfFile flag",
                "IfVersion >= 2.4.10",
                "IfVersion = 2.2",
            )
        )
        return [f"<{opener}>", *lines, f"</{opener.split()[0]}>"]

    def _macro(self) -> list[str]:
        self.macros += 1
        name = f"Part{self.macros}"
        return [
            f"<Macro {name} $url $dir>",
            "<Location $url>",
            *self.draw.choice(words.ACCESS),
            "</Location>",
            "<Directory $dir>",
            "Require all granted",
            "</Directory>",
            "</Macro>",
            f"Use {name} {self.draw.choice(words.LOCATIONS)} {self.draw.choice(words.DIRECTORIES)}",
        ]

    def _condition(self) -> list[str]:
        draw = self.draw
        define = draw.choice(("STAGE", "LIVE", "WHERE"))
        body = draw.choice((self._section(), [draw.choice(words.MAPPINGS)], [draw.choice(words.REDIRECTS)]))
        order = [f"Define {define}", f"<IfDefine {define}>", *body, "</IfDefine>", f"UnDefine {define}"]
        return draw.choice(
            (
                order,
                [*order[1 : 4 + len(body) - 1], order[0]],
                [order[0], order[-1], *order[1:-1]],
                ["Define PLACE shop", f"Alias /static {SITE}/${{PLACE}}/static"],
                ["Define PLACE docs", "<Location /${PLACE}>", *draw.choice(words.ACCESS), "</Location>"],
                ["Define PLACE shop", "Define PLACE blog", f"Alias /static {SITE}/${{PLACE}}/static"],
            )
        )

    # -- how lines are written ------------------------------------------------------------------------------------

    def _text(self, lines: Sequence[str]) -> str:
        lines = [part for line in lines for part in line.split("\n")]
        style = self.draw.choice(("plain", "plain", "plain", "case", "indented", "odd"))
        return "\n".join(self._written(line, style) for line in lines) + "\n"

    def _written(self, line: str, style: str) -> str:
        draw = self.draw
        if style == "plain":
            return line
        if style == "indented" or self.chance(0.3):
            line = draw.choice(("    ", "\t", "  ")) + line
        if style == "indented":
            return line + draw.choice(("", "", "  ", "\t"))
        found = re.match(r"(\s*<?/?)(\w+)(.*)$", line)
        if found is None:
            return line
        start, name, rest = found.groups()
        if self.chance(0.3):
            name = draw.choice((name.lower(), name.upper(), name.swapcase()))
        if style == "odd" and rest and '"' not in rest and "'" not in rest and "<" not in start and self.chance(0.4):
            parts = rest.split()
            at = draw.randrange(len(parts))
            if "\\" not in parts[at] and not name.lower().startswith(("rewrite", "use", "define", "order")):
                parts[at] = draw.choice((f'"{parts[at]}"', f"'{parts[at]}'"))
            rest = draw.choice((" ", "  ", "\t", " \\\n  ")) + draw.choice((" ", " ", "\t", " \\\n")).join(parts)
        return start + name + rest

    # -- requests -------------------------------------------------------------------------------------------------

    def _probes(self, files: dict[str, str], listen: tuple[int, ...]) -> Iterator[Probe]:
        draw = self.draw
        urls = [*words.URLS, *parts.URLS, *corners.URLS, *corners.URLS, *self._near(files)]
        asked: dict[str, Probe] = {}
        while len(asked) < words.PROBES:
            port = draw.choice((80, 80, 80, *listen))
            method = draw.choice((*["GET"] * 16, "POST", "POST", "OPTIONS", "PUT", "DELETE", "TRACE", "PROPFIND"))
            headers = draw.choice(
                (
                    (),
                    (),
                    (),
                    (),
                    draw.choice(words.LOGINS),
                    draw.choice((*words.HEADERS, *parts.HEADERS, *corners.HEADERS)),
                )
            )
            odd = () if port == 443 else parts.NAMES
            host = draw.choice((*words.NAMES[:3], *words.NAMES[:3], *words.NAMES, *odd))
            probe = Probe(
                host, draw.choice(urls), port, tls=None if port == 443 else False, method=method, headers=headers
            )
            asked.setdefault(str(probe), probe)
        yield from asked.values()

    def _near(self, files: dict[str, str]) -> Iterator[str]:
        """URLs that lines of the configuration speak of."""
        for text in files.values():
            for url in re.findall(r"(?i)(?:alias|location|proxypass|redirect)\s+\"?(/[\w./-]*)", text):
                yield from (
                    url,
                    f"{url.rstrip('/')}/x",
                    f"{url.rstrip('/')}/site.css",
                    f"{url.rstrip('/')}/",
                    f"{url.rstrip('/')}/plain.txt",
                )
