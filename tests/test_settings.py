"""Settings: which file counts, what it may say, and which rules run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import job_of

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import check as findings
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.rule_settings import Setting
from modwsgi_fix.rule import Diagnostic, Rule, Severity
from modwsgi_fix.workspace.errors import SettingsError
from modwsgi_fix.workspace.rules import known_rules
from modwsgi_fix.workspace.selection import Selection, fixable, matcher, selected
from modwsgi_fix.workspace.settings import as_toml, find, load, parse_target


def make(name: str, family: str, *, default: bool = True) -> Rule:
    settings = (
        Setting("max", 2, "", minimum=1, maximum=9), Setting("mode", "auto", "", ("auto", "first", "last")),
        Setting("strict", False, ""), Setting("names", ("a",), ""), Setting("share", 0.5, ""), Setting("user", "", ""),
        Setting("locale", "C", ""), Setting("least", 1, "", minimum=0),
    )  # fmt: skip
    return Rule(name, family, lambda config: iter(()), Severity.WARNING, "Page.", default=default, settings=settings)


RULES = {
    rule.name: rule
    for rule in [make("a1", "a"), make("a2", "a"), make("b1", "b"), make("b2", "b", default=False), make("c1", "c")]
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/site.conf").write_text("Listen 80\n")
    return tmp_path


def wrong(project: Path, toml: str) -> str:
    """What is said of wrong settings."""
    path = project / "modwsgi-fix.toml"
    path.write_text(toml)
    with pytest.raises(SettingsError) as caught:
        load(str(path), RULES)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# -- which file ----------------------------------------------------------------


def test_the_first_file_upward_counts(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.modwsgi-fix]\n")
    assert find("conf/site.conf") == find("conf") == str(project / "pyproject.toml")
    (project / "conf/pyproject.toml").write_text("[tool.other]\nbroken")
    assert find("conf") == str(project / "pyproject.toml"), "it has no table of ours"
    (project / "modwsgi-fix.toml").write_text("")
    assert find("conf") == str(project / "modwsgi-fix.toml")
    (project / "conf/modwsgi-fix.toml").write_text("")
    assert find("conf/missing.conf") == str(project / "conf/modwsgi-fix.toml")


def test_all_keys(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        """
[tool.modwsgi-fix]
select = ["a", "b1"]
extend-select = ["c1"]
ignore = ["a2"]
fixable = ["ALL"]
unfixable = ["b"]
fix-level = "safe"
target = { httpd = "2.2.15", mod_wsgi = "3" }
root = "image"
exclude = ["vendor"]
[tool.modwsgi-fix.per-file-ignores]
"old/*.conf" = ["a1", "b"]
[tool.modwsgi-fix.rules.a1]
max = 4
mode = "last"
strict = true
names = ["b", "c"]
share = 0.25
"""
    )
    settings = load(str(project / "pyproject.toml"), RULES)
    assert settings.selection == Selection(("a", "b1"), ("c1",), ("a2",), ("ALL",), ("b",))
    assert settings.fix_level is Applicability.SAFE
    assert parse_target((), settings.target) == Target((2, 2, 15), (3,))
    assert settings.root == str(project / "image")
    assert settings.exclude == ("vendor",)
    assert settings.per_file_ignores == {"old/*.conf": ("a1", "b")}
    assert settings.rules == {"a1": {"max": 4, "mode": "last", "strict": True, "names": ["b", "c"], "share": 0.25}}
    assert settings.base == str(project)


def test_what_is_shown_says_the_same(project: Path) -> None:
    toml = (
        'select = ["a1"]\nfix-level = "unsafe"\ntarget = { httpd = "2.4", mod_wsgi = "5.0" }\n'
        'assume-deny = "2.2"\ndocs-url = "https://docs.example.com/"\nexclude = ["x"]\n\n[per-file-ignores]\n"é \\"" = ["b"]\n\n[rules.a1]\nmax = 4\n'
    )
    path = project / "modwsgi-fix.toml"
    path.write_text(toml)
    settings = load(str(path), RULES)
    shown = as_toml(settings, parse_target((), settings.target), Applicability.UNSAFE, None, {"a1"}, settings.denies)
    assert shown == "# modwsgi-fix.toml\n" + toml


# -- what is wrong -------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("select = [\n", "modwsgi-fix.toml"),
        ("a = 1\nb = \n", "modwsgi-fix.toml:2:5: invalid value"),
        ("selct = []\n", "modwsgi-fix.toml:1: unknown setting selct; did you mean select?"),
        ("zzz = []\n", "modwsgi-fix.toml:1: unknown setting zzz"),
        ('select = "a"\n', 'select must be a list of strings, not "a"'),
        ("ignore = [1]\n", "ignore must be a list of strings, not [1]"),
        ('select = ["a3"]\n', "there is no rule or family a3; did you mean a"),
        ('fix-level = "high"\n', 'fix-level must be safe, repair or unsafe, not "high"'),
        ("fix-level = true\n", "fix-level must be safe, repair or unsafe, not true"),
        ("target = 2\n", "target must be a table, not 2"),
        ("target = { httpd = 2.4 }\n", 'target.httpd must be a version such as "2.4", not 2.4'),
        ('target = { nginx = "1" }\n', "unknown target nginx"),
        (
            'docs-url = "javascript:1"\n',
            'docs-url must begin with https:// or http:// and have no blank, not "javascript:1"',
        ),
        ('docs-url = "https://a b"\n', "docs-url must begin with https:// or http://"),
        ('docs-url = ""\n', "docs-url must begin with https:// or http://"),
        ("docs-url = 1\n", "docs-url must begin with https:// or http:// and have no blank, not 1"),
        ("root = 1\n", "root must be a directory, not 1"),
        ("exclude = 1\n", "exclude must be a list of strings, not 1"),
        ("per-file-ignores = []\n", "per-file-ignores must be a table, not []"),
        ('per-file-ignores = { "x" = "a" }\n', "per-file-ignores.x must be a list of strings"),
        ('per-file-ignores = { "x" = ["q"] }\n', "there is no rule or family q"),
        ("[rules.c12]\n", "rules.c12: there is no such rule; did you mean c1?"),
        ("[rules]\na1 = 1\n", "rules.a1 must be a table, not 1"),
        ("[rules.a1]\nmx = 1\n", "rules.a1: the rule has no setting mx; did you mean max?"),
        ('[rules.a1]\nmax = "1"\n', 'rules.a1.max must be a whole number from 1 to 9, not "1"'),
        ("[rules.a1]\nmax = true\n", "rules.a1.max must be a whole number from 1 to 9, not true"),
        ("[rules.a1]\nmode = 1\n", 'rules.a1.mode must be "auto", "first" or "last", not 1'),
        ("[rules.a1]\nstrict = 1\n", "rules.a1.strict must be true or false, not 1"),
        ("[rules.a1]\nnames = [1]\n", "rules.a1.names must be a list of words, not [1]"),
        ("[rules.a1]\nmax = 0\n", "rules.a1.max must be a whole number from 1 to 9, not 0"),
        ("[rules.a1]\nmax = 10\n", "rules.a1.max must be a whole number from 1 to 9, not 10"),
        ("[rules.a1]\nleast = -1\n", "rules.a1.least must be a whole number of at least 0, not -1"),
        ("[rules.a1]\nmax = 2.0\n", "rules.a1.max must be a whole number from 1 to 9, not 2.0"),
        ('[rules.a1]\nmode = "frist"\n', 'rules.a1.mode must be "auto", "first" or "last", not "frist"'),
        ('[rules.a1]\nmode = ""\n', 'rules.a1.mode must be "auto", "first" or "last", not ""'),
        ('[rules.a1]\nlocale = ""\n', 'rules.a1.locale must be a word, not ""'),
        ('[rules.a1]\nlocale = "C D"\n', 'rules.a1.locale must be a word, not "C D"'),
        ('[rules.a1]\nuser = "a\\nb"\n', "rules.a1.user must be a word, not"),
        ('[rules.a1]\nnames = ["a", ""]\n', "rules.a1.names must be a list of words, not"),
        ('[rules.a1]\nnames = ["a b"]\n', "rules.a1.names must be a list of words, not"),
        ("[rules.a1]\nshare = 1\n", "rules.a1.share must be a number with a decimal point, not 1"),
    ],
)
def test_a_wrong_setting_is_one_line(project: Path, toml: str, message: str) -> None:
    assert message in wrong(project, toml)


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ('[rules.a1]\nmax = 3\n# mode\nmode = "frist"\n', 4),
        ('rules.a1.mode = "frist"\n', 1),
        ('exclude = ["mode"]\nrules = { b1 = { mode = "auto" }, a1 = { mode = "frist" } }\n', 2),
        ('[rules.b1]\nmode = "last"\n[rules.a1]\n\n"mode" = "frist"\n', 5),
        ('exclude = [\n  "mode",\n]\n[rules.a1]\nnames = [\n  "a",\n  1,\n]\n', 5),
        ('ignore = ["a"]\n[per-file-ignores]\n"*.x" = ["a"]\n"*.y" = ["q"]\n', 4),
        ('# fix-level\nfix-level = "high"\n', 2),
        ('[target]\nmod_wsgi = "4"\nhttpd = "two"\n', 3),
        ("\n[rules.c12]\n", 2),
        ("[rules]\na1 = 1\n", 2),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(project: Path, toml: str, line: int) -> None:
    assert wrong(project, toml).startswith(f"modwsgi-fix.toml:{line}: ")
    path = project / "pyproject.toml"
    tables = re.sub(r"^\[", "[tool.modwsgi-fix.", toml, flags=re.M)
    path.write_text(f"[project]\nname = 'mode'\n[tool.modwsgi-fix]\n{tables}")
    with pytest.raises(SettingsError, match=rf"^pyproject.toml:{line + 3}: "):
        load(str(path), RULES)


def test_a_setting_whose_name_is_escaped_has_no_line(project: Path) -> None:
    assert wrong(project, '[rules.a1]\n"m\\u006fde" = 1\n').startswith("modwsgi-fix.toml: rules.a1.mode must be")


def test_a_rule_reads_its_setting_or_the_default() -> None:
    limit = Setting("limit", 3, "")
    read: list[int] = []

    def check(config: Config) -> Iterator[Diagnostic]:
        read.append(config.setting(limit))
        return iter(())

    rule = Rule("r", "f", check, Severity.INFO, "Page.", settings=(limit,))
    findings(job_of({"/a.conf": "Listen 80\n"}, rule))
    findings(job_of({"/a.conf": "Listen 80\n"}, rule)._replace(options={"r": {"limit": 7}}))
    findings(job_of({"/a.conf": "Listen 80\n"}, rule)._replace(options={"other": {"limit": 7}}))
    assert read == [3, 7, 3]


def test_a_file_that_is_no_text(project: Path) -> None:
    (project / "modwsgi-fix.toml").write_bytes(b"a = '\xff'\n")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load("modwsgi-fix.toml", RULES)
    (project / "pyproject.toml").write_text("[tool]\nmodwsgi-fix = 1\n")
    with pytest.raises(SettingsError, match="must be a table"):
        load("pyproject.toml", RULES)


# -- which rules ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "on"),
    [
        ([], "a1 a2 b1 c1"),
        ([Selection(select=("a",))], "a1 a2"),
        ([Selection(select=())], ""),
        ([Selection(select=("ALL",))], "a1 a2 b1 b2 c1"),
        ([Selection(extend_select=("b2",))], "a1 a2 b1 b2 c1"),
        ([Selection(ignore=("a",))], "b1 c1"),
        ([Selection(select=("a1",), ignore=("a",))], "a1"),
        ([Selection(select=("ALL",), ignore=("a",), extend_select=("a2",))], "a2 b1 b2 c1"),
        ([Selection(select=("a1",), ignore=("a1",))], ""),
        ([Selection(select=("a",)), Selection(select=("b1",))], "b1"),
        ([Selection(select=("a",)), Selection(extend_select=("b1",))], "a1 a2 b1"),
        ([Selection(ignore=("a",)), Selection(select=("a",))], "a1 a2"),
        ([Selection(ignore=("a1",)), Selection(extend_select=("a",))], "a1 a2 b1 c1"),
    ],
)
def test_which_rules_run(layers: list[Selection], on: str) -> None:
    assert selected(RULES, layers) == frozenset(on.split())


@pytest.mark.parametrize(
    ("layers", "on"),
    [
        ([], "a1 a2 b1 b2 c1"),
        ([Selection(fixable=("a",))], "a1 a2"),
        ([Selection(unfixable=("ALL",))], ""),
        ([Selection(fixable=("ALL",), unfixable=("a",))], "b1 b2 c1"),
        ([Selection(unfixable=("a",)), Selection(fixable=("a1",))], "a1"),
    ],
)
def test_which_rules_fix(layers: list[Selection], on: str) -> None:
    assert fixable(RULES, layers) == frozenset(on.split())


def test_each_default_is_a_value_that_may_be_given() -> None:
    for rule in known_rules().values():
        for setting in rule.settings:
            default = list(setting.default) if isinstance(setting.default, tuple) else setting.default
            assert setting.accepts(default), f"{rule.name}: {setting.name}"
            assert setting.text.endswith("."), f"{rule.name}: {setting.name}"


# -- which files ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.conf", "/p/conf/a.conf", True),
        ("vendor", "/p/conf/vendor/a.conf", True),
        ("vendor/", "/p/conf/vendor/a.conf", True),
        ("vendor", "/p/conf/vendors/a.conf", False),
        ("conf/vendor", "/p/conf/vendor/a.conf", True),
        ("./conf/vendor", "/p/conf/vendor/a.conf", True),
        ("vendor/a.conf", "/p/conf/vendor/a.conf", False),
        ("conf/*.conf", "/p/conf/vendor/a.conf", True),
        ("conf/a.*", "/p/conf/a.conf", True),
        ("/p/conf", "/p/conf/a.conf", True),
        ("/other/*", "/p/conf/a.conf", False),
        ("p", "/p/conf/a.conf", False),
        ("A.conf", "/p/conf/a.conf", False),
    ],
)
def test_patterns(pattern: str, path: str, matches: bool) -> None:  # noqa: FBT001
    assert matcher([pattern], "/p")(path) is matches
    assert not matcher([], "/p")(path)
