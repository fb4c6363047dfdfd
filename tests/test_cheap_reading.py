"""What a large server must not pay for: words that nobody asks for, lines that are equal, directories without a main file."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modwsgi_fix.effect import refused
from modwsgi_fix.engine import shapes
from modwsgi_fix.files import Disk, Memory
from modwsgi_fix.model import items
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.placeholders import has_placeholder, is_template
from modwsgi_fix.reports import dumped
from modwsgi_fix.syntax import Section, Tree, parse, parser
from modwsgi_fix.syntax.words import split_words

_PIECES = (
    "Alias /a /b", "alias", "<VirtualHost *:80>", "</VirtualHost>", "<IfModule a>", "</IfModule>", "<RequireAll>", "<Directory '/a b'>",
    "</Directory>", "<Files a", "<Perl>", "</Perl>", "# note", "#", "\\", "\\\n", "\n", "\n", "\n", "\r\n", " ", "\t", "\f", "\v",
    "\0", '"', "'", ">", "<", "${A}", "$\\\n{A}", "1", "\xa0", "&lt;", "{{ a }}", "%if", "% if x", "{% if x %}", "@A@", "_",
)  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)


def _shape(tree: Tree) -> list[tuple[Any, ...]]:
    nodes = [(type(node), node.start, node.end, getattr(node, "name", "")) for node in tree.walk()]
    heads = [(node.head_end, node.close and (node.close.start, node.close.end, node.close.name)) for node in tree.walk()
             if isinstance(node, Section)]  # fmt: skip
    return [*nodes, *heads, *((one.kind, one.message, one.region) for one in tree.problems)]


@given(_TEXTS)
def test_usual_lines_are_parsed_as_any_line_is(text: str) -> None:
    quick = _shape(parse(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser, "_USUAL", lambda text, at: None)
        assert quick == _shape(parse(text))


def _read(text: str) -> list[Item]:
    return list(load(find_sources(Memory({"/site.conf": text}), ["/site.conf"])[0]._replace(as_httpd=True)).items)


@given(_TEXTS)
def test_what_is_told_of_a_line_without_its_arguments_is_what_they_say(text: str) -> None:
    for one in _read(text):
        told = one.values, one.value, one.known
        arguments = one.args
        assert told == (tuple(arg.value for arg in arguments), one.value, all(arg.known for arg in arguments))
        assert one.value == (arguments[0].value if arguments else "")
        assert one.said == (*told[0], *([True] if told[2] else [arg.known for arg in arguments]))
        if one._args is not None and "$" not in one.node.line_source:
            words = split_words(*one.node.args_range)
            assert arguments == tuple(Arg(w.value, w.span, not has_placeholder(w.value), w.value) for w in words)


def test_arguments_are_made_where_they_are_asked_for_or_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(items, "literal", lambda node, old=items.literal: made.append(node.name) or old(node))
    read = _read("Timeout 5\nDefine A b\nAlias /a ${A}\nAlias /b $\\\n{A}\n<Files a>\nRequire all granted\n</Files>\n")
    assert made == ["Define"]
    assert [one.values for one in read][2:4] == [("/a", "b"), ("/b", "b")]
    assert read[0].args == read[0].args
    assert made == ["Define", "Timeout"]
    assert [one.children for one in read[:4]] == [()] * 4


def test_items_of_several_names_stand_in_their_order_however_many_there_are() -> None:
    """A host of few lines is looked through once, of one with many those of each name are remembered."""
    lines = ["Alias /a /b", "Timeout 5", "ScriptAlias /c /d", "Alias /e /f"]
    few, many = (
        load(find_sources(Memory({"/site.conf": "\n".join(lines * times)}), ["/site.conf"])[0]).main
        for times in (1, 20)
    )
    for server in (few, many):
        found = server.all("scriptalias", "alias", "redirect")
        assert found == [item for item in server.items if item.key.endswith("alias")]
        assert server.all("alias", "alias") == server.all("alias") == [item for item in found if item.key == "alias"]


def test_readings_of_a_repeated_line_share_their_arguments() -> None:
    files = Memory({"/a/apache2.conf": "Include b.conf\nInclude b.conf\n", "/a/b.conf": "Timeout 5\n"})
    one, other = load(find_sources(files, ["/a"])[0]).named("timeout")
    assert one.args is other.args


def test_equal_lines_are_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []
    refused._known_refusal.cache_clear()
    old = refused._refusal
    monkeypatch.setattr(
        refused, "_refusal", lambda config, name, words: judged.append(name) or old(config, name, words)
    )
    text = "<VirtualHost *:80>\n  Timeout 5 6\n  Timeout 5\n</VirtualHost>\n" * 20
    files = Memory({"/a/apache2.conf": text})
    found = refused.refused_lines(load(find_sources(files, ["/a"])[0]))
    assert Counter(judged) == {"VirtualHost": 1, "Timeout": 2}
    assert len(found) == 20


def test_a_directory_is_asked_for_a_main_file_where_it_lists_one(tmp_path: Path) -> None:
    (tmp_path / "apache2.conf").write_text("Timeout 5\n")
    for number in range(30):
        (tmp_path / f"vhosts/site{number}/httpdocs").mkdir(parents=True)
    (tmp_path / "vhosts/site7/conf").mkdir()
    (tmp_path / "vhosts/site7/conf/httpd.conf").write_text("Timeout 5\n")
    asked: list[str] = []

    class Counted(Disk):
        def is_file(self, path: str) -> bool:
            asked.append(path)
            return super().is_file(path)

    find_sources(Counted(), [str(tmp_path)])
    assert not [path for path in asked if "/site" in path and "/site7" not in path]
    assert [path for path in asked if path.endswith("site7/conf/httpd.conf")]


_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_VALUES)
def test_json_is_laid_out_as_python_does(value: Any) -> None:
    theirs = json.dumps(value, indent=2, ensure_ascii=False)
    if theirs.isascii() and "\x7f" not in theirs:
        assert dumped(value) == theirs + "\n"
    assert json.loads(dumped(value)) == json.loads(theirs)


@given(_TEXTS)
def test_a_template_is_known_by_its_statements(text: str) -> None:
    from modwsgi_fix import placeholders

    assert is_template(text) == (placeholders._STATEMENT.search(text) is not None)


def test_what_was_read_of_a_few_hosts_is_gone_when_all_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server without most of its hosts has a text as long as the whole one."""
    import weakref

    from modwsgi_fix.engine import Job
    from modwsgi_fix.rule import all_rules

    host = "<VirtualHost *:80>\nServerName h@.example.org\nTimeout 5 6\n</VirtualHost>\n"
    text = "Listen 80\n" + "".join(host.replace("@", str(number)) for number in range(30))
    job = Job(
        find_sources(Memory({"/a/apache2.conf": text}), ["/a"])[0], [r for r in all_rules().values() if r.default]
    )
    before: list[Any] = []
    left: list[int] = []
    old = shapes.read_all

    def read_all(job: Job) -> Any:
        left.append(sum(one() is not None for one in before))
        config = old(job)
        before.append(weakref.ref(config))
        return config

    monkeypatch.setattr(shapes, "FEW", 6)
    monkeypatch.setattr(shapes, "read_all", read_all)
    assert len(shapes.read(job).config.hosts) == 30
    assert len(left) >= 3
    assert left[-1] == 0
