"""What a large server must not pay for: words that nobody asks for, lines that are equal, directories without a main file."""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import modwsgi_fix
from modwsgi_fix import directives
from modwsgi_fix.cli import output
from modwsgi_fix.cli.servers import servers
from modwsgi_fix.effect import refused
from modwsgi_fix.engine import shapes
from modwsgi_fix.files import Disk, Memory
from modwsgi_fix.model import items, urls
from modwsgi_fix.model.bounds import steps_for
from modwsgi_fix.model.config import Target
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.model.merge.sections import location_sections, path_matches
from modwsgi_fix.model.merge.world import normal
from modwsgi_fix.model.paths import components, has_wildcard
from modwsgi_fix.model.patterns import wildcard
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.model.request import phases
from modwsgi_fix.model.shapes import words
from modwsgi_fix.placeholders import has_placeholder, is_template
from modwsgi_fix.reports import dumped
from modwsgi_fix.rewriting.verdict import counts_words
from modwsgi_fix.syntax import Section, Tree, parse, parser
from modwsgi_fix.syntax.words import split_words
from modwsgi_fix.text import LineIndex
from modwsgi_fix.workspace import gaps as told

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


_COMPONENT = st.sampled_from(["srv", "s", "srv2", "a*", "?", "[ab]", "", ".."])
_PATH = st.builds(lambda root, parts: root + "/".join(parts), st.sampled_from(["/", "", "//"]), st.lists(_COMPONENT))


@given(_PATH, _PATH)
def test_usual_paths_are_matched_as_by_their_components(pattern: str, path: str) -> None:
    wanted, have = components(normal(pattern)), components(path)
    alike = (w == h or (has_wildcard(w) and wildcard(w)(h)) for w, h in zip(wanted, have, strict=False))
    assert path_matches(pattern, path) == (len(wanted) <= len(have) and all(alike))


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


def test_arguments_are_made_where_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(items, "Arg", lambda *words: made.append(words[0]) or Arg(*words))
    monkeypatch.setattr(items, "_new", lambda kind, fields: kind(*fields))
    read = _read(
        "Timeout 5\nDefine A b\nAlias /a ${A}\nAlias /b $\\\n{A}\n<Files a>\nRequire all granted\n</Files>\nAlias ${B} c\n"
    )
    assert [one.values for one in read][2:4] == [("/a", "b"), ("/b", "b")]
    assert [one.value for one in read][1:4] == ["A", "/a", "/b"]
    assert [one.known for one in read] == [True] * 6 + [False]
    assert made == []
    assert read[0].args == read[0].args
    assert [arg[2:] for arg in read[-1].args] == [(False, "${B}"), (True, "c")]
    assert [arg.written for arg in read[2].args] == ["/a", "${A}"]
    assert made == ["5", "${B}", "c", "/a", "b"]
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
    refused._lines_of.cache_clear()
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

    def read_all(job: Job, *words: Any) -> Any:
        left.append(sum(one() is not None for one in before))
        config = old(job, *words)
        before.append(weakref.ref(config))
        return config

    monkeypatch.setattr(shapes, "FEW", 6)
    monkeypatch.setattr(shapes, "read_all", read_all)
    assert len(shapes.read(job).config.hosts) == 30
    assert len(left) >= 3
    assert left[-1] == 0


def test_lines_that_are_not_understood_ask_what_is_held_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()
    for name in ("masked", "tells"):
        old = getattr(told, name)
        monkeypatch.setattr(told, name, lambda *given, old=old, name=name: asked.update([name]) or old(*given))
    lines = "".join(f"Define A{number} ${{B{number}}}\n" for number in range(30))
    texts = {
        "open": lines,
        "secret": f"AuthLDAPBindPassword hunter2\n{lines}Timeout ${{hunter2}}\nTimeout ${{hunter2}}\nTimeout ${{hunter2}}\n",
    }
    found = {}
    for name, text in texts.items():
        config = load(find_sources(Memory({"/site.conf": text}), ["/site.conf"])[0]._replace(as_httpd=True))
        found[name] = [(gap.first, gap.last, gap.reason) for gap in told.gaps([config])]
    assert asked == {"masked": 31, "tells": 31}
    assert found["open"][29] == (30, 30, "the variable ${B29} is not defined in these files")
    assert found["secret"][30:] == [
        (at, at, "the variable ${***} is not defined in these files") for at in (32, 33, 34)
    ]


@given(st.text("ab\n", max_size=20), st.data())
def test_the_lines_of_a_range_are_those_of_its_characters(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first = text.count("\n", 0, start) + 1
    last = text.count("\n", 0, end - 1) + 1 if end > start else first
    assert LineIndex(text).lines_of(start, end) == (first, last)


def test_a_directive_whose_words_httpd_counts_is_judged_by_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[tuple[str, int]] = []
    old = refused._refusal
    monkeypatch.setattr(
        refused, "_refusal", lambda target, name, words: judged.append((name, len(words))) or old(target, name, words)
    )
    refused._lines_of.cache_clear()
    text = "".join(f"Timeout {n}\nTimeout {n} s\nDefine A{n} ${{B}}\nOptions +Indexes {n}\n" for n in range(20))
    config = load(find_sources(Memory({"/a/apache2.conf": text}), ["/a"])[0])
    found = Counter(reason for _, reason in refused.refused_lines(config))
    assert Counter(judged) == {("Timeout", 1): 1, ("Timeout", 2): 1, ("Define", 2): 1, ("Options", 2): 20}
    assert found["Timeout takes one argument"] == 20


def test_of_directives_that_are_counted_no_words_are_refused_for_what_they_are() -> None:
    words = ("On", "all", "( a", "+x", "-y", "[F", "x=", "”b“", "#", "8080", "%{a", "sslv2", "from", "debuglevel=9")
    counted = [name for name in directives.directives() if counts_words(name)]
    for name, number in product(counted, range(4)):
        said = {refused._refusal(Target(), name, one) for one in combinations(words, number)}
        assert len(said) == 1, (name, number, said)
    assert {"define", "timeout", "addtype"} <= set(counted)
    assert not {"wsgiscriptalias", "require", "keepalive", "hostnamelookups", "sslsessioncache", "directory"} & set(
        counted
    )


def test_what_the_main_server_maps_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    mapped: list[str] = []
    old = urls.mapping_of
    monkeypatch.setattr(urls, "mapping_of", lambda item: mapped.append(item.value) or old(item))
    hosts = "".join(
        f"<VirtualHost *:80>\nAlias /h{n} /srv\n<Location /l{n}>\n</Location>\n</VirtualHost>\n" for n in range(20)
    )
    text = f"Alias /main /srv\n<Location /main>\n</Location>\n{hosts}"
    config = load(find_sources(Memory({"/a/apache2.conf": text}), ["/a"])[0])
    for number, host in enumerate(config.hosts):
        assert [one.url for one in urls.aliases(config, host)] == [f"/h{number}", "/main"]
        assert [one.value for one in location_sections(config, host)] == ["/main", f"/l{number}"]
    assert [one.url for one in urls.aliases(config, config.main)] == ["/main"]
    assert Counter(mapped) == {"/main": 1, **{f"/h{number}": 1 for number in range(20)}}


def test_expressions_are_counted_by_name_and_by_their_sign() -> None:
    plain = "AliasMatch a /b\nRedirectMatch c http://d.test/\nAlias /a /b\n<Location /a>\n</Location>\n"
    signed = "<Location ~ a>\n</Location>\nDefine T ~\n<Files ${T} b>\n</Files>\nAliasMatch ~ /b\n"
    for text, count in ((plain, 2), (plain + signed, 6)):
        config = load(find_sources(Memory({"/a/apache2.conf": text}), ["/a"])[0])
        assert phases._steps(config) == steps_for(count)


def test_notes_on_what_is_not_understood_are_written_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put: list[str] = []
    monkeypatch.setattr(output, "_put", lambda stream, text: put.append(text))
    (tmp_path / "site.conf").write_text("".join(f"Define A{number} ${{B{number}}}\n" for number in range(30)))
    servers([str(tmp_path / "site.conf")], None)
    assert [text.count("is not defined in these files\n") for text in put] == [30]


def test_the_words_of_rules_are_read_without_their_pages_and_what_no_rule_imports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    real = words.read_bytes
    monkeypatch.setattr(words, "read_bytes", lambda path: asked.append(path) or real(path))
    words._vocabulary.cache_clear()
    candidates = {b"wsgidaemonprocess", b"trac", b"pygls"}
    assert words.known(candidates, ["modwsgi_fix", "modwsgi_rules"]) == candidates - {b"pygls"}
    top = Path(modwsgi_fix.__file__).parent
    parts = {Path(path).relative_to(top).parts[0] for path in asked if Path(path).is_relative_to(top)}
    assert {"model", "effect", "engine", "directives", "script"} <= parts
    assert not parts & {"lsp", "cli", "fleet", "explain", "reports", "workspace", "api"}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b'"""A page\nwith words."""\n\nNAME = "word"\n', b'"""\n\nNAME = "word"\n'),
        (b'"""A page."""\nX = """text"""\n', b'"""\nX = """text"""\n'),
        (b'NAME = """word"""\n', b'NAME = """word"""\n'),
        (b'"""never closed\n', b'"""never closed\n'),
        (b"", b""),
    ],
)
def test_the_page_of_a_rule_is_not_its_code(source: bytes, code: bytes) -> None:
    assert words._code(source) == code
