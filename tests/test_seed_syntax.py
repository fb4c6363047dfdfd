"""The two configurations of the mod_wsgi author's articles, and every broken file of the corpus, after the syntax rules alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Fixed, Job, fix
from modwsgi_fix.files import Memory
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import all_rules
from modwsgi_fix.syntax import Comment, parse
from modwsgi_fix.text import decode

_CORPUS = Path(__file__).parents[1] / "corpus"
_RULES = [rule for rule in all_rules().values() if rule.family == "syntax"]
_BROKEN = sorted((_CORPUS / "broken" / "conf").glob("*.conf"))
_CONFIGURATIONS = sorted(path for path in _CORPUS.rglob("*.conf") if path.relative_to(_CORPUS).parts[1] == "conf")


def _fix(text: str, level: Applicability) -> Fixed:
    files = Memory({"site.conf": text})
    return fix(Job(find_sources(files, ["site.conf"])[0], _RULES), level)


def _after(text: str, level: Applicability) -> str:
    fixed = _fix(text, level)
    assert fixed.withheld == ()
    return fixed.files[0].after if fixed.files else text


def _read(path: Path) -> str:
    return decode(path.read_bytes())


@pytest.mark.parametrize("level", [Applicability.SAFE, Applicability.REPAIR])
@pytest.mark.parametrize("name", ["web2py-http", "web2py-https"])
def test_the_published_configurations_have_no_fault_of_writing_left(name: str, level: Applicability) -> None:
    text = _read(_CORPUS / name / "conf" / "web2py.conf")
    after = _after(text, level)
    assert not parse(after).problems
    left = _fix(after, level).left
    # What is left are patterns that only look right. At the safe level none is touched; at repair those which grant.
    assert {found.rule for found in left} <= {"confusable-in-regex"}
    grants = [found for found in left if found.fix is None]
    assert len(grants) == after.count('"ˆ(/[\\w_]*/static/')
    assert after.count("appadmin") == text.count("appadmin")


def test_the_dead_demand_for_tls_comes_alive_at_repair_and_no_grant_does() -> None:
    text = _read(_CORPUS / "web2py-https" / "conf" / "web2py.conf")
    safe, repair, unsafe = (_after(text, level) for level in Applicability)
    assert '<LocationMatch "ˆ(/[\\w_]*/appadmin/.*)">' in safe
    assert '<LocationMatch "^(/[\\w_]*/appadmin/.*)">' in repair
    for after in (safe, repair, unsafe):
        assert after.count('<LocationMatch "ˆ(/[\\w_]*/static/.*)">') == 2


def test_the_first_listing_line_by_line() -> None:
    text = _read(_CORPUS / "web2py-http" / "conf" / "web2py.conf")
    changed = {
        number: line
        for number, (line, before) in enumerate(
            zip(_after(text, Applicability.SAFE).split("\n"), text.split("\n"), strict=True), 1
        )
        if line != before
    }
    assert changed == {2: "NameVirtualHost *:80", 3: "<virtualhost *:80>", 17: "</locationmatch>"}


@pytest.mark.parametrize("path", _BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_can_be_read_afterwards(path: Path) -> None:
    text = _read(path)
    after = _after(text, Applicability.REPAIR)
    assert not parse(after).problems
    left = [found.fix for found in _fix(after, Applicability.REPAIR).left if found.fix is not None]
    assert all(fix.applicability is Applicability.UNSAFE for fix in left)


@pytest.mark.parametrize("level", Applicability, ids=lambda level: level.label)
@pytest.mark.parametrize("path", _CONFIGURATIONS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_second_run_changes_nothing_and_comments_survive(path: Path, level: Applicability) -> None:
    text = _read(path)
    after = _after(text, level)
    assert _fix(after, level).files == ()
    assert _comments(text) <= _comments(after)


def _comments(text: str) -> set[str]:
    return {node.source.strip() for node in parse(text).walk() if isinstance(node, Comment)}


_SOUND = [path for path in _CONFIGURATIONS if path.parent.parent.name not in ("broken", "web2py-http", "web2py-https")]


@pytest.mark.parametrize("path", _SOUND, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_file_that_httpd_reads_is_left_alone(path: Path) -> None:
    """But for lines that 2.4 refuses in servers of 2.2's time, which other families mend."""
    found = _fix(_read(path), Applicability.UNSAFE).found
    is_old = path.relative_to(_CORPUS).parts[0] in ("debian-7", "debian-8", "centos-6")
    assert [one for one in found if not (is_old and one.rule == "refused-line")] == []


def _numbered(text: str) -> str:
    return "".join(f"{number:2} {line}\n" for number, line in enumerate(text.rstrip("\n").split("\n"), 1))


def _escaped(text: str) -> str:
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(char, entity)
    return text


def _windows(text: str) -> str:
    return text.replace("\n", "\r\n")


@pytest.mark.parametrize("spoil", [_numbered, _escaped], ids=["line numbers", "HTML"])
@pytest.mark.parametrize("name", ["web2py-debian", "django", "flask", "trac"])
def test_a_spoilt_copy_of_a_sound_file_is_put_right(name: str, spoil: Callable[[str], str]) -> None:
    for path in (_CORPUS / name).rglob("*.conf"):
        text = _read(path)
        without_comments = "".join(
            f"{line}\n" for line in text.split("\n") if line and not line.lstrip().startswith("#")
        )
        if len(without_comments.split("\n")) > 4 and "<" in without_comments:
            assert _after(spoil(without_comments), Applicability.SAFE) == without_comments, path


@pytest.mark.parametrize("name", ["web2py-http", "web2py-https"])
def test_line_numbers_of_the_page_and_crlf_do_not_matter(name: str) -> None:
    text = _read(_CORPUS / name / "conf" / "web2py.conf")
    expected = _after(text, Applicability.REPAIR)
    assert _after(_windows(text), Applicability.REPAIR) == _windows(expected)
    assert _after(_numbered(text), Applicability.REPAIR) == expected
