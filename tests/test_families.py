"""Names that say what a directive is have one place, and the names are right."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from support import ROOT, config_of, job_of, one_file

from modwsgi_fix import directives
from modwsgi_fix.directives import families, suffixes
from modwsgi_fix.engine import check
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.urls import mapping_of
from modwsgi_fix.rewriting.verdict import refusal
from modwsgi_fix.rule import all_rules

#: So many names of directives together say what a directive is.
_MANY = 3

#: Sets that answer one question of the module they stand in.
ALLOWED = {
    "fixer/modwsgi_fix/lsp/symbols.py": "what an editor draws beside each in an outline",
    "fixer/modwsgi_fix/model/request/arguments.py": "which check of its words is a directive's own",
    "fixer/modwsgi_fix/model/shapes/alike.py": "words after which other text is read otherwise, sections of other languages too",
    "rules/modwsgi_rules/access/directory_names_a_file.py": "what keeps its meaning when the section becomes <Files>",
    "rules/modwsgi_rules/access/missing_deny_baseline.py": "mappings that one rule does not follow",
    "fixer/modwsgi_fix/rewriting/verdict.py": "how httpd spells them in its messages",
    "rules/modwsgi_rules/_words.py": "what each rule asks for, as tools/rule_words.py found it",
    "rules/modwsgi_rules/groups/redundant_default.py": "defaults, with the release that has them",
    "rules/modwsgi_rules/httpd24/removed_words.py": "which word each directive does not take any more",
    "rules/modwsgi_rules/scripts/auth_script_result.py": "what mod_wsgi asks of each script, and with how many arguments",
    "rules/modwsgi_rules/urls/needless_location_root.py": "what means the same at the level of a host, and what .htaccess may set",
}


def groups(tree: ast.AST) -> Iterator[tuple[int, list[str]]]:
    """The words that stand together in a literal, or as arguments of one call; with the line."""
    for node in ast.walk(tree):
        words: list[ast.expr] = []
        if isinstance(node, (ast.Set, ast.Tuple, ast.List)):
            words = node.elts
        elif isinstance(node, ast.Dict):
            words = [key for key in node.keys if key is not None]
        elif isinstance(node, ast.Call):
            words = node.args
            if isinstance(node.func, ast.Attribute) and node.func.attr == "split" and not words:
                value = node.func.value
                text = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
                yield node.lineno, text.split()
        texts = [word.value for word in words if isinstance(word, ast.Constant) and isinstance(word.value, str)]
        yield getattr(node, "lineno", 0), texts


def families_in(text: str) -> list[int]:
    """The lines on which names of directives stand together, mostly alone."""
    found = []
    for line, words in groups(ast.parse(text)):
        known = [word for word in words if word.casefold() in directives.directives()]
        if len(known) >= _MANY and 3 * len(known) >= 2 * len(words):
            found.append(line)
    return found


@pytest.mark.parametrize(
    "text",
    [
        'X = frozenset({"order", "allow", "deny"})',
        'X = ("alias", "scriptalias", "aliasmatch", "other")',
        'X = {"wsgiscriptalias": 2, "wsgiimportscript": 1, "wsgihandlerscript": 2}',
        'def f(c):\n    return c.named("order", "allow", "deny")',
        'X = "ifmodule ifdefine ifversion".split()',
        'X = A | {"Directory", "Files", "Location"}',
    ],
)
def test_the_search_finds_a_family(text: str) -> None:
    assert families_in(text)


@pytest.mark.parametrize(
    "text", ['X = ("alias", "scriptalias")', 'X = ["host", "file", "alias", "user", "group", "a", "b"]']
)
def test_the_search_leaves_other_words_alone(text: str) -> None:
    assert not families_in(text)


@pytest.mark.slow
def test_families_stand_in_directives_alone() -> None:
    found = {}
    for path in sorted([*(ROOT / "fixer").rglob("*.py"), *(ROOT / "rules").rglob("*.py")]):
        if path.parent != Path(directives.__file__).parent and (lines := families_in(path.read_text("utf-8"))):
            found[path.relative_to(ROOT).as_posix()] = lines
    assert set(found) == set(ALLOWED), f"move these to directives/families.py: {found}"


def all_families() -> dict[str, frozenset[str]]:
    return {name: frozenset(value) for name, value in vars(families).items() if name.isupper()}


def test_no_two_families_are_one() -> None:
    sets = all_families()
    assert not [(one, other) for one, other in combinations(sets, 2) if sets[one] == sets[other]]


def test_names_of_families_are_directives() -> None:
    unknown = {name for names in all_families().values() for name in names if directives.find(name) is None}
    # <Perl> and PerlAccessHandler are mod_perl's; the others are of modules that the table does not have.
    assert unknown == {
        "perl", "perlaccesshandler", "addoutputfilterbyschema", "authzdbdauthoritative", "assignuserid", "ruidgid",
    }  # fmt: skip


def test_every_family_says_what_it_means() -> None:
    lines = Path(families.__file__).read_text("utf-8").splitlines()
    for at, line in enumerate(lines):
        if line.partition(" = ")[0] in all_families():
            assert lines[at - 1].startswith("#: "), line


@pytest.mark.parametrize("name", [info.name for info in directives.directives().values() if info.until == "2.4"])
def test_what_httpd_24_no_longer_has_is_reported(name: str) -> None:
    info = directives.directives()[name.casefold()]
    line = f"<{name} x>\n</{name}>\n" if info.section else f"{name} x\n"
    for text in (line, f"<VirtualHost *:80>\n{line}</VirtualHost>\n", f"<IfModule mod_ssl.c>\n{line}</IfModule>\n"):
        rules = [rule for rule in all_rules().values() if rule.family in ("httpd24", "context")]
        assert check(job_of({"/a.conf": text}, *rules)), text


# -- words before options ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("directive", "count"),
    [
        ("WSGIDaemonProcess", 1), ("WSGIScriptAlias", 2), ("wsgiscriptaliasmatch", 2), ("WSGIImportScript", 1),
        ("WSGIHandlerScript", 2), ("WSGIDispatchScript", 1), ("WSGIAuthUserScript", 1), ("Alias", None),
    ],
)  # fmt: skip
def test_words_before_options(directive: str, count: int | None) -> None:
    assert directives.words_before_options(directive) == count


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "WSGIImportScript /a.wsgi process-group=g callable-object=x",
            "Invalid option to WSGI import script definition.",
        ),
        ("WSGIHandlerScript h /a.wsgi callable-object=x", "Invalid option to WSGI handler script definition."),
        ("WSGIDispatchScript /a.wsgi process-group=g", "Invalid option to WSGI dispatch script definition."),
        ("WSGIAccessScript /a.wsgi threads=2", "Invalid option to WSGI access script definition."),
        ("WSGIScriptAlias / /a.wsgi callable-object=x", ""),
        ("WSGIHandlerScript h /a.wsgi process-group=g", ""),
    ],
)
def test_an_option_of_another_directive_is_refused(line: str, said: str) -> None:
    name, *words = line.split()
    assert refusal(name, words) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ScriptAlias", "ScriptAlias takes 1-2 arguments"),
        ("DocumentRoot", "DocumentRoot takes one argument"),
        ("LoadModule x", "LoadModule takes two arguments"),
        ("AddHandler x", "AddHandler requires at least two arguments"),
        ("Redirect", "Redirect takes one, two or three arguments"),
        ("VirtualHost *: 80", "Missing address for VirtualHost"),
        ("VirtualHost *:0", "The address or port is invalid"),
        ("VirtualHost *:80 [::1]:80 *:", ""),
    ],
)
def test_a_refusal_is_in_the_words_of_httpd(line: str, said: str) -> None:
    name, *words = line.split()
    assert refusal(name, words) == said


# -- names of files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "script"),
    [
        ("/srv/app.wsgi", "/srv/app.wsgi"), ("/srv/app.wsgi/prefix", "/srv/app.wsgi"), ("/srv/a.py/b.wsgi", "/srv/a.py"),
        ("/srv/app.fcgi/", "/srv/app.fcgi"), ("/srv/app.python/x", None), ("/srv/app.wsgix", None), ("/srv/app", None),
    ],
)  # fmt: skip
def test_the_script_in_a_path(path: str, script: str | None) -> None:
    assert suffixes.script_in(path) == script


@pytest.mark.parametrize("target", ["/srv/app.fcgi/prefix", "/srv/app.wsgi/", "/srv/app.py/x/y"])
@pytest.mark.parametrize(
    "around", ["{}", "<VirtualHost *:80>\n{}</VirtualHost>\n", "<IfModule mod_wsgi.c>\n{}</IfModule>\n"]
)
def test_a_mount_with_a_prefix_is_of_one_file(target: str, around: str) -> None:
    config = one_file(around.format(f"WSGIScriptAlias /x {target}\n"))
    mapping = mapping_of(config.named("wsgiscriptalias")[0])
    assert mapping is not None
    served = target_of(config, mapping)
    assert served is not None
    assert served.path == suffixes.script_in(target)


def test_static_files_are_files_to_every_part() -> None:
    for suffix in sorted(suffixes.STATIC):
        config = config_of({"/a.conf": f"Alias /x /srv/x{suffix}\n"})
        mapping = mapping_of(config.named("alias")[0])
        assert mapping is not None
        served = target_of(config, mapping)
        assert served is not None
        assert served.file == f"x{suffix}"
