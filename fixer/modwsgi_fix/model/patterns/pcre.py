"""Translation of PCRE, the language of httpd's regular expressions, to Python's ``re`` on bytes.

httpd compiles without UTF; the dot matches newlines, and ``$`` only the very end (util_pcre.c:ap_regcomp and
AP_REG_DEFAULT; measured on 2.4.71). Syntax without an equal in ``re`` is refused, never approximated: pcre2pattern(3).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from modwsgi_fix.expressions import expression
from modwsgi_fix.text import encode

#: More characters, and more nested groups, than in any expression that a person writes; PCRE itself refuses 250 groups.
_LONGEST, _DEEPEST = 10_000, 50

_DIGIT = frozenset(b"0123456789")
_LOWER = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_UPPER = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ALNUM = _DIGIT | _LOWER | _UPPER
_WORD = _ALNUM | {0x5F}
_SPACE = frozenset(b" \t\n\v\f\r")
_ALL = frozenset(range(256))
_GRAPH = frozenset(range(0x21, 0x7F))
_POSIX = {
    "alnum": _ALNUM, "alpha": _LOWER | _UPPER, "ascii": frozenset(range(128)), "blank": frozenset(b" \t"),
    "cntrl": frozenset([*range(32), 127]), "digit": _DIGIT, "graph": _GRAPH, "lower": _LOWER, "print": _GRAPH | {0x20},
    "punct": _GRAPH - _ALNUM, "space": _SPACE, "upper": _UPPER, "word": _WORD, "xdigit": _DIGIT | set(b"abcdefABCDEF"),
}  # fmt: skip
#: The sets of bytes that a backslash and a letter stand for.
_SETS = {"d": _DIGIT, "w": _WORD, "s": _SPACE, "h": frozenset(b" \t\xa0"), "v": frozenset(b"\n\v\f\r\x85")}
_SETS |= {letter.upper(): _ALL - members for letter, members in _SETS.items()}
_CONTROLS = {"a": 7, "e": 27, "f": 12, "n": 10, "r": 13, "t": 9}
#: Escapes that mean the same to both, or have an equal; ``re`` (before 3.14) finds no ``\\B`` in an empty text.
_SAME = {
    "b": r"\b",
    "B": r"(?!\b)",
    "A": r"\A",
    "G": r"\A",
    "Z": r"(?=\n?\Z)",
    "z": r"\Z",
    "N": r"[^\n]",
    "R": r"(?>\r\n|[\n-\r\x85])",
}

_COUNT = expression(r"\{\d{1,5}(?:,\d{0,5})?\}", re.ASCII)
_OCTAL = expression(r"[0-7]{1,3}", re.ASCII)
_HEX = expression(r"x(?:\{([0-9A-Fa-f]{1,2})\}|(?!\{)([0-9A-Fa-f]{0,2}))", re.ASCII)
_CODE = expression(r"o\{0*([0-7]{1,3})\}", re.ASCII)
_REFERENCE = expression(
    r"g(?:\{([1-9])\}|([1-9])(?!\d))|[gk]\{([A-Za-z_]\w*)\}|k(?:<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')", re.ASCII
)
_NAME = expression(r"\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')", re.ASCII)
_PLAIN_GROUP = expression(r"\(\?(?::|=|!|>|<=|<!)")
_OPTIONS = expression(r"\(\?([a-zA-Z]*)(-[a-zA-Z]*)?([:)])")
_CLASS_NAME = expression(r"\[:(\^?)([a-z]+):\]")


class Untranslatable(ValueError):
    """An expression with a part that ``re`` cannot express; the text says which."""


class Broken(Untranslatable):
    """An expression that PCRE refuses as well."""


def translate(pattern: str) -> bytes:
    """Return the expression for ``re.compile`` with ``re.DOTALL``. Raises ``Untranslatable``.

    An expression that both refuse may be returned; ``re.compile`` then raises ``re.error``.
    """
    if len(pattern) > _LONGEST:
        raise Untranslatable(f"it is longer than {_LONGEST} characters")
    text = encode(pattern).decode("latin-1")
    out: list[str] = []
    #: For each open group the options that hold for its rest, as set by ``(?i)``.
    groups: list[list[str]] = [[]]
    at = 0
    while at < len(text):
        char, end = text[at], at + 1
        if char == "\\":
            piece, end = _escape(text, end)
        elif char == "[":
            piece, end = _class(text, end)
        elif char == "(":
            piece, end = _group(text, at, groups)
        elif char == ")":
            piece = ")" * (len(groups.pop()) + 1)
            if not groups:
                raise Broken("a parenthesis is closed that was not opened")
        elif char == "|":
            piece = ")" * len(groups[-1]) + "|" + "".join(groups[-1])
        elif char == "{" and (count := _COUNT.match(text, at)):
            piece, end = count[0], count.end()
        elif char == "$":
            piece = r"\Z"
        else:
            piece = char if char in "^.*+?" else literal(char)
        out.append(piece)
        at = end
    if len(groups) > 1:
        raise Broken("a parenthesis is not closed")
    return ("".join(out) + ")" * len(groups[0])).encode("ascii")


def literal(chars: str) -> str:
    """Return an expression for characters, each below 256, that stand for themselves."""
    return "".join(char if char.isascii() and char.isalnum() else f"\\x{ord(char):02x}" for char in chars)


def character_class(members: Collection[int], *, negated: bool = False) -> str:
    """Return a class of exactly these bytes, or of all others."""
    if not members:
        return r"[\x00-\xff]" if negated else r"[^\x00-\xff]"
    return f"[{'^' if negated else ''}{''.join(_ranges(sorted(members)))}]"


def _ranges(ordered: Iterable[int]) -> list[str]:
    runs: list[list[int]] = []
    for member in ordered:
        if runs and member == runs[-1][1] + 1:
            runs[-1][1] = member
        else:
            runs.append([member, member])
    return [f"\\x{first:02x}" + (f"-\\x{last:02x}" if last > first else "") for first, last in runs]


def _escape(text: str, at: int) -> tuple[str, int]:
    """Return the translation of the characters after a backslash outside of a class, and where to read on."""
    char = text[at : at + 1]
    if char == "Q":
        end = text.find("\\E", at)
        return literal(text[at + 1 : end if end >= 0 else len(text)]), end + 2 if end >= 0 else len(text)
    if char == "E":
        return "", at + 1
    if char in _SAME:
        return _SAME[char], at + 1
    if char in _SETS:
        return character_class(_SETS[char]), at + 1
    if char.isascii() and char.isdigit() and char != "0":
        if text[at + 1 : at + 2].isdigit():
            raise Untranslatable(f"\\{text[at : at + 2]} may be a group or a character")
        return f"\\{char}", at + 1
    if reference := _REFERENCE.match(text, at):
        number = reference[1] or reference[2]
        name = reference[3] or reference[4] or reference[5]
        return f"(?:\\{number})" if number else f"(?P={name})", reference.end()
    code, end = _character(text, at)
    return literal(chr(code)), end


def _character(text: str, at: int) -> tuple[int, int]:
    """Return the character that an escape stands for, inside or outside of a class, and where to read on."""
    char = text[at : at + 1]
    if char in _CONTROLS:
        return _CONTROLS[char], at + 1
    if char == "x" and (found := _HEX.match(text, at)):
        return int(found[1] or found[2] or "0", 16), found.end()
    if char == "c" and " " <= (control := text[at + 1 : at + 2].upper()) <= "~":
        return ord(control) ^ 64, at + 2
    if char == "o" and (code := _CODE.match(text, at)) and int(code[1], 8) < 256:
        return int(code[1], 8), code.end()
    if char == "0" and (octal := _OCTAL.match(text, at)):
        return int(octal[0], 8), octal.end()
    if not char or (char.isascii() and char.isalnum()):
        raise Untranslatable(f"\\{char} is not known here")
    return ord(char), at + 1


def _class(text: str, at: int) -> tuple[str, int]:
    """Return the translation of a class, read from after its opening bracket, and where to read on."""
    negated = text[at : at + 1] == "^"
    at = first = at + negated
    members: set[int] = set()
    while True:
        char = text[at : at + 1]
        if not char:
            raise Broken("a bracket is not closed")
        if char == "]" and at > first:
            return character_class(members, negated=negated), at + 1
        found, at = _member(text, at)
        if text[at : at + 1] != "-" or text[at + 1 : at + 2] in ("]", ""):
            members.update(found)
            continue
        last, end = _member(text, at + 1)
        if len(found) != 1 or len(last) != 1 or min(found) > min(last):
            raise Untranslatable(f"{text[at - 1 : end]} is not a range")
        members.update(range(min(found), min(last) + 1))
        at = end


def _member(text: str, at: int) -> tuple[Collection[int], int]:
    char = text[at]
    if char == "\\":
        letter = text[at + 1 : at + 2]
        if letter in _SETS:
            return _SETS[letter], at + 2
        if letter == "b":
            return {8}, at + 2
        if octal := _OCTAL.match(text, at + 1):
            return {int(octal[0], 8) & 255}, octal.end()
        code, end = _character(text, at + 1)
        return {code}, end
    if char == "[" and text[at + 1 : at + 2] in tuple(":.="):
        if found := _CLASS_NAME.match(text, at):
            named = _POSIX.get(found[2])
            if named is None:
                raise Untranslatable(f"{found[0]} is not a class")
            return (_ALL - named if found[1] else named), found.end()
        if f"{text[at + 1]}]" in text[at + 2 :]:
            raise Untranslatable("a collating element")
    return {ord(char)}, at + 1


def _group(text: str, at: int, groups: list[list[str]]) -> tuple[str, int]:
    """Return the translation of an opening parenthesis, and where to read on; a new group is added to ``groups``."""
    if len(groups) > _DEEPEST:
        raise Untranslatable(f"more than {_DEEPEST} groups stand in each other")
    if text.startswith("(*", at):
        raise Untranslatable("a verb, (*...)")
    if not text.startswith("(?", at):
        groups.append([])
        return "(", at + 1
    if text.startswith("(?#", at):
        end = text.find(")", at) + 1
        return "", end or len(text)
    if named := _NAME.match(text, at):
        groups.append([])
        return f"(?P<{named[1] or named[2]}>", named.end()
    if plain := _PLAIN_GROUP.match(text, at):
        groups.append([])
        return plain[0], plain.end()
    options = _OPTIONS.match(text, at)
    # The dot matches newlines anyway; the other options change the meaning of the rest of the expression.
    if options is None or set(options[1]) - {"i", "s"} or (options[2] or "-") not in ("-", "-i"):
        raise Untranslatable(f"{text[at : at + 4]} is not known here")
    on, off = "i" in options[1], options[2] == "-i"
    opened = "(?-i:" if off else "(?i:" if on else "(?:"
    if options[3] == ":":
        groups.append([])
    elif not (on or off) or groups[-1] == [opened]:
        return "", options.end()
    else:
        # It replaces the option before, so that a thousand of them do not nest.
        closed, groups[-1] = ")" * len(groups[-1]), [opened]
        return closed + opened, options.end()
    return opened, options.end()
