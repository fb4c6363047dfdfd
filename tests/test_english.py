"""Plain English: a message says what happens, a help what to do; docstrings and comments say meaning, in usual words."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from support import ROOT, examples_of

from modwsgi_fix import directives
from modwsgi_fix.engine import check, read
from modwsgi_fix.examples import job
from modwsgi_fix.rule import Diagnostic, Rule, all_rules
from modwsgi_fix.text import Span

_PAGES = Path(__file__).parent / "rules"

#: The families whose texts follow the rules of style.
FAMILIES = frozenset({
    "access", "context", "daemons", "groups", "httpd24", "logs", "python", "scripts", "syntax", "urls",
})  # fmt: skip
#: Rules in them whose texts do not yet.
NOT_YET: frozenset[str] = frozenset()

#: Names in the examples are of usual length, so a message has at most so many characters.
LONGEST = 100

#: What a native administrator does not write, and what to write instead.
PHRASES = {
    r"(?<!there )\b(?:is|are|was|were) no (?!longer\b)": "is not a",
    r"\b(?:bug|fault)s? of ours\b": "a bug in modwsgi-fix",
    r"\bnot to be (?:seen|told)\b": "cannot be seen",
    r"\bno more\b": "no longer",
    r"\breported(?:,| and) not fixed\b|\breport(?:ed|s)? only\b": "reported without a fix, or there is no fix",
    r"\blooked for only\b": "needs",
    r"\bspeaks? of\b": "mentions, or is about",
    r"\banother rule's\b": "the name of the rule",
    r"\bin force\b": "takes effect",
    r"\bwill not start\b": "does not start",
    r"\bsomebody's decision\b|\bthe administrator's to (?:say|decide)\b": "the administrator decides",
}

#: What neither a docstring nor a comment says, besides.
PHRASES_OF_CODE = {
    r"\bas (?:it|they) stands?\b": "unchanged, literally, or as written",
    r"\b(?:that|those) which\b": "what, those that, or a plain noun",
    r"\b(?:TODO|FIXME|XXX)\b": "an issue",
    r"^(?:True|False) (?:when|where|for|if|in)\b": "Whether",
    r"^(?:Returns|Raises|Yields|Gives|Makes|Takes|Writes|Deletes|Opens|Puts|Keeps)\b": "the imperative",
}

RULES = [rule for rule in all_rules().values() if rule.family in FAMILIES and rule.name not in NOT_YET]


def unusual(text: str, phrases: Mapping[str, str] = PHRASES) -> list[str]:
    """The phrases of a text that should be others, with what to write."""
    return [
        f"{match[0]!r}: write {better!r}: {text}"
        for phrase, better in phrases.items()
        for match in re.finditer(phrase, text, re.I)
    ]


def not_one_thought(text: str) -> list[str]:
    """What keeps a message or a help from being one sentence in lower case without a full stop."""
    first = text.partition(" ")[0]
    wrong = ["begins with a capital"] if first.istitle() and first.isalpha() and directives.find(first) is None else []
    wrong += ["ends with a full stop"] if text.endswith(".") else []
    return [f"{fault}: {text}" for fault in wrong]


def faults(finding: Diagnostic) -> list[str]:
    """What is wrong with the texts of a finding."""
    message, help_, fix = finding.message, finding.help, finding.fix
    wrong = [f"{len(message)} characters: {message}"] if len(message) > LONGEST else []
    wrong += [f"two thoughts: {message}"] if ";" in message else []
    wrong += [f"neither a fix nor help: {message}"] if fix is None and not help_ else []
    for text in filter(None, (message, help_)):
        wrong += not_one_thought(text)
    texts = [message, help_, *(related.message for related in finding.related)]
    texts += [fix.title, fix.reason] if fix is not None else []
    return wrong + [fault for text in texts for fault in unusual(text)]


def findings(rule: Rule) -> Iterator[Diagnostic]:
    """What a rule reports in its examples, those of its own test page included."""
    for example in examples_of(rule):
        asked = job(rule, example, example.before)
        yield from check(asked, read(asked))


def prose(page: str) -> str:
    """A page without its blocks, in one line."""
    return " ".join(re.sub(r"^[ \t]*```.*?^[ \t]*```", "", page, flags=re.M | re.S).split())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_findings_are_plain(rule: Rule) -> None:
    reported = list(findings(rule))
    assert reported
    assert [fault for finding in reported for fault in faults(finding)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_pages_are_plain(rule: Rule) -> None:
    assert unusual(prose(rule.page)) == []


@pytest.mark.parametrize(
    ("message", "help_", "fault"),
    [
        ("x" * 101, "do", "101 characters"),
        ("the path is wrong; write /srv", "do", "two thoughts"),
        ("the path is wrong", "", "neither a fix nor help"),
        ("The path is wrong", "do", "begins with a capital"),
        ("the path is wrong", "write /srv.", "ends with a full stop"),
        ("/srv is no directory", "do", "is not a"),
        ("it could not be fixed, a bug of ours", "do", "a bug in modwsgi-fix"),
        ("which one was meant is not to be seen", "do", "cannot be seen"),
    ],
)
def test_what_is_not_plain_is_seen(message: str, help_: str, fault: str) -> None:
    assert [wrong for wrong in faults(Diagnostic("/a.conf", Span(0, 1), message, help=help_)) if fault in wrong]


@pytest.mark.parametrize(
    "message",
    ["AliasMatch hides the mount", "the link is no longer followed", "there is no group", "${X} is not known"],
)
def test_what_is_plain_is_not_called_otherwise(message: str) -> None:
    assert faults(Diagnostic("/a.conf", Span(0, 1), message, help="do it")) == []


# -- the code --------------------------------------------------------------------------------------------------------------

#: Every module, by the part of the project that it belongs to.
SOURCES = {
    part: sorted(path for path in (ROOT / part).glob("*.py") if path.name != "__main__.py")
    for part in sorted(
        {str(path.parent.relative_to(ROOT)) for top in ("fixer", "rules") for path in ROOT.glob(f"{top}/**/*.py")}
    )
}
Definition = ast.ClassDef | ast.FunctionDef


def definitions(body: list[ast.stmt], within: str = "") -> Iterator[tuple[str, Definition, tuple[str, ...]]]:
    """Classes and functions with their names and the bases of the class that they are in; not functions in functions."""
    for node in body:
        if isinstance(node, Definition):
            yield f"{within}{node.name}", node, ()
        if isinstance(node, ast.ClassDef):
            bases = tuple(ast.unparse(base).partition("[")[0] for base in node.bases)
            yield from (
                (name, inner, inherited or bases)
                for name, inner, inherited in definitions(node.body, f"{within}{node.name}.")
            )


#: The methods that a protocol or base class of the project documents, which those who implement it need not repeat.
DOCUMENTED = {
    node.name
    for path in ROOT.glob("fixer/**/*.py")
    for name, node, bases in definitions(ast.parse(path.read_text("utf-8")).body)
    if ("Protocol" in bases or path.name == "nodes.py") and ast.get_docstring(node)
}


def undocumented(source: str) -> list[str]:
    """The names of public classes and functions of a module without a docstring."""
    return [
        name
        for name, node, _ in definitions(ast.parse(source).body)
        if not any(part.startswith("_") for part in name.split("."))
        and not ast.get_docstring(node)
        and not ("." in name and node.name in DOCUMENTED)
    ]


def words_of(source: str, *, of_rule: bool) -> Iterator[str]:
    """The docstrings and comments of a module; a rule's manual page is looked at by ``test_pages_are_plain``."""
    tree = ast.parse(source)
    nodes = [node for _, node, _ in definitions(tree.body)]
    yield from (text for node in ([] if of_rule else [tree]) + nodes if (text := ast.get_docstring(node)))
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield from (token.string.lstrip("#: ") for token in tokens if token.type == tokenize.COMMENT)


#: Names that do not say what they hold.
VAGUE = frozenset({"here", "it", "one", "there", "this"})
#: Modules in which some still stand.
VAGUE_YET = frozenset({
    "check.py", "exposure.py", "hosts.py", "migrate.py", "outlook.py", "rooted.py", "run.py", "shapes.py", "site_not_read.py", "spelling.py",
    "touched.py", "visits.py",
})  # fmt: skip


def vague(source: str) -> list[str]:
    """The vague names that a module gives to variables and parameters, comprehensions and lambdas apart."""
    tree = ast.parse(source)
    brief = {
        id(node)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.comprehension | ast.Lambda)
        for node in ast.walk(outer.target if isinstance(outer, ast.comprehension) else outer.args)
    }
    named = [
        node.id if isinstance(node, ast.Name) else node.arg
        for node in ast.walk(tree)
        if id(node) not in brief
        and (isinstance(node, ast.arg) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)))
    ]
    return sorted(VAGUE & set(named))


@pytest.mark.parametrize("part", SOURCES)
def test_names_say_what_they_hold(part: str) -> None:
    found = {path.name: vague(path.read_text("utf-8")) for path in SOURCES[part] if path.name not in VAGUE_YET}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize("part", [part for part in SOURCES if part.startswith("fixer")])
def test_what_is_public_has_a_docstring(part: str) -> None:
    assert {path.name: names for path in SOURCES[part] if (names := undocumented(path.read_text("utf-8")))} == {}


@pytest.mark.parametrize("part", SOURCES)
def test_docstrings_and_comments_are_plain(part: str) -> None:
    wrong = [
        f"{path.name}: {fault}"
        for path in SOURCES[part]
        for text in words_of(path.read_text("utf-8"), of_rule=part.startswith("rules"))
        for phrases in (PHRASES, PHRASES_OF_CODE)
        for fault in unusual(text, phrases)
    ]
    assert wrong == []


def test_what_is_missing_in_code_is_seen() -> None:
    assert vague("def f(one, *, it): return [one for one in it]\nthere = lambda this: this\n") == ["it", "one", "there"]
    assert undocumented("class Tree:\n    def grow(self): return 1\n    def _own(self): return 2\ndef parse(): return 3\n") == [
        "Tree", "Tree.grow", "parse",
    ]  # fmt: skip
    source = 'def f():\n    """True when it is so."""\n# a file that is no script\n'
    assert [text for text in words_of(source, of_rule=False) if unusual(text) or unusual(text, PHRASES_OF_CODE)] == [
        "True when it is so.", "a file that is no script",
    ]  # fmt: skip
