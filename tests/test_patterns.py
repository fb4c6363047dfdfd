"""Patterns of the configuration: read as httpd reads them, and never matched without a bound."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import config_of

from modwsgi_fix.model.bounds import steps_for
from modwsgi_fix.model.patterns import (
    LONGEST_TEXT,
    Match,
    Unknown,
    allowing,
    finds,
    host_wildcard,
    is_understood,
    quoted,
    search,
    wildcard,
)
from modwsgi_fix.model.patterns.effort import steps
from modwsgi_fix.model.patterns.pcre import translate
from modwsgi_fix.model.request import request_of, trace
from modwsgi_fix.model.request.outcome import Trace
from modwsgi_fix.model.request.samples import sample

ROOT = Path(__file__).resolve().parents[1]

#: Each can be cut in so many ways that the time doubles with a few more characters.
ENDLESS = [
    ("^/(a|aa)+$", "/" + "a" * 60 + "!"),
    ("^/(a|a?)+$", "/" + "a" * 60 + "!"),
    ("(a+)+b", "a" * 60),
    ("([a-z]+)*$", "a" * 60 + "!"),
    ("^((((x+)+)+)+)+y", "x" * 60),
    ("^/" + "(.*a)" * 12 + "z$", "/" + "a" * 60),
    ("^(?:a|[ab]b?)*c", "ab" * 30),
    ("^(a*a*)*b", "a" * 60),
    ("(?i)^(a|A)+(A|aA)*$", "aA" * 30 + "!"),
    ("^(?:(?:p|q)*(?:q|r)*)*s", "q" * 60),
    (r"((a?){1000}){1000}b", "a" * 60),
    (r"^(\w+\s?)*$", "word " * 20 + "!"),
]

#: What administrators write; each is answered for a long URL.
ORDINARY = [
    "^/([^/]+)/([^/]+)/(.*)$",
    r"\.(jpe?g|png|gif)$",
    "^/(.*)$",
    r"(.*)\.wsgi",
    "^/static/(.*)",
    "/static/(.*)",
    "^/(?:[^/]+/)*$",
    "^/([a-z0-9]+(?:-[a-z0-9]+)*)/$",
    "^/(?:png|pdf|jpeg|jpg)+/",
    r"^(?!.*\.php).*$",
    "^/~([^/]+)/(.*)",
    "^(.*)/(.*)$",
    r"^www\.(.+)$",
    "^/(media|static)/(css|js|img)/.*",
]


@pytest.mark.parametrize(("pattern", "text"), ENDLESS)
def test_what_would_take_too_long_is_unknown(pattern: str, text: str) -> None:
    assert isinstance(search(pattern, text), Unknown)
    assert finds(pattern, text) is None
    assert is_understood(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("^/(a|aa)+$", "/aaaaaa!", False),
        ("^/(a|aa)+$", "/aaaaaa", True),
        ("(a+)+b", "aaaaaa", False),
        ("^/" + "(.*a)" * 3 + "z$", "/aaaaaa", False),
        (r"^(\w+\s?)*$", "a word", True),
    ],
)
def test_on_a_short_text_it_is_answered(pattern: str, text: str, answer: bool) -> None:  # noqa: FBT001
    assert finds(pattern, text) is answer


@pytest.mark.parametrize(
    "pattern",
    [
        "((?:ab|a|b)+)+$",
        "((?:ab|a|b)*)*b$",
        "^((?:ab|a|b)*(?:ab|a|b)*)*!",
        "(x{1,1000}){1,1000}y",
        "(?:(?:(?:a{0,9}){0,9}){0,9}){0,9}b",
        "(?:" + "a|" * 2000 + "a)*b",
        "((a|)+)+b",
        "(((a{65535}){65535}){65535})b",
    ],
)
def test_more_ways_than_a_number_holds_are_too_many(pattern: str) -> None:
    assert isinstance(search(pattern, "/" + "a" * 5000 + "!"), Unknown)
    assert search(pattern, "zz") is None or isinstance(search(pattern, "zz"), Unknown)


def test_a_text_that_is_longer_than_any_url_is_not_searched() -> None:
    assert finds("a$", "a" * LONGEST_TEXT) is True
    assert finds("a$", "a" * (LONGEST_TEXT + 1)) is None


def test_searches_share_what_they_are_allowed() -> None:
    pattern, text = "^(.*)(.*)(.*)b$", "a" * 100
    with allowing(1_000_000):
        answers = [finds(f"{pattern[:-1]}{at}$", text) for at in range(12)]
        assert answers[0] is False
        assert answers[-1] is None
        assert finds("^/([^/]+)/(.*)$", "/a/b") is True
    assert finds(f"{pattern[:-1]}11$", text) is False


@pytest.mark.parametrize("option", ["(?i)a", "(?-i)a", "(?i)a|", "(?i)a(?-i)b|"])
def test_options_that_are_set_again_and_again_do_not_pile_up(option: str) -> None:
    translated = [len(translate(option * count)) for count in (100, 200, 400)]
    assert translated[2] <= 2.1 * translated[1] <= 4.5 * translated[0]
    assert is_understood(option * 400)


@pytest.mark.parametrize("pattern", ["((a{1000}){1000})", "^/(((x{65535}){65535}){65535})$", "(a{5000})(b{5000})"])
def test_no_text_is_made_up_that_is_longer_than_a_url(pattern: str) -> None:
    assert sample(pattern) is None


@pytest.mark.parametrize("pattern", ORDINARY)
def test_ordinary_expressions_are_always_answered(pattern: str) -> None:
    for unit in ("a", "/", "a/", "-a", "a.b", "/static/", "\u00e9"):
        assert finds(pattern, ("/" + unit * 300)[:600]) is not None


def test_the_answer_depends_on_the_length_alone() -> None:
    lengths = [length for length in range(1, 80) if finds("^(a|aa)+$", "a" * length + "!") is None]
    assert lengths
    assert lengths == list(range(lengths[0], 80))
    assert finds("^(a|aa)+$", "z" * 79 + "!") is None


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("^/[[:alpha:]]+$", "/abc", "/5"),
        ("^/[[:upper:][:digit:]_]$", "/Q", "/q"),
        ("^/[^[:digit:][:space:]]$", "/a", "/5"),
        ("^/[[:^digit:]]$", "/a", "/5"),
        ("^/[]a]$", "/]", "/["),
        ("^/[[a]$", "/[", "/b"),
        ("^/[a&&b]$", "/&", "/c"),
        (r"^/[\w-]$", "/-", "/+"),
        (r"^/[a\-c]$", "/-", "/b"),
        (r"^/[\x41\102]$", "/B", "/C"),
        ("^/a{,3}$", "/a{,3}", "/aa"),
        ("^/a{x}$", "/a{x}", "/a"),
        ("^/a{2}$", "/aa", "/a"),
        ("^/.$", "/\n", "/\u00e9"),
        ("^/..$", "/\u00e9", "/a"),
        ("^/a$", "/a", "/a\n"),
        (r"^/a\Z", "/a\n", "/a\n\n"),
        ("^/(?<name>b+)$", "/bb", "/a"),
        ("^/(?'name'b+)$", "/bb", "/a"),
        (r"^/\Qa.b*\E+$", "/a.b**", "/axb*"),
        (r"^/\x{62}\x63$", "/bc", "/xb"),
        (r"^/a\hb$", "/a\tb", "/a\nb"),
        (r"^/a\vb$", "/a\nb", "/a\tb"),
        (r"^/a\Rb$", "/a\r\nb", "/a\tb"),
        (r"^/a\Nb$", "/axb", "/a\nb"),
        (r"^/\e\t$", "/\x1b\t", "/et"),
        ("(?i)^/abc$", "/ABC", "/abd"),
        ("^/a(?i)b|c$", "/aB", "/Ab"),
        ("^/x|y(?i)b|/c$", "/C", "/B"),
        ("^/(a(?i)b)c$", "/aBc", "/aBC"),
        ("^/(?i:a(?-i)b)$", "/Ab", "/AB"),
        ("^/a(?#a comment)b$", "/ab", "/a"),
        ("^/(?s)a.b$", "/a\nb", "/ab"),
        ("^/(a)\\1$", "/aa", "/ab"),
        ("^/\u00e9$", "/\u00e9", "/e"),
        ("\u00e9+$", "\u00e9", "\u00e8"),
        ("^/a++a$", "/b", "/aa"),
        (r"^/\x62{2}$", "/bb", "/b"),
        (r"^/\cAb$", "/\x01b", "/cAb"),
        (r"^/\c;b$", "/{b", "/;b"),
        (r"^/\o{142}$", "/b", "/o"),
        (r"^/(a|b)\g1$", "/aa", "/ab"),
        (r"^/(a|b)\g{1}0$", "/bb0", "/ba0"),
        (r"^/(?<x>a|b)\k<x>\g{x}$", "/aaa", "/aab"),
        (r"\G/b$", "/b", "a/b"),
        (r"^/?\B$", "", "a"),
    ],
)
def test_expressions_mean_what_they_mean_to_pcre(pattern: str, yes: str, no: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = finds(pattern, yes)
        assert finds(pattern, no) is False
    assert found is True or pattern == "^/a++a$"


@pytest.mark.parametrize(
    "pattern",
    [
        r"a\Kb", "(a)(?1)", "(?R)", "(?|a|b)", "(?&x)", "(?(1)a|b)", "(*UTF8)a", r"\p{L}", r"\X", r"\x{100}", "(?m)^a$",
        "(?x)a b", "(?-s)a.b", r"(a)\g{-1}", r"\cé", r"\o{400}", r"(a)\10", "(a", "a)", "*.py", "[a", "[z-a]", "[[:nonsense:]]", "[[.a.]]", "a**",
        r"\i", "a\\", "(" * 300 + ")" * 300, "a" * 100_000, "(?<=a+)b",
    ],
)  # fmt: skip
def test_what_python_cannot_be_told_is_unknown(pattern: str) -> None:
    found = search(pattern, "ab")
    assert isinstance(found, Unknown)
    assert "is not understood" in found.reason
    assert len(found.reason) < 250
    assert not is_understood(pattern)


def test_a_match_has_groups_head_and_tail() -> None:
    found = search("^/(a)(x)?/(.)", "/a/\u00e9/rest")
    assert isinstance(found, Match)
    assert found.groups[:3] == ("/a/\udcc3", "a", "")
    assert (found.group(3), found.group(9)) == ("\udcc3", "")
    assert (found.head, found.tail) == ("/a/\udcc3", "\udca9/rest")


@given(st.text(st.characters(codec="utf-8")))
def test_a_quoted_text_finds_itself(text: str) -> None:
    assert finds(f"^{quoted(text)}$", text) is True


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("/srv/*/www", "/srv/a/www", "/srv/a/b/www"),
        ("*.conf", "a.b.conf", "a.conf.bak"),
        ("*a*b*c", "xaxbxc", "xaxcxb"),
        ("a*b?d*", "aXbXbcd", "ab"),
        ("[!a]*", "bc", "ab"),
        ("[^a-c]x", "dx", "bx"),
        ("[]x]", "]", "a"),
        ("[a-]", "-", "b"),
        (r"\*a", "*a", "xa"),
        ("[ab", "[ab", "a"),
        ("[z-a]", "", "z"),
        ("?", "a", "/"),
        ("*", "", "/"),
    ],
)
def test_wildcards(pattern: str, yes: str, no: str) -> None:
    assert wildcard(pattern)(yes) or not yes
    assert not wildcard(pattern)(no)


def test_wildcards_of_host_names() -> None:
    assert host_wildcard("*.Example.com")("a.b.example.COM")
    assert host_wildcard("w?w*")("www.x")
    assert not host_wildcard("*.example.com")("example.com")
    assert not host_wildcard("w?w")("ww")


@pytest.mark.parametrize("take", [wildcard, host_wildcard])
def test_many_stars_are_no_more_work_than_few(take: Any) -> None:
    # Taking back what a star took would be 2**200 ways.
    assert take("*a" * 200 + "*b")("a" * 3000 + "b")
    assert not take("*a" * 200 + "*b")("a" * 3000)


# -- what nothing else may do ------------------------------------------------------------------------------------------

#: Modules that compile or match an expression which is not written there: of our own words, or the door itself.
ALLOWED = {
    "fixer/modwsgi_fix/expressions.py": "what is written in another module, which is held here, too",
    "fixer/modwsgi_fix/model/patterns/__init__.py": "the door",
    "fixer/modwsgi_fix/model/patterns/effort.py": "has no expression of its own",
    "fixer/modwsgi_fix/directives/suffixes.py": "a table of suffixes",
    "fixer/modwsgi_fix/directives/values.py": "a table of forms",
    "fixer/modwsgi_fix/effect/exposure.py": "a table of names of files",
    "fixer/modwsgi_fix/files/journal.py": "names that this program makes",
    "fixer/modwsgi_fix/script/tokens.py": "the prefixes of a string in Python",
    "fixer/modwsgi_fix/second_reader.py": "white space",
    "fixer/modwsgi_fix/syntax/parser.py": "the name of a section, escaped or letters only",
    "fixer/modwsgi_fix/syntax/words.py": "one of three quotes",
    "fixer/modwsgi_fix/text.py": "how much is kept of a long word",
    "rules/modwsgi_rules/scripts/_relative_paths.py": "a string in Python code",
    "rules/modwsgi_rules/scripts/str_body.py": "a name in Python code",
    "rules/modwsgi_rules/syntax/confusable_in_regex.py": "a table of characters",
    "rules/modwsgi_rules/syntax/dash_and_ellipsis.py": "a table of characters",
    "rules/modwsgi_rules/syntax/html_entities.py": "a table of entities",
    "rules/modwsgi_rules/syntax/invisible_characters.py": "a table of characters",
    "rules/modwsgi_rules/syntax/smart_quotes.py": "a table of characters",
    "rules/modwsgi_rules/syntax/wrapped_options.py": "a table of options",
}
_USES = frozenset({"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})


def _is_written_there(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_written_there(node.left) and _is_written_there(node.right)
    return isinstance(node, ast.Constant)


@pytest.mark.slow
@pytest.mark.parametrize("root", ["fixer", "rules"])
def test_no_other_module_matches_a_pattern_of_the_configuration(root: str) -> None:
    strange = {}
    for path in sorted((ROOT / root).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in ("re", "fnmatch", "glob"):
                strange[path.relative_to(ROOT).as_posix()] = node.lineno
            if not isinstance(node, ast.Call):
                continue
            function = ast.unparse(node.func)
            if function in {"expression", *(f"re.{use}" for use in _USES)} and not _is_written_there(node.args[0]):
                strange[path.relative_to(ROOT).as_posix()] = node.lineno
    # Settings come from who runs the program, not from the configuration.
    strange.pop("fixer/modwsgi_fix/workspace/selection.py", None)
    assert {path: line for path, line in strange.items() if path not in ALLOWED} == {}


# -- the bound is one --------------------------------------------------------------------------------------------------

_ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "c"])


def _bigger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{1,3}", "{2}", "*?", "+?"])).map(
            lambda p: f"(?:{p[0]}){p[1]}"
        ),
        inner.map(lambda one: f"(?={one})"),
    )


_PATTERNS = st.tuples(
    st.sampled_from(["", "^", "^/"]), st.recursive(_ATOMS, _bigger, max_leaves=7), st.sampled_from(["", "$", "c"])
).map("".join)


class _Counter:
    """A backtracking matcher of the plainest kind, which counts what it tries."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.count = 0

    def run(self, parsed: Any) -> int:
        for start in range(len(self.text) + 1):
            if next(self.sequence(list(parsed), start), None) is not None:
                break
        return self.count

    def sequence(self, nodes: list[Any], at: int) -> Iterator[int]:
        if not nodes:
            yield at
            return
        for end in self.node(str(nodes[0][0]), nodes[0][1], at):
            yield from self.sequence(nodes[1:], end)

    def node(self, name: str, value: Any, at: int) -> Iterator[int]:
        self.count += 1
        if name == "AT":
            if at == (0 if str(value) == "AT_BEGINNING" else len(self.text)):
                yield at
        elif name == "SUBPATTERN":
            yield from self.sequence(list(value[3]), at)
        elif name == "BRANCH":
            for one in value[1]:
                yield from self.sequence(list(one), at)
        elif name == "ASSERT":
            if next(self.sequence(list(value[1]), at), None) is not None:
                yield at
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            yield from self.repeat(int(value[0]), int(value[1]), list(value[2]), at, lazy=name == "MIN_REPEAT")
        else:
            regex = re.compile(_source(name, value), re.DOTALL)
            if regex.match(self.text, at):
                yield at + 1

    def repeat(self, least: int, most: int, body: list[Any], at: int, *, lazy: bool) -> Iterator[int]:
        if lazy and least <= 0:
            yield at
        if most > 0:
            for end in self.sequence(body, at):
                if end > at or least > 0:
                    yield from self.repeat(least - 1, most - 1, body, end, lazy=lazy)
        if not lazy and least <= 0:
            yield at


def _source(name: str, value: Any) -> bytes:
    if name == "ANY":
        return b"."
    if name in ("LITERAL", "NOT_LITERAL"):
        return re.escape(bytes([value])) if name == "LITERAL" else b"[^" + bytes([value]) + b"]"
    negated = str(value[0][0]) == "NEGATE"
    return b"[" + (b"^" if negated else b"") + bytes(what for _, what in value[negated:]) + b"]"


def _tree(pattern: str) -> Any:
    return _parser.parse(pattern.replace("$", r"\Z").encode(), re.DOTALL)


@settings(max_examples=4 * settings.default.max_examples, deadline=None)
@given(_PATTERNS, st.text("abc/", min_size=1, max_size=7))
def test_no_search_takes_more_steps_than_were_allowed_for(pattern: str, text: str) -> None:
    tree = _tree(pattern)
    # A step there is a byte that is looked at; here a node that is tried, and its parentheses.
    assert _Counter(text.encode()).run(tree) <= 12 * steps(tree, len(text))


@pytest.mark.parametrize("length", [4, 8, 12])
def test_the_count_of_the_plain_matcher_is_not_far_below(length: int) -> None:
    tree = _tree("^(?:a|aa)+$")
    assert _Counter(b"a" * length + b"!").run(tree) > 1.5**length


# -- and where it leads ------------------------------------------------------------------------------------------------

_URL = "http://a/" + "a" * 60 + "!"


def _traced(lines: str) -> Trace:
    text = f"<VirtualHost *:80>\nServerName a\nDocumentRoot /srv/www\n{lines}\n</VirtualHost>\n"
    return trace(config_of({"httpd.conf": text}), request_of(_URL))


@pytest.mark.parametrize(
    "lines",
    [
        'AliasMatch "^/(a|aa)+$" /srv/x',
        'ScriptAliasMatch "^/(a|aa)+$" /srv/x',
        'WSGIScriptAliasMatch "^/(a|aa)+$" /srv/x',
        'RedirectMatch "^/(a|aa)+$" /x',
        'ProxyPassMatch "^/(a|aa)+$" http://b/',
        'RewriteEngine On\nRewriteRule "^/(a|aa)+$" /x [PT]',
        'RewriteEngine On\nRewriteCond %{REQUEST_URI} "^/(a|aa)+$"\nRewriteRule . /x [PT]',
        '<LocationMatch "^/(a|aa)+$">\nRequire all denied\n</LocationMatch>',
        '<Location ~ "^/(a|aa)+$">\nRequire all denied\n</Location>',
        '<DirectoryMatch "/(a|aa)+$">\nRequire all denied\n</DirectoryMatch>',
        '<FilesMatch "^(a|aa)+$">\nRequire all denied\n</FilesMatch>',
        '<Files ~ "^(a|aa)+$">\nRequire all denied\n</Files>',
        '<IfModule alias_module>\nAliasMatch "^/(a|aa)+$" /srv/x\n</IfModule>',
    ],
)
def test_a_trace_that_depends_on_it_is_unknown_and_names_the_line(lines: str) -> None:
    outcomes = [branch.outcome for branch in _traced(lines)]
    unsure = [outcome for outcome in outcomes if outcome.kind == "unknown" and "too many steps" in outcome.reason]
    assert unsure
    places = {step.place for outcome in unsure for step in outcome.because if step.phase == "unknown"}
    assert all(place.startswith("httpd.conf:") for place in places)


def test_a_condition_that_depends_on_it_is_a_branch() -> None:
    outcome = _traced('<If "%{REQUEST_URI} =~ m#^/(a|aa)+$#">\nRequire all denied\n</If>')
    assert {branch.outcome.kind.value for branch in outcome} >= {"refused", "not-found"}


@pytest.mark.parametrize(
    "line",
    [
        "AliasMatch ^(.*)(.*)(.*)b@$ /srv/x",
        "RedirectMatch ^(.*)(.*)(.*)b@$ /x",
        "RewriteCond %{REQUEST_URI} ^(.*)(.*)(.*)b@$\nRewriteRule . /x",
        "<LocationMatch ^(.*)(.*)(.*)b@$>\nRequire all denied\n</LocationMatch>",
        "<IfModule alias_module>\nAliasMatch ^(.*)(.*)(.*)b@$ /srv/x\n</IfModule>",
    ],
)
def test_many_expressions_may_do_no_more_for_a_request_than_one(line: str) -> None:
    def unsure(count: int) -> bool:
        lines = "".join(line.replace("@", str(at)) + "\n" for at in range(count))
        branches = _traced(f"RewriteEngine On\n{lines}").branches
        told = [" ".join((*one.provided, one.outcome.reason)) for one in branches]
        return any("too many steps" in text for text in told)

    assert unsure(300)
    assert not unsure(2)


def test_the_more_expressions_there_are_the_less_may_each_do() -> None:
    allowed = [steps_for(count) for count in (0, 1, 1000, 10_000, 10_000_000)]
    assert allowed == sorted(allowed, reverse=True)
    assert allowed[0] == allowed[1] > allowed[3] > 0
    assert 5000 * steps_for(5000) <= 100_000_000
