"""What is said in short of what changes for visitors."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Run

from modwsgi_fix.effect.impact import WEIGHTIEST, Change, Impact
from modwsgi_fix.model.request import Kind
from modwsgi_fix.reports.impact import _CALLED, as_lines, in_short

HEAD = "what visitors get (each class of URLs: --impact full):"


#: The kind of each answer that the words below begin with.
KINDS = {
    "file served": "file", "application": "application", "redirected": "redirect", "not found": "not-found", "refused": "refused",
    "": "",
}  # fmt: skip


def kind(words: str) -> str:
    """The weightiest kind of the answers in words."""
    found = {next(kind for begins, kind in KINDS.items() if one.startswith(begins)) for one in words.split(" or ")}
    return next((one for one in WEIGHTIEST if one in found), "")


def change(group: str, before: str, after: str, host: str = "a.test") -> Change:
    url, kinds = f"http://{host}{group.replace('*', 'page.txt')}", (kind(before), kind(after))
    return Change(host, group, url, before, after, 1, group, kinds)


def told(*changes: Change) -> list[str]:
    return in_short([Impact(changes)])


def test_a_kind_of_change_is_told_once_with_a_directory_as_its_example() -> None:
    assert told(
        change("/s", "refused", "redirected to http://a.test/s/"),
        change("/s/*", "refused", "file served or not found"),
        change("/t/x/*", "refused", "redirected to http://a.test/t/ or file served or not found"),
        change("/", "refused", "application or not found"),
    ) == [
        HEAD,
        "  refused -> a file: http://a.test/s/* and 1 more class of URLs",
        "  refused -> the application: http://a.test/",
        "  refused -> a redirect: http://a.test/s",
    ]


def test_files_that_are_opened_are_named() -> None:
    one = change("/s/*", "refused", "file served")
    found = told(
        one._replace(path="/s/three.py"),
        one._replace(path="/s/db.sqlite3"),
        one._replace(path="/s/x", after="not found", kinds=("refused", "not-found")),
    )
    assert found == [HEAD, "  refused -> a file: http://a.test/s/*", "    among them /s/three.py, /s/db.sqlite3"]


def test_urls_of_a_class_that_change_each_in_its_way_are_one() -> None:
    one = change("/s/*", "refused", "file served")
    others = (
        one._replace(path="/s/a", after="redirected to /x", kinds=("refused", "redirect")),
        one._replace(path="/s/b", after="not found", kinds=("refused", "not-found")),
        one,
    )
    assert told(*others) == [HEAD, "  refused -> a file: http://a.test/s/*"]


def test_hosts_that_change_alike_are_told_once() -> None:
    changes = [change("/*", "file served", "application", f"{name}.test") for name in "abc"]
    assert told(*changes) == [HEAD, "  a file -> the application: http://a.test/* and 2 more hosts"]


def test_what_had_no_answer_and_has_none_is_counted() -> None:
    lines = told(change("/x", "not found", "refused"), change("/y", "refused, status 403", "refused, status 401"))
    assert lines == ["2 classes of URLs that had no answer: refused in another way"]
    lines = told(change("/x", "not found", "refused"), change("/y", "refused", "application"))
    assert lines[-1] == "  1 class of URLs that had no answer: refused in another way"


def test_details_are_told_where_the_words_are_the_same() -> None:
    line = told(change("/*", "application, process group a", "application, process group b"))[1]
    assert line == "  application, process group a -> application, process group b: http://a.test/*"


def test_no_more_than_eight_kinds() -> None:
    lines = told(*(change(f"/{n}", f"application, user {n}", f"application, user {n + 1}") for n in range(11)))
    assert len(lines) == 10
    assert lines[-1] == "  and 3 more kinds of changes"


def test_hosts_that_were_not_traced_and_what_does_not_start() -> None:
    one = change("/", "refused", "application")
    lines = in_short([Impact((one,), skipped=2, refused=True)])
    assert lines[0].startswith("note: httpd refuses to start")
    assert lines[-1] == "  2 more hosts whose answers may change: not traced for this report"


def test_every_kind_of_answer_has_a_name() -> None:
    for before in WEIGHTIEST:
        for after in WEIGHTIEST:
            one = change("/s", "refused", "file served")._replace(before="this", after="that", kinds=(before, after))
            assert len(told(one)) in (1, 2)


def test_a_listing_that_is_opened_is_told_first() -> None:
    one = change("/s/*", "refused", "file served")._replace(after="directory listing", kinds=("refused", "listing"))
    assert told(change("/", "refused", "application"), one)[1] == "  refused -> a listing: http://a.test/s/*"


def test_nothing_changes() -> None:
    same = [Impact((change("/", "", ""),))]
    assert in_short(same) == as_lines(same) == ["nothing changes for visitors (1 request traced)"]


OPEN = "<VirtualHost *:80>\n    ServerName a.test\n    Alias / /srv/a/applications/\n    WSGIScriptAlias / /srv/a/x.wsgi\n</VirtualHost>\n"


@pytest.mark.parametrize(
    "text", [OPEN, f"<IfModule mod_wsgi.c>\n{OPEN}</IfModule>\n", OPEN.replace("Alias / /srv", "Alias /f /srv")]
)
def test_the_command_says_it_in_short_and_in_full(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "site.conf").write_text(text)
    words = ("--isolated", "--select", "alias-hides-application", "--diff", "site.conf")
    short, full = run(*words).err, run(*words, "--impact", "full").err
    fixed = "Would fix" in short
    assert fixed is (HEAD in short) is (": what visitors get\n" in full)
    assert HEAD not in full
    assert len(short.splitlines()) <= len(full.splitlines())
    assert "visitors" not in run(*words, "--impact", "full", "--no-impact").err
    assert run(*words, "--impact", "none").code == 2


def test_every_kind_of_answer_has_a_weight_and_a_name() -> None:
    assert set(Kind) <= set(WEIGHTIEST)
    assert list(_CALLED) == list(WEIGHTIEST)
