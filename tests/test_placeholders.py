"""What is yet to be filled in is known in one place, and to all who ask."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import ROOT, Run, conf, job_of

from modwsgi_fix.engine import check
from modwsgi_fix.placeholders import begins_with_tag, has_placeholder, is_settled, tags, tags_left
from modwsgi_fix.rule import all_rules

WORDS = [
    "{{ name }}",
    "{% if x %}",
    "{%if x%}",
    "<%= name %>",
    "@NAME@",
    "%(name)s",
    "$NAME",
    "%USER%",
    "__NAME__",
    "#{name}",
    "$(name)",
]
HTTPDS = ["%{GLOBAL}", "%{%d/%b/%Y}t", "%>s", "/srv/$1", "^/a$", "a{,3}", "name@example.org", "%h %l %u"]


@pytest.mark.parametrize("word", WORDS)
def test_a_placeholder_is_one_to_all(word: str) -> None:
    assert has_placeholder(word)
    assert not is_settled(f"Alias /x {word}")
    assert tags(f"Alias /x {word}") == [(9, 9 + len(word))]
    assert begins_with_tag(f"{word} x")


@pytest.mark.parametrize("word", HTTPDS)
def test_what_is_httpds_own(word: str) -> None:
    assert not has_placeholder(word)
    assert is_settled(word)
    assert not begins_with_tag(word)


def test_an_undefined_variable_is_not_settled() -> None:
    assert not is_settled("${LOGS}/x")
    assert not has_placeholder("${LOGS}/x")


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    "around", ["{}", "<VirtualHost *:80>\n{}</VirtualHost>\n", "<IfModule mod_wsgi.c>\n{}</IfModule>\n"]
)
@pytest.mark.parametrize(
    "line", ["Alias /x “{}”\n", "DocumentRoot /srv/{} # here\n", "WSGIHandlerScript h /a.wsgi process-group = {}\n"]
)
def test_a_line_that_is_yet_to_be_filled_in_is_left_alone(word: str, around: str, line: str) -> None:
    names = ("smart-quotes", "trailing-comment", "spaced-option")
    rules = [rule for name, rule in all_rules().items() if name in names]
    assert not check(job_of({"/a.conf": around.format(line.format(word))}, *rules))
    assert check(job_of({"/a.conf": around.format(line.format("word"))}, *rules))


def patterns(text: str) -> Iterator[str]:
    """The expressions that a module compiles."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("re.compile", "expression"):
            yield from (
                one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )


@pytest.mark.slow
def test_no_other_module_knows_the_tags_of_templates() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for top in ("fixer", "rules")
        for path in sorted((ROOT / top).rglob("*.py"))
        if any(part in pattern for pattern in patterns(path.read_text("utf-8")) for part in (r"\{\{", r"\{%", "<%"))
    ]
    assert found == ["fixer/modwsgi_fix/placeholders.py"]


@pytest.mark.parametrize(
    "line",
    [
        "WSGIScriptAlias / {{ root }}/app.wsgi",
        "ServerAlias {{name}}",
        "<Directory <%= root %>>\n</Directory>",
        "<IfModule mod_wsgi.c>\nWSGIDaemonProcess shop user={{ user }}\n</IfModule>",
        "DocumentRoot {% root %}",
    ],
)
def test_a_file_with_a_tag_left_in_it_is_not_called_clean(line: str, run: Run, tmp_path: Path) -> None:
    conf(tmp_path, **{"site.conf": f"ServerName shop.example\n{line}\n".encode()})
    shown = run("conf").out
    assert "No findings" not in shown
    assert "Not understood" in shown


@pytest.mark.parametrize("line", ["# {{ name }}", 'LogFormat "<%h> %{%d}t %>s" x', 'LogFormat "%{%d/%b/%Y}t" y'])
def test_httpds_own_signs_are_not_tags_left_in_a_file(line: str) -> None:
    assert tags_left(f"ServerName shop.example\n    {line}\n") == []
