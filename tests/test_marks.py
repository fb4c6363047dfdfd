"""What a report marks as fixable is what ``--diff`` fixes: both ask the same, the effect on visitors included."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from httpd.proofs import sample
from support import CORPUS, SHARED, Run, examples_of

from modwsgi_fix import api
from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Fixed, check, fix, read
from modwsgi_fix.engine.gate import objection as effect
from modwsgi_fix.engine.outlook import mover, outlook
from modwsgi_fix.examples import job
from modwsgi_fix.rule import Diagnostic, Rule, all_rules
from modwsgi_fix.second_reader import objection

pytestmark = pytest.mark.slow

SERVERS = sorted(path.parent for path in CORPUS.glob("*/conf") if path.parent.name != "broken")
REAL = [*sorted(SHARED.glob("configs/*"))[::6], *SHARED.glob("configs/406-*")]


def left_of(found: list[Diagnostic], fixed: Fixed) -> list[bool]:
    """Of each finding, whether it is among those that a run has left, at its place then."""
    movers = {file.path: mover(file.edits) for file in fixed.files}
    left = {(d.rule, d.path, d.message, d.span.start) for d in fixed.left}
    at = [movers[d.path](d.span.start) if d.path in movers else d.span.start for d in found]
    return [(d.rule, d.path, d.message, start) in left for d, start in zip(found, at, strict=True)]


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.name)
def test_a_mark_is_what_a_diff_fixes_in_every_example(rule: Rule) -> None:
    for example in examples_of(rule):
        asked = job(rule, example, example.before)
        config = read(asked)
        found = check(asked, config)
        if not any(one.fix for one in found):
            continue
        levels = outlook(asked, config, found, Applicability.UNSAFE, objection, effect).levels
        for level in Applicability:
            fixed = fix(job(rule, example, example.before), level, objection, proof=effect)
            marked = [one is not None and one <= level for one in levels]
            stays = left_of(found, fixed)
            assert not any(map(all, zip(marked, stays, strict=True))), (example.line, level)
            assert sum(marked) >= len(found) - len(fixed.left), (example.line, level)
            for one in fixed.withheld:
                at = [
                    n
                    for n, d in enumerate(found)
                    if (d.rule, d.path, d.fix and d.fix.title) == (one.rule, one.path, one.title)
                ]
                assert not any(marked[n] for n in at if stays[n]), (example.line, level, one.reason)


def agrees(server: api.Server, level: str) -> int:
    """How many findings are marked at a level: what fixing withholds is not, and what it leaves is not."""
    within = {"safe": ("safe",), "repair": ("safe", "repair"), "unsafe": ("safe", "repair", "unsafe")}[level]
    found = [one for one in server.check().findings if one.after is None]
    fixed = server.fix(level=level)  # type: ignore[arg-type]
    marked = Counter((one.rule, one.file, one.message) for one in found if one.fixable in within)
    every = Counter((one.rule, one.file, one.message) for one in found)
    left = Counter((one.rule, one.file, one.message) for one in fixed.left)
    for key, times in marked.items():
        assert times <= every[key] - min(left[key], every[key]), key
    for key in every:
        if not left[key] and not any(rule == key[0] and file == key[1] for rule, file, _ in left):
            assert marked[key] == every[key], key
    return marked.total()


@pytest.mark.parametrize("server", sample(SERVERS, 8, "marks in our servers"), ids=lambda path: path.name)
def test_marks_and_fixes_agree_on_our_servers(server: Path) -> None:
    shown = str(server / "root") if (server / "root").is_dir() else None
    # A distribution's own server has a hundred files, and one way to ask of it is enough here.
    is_stock = (server / "requests.txt").exists()
    for root in (shown,) if is_stock else (None, shown):
        for level in ("repair",) if is_stock else ("safe", "repair", "unsafe"):
            agrees(api.load(str(server / "conf"), root=root, settings={}), level)


@pytest.mark.skipif(not REAL, reason="no real configurations at hand")
def test_marks_and_fixes_agree_on_real_files() -> None:
    assert sum(agrees(api.load(str(path), settings={}), "repair") for path in REAL) > 3


def test_what_would_be_withheld_is_not_marked(tmp_path: Path, run: Run) -> None:
    """Alone nobody knows what becomes of the file's sections, at no level; what httpd refuses to take is mended."""
    slip = "Options Indexes -FollowSymLinks\n"
    (tmp_path / ".htaccess").write_text(f"<Files x.txt>\n    Order allow,deny\n    Deny from all\n</Files>\n{slip}")
    words = (
        str(tmp_path / ".htaccess"),
        "--target",
        "httpd=2.4",
        "--select",
        "old-access-directives,options-mixed-signs",
        "--unsafe-fixes",
    )
    shown = run(*words).out
    told = run("--diff", *words).err
    assert "old-access-directives" in shown
    assert [line for line in shown.splitlines() if "[*]" in line and "old-access-directives" in line] == []
    assert "old-access-directives: not fixed" in told


@pytest.mark.parametrize("around", ["{0}", "<IfModule mod_dir.c>\n{0}</IfModule>\n"])
def test_a_mark_of_an_htaccess_is_the_word_of_the_server_that_reads_it(tmp_path: Path, run: Run, around: str) -> None:
    """The same line is marked or not as what it would hand out is secret or not."""
    site = tmp_path / "srv/site"
    site.mkdir(parents=True)
    (tmp_path / "etc/apache2").mkdir(parents=True)
    (tmp_path / "etc/apache2/apache2.conf").write_text(
        "ServerName a.example\nDocumentRoot /srv/site\n<Directory /srv/site>\nAllowOverride All\n"
        'Require all granted\n</Directory>\n<Files ".ht*">\nRequire all denied\n</Files>\n'
    )
    (site / "index.html").write_text("index")
    (site / ".htaccess").write_text(around.format("Options Indexes -FollowSymLinks\n"))
    words = (
        "--select",
        "options-mixed-signs",
        "--root",
        str(tmp_path),
        str(tmp_path / "etc/apache2"),
        str(site / ".htaccess"),
    )
    assert " [*] " in run(*words).out
    assert run("--diff", *words).out
    (site / "settings.py").write_text("SECRET = 1")
    shown = run(*words).out
    assert "Options" in shown
    assert " [*] " not in shown
    assert not run("--diff", *words).out
