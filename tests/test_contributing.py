"""What contributors meet first: a new rule, the forms of issues, and what GitHub runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import ROOT, Run
from test_supply import tool

FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("wrong-*.yml"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The rules and their cases, as far as a new rule needs them."""
    shutil.copytree(
        ROOT / "rules/modwsgi_rules/logs",
        tmp_path / "rules/modwsgi_rules/logs",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (tmp_path / "rules/modwsgi_rules/__init__.py").write_text("")
    (tmp_path / "tests/rules").mkdir(parents=True)
    return tmp_path


#: Runs the examples of a page and of its cases, of the rules below the working directory.
RUN = """
import sys
from pathlib import Path
sys.path.insert(0, "rules")
import modwsgi_rules.logs.log_is_odd
from modwsgi_fix.examples import examples, failures
from modwsgi_fix.rule import registered
rule = registered("log-is-odd")
shown = [*examples(rule.page), *examples(Path("tests/rules/log-is-odd.md").read_text())]
print(len(shown), [one for example in shown for one in failures(rule, example)])
print(rule.family, rule.summary)
"""


def test_a_new_rule_runs_at_once(copy: Path) -> None:
    told = tool("new_rule").begin("logs/log-is-odd", copy)
    assert told.startswith("rules/modwsgi_rules/logs/log_is_odd.py\ntests/rules/log-is-odd.md\n")
    done = subprocess.run([sys.executable, "-c", RUN], cwd=copy, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "3 []",
        "logs TODO: say in one full sentence what is wrong with the configuration.",
    ]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("", "nothing: expected FAMILY/NAME in lower case with dashes, such as urls/alias-names-a-socket"),
        ("logs/Log", "logs/Log: expected FAMILY/NAME"),
        ("logs/../x", "logs/../x: expected FAMILY/NAME"),
        ("lgs/log", "lgs: is not a family; there are logs"),
        ("logs/log-format-redefined", "rules/modwsgi_rules/logs/log_format_redefined.py: is there already"),
    ],
)
def test_what_is_no_new_rule(copy: Path, rule: str, message: str) -> None:
    module = tool("new_rule")
    with pytest.raises(module.Refused, match=re.escape(message)):
        module.begin(rule, copy)


def test_make_begins_it(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "-n", "new-rule", "RULE=urls/x"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith('tools/new_rule.py "urls/x"\n')


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_form_asks_for_what_is_needed(run: Run, form: Path) -> None:
    asked: dict[str, Any] = yaml.safe_load(form.read_text("utf-8"))
    assert {"name", "description", "body"} <= asked.keys()
    fields = [field for field in asked["body"] if field["type"] != "markdown"]
    ids = [field["id"] for field in fields]
    assert len(set(ids)) == len(ids)
    assert {"version", "configuration", "trace"} <= set(ids)
    text = form.read_text("utf-8")
    for words in re.findall(r"`modwsgi-fix ([^`]*)`", text):
        options = [word for word in words.split() if word.startswith("--")]
        command = words.split()[0] if words.split()[0] in ("trace", "undo") else ""
        known = run(*([command] if command else []), "--help").out
        assert all(option == "--version" or option in known for option in options), words


def test_there_are_two_forms() -> None:
    assert [form.stem for form in FORMS] == ["wrong-finding", "wrong-fix"]


def test_github_runs_each_python_that_is_promised() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]
    versions = jobs["unit"]["strategy"]["matrix"]["python"]
    least = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert least == f">={versions[0]}"
    assert versions == [f"3.{minor}" for minor in range(11, 15)]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for job in jobs.values():
        (command,) = [step["run"] for step in job["steps"] if "run" in step]
        if command.startswith("make "):
            assert re.search(rf"^{command.split()[1]}:", makefile, re.M)
        else:
            assert (ROOT / command.split()[-1]).stat().st_mode & 0o111
