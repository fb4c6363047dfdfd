"""What a template may come to: its placeholders filled in, so that a configuration made from it can be started.

Nobody knows what its author would fill in; that the same text stands for the same value is all that a comparison of two
versions needs. A value follows from the words of the placeholder: a port for ``{{ api_port }}``, a path for
``@datadir@``. Of a condition the first branch holds, and a loop is gone through once. Lines stay where they are.
"""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""(?P<comment>\{\#.*?\#\})
      | \{%-?\s*(?P<jinja>\w+)(?P<rest>.*?)-?%\}
      | <%-?\s*(?P<erb>(?![=\#]).*?)-?%>
      | <%=(?P<erb_value>.*?)-?%>
      | \{\{(?P<value>.*?)\}\}
      | @(?P<autoconf>[A-Za-z]\w+)@
      | %(?P<shouted>[A-Z][A-Z_]{2,})%
      | %\((?P<python>\w+)\)s
      | \$\{(?P<variable>(?!APACHE_)\w+)\}""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
#: What a placeholder means by one of its words, the first that is there: None is a port of its own.
_MEANING: tuple[tuple[str, str | None], ...] = (
    ("alias endpoint", "/{}"),
    ("port", None),
    ("process-group process-name app-group application-group", "{}"),
    ("thread process worker count timeout keep-alive limit size body request num proc", "2"),
    ("user group", "www-data"),
    ("cipher suite", "ALL"),
    ("protocol", "all"),
    ("level", "warn"),
    ("format", "combined"),
    ("email mail admin", "admin@example.invalid"),
    ("address addr ip interface listen", "*"),
    ("host", "127.0.0.1"),
    ("url", "http://{}.invalid"),
    ("dir path root home bin file venv log cert key pem crt script prefix", "/srv/template/{}"),
)
#: What stands for whole options or directives, and is filled in by nothing for a site without TLS.
_EMPTY = frozenset({"VIRTUALENV", "WSGIPYTHONHOME", "SSLENGINE", "SSLCERTFILE", "SSLKEYFILE", "apache_auth"})
_COMMENTED = frozenset({"SSLLISTEN"})
#: A word, or the end of one: ``sslcertfile``, ``PUBLICPORT``, ``processes``; a short word only by itself.
_ENDING = r"(?:^|-)(?:(?=[^-]{{4}})[^-]*)?{}(?:e?s)?(?:-|$)"
_BLOCKS = frozenset({"if", "for", "macro", "block", "raw", "filter", "call"})


@functools.cache
def rendered(text: str) -> str:
    """The text without placeholders; with as many lines."""
    defined = set(re.findall(r"^\s*Define\s+(\S+)", text, re.MULTILINE | re.IGNORECASE))
    return "".join(_rendered(text, defined))


def _rendered(text: str, defined: set[str]) -> Iterator[str]:
    given: dict[str, str] = {}
    #: Of each open block, whether its branch at hand is written.
    blocks: list[bool] = []
    at = 0
    for token in _TOKEN.finditer(text):
        yield _kept(text[at : token.start()], written=all(blocks))
        at = token.end()
        kind, inner = str(token.lastgroup), token[str(token.lastgroup)].strip()
        if kind in ("rest", "erb"):
            word, rest = _statement(token)
            if word == "set" and (constant := re.match(r"\s*(\w+)\s*=\s*'([^']*)'", rest)):
                given[constant[1]] = constant[2]
            elif word in _BLOCKS:
                blocks.append(word != "macro")
            elif word in ("else", "elif", "elsif") and blocks:
                blocks[-1] = False
            elif word.startswith("end") and blocks:
                blocks.pop()
            yield _kept(token[0], written=False)
        elif kind == "variable" and inner in defined:
            yield _kept(token[0], written=all(blocks))
        else:
            if kind != "comment" and all(blocks):
                value = given.get(inner)
                yield _value(inner) if value is None else value
            yield _kept(token[0], written=False)
    yield _kept(text[at:], written=all(blocks))


def _statement(token: re.Match[str]) -> tuple[str, str]:
    """The keyword of a statement, and what follows it; Ruby's are brought under Jinja's."""
    if token["jinja"]:
        return token["jinja"], token["rest"]
    word, _, rest = token["erb"].strip().partition(" ")
    if word == "unless" or rest.rstrip().endswith("|") or rest.split()[-1:] == ["do"]:
        word = "for"
    return word, rest


def _kept(part: str, *, written: bool) -> str:
    return part if written else "\n" * part.count("\n")


def _value(expression: str) -> str:
    """What an expression stands for."""
    if expression in _EMPTY or re.match(r"'[^']*'\s+if\b", expression):
        return ""
    if expression in _COMMENTED:
        return "#"
    literal = re.fullmatch(r"['\"]([^'\"]*)['\"]", expression)
    if literal:
        return literal[1]
    words = re.sub(r"[^a-z0-9]+", "-", expression.partition("|")[0].lower()).strip("-")
    for known, meaning in _MEANING:
        if any(re.search(_ENDING.format(one), words) for one in known.split()):
            return str(8000 + zlib.crc32(words.encode()) % 900) if meaning is None else meaning.format(words)
    return words or "template"
