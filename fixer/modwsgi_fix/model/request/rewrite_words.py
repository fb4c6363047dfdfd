"""What mod_rewrite refuses when it reads its lines (mod_rewrite.c:cmd_rewriterule, cmd_rewritecond and the like).

In a server's files httpd then does not start; in an ``.htaccess`` file it answers 500. The messages are its own, tried on 2.4.71.
"""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.model.patterns import is_broken
from modwsgi_fix.model.request.rewrite_rules import KNOWN_FLAGS, REDIRECT_FLAGS, flags_in
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.text import whole_number

#: The statuses that httpd has a text for (http_protocol.c:ap_index_of_response).
STATUSES_OF_HTTPD = frozenset({
    *range(100, 104), *range(200, 209), 226, *range(300, 306), 307, 308, *range(400, 418), *range(421, 425), 426, 428, 429, 431,
    451, *range(500, 509), 510, 511,
})  # fmt: skip
_CONDITION_FLAGS = frozenset({"nc", "nocase", "or", "ornext", "nv", "novary"})
_OPTIONS = frozenset({
    "inherit", "inheritbefore", "inheritdown", "inheritdownbefore", "ignoreinherit", "allownoslash", "allowanyuri",
    "mergebase", "ignorecontextinfo", "legacyprefixdocroot", "unsafeprefixstat",
})  # fmt: skip
_MAPS_WITHIN = ("int:toupper", "int:tolower", "int:escape", "int:unescape")
_SPELT = {"rewriterule": "RewriteRule", "rewritecond": "RewriteCond"}
_TESTS = frozenset({"-f", "-s", "-l", "-h", "-L", "-x", "-d", "-U", "-F"})
_COMPARISONS = ("-lt", "-le", "-eq", "-ge", "-gt", "-ne")


def fault_of_rewriting(key: str, words: Sequence[str]) -> str:
    """Return why mod_rewrite refuses a line with these words; empty where it may accept them."""
    if key in _SPELT:
        return _fault_of_rule(key, words)
    if key == "rewriteoptions":
        odd = next((word for word in words if not _is_option(word)), None)
        return f"RewriteOptions: unknown option '{odd}'" if odd is not None else ""
    if key == "rewritemap" and len(words) > 1 and words[1].startswith("int:") and words[1] not in _MAPS_WITHIN:
        return f"RewriteMap: internal map not found:{words[1].removeprefix('int:')}"
    return ""


def _is_option(word: str) -> bool:
    return word.lower() in _OPTIONS or word.lower().startswith("maxredirects=") or not is_settled(word)


def _fault_of_rule(key: str, words: Sequence[str]) -> str:
    name = _SPELT[key]
    if len(words) < 2:
        return f"{name}: bad argument line '{' '.join(words)}'"
    pattern = words[0] if key == "rewriterule" else _pattern_of_condition(words)
    if is_broken(pattern.removeprefix("!")):
        return f"{name}: cannot compile regular expression '{pattern.removeprefix('!')}'"
    # What follows the flags is not read.
    return _fault_of_flags(key, words[2]) if len(words) > 2 and is_settled(words[2]) else ""


def _pattern_of_condition(words: Sequence[str]) -> str:
    """Return the regular expression of a RewriteCond; empty where it tests something else."""
    text = words[1].removeprefix("!")
    is_other = text in _TESTS or text.startswith(_COMPARISONS) or (text[:1] in ("<", ">", "=") and len(text) > 1)
    return "" if is_other or words[0].lower() == "expr" else text


def _fault_of_flags(key: str, text: str) -> str:
    name = _SPELT[key]
    if not (text.startswith("[") and text.endswith("]") and len(text) > 1):
        return f"{name}: bad flag delimiters"
    for flag, value in flags_in(text):
        if flag.lower() not in (KNOWN_FLAGS if key == "rewriterule" else _CONDITION_FLAGS):
            return f"{name}: unknown flag '{flag}'"
        if flag.lower() in REDIRECT_FLAGS and value[:1].isdigit() and whole_number(value) not in STATUSES_OF_HTTPD:
            return f"{name}: invalid HTTP response code '{value}' for flag 'R'"
        if flag.lower() == "bne" and not value:
            return f"{name}: flag 'BNE' wants a list of characters (i.e. [BNE=...])"
    return ""
