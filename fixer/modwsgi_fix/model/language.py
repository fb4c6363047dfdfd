"""The language of a file: httpd's, Python, or another program's, by its name and its lines.

A directory of configuration may have files of other programs, all of them called ``*.conf``. A file of nginx that is read as
httpd's would lose its semicolons. So a file counts as httpd's where its lines speak for httpd, and where nothing speaks
against it.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from typing import Literal

from modwsgi_fix import directives
from modwsgi_fix.directives import suffixes
from modwsgi_fix.expressions import expression
from modwsgi_fix.placeholders import is_line_of_engine
from modwsgi_fix.tuples import NamedTuple

Kind = Literal["httpd", "python", "other"]


class Language(NamedTuple):
    """``kind`` decides how the file is read; ``name`` is for people: ``nginx``, ``a settings file (INI)``."""

    kind: Kind
    name: str


HTTPD = Language("httpd", "httpd")
PYTHON = Language("python", "Python")

#: Files that are httpd's whatever they contain.
MAIN_FILES = ("apache2.conf", "httpd.conf")
_HTTPD_NAMES = (*MAIN_FILES, ".htaccess")

#: The number of lines at the beginning of a file that decide its language.
_LINES = 2000

_STARTS = (
    (expression(r"#![^\n]*\bpython"), PYTHON),
    (expression(r"#!"), Language("other", "a script")),
    (expression(r"\s*<\?php\b"), Language("other", "PHP")),
    (expression(r"\s*<(?:!doctype\s+html|html)\b", re.I), Language("other", "HTML")),
    (expression(r"\s*<(?:\?xml\b|!doctype\b)", re.I), Language("other", "XML")),
    (expression(r"\s*(?:\{\s*(?:\"|$)|\[\s*[\[{\"]|\[\s*$)"), Language("other", "JSON")),
    (expression(r"%?---[ \t]*\n"), Language("other", "YAML")),
)
_PYTHON_LINE = expression(
    r"(?:import [a-zA-Z_]|from [\w.]+ import |def \w+\(|class \w+[(:]|if __name__ *==|@\w[\w.]*(?:\(|$))"
)
#: In any text with such a line, and in few of httpd's.
_MAYBE_PYTHON = expression(r"^[^\w@\n]*(?:(?:import|from|def|class|if)[ ]|@\w)", re.M)
_WORD = expression(r"</?([A-Za-z]\w*)(?=[\s>]|$)|([A-Za-z]\w*)(?=[\s;{=:]|$)")
_SECTION = expression(r"\[[^\]\s\"']+(?: [^\]]*)?\][ \t]*$")
_SETTING = expression(r"[\w.\-/]+[ \t]*=(?!=)|[\w.\-]+:(?:[ \t]|$)")
_OPTION = expression(r"([a-z-]+)=")


def by_name(path: str) -> Language | None:
    """Return the language by the name alone; None where the name does not tell."""
    name = posixpath.basename(path)
    if name in _HTTPD_NAMES:
        return HTTPD
    if name.endswith(suffixes.PYTHON):
        return PYTHON
    return None


def is_python(path: str, text: str) -> bool:
    """Whether ``language_of`` a file is Python, which an editor asks of the same configuration with every key."""
    may_be = _MAYBE_PYTHON.search(text) is not None or text.startswith("#!") or path.endswith(suffixes.PYTHON)
    return may_be and language_of(path, text) == PYTHON


def language_of(path: str, text: str) -> Language:
    """Return the language of a file that nothing includes.

    Each line speaks for httpd when its first word is a known directive or section, and for another program when it ends in
    ``;`` or ``{``, is a ``[section]``, or sets a key with ``=`` or ``:``. A name that other programs have too (``user``,
    ``listen``) counts for httpd only in httpd's own form. When in doubt, the file is httpd's.
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
        braced = line.endswith((";", "{")) or line in ("}", "};") or (line.endswith("}") and bool(_BLOCK.search(line)))
        if is_ours and (line.startswith("<") or _only_httpds(name, is_ours=is_ours)):
            certain += 1
        if line.startswith("<") and is_ours:
            ours += 1
        elif braced and not _only_httpds(name, is_ours=is_ours):
            braces += 1
        elif _SECTION.match(line):
            sections += 1
        elif (option := _OPTION.match(line)) and option[1] in _mod_wsgis():
            pass  # an option of WSGIDaemonProcess on a line of its own; user= and group= are supervisord's, too
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
    # Another program with a word or two that httpd happens to have: redis, squid, dnsmasq.
    if plain >= 2 and (ours * 3 < plain + others or (not certain and plain >= ours)):
        return Language("other", "the settings of another program")
    return HTTPD


_NGINX = expression(r"^[ \t]*(?:server|location\b[^\n]*|upstream\b[^\n]*|http|events)[ \t]*\{", re.M)
#: The beginning of a block in one line, which is not one of httpd's ``${NAME}`` and ``%{NAME}``.
_BLOCK = expression(r"(?<![%$])\{[^;{}]*+[;{]")


@cache
def _mod_wsgis() -> frozenset[str]:
    """Return the options that mod_wsgi's directives take."""
    return frozenset(directives.daemon_options()) | {
        option for directive in directives.script_directives() for option in directives.script_options(directive)
    }


def _only_httpds(name: str, *, is_ours: bool) -> bool:
    """Whether no other program would have a name: it is written in httpd's capitals, or is one of mod_wsgi's."""
    return is_ours and (name != name.lower() or name.startswith("wsgi"))


def _logical(lines: list[str]) -> list[str]:
    """Return the lines without comments, blank lines, a template's tags, and continuation lines."""
    found = []
    continued = False
    for line in lines:
        text = line.strip()
        if text and not continued and not text.startswith(("#", ";", "//", "&lt;")) and not is_line_of_engine(text):
            found.append(text.removesuffix("\\").rstrip())
        continued = line.rstrip("\r").endswith("\\")
    return found
