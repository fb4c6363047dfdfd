"""What the configuration decides has an end: Includes, macros, variables, and sections in each other.

What httpd refuses is an error; what it reads, and we do not, is not understood.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import config_of, job_of, lines, one_file, source_of

from modwsgi_fix import engine
from modwsgi_fix.cli import main
from modwsgi_fix.edits import Applicability
from modwsgi_fix.effect.exposure import exposed
from modwsgi_fix.engine import Job, check, choice, fix
from modwsgi_fix.engine.outlook import outlook
from modwsgi_fix.files import Disk
from modwsgi_fix.model import bounds
from modwsgi_fix.model.bounds import READINGS_PER_LINE
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.overview import overview
from modwsgi_fix.model.reading import kept
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.model.request import request_of, trace
from modwsgi_fix.reports.show import as_tree
from modwsgi_fix.rule import Severity, all_rules
from modwsgi_fix.second_reader import objection
from modwsgi_fix.syntax import DEEPEST_SECTION, Section, Unread, parse

# -- Includes and macros that lead back to themselves ------------------------------------------------------------------

SAID = "Exceeded maximum include depth of 128, There appears to be a recursion."


def endless(config: Config) -> list[tuple[str, bool]]:
    """The places that lead back to themselves, and whether that is certain."""
    return [(f"{one.item.file.name}:{one.item.line}", one.is_certain) for one in config.endless]


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        ({"/a.conf": "Timeout 5\nInclude a.conf\nInclude a.conf\n"}, "/a.conf:2"),
        ({"/a.conf": "Include b.conf\n", "/b.conf": "Include c.conf\n", "/c.conf": "Include a.conf\n"}, "/c.conf:1"),
        ({"/a.conf": "IncludeOptional *.conf\n"}, "/a.conf:1"),
        ({"/a.conf": "<IfModule core.c>\nInclude a.conf\n</IfModule>\n"}, "/a.conf:2"),
        ({"/a.conf": "<VirtualHost *:80>\nInclude a.conf\n</VirtualHost>\n"}, "/a.conf:2"),
        ({"/a.conf": "Define HERE a.conf\nInclude ${HERE}\n"}, "/a.conf:2"),
        ({"/a.conf": "<Macro m $file>\nInclude $file\n</Macro>\nUse m a.conf\n"}, "/a.conf:2"),
        ({"/a.conf": "Define N x\n<IfDefine N>\nDefine N ${N}x\nInclude a.conf\n</IfDefine>\n"}, "/a.conf:4"),
        ({"/etc/apache2/apache2.conf": "Include ./apache2.conf\n"}, "apache2.conf:1"),
        ({"/etc/apache2/apache2.conf": "Include .\n"}, "apache2.conf:1"),
        ({"/etc/apache2/apache2.conf": "Include d\n", "/etc/apache2/d/a.conf": "Include d/*.conf\n"}, "d/a.conf:1"),
    ],
)
def test_what_includes_itself_is_an_error_where_it_does(texts: dict[str, str], place: str) -> None:
    config = config_of(texts)
    assert endless(config)[0] in [(place, True), (f"/etc/apache2/{place}", True)]
    assert len(config.items) < 400
    job = Job(source_of(texts), list(all_rules().values()))
    found = [one for one in check(job, config) if one.rule == "endless-include"]
    assert found[0].severity is Severity.ERROR
    assert SAID.rstrip(".") in found[0].help


def test_each_line_that_leads_back_is_named_once_and_the_rest_is_read() -> None:
    config = config_of({"/a.conf": "Include a.conf\nTimeout 5\nInclude a.conf\nTimeout 6\n"})
    assert endless(config) == [("/a.conf:1", True), ("/a.conf:3", True)]
    assert lines(config) == ["include a.conf", "timeout 5", "include a.conf", "timeout 6"]
    assert not config.gaps
    assert config.files["/a.conf"].readings == 1


def test_a_link_to_the_file_is_the_file() -> None:
    texts = {"/etc/apache2/apache2.conf": "Include a.conf\n", "/etc/apache2/a.conf": "Include link.conf\n"}
    config = config_of(texts, {"/etc/apache2/link.conf": "a.conf"})
    assert [(one.item.path, one.item.line) for one in config.endless] == [("/etc/apache2/a.conf", 1)]


def test_a_directory_that_holds_itself(tmp_path: Path) -> None:
    inner = tmp_path / "d"
    inner.mkdir()
    (tmp_path / "httpd.conf").write_text("Include d\nListen 80\n")
    (inner / "a.conf").write_text("Timeout 5\n")
    for name in ("again", "once-more"):
        (inner / name).symlink_to(".")
    (source,) = find_sources(Disk(), [str(tmp_path)])
    config = load(source)
    assert [one.said for one in config.endless] == ["Too many levels of symbolic links"]
    assert lines(config) == ["include d", "timeout 5", "listen 80"]


@pytest.mark.parametrize(
    "pattern", ["d/*/*/*/*/*/*/*/*", "d/*/d/*/d/*/d/*/d/*/d/*/d/*", "d/?/*/[a-f]/*/?/*/*/*/*.conf"]
)
def test_links_back_make_few_of_the_paths_that_they_could(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    """Seven links to the directory itself are millions of paths of eight components."""
    inner = tmp_path / "d"
    inner.mkdir()
    (tmp_path / "httpd.conf").write_text(f"IncludeOptional {pattern}\nListen 80\n")
    for name in "abcdefd":
        (inner / name).unlink(missing_ok=True)
        (inner / name).symlink_to(".")
    listed: list[str] = []
    names = Disk.names

    def counted(self: Disk, path: str) -> list[str]:
        listed.append(path)
        return names(self, path)

    monkeypatch.setattr(Disk, "names", counted)
    (source,) = find_sources(Disk(), [str(tmp_path)])
    assert load(source).gaps
    assert len(listed) < 1_000


def test_a_link_to_another_directory_is_followed_for_each_host(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "a.conf").write_text("Timeout 5\n")
    for number in range(600):
        (tmp_path / "hosts" / str(number)).mkdir(parents=True)
        (tmp_path / "hosts" / str(number) / "inner").symlink_to("../../shared")
    (tmp_path / "httpd.conf").write_text("Include hosts/*/inner/*.conf\n")
    (source,) = find_sources(Disk(), [str(tmp_path)])
    config = load(source)
    assert len(config.named("timeout")) == 600
    assert not config.gaps


@pytest.mark.parametrize(
    "text",
    [
        # Measured on 2.4.71: Syntax OK.
        "<IfDefine !X>\nDefine X\nInclude a.conf\n</IfDefine>\n",
        "Define GO\n<IfDefine GO>\nUndefine GO\nInclude b.conf\n</IfDefine>\n",
        "<IfDefine !X>\nDefine X\n<IfModule core.c>\nInclude a.conf\nInclude a.conf\n</IfModule>\n</IfDefine>\n",
    ],
)
def test_a_condition_may_end_it(text: str) -> None:
    again = "<IfDefine GO>\nUndefine GO\nInclude b.conf\n</IfDefine>\n"
    root = "/etc/apache2/"
    config = config_of({f"{root}apache2.conf": "Include a.conf\n", f"{root}a.conf": text, f"{root}b.conf": again})
    assert endless(config) == []
    assert not config.gaps


@pytest.mark.parametrize("condition", ["IfModule mod_ssl.c", "IfDefine SSL", "IfFile /none", "IfDirective Foo"])
def test_where_a_condition_is_not_known_it_is_a_warning(condition: str) -> None:
    section = condition.partition(" ")[0]
    texts = {"/a.conf": f"<{condition}>\nInclude a.conf\nInclude a.conf\n</{section}>\nTimeout 5\n"}
    config = config_of(texts)
    assert {certain for _, certain in endless(config)} == {False}
    assert len(config.items) < 20
    found = check(Job(source_of(texts), list(all_rules().values())), config)
    assert {one.severity for one in found if one.rule == "endless-include"} == {Severity.WARNING}


@pytest.mark.parametrize(("depth", "refused"), [(128, 0), (129, 1)])
def test_includes_nest_as_deep_as_httpd_lets_them(depth: int, refused: int) -> None:
    texts = {f"/etc/apache2/f{at}.conf": f"Include f{at + 1}.conf\n" for at in range(1, depth)}
    texts["/etc/apache2/apache2.conf"] = "Include f1.conf\n"
    texts[f"/etc/apache2/f{depth}.conf"] = "Timeout 5\n"
    config = config_of(texts)
    assert [one.said for one in config.endless] == [SAID] * refused
    assert len(config.named("timeout")) == 1 - refused


@pytest.mark.parametrize(
    "text",
    [
        "<Macro m>\nUse m\n</Macro>\nUse m\n",
        "<Macro M $x>\nUse m $x\nUse m $x$x\n</Macro>\nUse M a\n",
        "<Macro a $x>\nUse b $x\n</Macro>\n<Macro b $y>\nUse A d\n</Macro>\nUse a b\n",
        "<Macro m>\n<VirtualHost *:80>\nUse m\n</VirtualHost>\n</Macro>\n<IfModule core.c>\nUse m\n</IfModule>\n",
    ],
)
def test_a_macro_that_uses_itself(text: str) -> None:
    config = one_file(text)
    assert [(one.said, one.is_certain) for one in config.endless][:1] in [
        [(f"recursive use of macro '{name}' is invalid", True)] for name in "ma"
    ]
    assert len(config.items) < 10


def test_macros_may_use_each_other_as_deep_as_they_like() -> None:
    depth = 3000
    text = "".join(f"<Macro m{at}>\nUse m{at + 1}\n</Macro>\n" for at in range(depth))
    config = one_file(f"<Macro m{depth}>\nTimeout 5\n</Macro>\n{text}Use m0\n")
    assert len(config.named("timeout")) == 1
    assert not config.endless


@pytest.mark.parametrize("line", ['Include ""', "Include ''", "Include", 'IncludeOptional ""'])
@pytest.mark.parametrize(
    "around", ["{}\n", "<IfModule core.c>\n{}\n</IfModule>\n", "<VirtualHost *:80>\n{}\n</VirtualHost>\n"]
)
def test_an_include_of_nothing_reads_nothing(line: str, around: str) -> None:
    texts = {"/etc/apache2/apache2.conf": around.format(line), "/etc/apache2/a.conf": "Timeout 5\n"}
    config = config_of(texts)
    assert not config.named("timeout")
    assert not config.endless
    found = check(Job(source_of(texts), list(all_rules().values())), config)
    assert [one.severity for one in found if one.rule == "include-names-nothing"] == [Severity.ERROR]


# -- how much is read --------------------------------------------------------------------------------------------------


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> int:
    """A lower limit than there is, that tests be quick."""
    monkeypatch.setattr(bounds, "MOST_READINGS", 2000)
    return 2000


def doubled(times: int) -> str:
    """Macros each of which uses the next one twice."""
    macros = [f"<Macro m{at}>\nUse m{at + 1}\nUse m{at + 1}\n</Macro>\n" for at in range(times)]
    return "".join([f"<Macro m{times}>\nTimeout 5\n</Macro>\n", *macros, "Use m0\n"])


def test_macros_that_multiply_end_at_a_limit_and_say_so_once(limit: int) -> None:
    text = doubled(40)
    config = one_file(text)
    assert limit / 2 < len(config.items) <= limit + READINGS_PER_LINE * (text.count("\n") + 1)
    assert [gap.reason for gap in config.gaps] == [
        f"too much to read: Include and Use make more than {limit:,} lines of it"
    ]
    assert config.left_out
    assert not config.endless


def test_includes_that_multiply_end_there_too(limit: int) -> None:
    texts = {f"/etc/apache2/f{at}.conf": f"Include f{at + 1}.conf\n" * 2 for at in range(40)}
    texts |= {"/etc/apache2/apache2.conf": "Include f0.conf\nListen 80\n", "/etc/apache2/f40.conf": "Timeout 5\n"}
    config = config_of(texts)
    (gap,) = config.gaps
    assert f"more than {limit:,} lines" in gap.reason
    # What is absent may be in what was left out.
    assert not config.complete


def test_wildcards_that_multiply_end_there_too(limit: int) -> None:
    texts = {f"/etc/apache2/d{at}/{name}.conf": f"Include d{at + 1}/*.conf\n" for at in range(9) for name in "abcdefgh"}
    texts |= {"/etc/apache2/apache2.conf": "Include d0/*.conf\n", "/etc/apache2/d9/a.conf": "# nothing\n"}
    (gap,) = config_of(texts).gaps
    assert f"more than {limit:,} lines" in gap.reason


def test_a_long_file_is_read_whole(limit: int) -> None:
    count = limit + 5
    config = one_file("<Macro m>\nTimeout 5\n</Macro>\n" + "Use m\n" * count)
    assert len(config.named("timeout")) == count
    assert not config.gaps


@pytest.mark.slow
def test_a_file_that_many_hosts_include_is_read_for_each() -> None:
    hosts = "".join(f"<VirtualHost *:80>\nServerName h{at}\nInclude c.conf\n</VirtualHost>\n" for at in range(300))
    config = config_of({"/etc/apache2/apache2.conf": hosts, "/etc/apache2/c.conf": "Timeout 5\n" * 300})
    assert len(config.named("timeout")) == 90_000
    assert not config.gaps


def test_of_a_server_that_was_not_read_whole_no_request_is_answered(limit: int) -> None:
    config = one_file(f"DocumentRoot /srv/www\n{doubled(40)}")
    outcome = trace(config, request_of("http://a/")).outcome
    assert outcome.kind == "unknown"
    assert f"more than {limit:,} lines" in outcome.reason


@pytest.mark.parametrize(
    "text",
    [
        "Define A0 xxxxxxxx\n" + "".join(f"Define A{at + 1} ${{A{at}}}${{A{at}}}\n" for at in range(60)) + "Timeout ${A60}\n",
        "Define A0 " + "x" * 60_000 + "\nDefine A1 ${A0}${A0}\nTimeout ${A1}\n",
        "".join(f"<Macro m{at} $a>\nUse m{at + 1} $a$a\n</Macro>\n" for at in range(60))
        + "<Macro m60 $a>\nTimeout $a\n</Macro>\nUse m0 xxxxxxxx\n",
        "Define B x\n" + "Define A0 ${B}xxxxxxxx\n"
        + "".join(f"<IfModule core.c>\nDefine A{at + 1} ${{A{at}}}${{A{at}}}${{A{at}}}\n</IfModule>\n" for at in range(60))
        + "Timeout ${A60}\n",
    ],
)  # fmt: skip
def test_values_that_double_become_unknown(text: str) -> None:
    config = one_file(text)
    assert max(len(arg.value) for item in config.items for arg in item.args) < 70_000
    (timeout,) = config.named("timeout")
    assert not timeout.known
    assert any("longer than" in gap.reason for gap in config.gaps)
    assert not config.left_out


def test_long_values_in_many_lines_end_at_the_limit() -> None:
    config = one_file("Define A " + "x" * 60_000 + "\n" + "Timeout ${A}\n" * 5000)
    assert sum(len(item.value) for item in config.items) < 100_000_000
    assert config.left_out


def test_a_line_of_the_file_may_be_as_long_as_it_is() -> None:
    config = one_file("ServerAlias " + "a" * 1_000_000 + "\n")
    assert len(config.items[0].value) == 1_000_000
    assert not config.gaps


# -- sections in each other --------------------------------------------------------------------------------------------

SHAPES = ["closed", "unclosed", "mixed", "crossing", "other-way-round"]


def nested(shape: str, depth: int, name: str = "If") -> str:
    """Sections in each other, with a directive in the innermost."""
    names = (
        [name] * depth
        if shape != "mixed"
        else [("If", "IfDefine", "Files", "RequireAll", "Limit")[at % 5] for at in range(depth)]
    )
    opened = "".join(f'<{one} "a">\n' for one in names) + "Timeout 5\n"
    closed = [f"</{one}>\n" for one in reversed(names)]
    if shape == "unclosed":
        closed = []
    elif shape == "crossing":
        return '<If "a">\n<Files b>\n' * (depth // 2) + "</If>\n</Files>\n" * (depth // 2)
    elif shape == "other-way-round":
        closed = [f"</{one}>\n" for one in ("Files", "Location")] * depth
    return opened + "".join(closed)


@pytest.mark.slow
@pytest.mark.parametrize("depth", [300, 3000, 30_000])
@pytest.mark.parametrize("shape", SHAPES)
def test_no_depth_is_too_much_for_any_part(shape: str, depth: int) -> None:
    text = nested(shape, depth)
    tree = parse(text)
    assert tree.text() == text
    texts = {"/site.conf": f"Listen 80\nNameVirtualHost *:80\n{text}"}
    job = Job(source_of(texts), list(all_rules().values()))
    config = engine.read(job)
    assert config.gaps or tree.problems
    findings = check(job, config)
    assert len(outlook(job, config, findings).levels) == len(findings)
    outcome = fix(job, Applicability.SAFE, opinion=objection, config=config)
    assert not any(one.is_bug for one in outcome.withheld)
    trace(config, request_of("http://a/"))
    exposed(config)
    as_tree([overview(config)])


@pytest.mark.parametrize("words", [("trace", "http://a/"), ("exposed", "--root", "."), ("show",), (), ("--diff",)])
def test_commands_end_without_an_internal_error(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site.conf").write_text(nested("closed", 3000))
    assert main([*words, "site.conf"]) in (0, 1)
    assert "error" not in capfd.readouterr().err


def test_what_stands_too_deep_is_one_gap_and_not_touched() -> None:
    text = nested("closed", 3000, "Files")
    config = one_file(text)
    (gap,) = config.gaps
    assert gap.reason == f"<Files> stands in {DEEPEST_SECTION} sections, and is not read"
    assert len(config.items) == DEEPEST_SECTION
    (file,) = config.files.values()
    unread = [node for node in file.tree.walk() if isinstance(node, Unread)]
    assert [node.source.count("\n") for node in unread] == [2 * (3000 - DEEPEST_SECTION - 1) + 1]
    holder = next(node for node in file.tree.walk() if isinstance(node, Section) and node.is_unread)
    assert holder.close is not None
    assert any(region.contains(unread[0].span) for region in file.tree.untrusted)


def test_siblings_of_what_stands_too_deep_are_read() -> None:
    deep = nested("closed", 150, "Files")
    config = one_file(f"{deep}Listen 80\n{deep}Listen 81\n")
    assert [item.value for item in config.named("listen")] == ["80", "81"]
    assert len(config.gaps) == 2


def test_sections_through_includes_and_macros_count_together() -> None:
    texts = {
        f"/etc/apache2/f{at}.conf": "<Files a>\n" * 9 + f"Include f{at + 1}.conf\n" + "</Files>\n" * 9
        for at in range(20)
    }
    texts |= {"/etc/apache2/apache2.conf": "Include f0.conf\n", "/etc/apache2/f20.conf": "Timeout 5\n"}
    config = config_of(texts)
    assert len(config.gaps) == 1
    assert max(len(item.sections) for item in config.items) in (DEEPEST_SECTION - 1, DEEPEST_SECTION)
    macros = "".join(f"<Macro m{at}>\n<Files a>\nUse m{at + 1}\n</Files>\n</Macro>\n" for at in range(300))
    config = one_file(f"{macros}<Macro m300>\nTimeout 5\n</Macro>\nUse m0\n")
    assert len(config.gaps) == 1
    assert max(len(item.sections) for item in config.items) == DEEPEST_SECTION


# -- how often the work is done ----------------------------------------------------------------------------------------


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The lengths of the texts that were parsed."""
    lengths: list[int] = []

    def counted(text: str) -> object:
        lengths.append(len(text))
        return parse(text)

    monkeypatch.setattr(kept, "parse", counted)
    monkeypatch.setattr(choice, "parse", counted)
    return lengths


@pytest.mark.parametrize(
    "text",
    ["<IfModule a>\n" * 3000, '<If "true">\n' * 300, "</IfModule>\n" * 3000, '<If "a">\n' + "</If>" * 3000 + "\n", "</X>" * 3000]
)  # fmt: skip
def test_what_cannot_be_mended_is_not_tried_again_and_again(text: str, parses: list[int]) -> None:
    job = job_of({"/site.conf": text}, *all_rules().values())
    config = engine.read(job)
    findings = check(job, config)
    assert findings
    outlook(job, config, findings)
    assert len(parses) <= 12


@pytest.mark.slow
def test_each_closing_tag_is_a_pass_up_to_the_depth_that_is_read(parses: list[int]) -> None:
    job = job_of({"/site.conf": '<If "true">\n' * DEEPEST_SECTION}, *all_rules().values())
    config = engine.read(job)
    outlook(job, config, check(job, config))
    # Once to see that it leaves no new fault, and once to go on from there, for each tag.
    assert len(parses) <= 2 * DEEPEST_SECTION + 10
