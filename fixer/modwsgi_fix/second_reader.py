"""A second opinion on rewritten text: apacheconfig, which other people wrote.

Before a rewritten block is shown or written, both readers read it. Where both agreed on the original, both must agree
on the result (``agrees``); where they did not, the second reader has no say. It gets text only, and follows no Include.

What apacheconfig 0.3.2 reads differently from httpd, and what is done about it here:

- It takes ``#`` within a line for the start of a comment. Overridden: only at the start of a logical line, as in httpd.
- It builds lists by concatenation (quadratic in siblings) and its parsing tables at every parse. Overridden: appended
  to, and built once.
- It accepts any closing tag. Checked here: a wrong one means "cannot be read".
- It takes ``<Location />`` for an empty element and ``/*`` for a comment, and ends a comment with its line even after a
    backslash. Set by its options, as its own flavour for Apache does; that flavour leaves C comments on, which are off here.
- It splits a name from its value at ``=`` too, and takes away one pair of quotes around a value. Undone here: the
  name, the separator and the value are joined as they stood, and split again at white space.
- It carries ``Include`` out. Turned off: here ``Include`` is a directive with arguments.

What stays: a form feed or vertical tab is not white space, a lone CR ends a line, a continued section tag needs LF, ``<<``
before a value starts a here-document, text after a closing tag is an error. Such text is read wrongly or not at all, so
the two readers disagree on the original, and the second one has no say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, TypeAlias

from modwsgi_fix.expressions import expression
from modwsgi_fix.syntax import Directive, Node, Section, Tree
from modwsgi_fix.text import WHITESPACE

#: A directive: its name in lower case, its arguments through ``squeezed``, and ``()``. A section: ``<`` before the
#: name, and what is in it. No comments, no blank lines.
Shape: TypeAlias = tuple[str, str, tuple["Shape", ...]]

_BLANKS = expression(f"[{WHITESPACE}]+")

_OPTIONS = {
    "ccomments": False,
    "disableemptyelementtags": True,
    "multilinehashcomments": True,
    "preservewhitespace": True,
    "useapacheinclude": False,
}


def agrees(before: Iterable[Node], after: Iterable[Node]) -> bool:
    """Whether the second reader has nothing against a fix; False where both agreed on the blocks before, and not after."""
    return not all(map(_is_read_alike, before)) or all(map(_is_read_alike, after))


def _is_read_alike(block: Node) -> bool:
    """Whether both readers read a block alike. Of blocks that are equal but for their words only one is read."""
    text = block.source
    if text in _seen:
        return _seen[text]
    if len(text) >= _LONG:
        return shape_of_second(text) == _ours([block])
    form = _form(text)
    if form not in _alike:
        _keep(_alike, form, alike=shape_of_second(text) == _ours([block]))
    if len(text) < _SHORT:
        _keep(_seen, text, alike=_alike[form])
    return _alike[form]


def _keep(known: dict[str, bool], text: str, *, alike: bool) -> None:
    if len(known) >= _MOST:
        known.clear()
    known[text] = alike


#: A block of more characters is read again rather than kept; and the number of blocks that are kept.
_LONG, _MOST = 20_000, 4096
_alike: dict[str, bool] = {}
#: The same of texts with their words: what a fix leaves is there before the next one. None has as many characters.
_seen: dict[str, bool] = {}
_SHORT = 2_000

#: The name that begins a line; or any other word, of which both readers only see that it consists of letters and digits.
_NAME_OR_WORD = expression(r"(^[ \t]*+[^\s>]++)|([A-Za-z0-9]++)", re.M)
#: The same where ``include``, which means something to apacheconfig, is like a name.
_NAME_INCLUDE_OR_WORD = expression(r"(^[ \t]*[^\s>]+|[A-Za-z]*include[A-Za-z]*)|([A-Za-z0-9]+)", re.M | re.I)


def _form(text: str) -> str:
    """Return a text with numbers instead of its words, so that texts that differ only in words become equal."""
    # What stands between two, a name, a word: in turns, and either a name or a word is None.
    is_plain = text.isascii() and "include" not in text.lower()
    parts = (_NAME_OR_WORD if is_plain else _NAME_INCLUDE_OR_WORD).split(text)
    words = dict.fromkeys(filter(None, parts[2::3]))
    numbers = {word: f"\0{number}\0" for number, word in enumerate(words)}
    parts[2::3] = map(numbers.get, parts[2::3])
    return "".join(filter(None, parts))


def shape_of_second(text: str) -> tuple[Shape, ...] | None:
    """Return a text as apacheconfig reads it; None where it cannot. Never raises, prints, or touches a disk."""
    if not text.strip(WHITESPACE):
        return ()
    try:
        return _children(_reader()(text))
    except Exception:  # apacheconfig fails in many ways: IndexError, TypeError, RecursionError ...
        return None


def squeezed(text: str) -> str:
    """Return arguments as they are compared: continuations joined as httpd does, each run of white space one space."""
    return _BLANKS.sub(" ", text.replace("\\\r\n", "").replace("\\\n", "")).strip(" ")


def _children(contents: list[Any]) -> tuple[Shape, ...]:
    """Return the shapes in ``["contents", white space or node, ...]``. Raises ``ValueError`` at a wrong closing tag."""
    found: list[Shape] = []
    for node in contents[1:]:
        if isinstance(node, str) or node[0] == "comment":
            continue
        kind, *rest = node
        if isinstance(rest[0], str) and not rest[0].strip(WHITESPACE + "\\"):
            del rest[0]
        if kind == "statement":
            found.append(_shape(rest))
            continue
        tag, inside, closing = rest
        name, arguments, _ = _shape(tag)
        if closing.lower() != name:
            raise ValueError(closing)
        found.append(("<" + name, arguments, _children(inside)))
    return tuple(found)


def _shape(words: Iterable[str]) -> Shape:
    """Return the shape of a name, separator and value, of which the last two may be absent."""
    line = "".join(map(_requoted, words))
    name, _, arguments = squeezed(line).partition(" ")
    return name.lower(), arguments, ()


def _requoted(word: str) -> str:
    if getattr(word, "is_double_quoted", False):
        return f'"{word}"'
    return f"'{word}'" if getattr(word, "is_single_quoted", False) else word


@cache
def _reader() -> Callable[[str], list[Any]]:
    """Return apacheconfig's parser with the overrides above, built once: that takes longer than a text of 1,000 lines."""
    from apacheconfig.lexer import make_lexer
    from apacheconfig.parser import make_parser
    from ply import lex, yacc

    lexer_class, parser_class = make_lexer(**_OPTIONS), make_parser(**_OPTIONS)

    def lexer_reset(self: Any) -> None:
        self.engine = lex.lex(module=self, reflags=re.DOTALL | re.IGNORECASE, errorlog=lex.NullLogger())

    def parser_reset(self: Any) -> None:
        self.engine = yacc.yacc(
            module=self,
            start="contents",
            # A name that is neither written nor found: a plain "parsetab" would be imported from wherever Python finds one.
            tabmodule="modwsgi_fix.no_tables",
            write_tables=False,
            debug=False,
            debuglog=yacc.NullLogger(),
            errorlog=yacc.NullLogger(),
        )

    def option(self: Any, token: Any) -> Any:
        return self._lex_option(token)

    def comment(self: Any, token: Any) -> Any:
        return token

    def contents(self: Any, production: Any) -> None:
        if len(production) == 3:
            production[1].append(production[2])
            production[0] = production[1]
        else:
            production[0] = ["contents", production[1]]

    # ply tries patterns in the order of their line numbers, even across files, so the first characters here must
    # exclude all other patterns. A backslash may begin a lone continuation, which apacheconfig takes for a blank.
    vars(option)["regex"] = r"[^ \t\r\n#<\\][^\r\n]*"
    vars(comment)["regex"] = r"\#(?:\\\r?\n|[^\r\n])*"
    contents.__doc__ = parser_class.p_contents.__doc__
    overrides = {"reset": lexer_reset, "t_OPTION_AND_VALUE": option, "t_HASHCOMMENT": comment}
    lexer = type("Lexer", (lexer_class,), overrides)()
    parser = type("Parser", (parser_class,), {"reset": parser_reset, "p_contents": contents})(lexer)

    def read(text: str) -> list[Any]:
        lexer.engine.begin("INITIAL")  # the last text may have ended in the middle of a line
        result: list[Any] = parser.engine.parse(text, lexer=lexer.engine)
        return result

    return read


def objection(name: str, before: Tree, after: Tree) -> str | None:
    """Return why a rewritten file must not be trusted, or None: our own reader's view against the second one's.

    Only the top-level blocks that differ are read.
    """
    if agrees(_without(before.children, after.children), _without(after.children, before.children)):
        return None
    return f"{name} would not be read by apacheconfig as it is by us"


def _without(blocks: Sequence[Node], others: Sequence[Node]) -> Sequence[Node]:
    """Return the blocks whose text is not among the others', each as often as it is missing there."""
    left = Counter(node.source for node in others)
    found = []
    for node in blocks:
        if left[node.source]:
            left[node.source] -= 1
        else:
            found.append(node)
    return found


def _ours(nodes: Iterable[Node]) -> tuple[Shape, ...]:
    """Return the shapes of nodes as our own reader has them."""
    found: list[Shape] = []
    for node in nodes:
        if not isinstance(node, Directive):
            continue
        logical, start, end = node.args_range
        arguments = squeezed(logical.text[start:end])
        if isinstance(node, Section):
            found.append(("<" + node.key, arguments, _ours(node.children)))
        else:
            found.append((node.key, arguments, ()))
    return tuple(found)
