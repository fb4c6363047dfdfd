"""What ``--diff`` costs a host where every host changes, in calls of functions; and that what is cheap says what is dear."""

from __future__ import annotations

import posixpath
import re
import sys
from functools import cache, partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ROOT, called, config_of, one_file

from modwsgi_fix import second_reader
from modwsgi_fix.directives.suffixes import SCRIPTS, STATIC, is_file_name
from modwsgi_fix.edits import Edit, Fix, compatible, overlap, touch
from modwsgi_fix.engine import Fixed
from modwsgi_fix.model import daemons
from modwsgi_fix.model.daemons import daemon_processes, defined_names, definitions
from modwsgi_fix.model.facts.served import Served
from modwsgi_fix.model.reading import reader
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.syntax import Section, is_opaque_section, parse
from modwsgi_fix.text import Span

sys.path.insert(0, str(ROOT / "benchmarks"))

from changed_hosts import diffed, job_of

#: Between servers of so many hosts, whose last names have three digits: hosts with shorter names are like each other alone.
_FEWER, _MORE = 150, 200
#: Calls a host, those of functions in C too: 3,960 by Python 3.11. It took 5,610 once.
_MOST = 4_200


def test_what_a_host_costs_that_changes_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is found out once, however many hosts there are, counts for nothing.
    diffed(job_of(_FEWER, files=False))
    calls = []
    for hosts in (_FEWER, _MORE):
        # What other tests have shown to the second reader counts for nothing.
        monkeypatch.setattr(second_reader, "_seen", {})
        monkeypatch.setattr(second_reader, "_alike", {})
        calls.append(called(partial(diffed, job_of(hosts, files=False))))
    fewer, more = calls
    assert (more - fewer) / (_MORE - _FEWER) < _MOST


@cache
def _fixed() -> Fixed:
    return diffed(job_of(_FEWER, files=False))


def test_options_of_process_groups_are_read_where_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once before the fixes and once after them for all hosts, and between them for a few."""
    asked: list[object] = []
    old = daemons._defined_by
    monkeypatch.setattr(daemons, "_defined_by", lambda config, item: asked.append(item) or old(config, item))
    _fixed.cache_clear()
    assert len(_fixed().applied) == 2 * _FEWER
    assert len(asked) < 2.5 * _FEWER


def test_process_groups_by_name_are_all_process_groups() -> None:
    config = one_file("WSGIDaemonProcess b user=x\nWSGIDaemonProcess\nWSGIDaemonProcess a\nWSGIDaemonProcess b\n")
    assert list(defined_names(config)) == ["b", "a"]
    assert [one.name for one in daemon_processes(config)] == ["b", "a", "b"]
    assert [one.settings for one in definitions(config, "b")] == [{"user": "x"}, {}]
    assert definitions(config, "c") == []


def test_what_stands_in_a_host_is_at_its_own_level() -> None:
    text = "Listen 80\n<VirtualHost *:80>\n ServerName a\n <IfModule mod_ssl.c>\n  Alias /a /b\n </IfModule>\n <Location />\n Require all granted\n </Location>\n</VirtualHost>\n"
    (host,) = one_file(text).hosts
    assert host.item is not None
    assert [item.key for item in host.items] == ["servername", "alias", "location"]
    assert [item.key for item in host.walk()] == ["servername", "alias", "location", "require"]
    assert list(host.item.children) == host.items


@pytest.mark.parametrize("count", [3, 50])
def test_lines_are_found_by_name_in_few_and_in_many(count: int) -> None:
    config = config_of({"/etc/apache2/apache2.conf": "Alias /a /b\nListen 80\nScriptAlias /c /d\n" * count})
    for _ in range(30):
        found = config.main.all("scriptalias", "alias", "alias")
        assert [item.key for item in found] == ["alias", "scriptalias"] * count
        last = config.main.last("listen")
        assert last is not None
        assert last.index == 3 * count - 2
        assert (config.main.last("define"), config.main.all("define")) == (None, [])


def test_names_in_lower_case_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(reader, "intern", lambda name: made.append(name) or sys.intern(name))
    config = one_file("LISTEN 80\nListen 81\nlisten 82\nListen 83\n")
    assert [item.key for item in config.items] == ["listen"] * 4
    assert made == ["listen"] * 3


_WORD = st.text(st.sampled_from("ab./-_~ wsgipy\\\"'>é"), max_size=12)


@given(_WORD)
def test_the_name_of_a_file_is_told_as_the_standard_library_tells_it(path: str) -> None:
    assert is_file_name(path) == (posixpath.splitext(path)[1].lower() in {*STATIC, *SCRIPTS})


@given(_WORD, st.text(st.sampled_from("ab.py"), min_size=1, max_size=6))
def test_the_path_of_a_file_is_joined_as_the_standard_library_joins_it(directory: str, file: str) -> None:
    directory = f"/{directory}"
    assert Served(directory, file, is_script=True, mapping=None).path == posixpath.join(directory, file)


@given(_WORD)
def test_a_path_is_quoted_where_it_has_to_be(path: str) -> None:
    assert quoted(path).startswith('"') == (not path or bool(set(path) & set(" \t'\">")))
    assert one_file(f"Alias /a {quoted(path)}\n").items[0].values == ("/a", path) or "\\" in path


_EDIT = st.builds(
    lambda path, start, size, text: Edit(path, Span(start, start + size), text),
    st.sampled_from("ab"), st.integers(0, 6), st.integers(0, 3), st.sampled_from(["", "x"]),
)  # fmt: skip


@given(st.lists(_EDIT, max_size=5))
def test_edits_that_meet_are_neighbours_in_order(edits: list[Edit]) -> None:
    meet = any(touch(one, other) for at, one in enumerate(edits) for other in edits[:at])
    assert overlap(Fix.safe("Do it", *edits)) == meet
    fixes = [Fix.safe("Do it", one) for one in edits]
    assert (len(compatible(fixes)) == len(edits)) == (not meet)


_LINE = st.text(st.sampled_from("aB/ \t\\\"'\0<>\r"), min_size=1, max_size=12)


@given(_LINE, st.sampled_from(["", "\n", "\r\n", "\\\n a\n"]))
def test_spans_of_usual_lines_are_those_of_any_line(line: str, end: str) -> None:
    for node in parse(f"{line}{end}").walk():
        if hasattr(node, "name"):
            logical, start, last = node._head
            body = logical.span(start, max(start, len(logical.text.rstrip(" \t\n\v\f\r"))))
            assert node.body_span == body
            if not isinstance(node, Section):
                assert node.name_span == logical.span(start, last)


@given(
    st.lists(
        st.sampled_from(["<Location />", "<A>>", "< B>", "</Location>", "<luaHookX>", "<Perl>", "x", "  <a b >> "])
    )
)
def test_sections_know_their_names_in_lower_case(lines: list[str]) -> None:
    for node in parse("\n".join(lines)).walk():
        if isinstance(node, Section):
            assert node.key == node.name.lower()
            assert is_opaque_section(node.key) == bool(re.match(r"perl$|luahook", node.key))
