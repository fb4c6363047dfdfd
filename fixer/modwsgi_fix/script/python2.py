"""The syntax that only Python 2 has, and how Python 3 writes it.

Each construct is found by its tokens, since no parser of Python 3 reads past the first one. The replacement means the same
in both versions; ``from __future__ import print_function`` is added where ``print`` needs it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from modwsgi_fix.script.remembered import remembered
from modwsgi_fix.script.source import source_of
from modwsgi_fix.script.tokens import Token, is_parenthesized, newline_of, span_of, split, statements
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

#: A part of the text, and the text that replaces it.
Change = tuple[Span, str]

#: The name of the construct ``except A, b:``, which Python 3.14 reads as two exceptions.
EXCEPT = "except with a comma"
_FUTURE = "from __future__ import print_function"


class Construct(NamedTuple):
    """One construct: its name, its span, how Python 3 writes it, and the changes that make it so.

    ``changes`` is empty where more than one replacement would compile. ``needs_print`` says that ``print`` has to be the
    function in Python 2, too; ``fails_late`` that Python 3 accepts the syntax, and fails only when the line runs.
    """

    name: str
    span: Span
    instead: str
    changes: tuple[Change, ...] = ()
    needs_print: bool = False
    fails_late: bool = False


@remembered
def constructs(text: str) -> tuple[Construct, ...]:
    """Return the constructs of Python 2 in a script, in order.

    Of a script that Python 3 reads, these are only those that fail when they run; of one that no version reads, only
    statements, since an operator in it may belong to anything.
    """
    read = statements(text)
    found = [*_prints(text, read), *(one for each in read for one in _of(text, each, read))]
    if not found:
        return ()
    if source_of(text) is not None:
        found = [one for one in found if one.fails_late or one.name == EXCEPT]
    elif not any(one.changes for one in found) or source_of(_applied(text, _changes(found))) is None:
        found = [one for one in found if one.name.endswith("statement") or "comma" in one.name]
    return tuple(sorted(found, key=lambda construct: construct.span))


@remembered
def modernized(text: str, *, keeps_python_2: bool) -> tuple[Change, ...] | None:
    """Return the changes that make a script Python 3; ``keeps_python_2`` where Python 2 must read the result, too.

    None where a construct has more than one replacement, or where Python 3 would still not read the script.
    """
    found = constructs(text)
    if not found or any(not construct.changes for construct in found):
        return None
    changes = _changes(found)
    if keeps_python_2 and any(one.needs_print for one in found) and not _has_print_function(text):
        at = _first_statement(statements(text))
        changes = [(Span(at, at), _FUTURE + newline_of(text)), *changes]
    if any(one[0].end > other[0].start for one, other in pairwise(changes)):
        return None
    new = _applied(text, changes)
    source = source_of(new)
    return tuple(changes) if source is not None and not constructs(new) and not _outlives(source.tree) else None


def _changes(found: Iterable[Construct]) -> list[Change]:
    return sorted(change for construct in found for change in construct.changes)


def _applied(text: str, changes: Sequence[Change]) -> str:
    for (start, end), words in reversed(changes):
        text = text[:start] + words + text[end:]
    return text


def _outlives(tree: ast.Module) -> bool:
    """Whether an exception's name is used after its handler, at whose end Python 3 deletes the name."""
    for scope in (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Module))):
        handlers = [node for node in ast.walk(scope) if isinstance(node, ast.ExceptHandler) and node.name]
        inside = {id(node) for handler in handlers for node in ast.walk(handler)}
        caught = {handler.name for handler in handlers}
        if any(isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in caught and id(node) not in inside
               for node in ast.walk(scope)):  # fmt: skip
            return True
    return False


# -- print ----------------------------------------------------------------------------------------------------------------


def _prints(text: str, read: Sequence[tuple[Token, ...]]) -> Iterator[Construct]:
    """Yield the print statements. One with all of it in parentheses counts as a call where nothing else tells."""
    if _has_print_function(text) or _binds_print(read):
        return
    calls: list[tuple[Token, ...]] = []
    sure = False
    for tokens in read:
        if tokens[0].text != "print" or tokens[0].kind != "name":
            continue
        rest = tokens[1:]
        if rest and rest[0].text in (".", "=", ",", ")", "[", ":", "if", "and", "or", "is", "in", "=="):
            continue
        if rest and rest[0].text == "(" and (is_parenthesized(rest) or not _continues_tuple(rest)):
            calls.append(tokens)
            continue
        if not rest:
            calls.append(tokens)
            continue
        sure = True
        yield _print(text, tokens[0], rest)
    # "print" alone prints nothing in Python 3; in a script with print statements it is one of these.
    for tokens in calls if sure else ():
        if len(tokens) == 1:
            span = tokens[0].span
            yield Construct("print statement", span, "print()", ((Span(span.end, span.end), "()"),), needs_print=True)


def _continues_tuple(rest: Sequence[Token]) -> bool:
    """Whether the text after ``(…)`` shows that it is not a call: ``print ("a"), b``, ``print ("%s") % b``."""
    held = _in_brackets(rest)
    return len(held) < len(rest) and rest[len(held)].text in ("%", ",", "+")


def _in_brackets(rest: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens up to the bracket that closes the first one."""
    depth = rest[0].depth
    return rest[: next((at for at, token in enumerate(rest[1:], 2) if token.text == ")" and token.depth == depth), 0)]


def _print(text: str, keyword: Token, rest: Sequence[Token]) -> Construct:
    span = span_of((keyword, *rest))
    parts = split(rest)
    target = ""
    if rest[0].text == ">>":
        target = _code(text, parts[0][1:])
        parts = parts[1:]
    keeps_line = bool(parts) and not parts[-1]
    if keeps_line:
        parts = parts[:-1]
    words = [_code(text, part) for part in parts]
    options = [f"file={target}"] if target else []
    options += ['end=" "'] if keeps_line else []
    # A line with a continuation backslash may keep it within parentheses.
    if not all(words) or (rest[0].text == ">>" and not target):
        return Construct("print statement", span, "print()")
    gap = text[keyword.span.end : rest[0].span.start]
    new = f"print({', '.join([*words, *options])})"
    if gap.strip(" \t") or _has_comment(text, span):
        return Construct("print statement", span, "print()")
    is_plain = len(words) == 1 and not options
    # The statement had no value; the function's result is None, and is not used.
    fails_late = bool(target) or (rest[0].text == "(" and rest[len(_in_brackets(rest))].text in ("%", "+"))
    if is_plain or (not target and not keeps_line):
        start = Span(keyword.span.end, rest[0].span.start)
        changes: tuple[Change, ...] = ((start, "("), (Span(span.end, span.end), ")"))
    else:
        changes = ((span, new),)
    return Construct("print statement", span, new, changes, needs_print=not is_plain, fails_late=fails_late)


def _binds_print(read: Sequence[tuple[Token, ...]]) -> bool:
    return any(
        (tokens[0].text == "print" and len(tokens) > 1 and tokens[1].text == "=")
        or (tokens[0].text == "def" and len(tokens) > 1 and tokens[1].text == "print")
        for tokens in read
    )


def _has_print_function(text: str) -> bool:
    return (
        re.search(
            r"^from __future__ import [^\n]{0,400}\bprint_function\b"
            r"|^from __future__ import \([^)]{0,2000}\bprint_function\b",
            text,
            re.MULTILINE,
        )
        is not None
    )


def _first_statement(read: Sequence[tuple[Token, ...]]) -> int:
    """Return the offset of the first statement that is not the module's docstring."""
    for tokens in read:
        if not (len(tokens) == 1 and tokens[0].kind == "string"):
            return tokens[0].span.start
    return 0


# -- the rest -------------------------------------------------------------------------------------------------------------


def _of(text: str, tokens: tuple[Token, ...], read: Sequence[tuple[Token, ...]]) -> Iterator[Construct]:
    yield from _words(text, tokens)
    first = tokens[0]
    if first.text == "except" and first.kind == "name":
        yield from _except(text, tokens, read)
    elif first.text == "raise" and first.kind == "name":
        yield from _raise(text, tokens)
    elif first.text == "exec" and first.kind == "name" and len(tokens) > 1 and not _is_call(tokens[1:]):
        yield _exec(text, tokens)


def _is_call(rest: Sequence[Token]) -> bool:
    return rest[0].text in (".", "=", ",", ")", ":") or (rest[0].text == "(" and is_parenthesized(rest))


def _except(text: str, tokens: tuple[Token, ...], read: Sequence[tuple[Token, ...]]) -> Iterator[Construct]:
    parts = split(tokens[1:])
    if len(parts) != 2 or not parts[0] or not parts[1] or parts[1][0].text == "as":
        return
    if any(token.text == "as" and token.depth == 0 for token in tokens):
        return
    comma = next(token for token in tokens if token.text == "," and token.depth == 0)
    name = parts[1]
    while is_parenthesized(name):
        name = name[1:-1]
    span = span_of(tokens)
    if len(name) != 1 or name[0].kind != "name" or is_exception(name[0].text, read):
        yield Construct(EXCEPT, span, "except … as name")
        return
    instead = f"except {_code(text, parts[0])} as {name[0].text}"
    gap = Span(comma.span.start, parts[1][0].span.start)
    changes: list[Change] = [(gap, " as ")]
    if len(parts[1]) > 1:
        changes = [(Span(comma.span.start, parts[1][-1].span.end), f" as {name[0].text}")]
    yield Construct(EXCEPT, span, instead, tuple(changes))


def is_exception(name: str, read: Sequence[tuple[Token, ...]]) -> bool:
    """Whether a name after a comma may be meant as a second exception, by its form or because the script binds it so."""
    if name[:1].isupper():
        return True
    return any(
        tokens[0].text in ("class", "import", "from") and any(token.text == name for token in tokens[1:])
        for tokens in read
    )


def _raise(text: str, tokens: tuple[Token, ...]) -> Iterator[Construct]:
    parts = split(tokens[1:])
    if len(parts) < 2 or not parts[0]:
        return
    span = span_of(tokens)
    exception = parts[0]
    is_dotted = all(token.kind == "name" or token.text == "." for token in exception)
    # A tuple would be unpacked, and an instance be raised itself: only an argument that begins with text is certain.
    if len(parts) != 2 or not parts[1] or not is_dotted or parts[1][0].kind != "string" or _has_comment(text, span):
        yield Construct("raise with a comma", span, "raise Exception(value)")
        return
    gap = Span(exception[-1].span.end, parts[1][0].span.start)
    instead = f"raise {_code(text, exception)}({_code(text, parts[1])})"
    yield Construct("raise with a comma", span, instead, ((gap, "("), (Span(span.end, span.end), ")")))


def _exec(text: str, tokens: tuple[Token, ...]) -> Construct:
    rest = tokens[1:]
    span = span_of(tokens)
    code, *within = split(rest, "in")
    spaces = split(within[0]) if within else []
    words = [_code(text, part) for part in (code, *spaces)]
    if len(within) > 1 or not all(words) or len(words) > 3 or _has_comment(text, span):
        return Construct("exec statement", span, "exec(code)")
    new = f"exec({', '.join(words)})"
    return Construct("exec statement", span, new, ((span, new),))


def _words(text: str, tokens: Sequence[Token]) -> Iterator[Construct]:
    """Yield operators and literals that Python 3 no longer has."""
    ticks = [token for token in tokens if token.text == "`"]
    for opening, closing in zip(ticks[::2], ticks[1::2], strict=False):
        inner = text[opening.span.end : closing.span.start]
        span = Span(opening.span.start, closing.span.end)
        changes = ((opening.span, "repr("), (closing.span, ")"))
        yield Construct("backticks", span, f"repr({inner})", changes if inner.strip() else ())
    for token in tokens:
        word = token.text
        if word == "<>":
            yield Construct("<>", token.span, "!=", ((token.span, "!="),))
        elif token.kind == "number":
            new = _number(word)
            if new != word:
                name = "long integer" if word[-1:] in "lL" else "octal number"
                yield Construct(name, token.span, new, ((token.span, new),))
        elif token.kind == "string" and word[:2].lower() == "ur":
            yield _ur(token)


def _number(word: str) -> str:
    digits = word[:-1] if re.fullmatch(r"(?:0[xX][0-9a-fA-F]+|\d+)[lL]", word) else word
    if re.fullmatch(r"0[0-7]+", digits) and digits.strip("0"):
        return "0o" + digits.lstrip("0")
    return digits


def _ur(token: Token) -> Construct:
    word = token.text
    name = "text with the prefix ur"
    if "\\" not in word:
        return Construct(name, token.span, "u" + word[2:], ((Span(token.span.start + 1, token.span.start + 2), ""),))
    if re.search(r"\\[uU]", word) or not word.isascii():
        return Construct(name, token.span, "a text without ur")
    return Construct(name, token.span, word[1:], ((Span(token.span.start, token.span.start + 1), ""),))


# -- of the text ------------------------------------------------------------------------------------------------------------


def _code(text: str, tokens: Sequence[Token]) -> str:
    return text[slice(*span_of(tokens))] if tokens else ""


def _has_comment(text: str, span: Span) -> bool:
    """Whether a statement has a comment or a continued line in it, which parentheses would change."""
    words = text[slice(*span)]
    return "\\\n" in words or "\\\r" in words or ("#" in words and "\n" in words)
