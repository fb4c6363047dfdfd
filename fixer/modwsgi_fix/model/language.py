"""Which language a file is in: httpd's, Python, or another program's, by its name and by its own lines.

A directory of configuration holds more than httpd's files, and all of them may be called ``*.conf``. One that is read as
httpd's although it is nginx's loses its semicolons; so a file is httpd's where its lines speak for that, and where
nothing can be said against it.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from typing import Literal, NamedTuple

from modwsgi_fix import directives
from modwsgi_fix.directives import suffixes
from modwsgi_fix.placeholders import is_line_of_engine

Kind = Literal["httpd", "python", "other"]


class Language(NamedTuple):
    """``kind`` decides who reads the file; ``name`` is for people: ``nginx``, ``a settings file (INI)``."""

    kind: Kind
    name: str


HTTPD = Language("httpd", "httpd")
PYTHON = Language("python", "Python")

#: Files that are httpd's whatever is in them.
MAIN_FILES = ("apache2.conf", "httpd.conf")
_HTTPD_NAMES = (*MAIN_FILES, ".htaccess")

#: How much of a file is looked at, in lines: the beginning says what it is.
_LINES = 2000

_STARTS = (
    (re.compile(r"#![^\n]*\bpython"), PYTHON),
    (re.compile(r"#!"), Language("other", "a script")),
    (re.compile(r"\s*<\?php\b"), Language("other", "PHP")),
    (re.compile(r"\s*<(?:!doctype\s+html|html)\b", re.I), Language("other", "HTML")),
    (re.compile(r"\s*<(?:\?xml\b|!doctype\b)", re.I), Language("other", "XML")),
    (re.compile(r"\s*(?:\{\s*(?:\"|$)|\[\s*[\[{\"]|\[\s*$)"), Language("other", "JSON")),
    (re.compile(r"%?---[ \t]*\n"), Language("other", "YAML")),
)
_PYTHON_LINE = re.compile(
    r"(?:import [a-zA-Z_]|from [\w.]+ import |def \w+\(|class \w+[(:]|if __name__ *==|@\w[\w.]*(?:\(|$))"
)
_WORD = re.compile(r"</?([A-Za-z]\w*)(?=[\s>]|$)|([A-Za-z]\w*)(?=[\s;{=:]|$)")
_SECTION = re.compile(r"\[[^\]\s\"']+(?: [^\]]*)?\][ \t]*$")
_SETTING = re.compile(r"[\w.\-/]+[ \t]*=(?!=)|[\w.\-]+:(?:[ \t]|$)")
_OPTION = re.compile(r"([a-z-]+)=")


def by_name(path: str) -> Language | None:
    """What the name alone says; None where it leaves it open."""
    name = posixpath.basename(path)
    if name in _HTTPD_NAMES:
        return HTTPD
    if name.endswith(suffixes.PYTHON):
        return PYTHON
    return None


def language_of(path: str, text: str) -> Language:
    """The language of a file that nobody includes.

    Each line speaks for httpd when its first word is a directive or section that some module knows, and for another
    program when it ends in ``;`` or ``{``, is a ``[section]``, or sets a key with ``=`` or ``:``. A name that other
    programs have too (``user``, ``listen``) counts for httpd only in httpd's own form. In doubt it is httpd's.
    """
    known = by_name(path)
    if known is not None:
        return known
    for start, language in _STARTS:
        if start.match(text):
            return language
    ours = certain = braces = sections = settings = python = plain = 0
    lines = text.split("\n", _LINES)[:_LINES]
    for line in _logical(lines):
        word = _WORD.match(line)
        name = (word[1] or word[2]) if word else ""
        is_ours = bool(name) and (directives.find(name) is not None or directives.is_known_third_party(name))
        braced = line.endswith((";", "{")) or line in ("}", "};")
        if is_ours and (line.startswith("<") or _only_httpds(name, is_ours=is_ours)):
            certain += 1
        if line.startswith("<") and is_ours:
            ours += 1
        elif braced and not _only_httpds(name, is_ours=is_ours):
            braces += 1
        elif _SECTION.match(line):
            sections += 1
        elif (option := _OPTION.match(line)) and option[1] in _mod_wsgis():
            pass  # of a WSGIDaemonProcess, on a line of its own; user= and group= are supervisord's, too
        elif _SETTING.match(line) and not _only_httpds(name, is_ours=is_ours):
            settings += 1
        elif is_ours:
            ours += 1
        elif _PYTHON_LINE.match(line):
            python += 1
        elif name and name.islower():
            plain += 1
    if python and python > ours and python >= braces + settings:
        return PYTHON
    others = braces + sections + settings
    if others > ours:
        if braces > sections + settings:
            return Language("other", "nginx" if _NGINX.search(text) else "a program's settings in braces")
        return Language("other", "a settings file (INI)" if sections else "a settings file (key = value)")
    # Words of another program, one or two of which httpd happens to have: redis, squid, dnsmasq.
    if plain >= 2 and (ours * 3 < plain + others or (not certain and plain >= ours)):
        return Language("other", "the settings of another program")
    return HTTPD


_NGINX = re.compile(r"^[ \t]*(?:server|location\b[^\n]*|upstream\b[^\n]*|http|events)[ \t]*\{", re.M)


@cache
def _mod_wsgis() -> frozenset[str]:
    """The options that mod_wsgi's directives take."""
    return frozenset(directives.daemon_options()) | {
        option for directive in directives.script_directives() for option in directives.script_options(directive)
    }


def _only_httpds(name: str, *, is_ours: bool) -> bool:
    """True for a name that no other program would have: written in httpd's capitals, or mod_wsgi's."""
    return is_ours and (name != name.lower() or name.startswith("wsgi"))


def _logical(lines: list[str]) -> list[str]:
    """Lines that say something: without comments, blank ones, a template's tags, and what continues another one."""
    found = []
    continued = False
    for line in lines:
        text = line.strip()
        if text and not continued and not text.startswith(("#", ";", "//", "&lt;")) and not is_line_of_engine(text):
            found.append(text.removesuffix("\\").rstrip())
        continued = line.rstrip("\r").endswith("\\")
    return found
