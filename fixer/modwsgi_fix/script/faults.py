"""Why Python refuses a script, in Python's own words. The script is compiled in memory, and none of it runs."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Sequence

from modwsgi_fix.expressions import expression
from modwsgi_fix.script.module import LINE_END, NO_LIBCST, NotPython3
from modwsgi_fix.script.remembered import remembered
from modwsgi_fix.text import Span, encode
from modwsgi_fix.tuples import NamedTuple


class Fault(NamedTuple):
    """Why a script is refused: the name of Python's exception, its message, and the line (from 1) that it is about."""

    kind: str
    message: str
    line: int

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"


@remembered
def fault_of(text: str, version: tuple[int, ...] | None = None) -> Fault | None:
    """Return why a Python of this version (by default the running one) refuses a script; None where it accepts it.

    Syntax that the running Python does not know yet, and a newer one may, is not a fault.
    """
    fault = _refusal(text)
    if fault is None:
        return _too_new(text, version)
    # Python 3.14 reads "except A, b:" as two types; in Python 2 it meant something else.
    of_python_2 = _SAID_OF_PYTHON_2.search(fault.message) is not None and (version is None or version < (3, 14))
    is_certain = of_python_2 or _OF_BYTES.match(fault.message) is not None
    if fault.kind == "SyntaxError" and not is_certain and _may_be_newer(text):
        return None
    return fault


#: The beginnings of Python's messages on bytes that are not text in the encoding of the file.
_OF_BYTES = expression(
    r"\(unicode error\)|Non-UTF-8 code|encoding problem|unknown encoding|source code|bytes can only contain ASCII"
)


def span_of(text: str, fault: Fault) -> Span:
    """Return the span of the line that a fault is about, without its indentation and line end."""
    start, end = _lines(text)[min(fault.line, len(_lines(text))) - 1]
    line = text[start:end]
    start += len(line) - len(line.lstrip())
    return Span(start, start + len(line.strip()))


def _refusal(text: str) -> Fault | None:
    """Return what Python's own compiler says about the text as bytes, so that it looks for the encoding as in a file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(encode(text), "script", "exec", dont_inherit=True)
    except SyntaxError as error:
        message = re.sub(r" \((?:script|<unknown>), line \d+\)$", "", error.msg or "invalid syntax")
        return Fault(type(error).__name__, message, max(error.lineno or 1, 1))
    except ValueError as error:
        return Fault("SyntaxError", str(error), text.count("\n", 0, max(text.find("\0"), 0)) + 1)
    except (RecursionError, MemoryError):
        return Fault("RecursionError", "it is nested too deeply to be read", 1)
    return None


def _too_new(text: str, version: tuple[int, ...] | None) -> Fault | None:
    """Return what an older Python 3 refuses, as far as the parser knows (``feature_version``); else None."""
    import ast

    if version is None or len(version) < 2 or not (3, 4) <= version[:2] < sys.version_info[:2]:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(encode(text), feature_version=(version[0], version[1]))
    except SyntaxError as error:
        return Fault("SyntaxError", error.msg, max(error.lineno or 1, 1))
    return None


def _may_be_newer(text: str) -> bool:
    """Whether a text may be in the syntax of a newer Python: libcst knows it, or is not there to be asked.

    It is asked where Python's parser gave up.
    """
    import ast

    from modwsgi_fix.script.reader import parse

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(encode(text))
    except SyntaxError:
        try:
            parse(text)
        except NotPython3 as error:
            return error.reason == NO_LIBCST
        return True
    except (ValueError, RecursionError, MemoryError):
        return False
    # Python's parser accepts it, and the compiler refuses it: "return" outside a function.
    return False


#: Syntax of Python 2, by the messages of Python 3 about it.
_SAID_OF_PYTHON_2 = expression(
    r"Missing parentheses in call to '(?:print|exec)'|multiple exception types must be parenthesized"
    r"|leading zeros in decimal integer literals|invalid decimal literal|arameters cannot be parenthesized"
)
#: Syntax of Python 2, by the words of the line, where the message of Python 3 is a general one.
_PYTHON_2 = expression(
    r"^\s*(?:print\s*(?:[\"'\w%]|>>)|exec\s+[\"'\w]|raise\s+[\w.]+\s*,|except\s+[\w.()\s,]{1,400},\s{0,40}\w{1,100}\s{0,40}:)"
    r"|`[^`]{0,400}`|<>|\b[uU][rR][\"']|\b0[0-7]+\b|\b\d+[lL]\b|\blambda\s*\("
)


def is_python_2(text: str, fault: Fault) -> bool:
    """Whether a script is written in Python 2, as far as the line of its fault tells."""
    if fault.kind != "SyntaxError":
        return False
    start, end = _lines(text)[min(fault.line, len(_lines(text))) - 1]
    line = text[start:end]
    if _SAID_OF_PYTHON_2.search(fault.message):
        return "invalid decimal" not in fault.message or re.search(r"\b\d+[lL]\b", line) is not None
    return _PYTHON_2.search(line) is not None


# -- lost indentation -----------------------------------------------------------------------------------------------------

#: The most lines whose indentation is put back.
_MOST = 50
_LOST = "expected an indented block"
_ENDS_A_BODY = expression(r"(?:return|raise|pass|continue|break|yield)\b")
_BEGINS_ANEW = expression(r"(?:@|def\b|class\b|async\b|if __name__|from\b|import\b|application\b)")


def indented(text: str) -> Sequence[tuple[int, str]] | None:
    """Return the blanks that are missing before bodies of one line, as (offset, blanks), so that Python accepts the script.

    None where anything else is wrong with it, or where a body may have had more than one line.
    """
    unit = next((line for line in re.findall(r"^([ \t]+)\S", text, re.M)), "    ")
    added: list[tuple[int, str]] = []
    mended = text
    for _ in range(_MOST):
        fault = _refusal(mended)
        if fault is None:
            return added or None
        lines = _lines(mended)
        if fault.kind != "IndentationError" or not fault.message.startswith(_LOST) or fault.line > len(lines):
            return None
        start, end = lines[fault.line - 1]
        head = _head(mended, lines, fault.line)
        if head is None or not _is_whole_body(mended, lines, fault.line):
            return None
        body = mended[start:end]
        blanks = head + unit
        if not blanks.startswith(indentation := body[: len(body) - len(body.lstrip(" \t"))]):
            return None
        missing = blanks[len(indentation) :]
        # The offset in the original text: the blanks added so far all stand before it.
        added.append((start - sum(len(put) for at, put in added), missing))
        mended = mended[:start] + missing + mended[start:]
    return None


def _head(text: str, lines: Sequence[Span], line: int) -> str | None:
    """Return the indentation of the line that a body belongs to, the last one above that is not blank or a comment."""
    for start, end in reversed(lines[: line - 1]):
        words = text[start:end].strip()
        if words and not words.startswith("#"):
            whole = text[start:end]
            return whole[: len(whole) - len(whole.lstrip(" \t"))] if words.endswith(":") else None
    return None


def _is_whole_body(text: str, lines: Sequence[Span], line: int) -> bool:
    """Whether a line is a whole body: it ends one, or the end, a blank line or clearly something new follows."""
    body = text[slice(*lines[line - 1])].strip()
    following = text[slice(*lines[line])].strip() if line < len(lines) else ""
    return bool(_ENDS_A_BODY.match(body)) or not following or bool(_BEGINS_ANEW.match(following))


def _lines(text: str) -> list[Span]:
    """Return the spans of the lines as Python counts them, without their ends."""
    found: list[Span] = []
    at = 0
    for end in LINE_END.finditer(text):
        found.append(Span(at, end.start()))
        at = end.end()
    return [*found, Span(at, len(text))]
