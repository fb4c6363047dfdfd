"""Templates: which files a template engine, autoconf or a shell has yet to fill in, and where their tags stand.

httpd knows none of this: it refuses such a line, or takes the tag literally. ``${NAME}`` is httpd's own (core.c:
ap_resolve_env) and not a placeholder here.
"""

from __future__ import annotations

import posixpath
import re

from modwsgi_fix.expressions import expression

#: Suffixes of templates, and the engine that fills each in.
ENGINES = {
    ".erb": "ERB", ".epp": "EPP", ".j2": "Jinja", ".jinja": "Jinja", ".jinja2": "Jinja", ".in": "autoconf", ".m4": "m4",
    ".mako": "Mako", ".mustache": "Mustache", ".tmpl": "a template engine", ".tpl": "a template engine",
    ".template": "a template engine",
}  # fmt: skip

# What a template engine chooses between: Jinja, ERB, Mako, Mustache, Genshi. "{%d" and "%>" are httpd's, in a LogFormat.
_STATEMENT = expression(
    r"\{%[-+]?[ \t]*[a-z]{2,}|<%(?!=)|^[ \t]*(?:\{\{#|#if\b|#end\b|% *(?:if|for|else|end\w*)\b)|<tal:|<py:",
    re.M | re.ASCII,
)
# Each statement has one of these, or is a line that begins with a percent sign. Most texts have none, which is known at once.
_STATEMENT_SIGNS = ("{%", "<%", "{{#", "#if", "#end", "<tal:", "<py:")
_PERCENT_LINE = expression(r"\n[ \t]*+% *+(?:if|for|else|end\w*+)\b", re.ASCII)
# A placeholder or a part of one: also autoconf's @NAME@, printf's %(name)s, a shell's $NAME, %NAME%, __NAME__.
_PART = expression(
    r"\{\{|\}\}|\{%(?:[-+ ]|[a-z]{2})|[-+ ]%\}|<%|%>(?!s)|\[%|#\{|%\(|@\w+@|\$[A-Za-z_(]|%[A-Za-z_]\w*%|__[A-Z]\w*__",
    re.ASCII,
)
# Each placeholder has one of these characters. Most words have none, and are then known ten times faster.
SIGN = re.compile(r"[{}%@$_]").search
# A whole placeholder, from its first character to its last; of a tag with a closing mark, the opening one.
_TAG = expression(r"(\{\{|\{%|\{#|<%|\[%|\$\()|@\w+@|%\(\w+\)s|%[A-Z]\w*%|__[A-Z]\w*__|#\{\w+\}|\$[A-Za-z_]\w*")
# The closing marks, and which of them must stand on the line of the opening one.
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}", "<%": "%>", "[%": "%]", "$(": ")"}
_ON_ONE_LINE = frozenset({"{{", "$("})
# The first or the last characters of a line that belongs to the engine alone.
_EDGE = expression(r"\{\{|\{%|<%|\}\}|%\}|%>(?!s)")
# Where a tag may open, in a text of any language.
_OPENINGS = ("{{", "{%", "<%")

# A whole tag of a template engine in a line that is not a comment. A LogFormat may have "{%d" and "<%h".
_LEFT = expression(r"^[ \t]*(?![\s#])[^\n]*?(\{\{[^{}\n]+\}\}|<%[-= ][^\n%<]*%>|\{%[-+ ][^\n%{]*%\})", re.M)

# A value of Python code that is yet to be filled in, or a line of a template engine among it.
_IN_CODE = expression(r"^[^#\n]*(?<=[\s,(=])(?:\$\{[^}\n]{0,200}\}|\{\{[^}\n]{0,200}\}\})|^[ \t]*(?:\{%|<%)", re.M)


def is_code_to_fill_in(text: str) -> bool:
    """Whether Python code has values that are yet to be filled in, or lines of a template engine, and so is not Python yet."""
    return _IN_CODE.search(text) is not None


def is_template(text: str) -> bool:
    """Whether a file has the conditions of a template language, so that not all of its lines need be there together."""
    if not any(sign in text for sign in _STATEMENT_SIGNS) and not _PERCENT_LINE.search(text) and text[:1] not in " \t%":
        return False
    return _STATEMENT.search(text) is not None


def has_placeholder(text: str) -> bool:
    """Whether a template engine, autoconf or a script is yet to fill in a word or a line."""
    return SIGN(text) is not None and _PART.search(text) is not None


def is_settled(text: str) -> bool:
    """Whether a word or line is final: without an undefined ``${VARIABLE}`` or a placeholder of a template."""
    return "${" not in text and not has_placeholder(text)


def may_have_tags(text: str) -> bool:
    """Whether a tag may open in a text, so that not all of it need be httpd's."""
    return any(opening in text for opening in _OPENINGS)


def tags_left(text: str) -> list[tuple[int, int]]:
    """Return the first tag of a template engine on each line of httpd's that has one: (start, end), in order."""
    return [tag.span(1) for tag in _LEFT.finditer(text)] if may_have_tags(text) else []


def tags(text: str) -> list[tuple[int, int]]:
    """Return where a template's tags stand: (start, end) of each, in order."""
    found: list[tuple[int, int]] = []
    known: dict[str, int] = {}
    at = 0
    while (tag := _TAG.search(text, at)) is not None:
        end = _end(text, tag, known)
        if end is None:
            at = tag.start() + 1
        else:
            found.append((tag.start(), end))
            at = end
    return found


def _end(text: str, tag: re.Match[str], known: dict[str, int]) -> int | None:
    """Return the offset where a tag ends; None where it does not.

    ``known`` remembers the next offset of each closing mark, as far as the text was searched.
    """
    opening = tag[1]
    if opening is None:
        return tag.end()
    end = _next(text, _ENDS[opening], tag.end(), known)
    if end == len(text) or (opening in _ON_ONE_LINE and _next(text, "\n", tag.end(), known) < end):
        return None
    return end + len(_ENDS[opening])


def _next(text: str, wanted: str, start: int, known: dict[str, int]) -> int:
    """Return the next offset of a text, or the end; each closing mark is searched for once, however many tags need it."""
    if known.get(wanted, -1) < start:
        at = text.find(wanted, start)
        known[wanted] = at if at >= 0 else len(text)
    return known[wanted]


def begins_with_tag(line: str) -> bool:
    """Whether the first word of a line is yet to be filled in, or the line begins with the edge of a tag."""
    tag = _TAG.match(line)
    return (tag is not None and _end(line, tag, {}) is not None) or is_line_of_engine(line)


def is_line_of_engine(line: str) -> bool:
    """Whether a line begins with the edge of a tag, and so says nothing about the language around it."""
    return _EDGE.match(line) is not None


def template_of(path: str, text: str) -> str:
    """Return the engine that is yet to fill in this file, as ``ERB``; empty where the file is not a template.

    A name counts where the file has tags. Where the name says nothing, only statements count (``{% if %}``): one tag that
    was left in a file by mistake does not make it a template.
    """
    suffix = posixpath.splitext(path)[1].lower()
    if suffix in ENGINES and (is_template(text) or tags(text)):
        return ENGINES[suffix]
    if is_template(text):
        return "ERB" if "<%" in text else "Jinja" if "{%" in text else "a template engine"
    return ""
