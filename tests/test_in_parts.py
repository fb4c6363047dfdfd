"""Hosts that are alike and in which rules find something are read a few at a time, and what is told of them is what is told of all."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import SHARED, made
from test_shapes import HOST, MAIN, ROOT, copies, job_of, names, renamed

from modwsgi_fix.cli import main
from modwsgi_fix.effect.starting import verdict
from modwsgi_fix.engine import in_parts, shapes
from modwsgi_fix.engine import job as jobs
from modwsgi_fix.engine.check import findings
from modwsgi_fix.engine.job import Job
from modwsgi_fix.examples import examples
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.shapes import alike
from modwsgi_fix.model.shapes import hosts as hosts_of
from modwsgi_fix.records import Report
from modwsgi_fix.reports import FORMATS, machine
from modwsgi_fix.rule import Diagnostic, Rule, Scope, all_rules
from modwsgi_fix.text import Span, decode
from modwsgi_fix.workspace import discretion

#: Two findings of a rule of ``Scope.HOST``: links are followed in both directories.
PANEL = """\
# Made for {name}
<VirtualHost *:80>
    ServerName {name}.example.org
    Alias /static/ /srv/{name}/static/
    Alias /media/ /srv/{name}/media/
    <Directory /srv/{name}/static>
        Options -Indexes
        AllowOverride None
        Require all granted
    </Directory>
    <Directory /srv/{name}/media>
        AllowOverride None
        Require all granted
    </Directory>
</VirtualHost>
"""
LINKS = "links-followed-in-public-directory"
#: The formats that do not say what ``--write`` would do.
UNMARKED = sorted(FORMATS.keys() - {"concise", "full", "json"})


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few hosts are enough, and fewer are read at once."""
    monkeypatch.setattr(shapes, "FEW", 6)
    monkeypatch.setattr(in_parts, "AT_ONCE", 4)


def sites(template: str = PANEL, count: int = 14, *, one_file: bool = False) -> dict[str, str]:
    each = copies(template, count)
    return {"all.conf": "".join(each.values())} if one_file else each


def placed(config: Config, found: Diagnostic) -> Diagnostic:
    """A finding, which must lie in a file that was read."""
    assert config.files[found.path].text[found.span.start : found.span.end]
    return found


def compare(job: Job) -> shapes.Read:
    """Hold what is told of parts against what is found where all is read: every word, place and fix, and the verdict."""
    read, whole = shapes.read(job, in_parts=True), jobs.read(job)
    found = [*findings(read.config, job.rules), *read.told]
    expected = findings(whole, job.rules)
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert [placed(whole, one) for one in read.told]
    assert verdict(read.config) == verdict(whole)
    return read


def compare_loosely(job: Job) -> int:
    """The same, where parts may tell nothing; return the number of findings that they tell."""
    read, whole = shapes.read(job, in_parts=True), jobs.read(job)
    assert sorted([*findings(read.config, job.rules), *read.told], key=repr) == sorted(
        findings(whole, job.rules), key=repr
    )
    assert verdict(read.config) == verdict(whole)
    return len(read.told)


@pytest.mark.parametrize("one_file", [False, True], ids=["a file each", "one file"])
def test_findings_of_hosts_that_are_alike_are_told_by_part(one_file: bool) -> None:  # noqa: FBT001
    read = compare(job_of(sites(one_file=one_file)))
    assert len(read.config.hosts) < 14
    assert {one.rule for one in read.told} == {LINKS}
    assert len(read.told) == 2 * (14 - len(read.config.hosts))
    assert all(one.fix is not None and len(one.fix.edits) == 1 for one in read.told)


def test_no_more_hosts_than_a_part_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts: list[int] = []
    old = shapes.read_all

    def read(*words: object) -> Config:
        config = old(*words)  # type: ignore[arg-type]
        hosts.append(len(config.hosts))
        return config

    monkeypatch.setattr(shapes, "read_all", read)
    job = job_of(sites(count=40, one_file=True))
    told = shapes.read(job, in_parts=True).told
    standing = 40 - len(told) // 2
    assert standing == 3
    assert max(hosts) == standing + 4
    assert sum(hosts) < 40 + standing * (len(hosts) + 2)


def test_rules_that_find_nothing_are_asked_about_a_few_hosts() -> None:
    seen: list[int] = []

    def silent(config: Config) -> Iterator[Diagnostic]:
        seen.append(len(config.hosts))
        yield from ()

    job = job_of(sites(count=40))
    compare(job._replace(rules=[all_rules()[LINKS], made(silent)]))
    assert len(seen) == 2
    assert max(seen[:-1]) < 10


def test_a_finding_of_a_rule_that_compares_hosts_has_all_of_them_read() -> None:
    template = PANEL.replace("    <Directory /srv/{name}/media>", "    Optoins None\n    <Directory /srv/{name}/media>")
    job = job_of(sites(template))
    assert not shapes.read(job, in_parts=True).told
    assert compare_loosely(job) == 0


def test_a_rule_that_tells_something_else_of_a_part_has_all_read() -> None:
    def counts(config: Config) -> Iterator[Diagnostic]:
        for host in config.hosts:
            if config.asks(host) and host.item is not None:
                yield Diagnostic(host.item.path, host.item.span, f"one of {len(config.hosts)}")

    counting = made(counts)
    counting.scope = Scope.HOST
    job = job_of(sites())._replace(rules=[counting])
    assert compare_loosely(job) == 0
    assert len(shapes.read(job, in_parts=True).config.hosts) == 14


def test_a_rule_that_finds_something_outside_of_the_part_has_all_read() -> None:
    def says(config: Config) -> Iterator[Diagnostic]:
        for host in config.hosts:
            if config.asks(host) and host.item is not None:
                yield Diagnostic(host.item.path, host.item.span, "a host")
        entry = config.files[f"{ROOT}/apache2.conf"]
        yield Diagnostic(entry.path, Span(0, len(config.hosts)), "the main file")

    saying = made(says)
    saying.scope = Scope.HOST
    assert compare_loosely(job_of(sites())._replace(rules=[saying])) == 0


def failing(config: Config) -> Iterator[Diagnostic]:
    if len(config.hosts) > 5:
        raise ValueError
    for host in config.hosts:
        if config.asks(host) and host.item is not None:
            yield Diagnostic(host.item.path, host.item.span, "a host")


def test_a_rule_that_fails_on_a_part_fails_on_all() -> None:
    rule = made(failing)
    rule.scope = Scope.HOST
    read = shapes.read(job_of(sites())._replace(rules=[rule]), in_parts=True)
    assert not read.told
    assert len(read.config.hosts) == 14


@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ("a comment that allows findings", f"    # modwsgi-fix: allow {LINKS}\n"),
        ("a secret", "    SSLSRPUnknownUserSeed hidden{name}\n    SetEnv DB_PASSWORD secret{name}\n"),
        ("a line that httpd refuses", "    Timeout 5 6\n"),
    ],
)
def test_hosts_with_something_else_are_read(what: str, lines: str) -> None:
    template = PANEL.replace("    <Directory /srv/{name}/media>", f"{lines}    <Directory /srv/{{name}}/media>")
    assert compare_loosely(job_of(sites(template))) == 0, what


def test_hosts_that_are_silent_beside_hosts_that_are_not() -> None:
    silent = {f"x{name}.conf": HOST.format(name=name, group=f"{name}grp") for name in names(12, seed=2)}
    both = {**sites(), **silent}
    read = compare(job_of(both))
    assert {one.rule for one in read.told} == {LINKS}


@pytest.mark.parametrize("start", ["<VirtualHost *:80>\n\tServerName a\n</VirtualHost>\n", "Listen 80\n", ""])
@pytest.mark.parametrize("rest", ["<Files a>\n  Options None\n</Files>\n", "# nothing\n"])
def test_a_step_of_indentation_is_found_where_a_part_was_read(start: str, rest: str) -> None:
    whole = start + "<Directory /a>\n   Options None\n</Directory>\n" + rest
    tree = jobs.read(job_of({"a.conf": start + "\n\n\n" + rest})).files[f"{ROOT}/sites-enabled/a.conf"].tree
    files = [File("a", "a", tree, writable=True, quotable=True) for _ in range(2)]
    files[0].whole = whole
    there = jobs.read(job_of({"a.conf": whole})).files[f"{ROOT}/sites-enabled/a.conf"]
    assert files[0].unit == there.unit == ("\t" if "\t" in start else "   ")
    assert files[1].unit == ("\t" if "\t" in start else "  " if "Files" in rest else "    ")


def test_places_of_an_excerpt_are_moved_to_the_whole_text() -> None:
    each = [
        f"{text}\n" * (at % 3) + text + "Listen 80\n" * (at % 2) for at, text in enumerate(copies(PANEL, 5).values())
    ]
    text = "".join(each)
    hosts = hosts_of.hosts_in(text)
    drawn = random.Random(5)
    for _ in range(20):
        left_out = drawn.sample(hosts.hosts, drawn.randint(0, len(hosts.hosts)))
        short = hosts_of.excerpt(hosts, left_out, hosts_of.beside(hosts) if drawn.random() < 0.8 else {})
        assert short.text.count("\n") == text.count("\n")
        for start, end in hosts_of.hosts_in(short.text).hosts:
            span = short.moved(Span(start, end))
            assert text[span.start : span.end] == short.text[start:end]
            assert tuple(span) in set(hosts.hosts) - set(left_out)
            inner = short.moved(Span(start + 3, end - 3))
            assert inner == Span(span.start + 3, span.end - 3)


@pytest.mark.parametrize(
    "said", ["Made for customer {number}; changes are lost!", "Customer No. {number} (of 1000): don't touch"]
)
def test_a_comment_of_plain_words_does_not_make_a_host_like_no_other(said: str) -> None:
    each = {
        f"{name}.conf": f"# {said.format(number=at)}\n{text}" for at, (name, text) in enumerate(sites(count=20).items())
    }
    assert len(compare(job_of(each)).config.hosts) == 3


def test_rules_search_no_text_of_hosts_that_are_left_out() -> None:
    searched: list[int] = []

    def searches(config: Config) -> Iterator[Diagnostic]:
        searched.append(sum(len(file.text) for file in config.files.values()))
        yield from ()

    text = sites(HOST, 40, one_file=True)["all.conf"]
    read = shapes.read(job_of({"all.conf": text})._replace(rules=[made(searches)]))
    assert searched
    assert len(read.config.hosts) == 3
    assert 4 * max(searched) < len(text)


def test_the_text_of_a_file_is_made_ready_once_for_all_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    made_ready: list[str] = []
    old = discretion.text_of
    monkeypatch.setattr(discretion, "text_of", lambda file: made_ready.append(file.path) or old(file))
    config = jobs.read(job_of(sites(count=20, one_file=True)))
    found = findings(config, [all_rules()[LINKS]])
    records = [discretion.finding(one, config) for one in found]
    assert len(records) == 40
    assert len(made_ready) == 1
    relative: list[str] = []
    resolve = machine._relative
    monkeypatch.setattr(machine, "_relative", lambda name: relative.append(name) or resolve(name))
    machine.gitlab(Report(tuple(records), ()))
    assert len(relative) == 1


def test_what_tells_hosts_apart_is_small() -> None:
    """A set that loses most of its words stays as large as it was; so a new one is kept of each host."""
    texts = list(copies(PANEL, 30).values())
    fresh, _, _ = alike._first_seen(texts)
    assert max(map(len, fresh[1:])) <= 2
    assert max(map(sys.getsizeof, fresh[1:])) <= sys.getsizeof({"one", "two"})


# -- what is shown ------------------------------------------------------------------------------------------------------


def shown(capsys: pytest.CaptureFixture[str], path: Path, *words: str) -> tuple[int, str, str]:
    code = main(["--isolated", *words, str(path)])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("one_file", [False, True], ids=["a file each", "one file"])
@pytest.mark.parametrize("format", UNMARKED)
def test_every_format_has_the_same_words_in_the_same_order(
    one_file: bool,  # noqa: FBT001
    format: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "sites-enabled").mkdir()
    # Files of hosts that are left out are read before and after those that are not.
    includes = "".join(f"IncludeOptional sites-enabled/{at}*.conf\n" for at in (2, 0, 1))
    (tmp_path / "apache2.conf").write_text(MAIN.replace("IncludeOptional sites-enabled/*.conf\n", includes))
    for at, (name, text) in enumerate(sites(count=24, one_file=one_file).items()):
        (tmp_path / f"sites-enabled/{at % 3}{name}").write_text(text)
    told: list[int] = []
    old = shapes.found_in_parts
    monkeypatch.setattr(shapes, "found_in_parts", lambda *words: told.append(1) or old(*words))
    words = ("--output-format", format, "--select", LINKS)
    parts = shown(capsys, tmp_path, *words)
    assert told == [1]
    assert parts[1].count(LINKS) >= 48
    monkeypatch.setattr(shapes, "FEW", 100)
    assert parts == shown(capsys, tmp_path, *words)
    assert told == [1]


@pytest.mark.parametrize("words", [("--diff",), ("--output-format", "json"), ("--output-format", "concise"), ()])
def test_where_fixes_are_tried_all_hosts_are_read(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sites-enabled").mkdir()
    (tmp_path / "apache2.conf").write_text(MAIN)
    (tmp_path / "sites-enabled/all.conf").write_text(sites(one_file=True)["all.conf"])
    monkeypatch.setattr(shapes, "found_in_parts", lambda *words: pytest.fail("asked in parts"))
    assert shown(capsys, tmp_path, *words, "--unsafe-fixes")[1] != ""


# -- anything -----------------------------------------------------------------------------------------------------------


def of_hosts() -> list[Rule]:
    return [rule for rule in all_rules().values() if rule.scope is Scope.HOST]


@pytest.mark.slow
@pytest.mark.parametrize("one_file", [False, True], ids=["a file each", "one file"])
def test_the_hosts_of_the_examples_among_copies_of_each_other(one_file: bool) -> None:  # noqa: FBT001
    """By the rules of ``Scope.HOST`` alone, because others find something in most examples; and by all."""
    drawn = random.Random(7)
    told = 0
    for rule in of_hosts():
        for example in examples(rule.page):
            for text in example.before.values() if example.kind != "python" else ():
                hosts = [text[start:end] for start, end in hosts_of.hosts_in(text).hosts]
                hosts = hosts or [f"<VirtualHost *:80>\n    ServerName site.example\n{text}</VirtualHost>\n"]
                each = [renamed(host, name) for host in hosts for name in names(9, seed=drawn.random())]
                drawn.shuffle(each)
                some = (
                    {"all.conf": "".join(each)} if one_file else {f"{at:03}.conf": one for at, one in enumerate(each)}
                )
                job = job_of(some)
                told += compare_loosely(job._replace(rules=of_hosts()))
    assert told > 50


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="no real configurations")
def test_public_hosts_among_copies_of_each_other() -> None:
    files = sorted(path for path in Path(SHARED).rglob("*") if path.is_file() and path.stat().st_size < 60_000)
    drawn = random.Random(11)
    hosts = []
    for text in (decode(path.read_bytes()) for path in files):
        hosts += [text[start:end] for start, end in hosts_of.hosts_in(text).hosts[:4]]
    told = 0
    for seed in range(20):
        texts = [renamed(host, name) for host in drawn.sample(hosts, 4) for name in names(9, seed=drawn.random())]
        some = {"all.conf": "".join(texts)} if seed % 2 else {f"{at:03}.conf": text for at, text in enumerate(texts)}
        job = job_of(some)
        told += compare_loosely(job if seed % 4 == 3 else job._replace(rules=of_hosts()))
    assert told > 10
