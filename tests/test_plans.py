"""``--write-plan`` and ``apply``: carried out as it was shown, and nothing that a plan says is taken on trust."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support import ROOT, Run, refused, tree

SITE = b"""\
<VirtualHost *:80>
    ServerName caf\xe9.test
    NameVirtualHost *:80
    SetEnv SECRET_KEY hidden-away
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Location />
        Order allow,deny
        Allow from all
    </Location>
</VirtualHost>
"""
OTHER = b"NameVirtualHost *:81\r\nTimeout 300\r\n"
Plan = dict[str, Any]


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """A whole server with a site that is enabled by a link."""
    conf = tmp_path / "conf"
    for name in ("sites-available", "sites-enabled"):
        (conf / name).mkdir(parents=True)
    (conf / "apache2.conf").write_text("Listen 80\nInclude sites-enabled/*.conf\nInclude other.conf\n")
    (conf / "sites-available/shop.conf").write_bytes(SITE)
    (conf / "sites-enabled/shop.conf").symlink_to("../sites-available/shop.conf")
    (conf / "other.conf").write_bytes(OTHER)
    return conf


@pytest.fixture
def plan(run: Run, conf: Path) -> Plan:
    """The plan for that server, which lies in ``plan.json``."""
    run("--isolated", "--quiet", "--write-plan", "plan.json", "conf")
    found: Plan = json.loads(Path("plan.json").read_text("utf-8"))
    Draft202012Validator(json.loads((ROOT / "docs/plan.schema.json").read_text("utf-8"))).validate(found)
    return found


def test_it_is_written_beside_the_diff_and_changes_nothing(run: Run, conf: Path) -> None:
    before = tree(conf)
    shown = run("--isolated", "--diff", "conf")
    outcome = run("--isolated", "--write-plan", "plan.json", "conf")
    assert (outcome.code, outcome.out) == (shown.code, shown.out)
    assert outcome.err == shown.err + "To carry out the plan: modwsgi-fix apply plan.json conf\n"
    assert tree(conf) == before
    again = Path("plan.json").read_bytes()
    run("--isolated", "--diff", "--write-plan", "plan.json", "conf")
    assert Path("plan.json").read_bytes() == again


def test_what_is_carried_out_is_what_write_does(run: Run, conf: Path, plan: Plan) -> None:
    assert [file["place"] for file in plan["files"]] == ["sites-available/shop.conf", "other.conf"]
    before = tree(conf)
    shown = run("apply", "--diff", "plan.json", "conf")
    assert (shown.code, shown.out) == (1, run("--isolated", "--diff", "conf").out)
    outcome = run("apply", "plan.json", "conf")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.startswith("Carried out plan.json: 2 files changed.\nTo take effect: ")
    carried_out = tree(conf)
    assert run("apply", "plan.json", "conf").err == "Nothing to do: what plan.json makes of 2 files is there already.\n"
    assert run("apply", "--diff", "plan.json", "conf").code == 0
    assert run("undo").code == 0
    assert tree(conf) == before
    run("--isolated", "--write", "conf")
    assert tree(conf) == carried_out != before


def test_it_is_carried_out_in_a_copy(run: Run, conf: Path, plan: Plan, tmp_path: Path) -> None:
    conf.rename(tmp_path / "copy")
    assert run("apply", "plan.json", str(tmp_path / "copy")).code == 0
    assert b"NameVirtualHost" not in (tmp_path / "copy/sites-available/shop.conf").read_bytes()


def test_one_file_and_several_paths(run: Run, conf: Path) -> None:
    run("--isolated", "--write-plan", "plan.json", "conf/other.conf")
    assert [file["place"] for file in json.loads(Path("plan.json").read_text())["files"]] == ["other.conf"]
    (conf.parent / "more").mkdir()
    (conf.parent / "more/a.conf").write_bytes(OTHER)
    outcome = run("--isolated", "--write-plan", "plan.json", "conf", "more")
    assert outcome.err.endswith("To carry out the plan: modwsgi-fix apply plan.json .\n")
    assert "more/a.conf" in [file["place"] for file in json.loads(Path("plan.json").read_text())["files"]]
    assert run("apply", "plan.json", ".").code == 0
    assert (conf.parent / "more/a.conf").read_bytes() != OTHER


def test_options_of_writing(run: Run, conf: Path, plan: Plan) -> None:
    before = tree(conf)
    assert "--verify false failed" in refused(run("apply", "--verify", "false", "plan.json", "conf"))
    assert tree(conf) == before
    inode = (conf / "other.conf").stat().st_ino
    assert run("apply", "--in-place", "--backup", ".orig", "plan.json", "conf").code == 0
    assert (conf / "other.conf").stat().st_ino == inode
    assert (conf / "sites-available/shop.conf.orig").read_bytes() == SITE
    assert refused(run("apply", "--diff", "--in-place", "plan.json", "conf")) == "--in-place needs --write or --patch"


def test_a_directory_of_scripts_alone(run: Run, tmp_path: Path) -> None:
    script = 'def application(environ, start_response):\n    start_response("200 OK", [])\n    return ["x"]\n'
    (tmp_path / "app").mkdir()
    (tmp_path / "app/x.wsgi").write_text(script)
    run("--isolated", "--write-plan", "plan.json", "app")
    assert run("apply", "--backup", ".orig", "plan.json", "app").code == 0
    assert (tmp_path / "app/x.wsgi.orig").read_text() == script
    assert 'return [b"x"]' in (tmp_path / "app/x.wsgi").read_text()


def test_a_plan_of_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text("ServerName a.test\n")
    outcome = run("--isolated", "--write-plan", "plan.json", "a.conf")
    assert (outcome.code, "To carry out" in outcome.err) == (0, False)
    assert run("apply", "plan.json", ".") == (0, "", "Nothing to do: plan.json changes no file.\n")


def lines(run: Run, *words: str) -> list[str]:
    """What is said of a plan that is not carried out, file by file."""
    outcome = run("apply", *words)
    assert (outcome.code, outcome.out) == (2, "")
    *each, last = outcome.err.splitlines()
    assert last == "modwsgi-fix: the plan was not carried out, and no file was changed"
    return each


def test_other_bytes_are_refused_file_by_file(run: Run, conf: Path, plan: Plan) -> None:
    (conf / "sites-available/shop.conf").write_bytes(SITE + b"\n")
    (conf / "other.conf").unlink()
    before = tree(conf)
    assert lines(run, "plan.json", "conf") == [
        "modwsgi-fix: conf/sites-available/shop.conf: is not as it was when the plan was made",
        "modwsgi-fix: conf/other.conf: no such file or directory",
    ]
    assert tree(conf) == before


def test_half_done_is_refused(run: Run, conf: Path, plan: Plan) -> None:
    run("apply", "plan.json", "conf")
    (conf / "other.conf").write_bytes(OTHER)
    assert lines(run, "plan.json", "conf") == [
        "modwsgi-fix: conf/sites-available/shop.conf: is as the plan makes it already"
    ]
    assert (conf / "other.conf").read_bytes() == OTHER


# -- what hostile plans say ----------------------------------------------------


def broken(run: Run, plan: object, conf: Path) -> str:
    """Why a plan is refused; nothing is changed then."""
    before = tree(conf)
    Path("plan.json").write_text(plan if isinstance(plan, str) else json.dumps(plan))
    said = refused(run("apply", "plan.json", "conf"))
    assert tree(conf) == before
    return said.removeprefix("plan.json: ").removesuffix("; modwsgi-fix --write-plan makes one")


@pytest.mark.parametrize(
    "place",
    [
        "../conf/other.conf",
        "/etc/passwd",
        "",
        ".",
        "..",
        "a/../../x",
        "./other.conf",
        "a//b",
        "other.conf/",
        "a\0b",
        "\ud800",
    ],
)
def test_places_out_of_the_tree(run: Run, conf: Path, plan: Plan, place: str) -> None:
    plan["files"][1]["place"] = place
    assert broken(run, plan, conf) == "file 2 leads out of the directory that a plan is for"


@pytest.mark.parametrize("link", ["other.conf", "sites-available"])
def test_links_are_not_followed(run: Run, conf: Path, plan: Plan, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    (conf / link).rename(outside)
    (conf / link).symlink_to(outside)
    held = outside.read_bytes() if outside.is_file() else tree(outside)
    (line,) = lines(run, "plan.json", "conf")
    assert line.endswith(": is a link, or lies behind one, which a plan does not follow")
    assert (outside.read_bytes() if outside.is_file() else tree(outside)) == held


def first(plan: Plan) -> Plan:
    found: Plan = plan["files"][0]
    return found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda plan: plan.update(plan=2), "is a plan of another version of modwsgi-fix"),
        (lambda plan: plan.update(plan=True), "is a plan of another version of modwsgi-fix"),
        (lambda plan: plan.update(files={}), "is not a plan"),
        (lambda plan: plan["files"].append(3), "file 3 is not one of a plan"),
        (lambda plan: plan["files"].append(first(plan)), "has sites-available/shop.conf twice"),
        (lambda plan: first(plan).update(mode=511), "file 1 is not one of a plan"),
        (lambda plan: first(plan).update(before="x"), "what it says of sites-available/shop.conf is not of a plan"),
        (lambda plan: first(plan).update(edits=[{}]), "what it says of sites-available/shop.conf is not of a plan"),
        (lambda plan: first(plan)["edits"][0].update(line=True), "what it says of sites-available/shop.conf is not of a plan"),
        (lambda plan: first(plan)["edits"][0].update(line=0), "what it says of sites-available/shop.conf is not of a plan"),
        (lambda plan: first(plan)["edits"][0].update(text="\ud800"), "what it says of sites-available/shop.conf is not of a plan"),
        (lambda plan: first(plan)["fixes"][0].update(level="x"), "what it says of sites-available/shop.conf is not of a plan"),
    ],
)  # fmt: skip
def test_what_is_not_a_plan(run: Run, conf: Path, plan: Plan, change: Callable[[Plan], object], message: str) -> None:
    change(plan)
    assert broken(run, plan, conf) == message


@pytest.mark.parametrize(
    "text", ["{", "[" * 100_000, "[1]", '"x"', "1" * 5000, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_what_is_not_json(run: Run, conf: Path, text: str) -> None:
    assert "is not" in broken(run, text, conf)


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file["edits"][0].update(line=10**30, end_line=10**30),
        lambda file: file["edits"][0].update(end_column=99),
        lambda file: file["edits"][0].update(text="LoadModule x /tmp/x.so\n"),
        lambda file: file["edits"].reverse(),
        lambda file: file["edits"].append(file["edits"][0]),
        lambda file: file.update(edits=[]),
    ],
)
def test_edits_that_make_something_else(run: Run, conf: Path, plan: Plan, change: Callable[[Plan], object]) -> None:
    change(first(plan))
    Path("plan.json").write_text(json.dumps(plan))
    before = tree(conf)
    assert lines(run, "plan.json", "conf") == [
        "modwsgi-fix: conf/sites-available/shop.conf: the edits of the plan do not make what it announces"
    ]
    assert tree(conf) == before


def test_files_of_other_programs_are_not_changed(run: Run, conf: Path, plan: Plan) -> None:
    (conf / "nginx.conf").write_text("server {\n    listen 80;\n    root /srv;\n}\n")
    from hashlib import sha256

    digest = sha256((conf / "nginx.conf").read_bytes()).hexdigest()
    plan["files"] = [{"place": "nginx.conf", "before": digest, "after": "0" * 64, "edits": [], "fixes": []}]
    Path("plan.json").write_text(json.dumps(plan))
    assert lines(run, "plan.json", "conf") == [
        "modwsgi-fix: conf/nginx.conf: is neither httpd's nor Python, and no plan changes such a file"
    ]


# -- where it lies -------------------------------------------------------------


def test_where_a_plan_may_lie(run: Run, conf: Path, tmp_path: Path) -> None:
    for path in ("conf/sites-enabled/plan.conf", "conf/other.conf"):
        assert refused(run("--isolated", "--quiet", "--write-plan", path, "conf")).startswith(f"--write-plan {path}: ")
    (tmp_path / "notes.txt").write_text("mine")
    assert "is not JSON" in refused(run("--isolated", "--quiet", "--write-plan", "notes.txt", "conf"))
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (
        refused(run("--isolated", "--write-plan", "conf", "conf")) == "--write-plan conf: is a directory; name a file"
    )
    for words in (("--write", "conf"), ("--add-ignore", "conf"), ("-",)):
        assert "leave out --write, --add-ignore and -" in run("--write-plan", "p.json", *words).err
    assert "nosuch" in refused(run("apply", "nosuch.json", "conf"))
    assert "nosuch" in refused(run("apply", "nosuch.json", "nosuch"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root could harm others")
def test_root_writes_no_plan_into_the_tree_of_others(run: Run, conf: Path, plan: Plan, tmp_path: Path) -> None:
    os.chown(conf / "other.conf", 12345, 12345)
    assert "--allow-shared-tree writes all the same" in refused(run("apply", "plan.json", "conf"))
    assert run("apply", "--allow-shared-tree", "plan.json", "conf").code == 0
