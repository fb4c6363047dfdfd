"""The loop: fixes whole or not at all, one rule a pass, until nothing changes; and what is withheld, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import Check, job_of, made

from modwsgi_fix.edits import Applicability, Edit, Fix, apply
from modwsgi_fix.effect.touched import Pair
from modwsgi_fix.engine import Fixed, check, findings, fix, read
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.lines import files
from modwsgi_fix.rewriting.lines import delete, insert_after, replace
from modwsgi_fix.rule import Diagnostic, Rule, Scope, Severity
from modwsgi_fix.syntax import Tree
from modwsgi_fix.text import Span

SITE = "/site.conf"


def finding(
    item: Item, *edits: Edit, level: Applicability = Applicability.SAFE, every_reading: bool = False
) -> Diagnostic:
    return Diagnostic(item.path, item.span, item.key, Fix("Change it", edits, level, "", every_reading))


def renames(old: str, new: str, *, level: Applicability = Applicability.SAFE, every_reading: bool = False) -> Check:
    """Each directive ``old`` becomes ``new``, its arguments kept."""

    def check(config: Config) -> Iterator[Diagnostic]:
        for item in config.named(old.lower()):
            yield finding(item, Edit(item.path, item.node.name_span, new), level=level, every_reading=every_reading)

    return check


def rename(old: str, new: str, *, every_reading: bool = False) -> Rule:
    return made(renames(old, new, every_reading=every_reading), f"{old}-to-{new}".lower())


def texts(fixed: Fixed) -> dict[str, str]:
    return {file.path: file.after for file in fixed.files}


def whys(fixed: Fixed) -> list[tuple[str, int, str, bool]]:
    return [(w.rule, w.line, w.reason, w.is_bug) for w in fixed.withheld]


# -- the loop ------------------------------------------------------------------


def test_rules_follow_on_each_other_until_nothing_changes() -> None:
    fixed = fix(job_of({SITE: "A 1\nB 2\n"}, rename("C", "D"), rename("B", "C"), rename("A", "B")))
    assert texts(fixed) == {SITE: "D 1\nD 2\n"}
    assert fixed.withheld == ()
    assert fixed.left == ()
    assert len(fixed.found) == 2
    assert [(a.rule, a.line) for a in fixed.applied] == [
        ("b-to-c", 2), ("a-to-b", 1), ("c-to-d", 2), ("b-to-c", 1), ("c-to-d", 1),
    ]  # fmt: skip


def test_a_rule_sees_no_stale_facts() -> None:
    """Each pass applies one rule: the second must find what the first has left, at its new place."""
    seen: list[list[str]] = []

    def watch(config: Config) -> Iterator[Diagnostic]:
        seen.append([item.key for item in config.items])
        return iter(())

    fix(job_of({SITE: "A 1\nA 2\n"}, rename("A", "Long"), made(watch, "watch")))
    assert seen == [["a", "a"], ["long", "long"]], "once for each state"


def test_fixes_of_one_rule_that_overlap_wait_for_the_next_pass() -> None:
    def merge(config: Config) -> Iterator[Diagnostic]:
        """Each pair of neighbours becomes one."""
        items = config.named("a")
        for one, other in pairwise(items):
            yield finding(one, Edit(one.path, Span(one.node.start, other.node.end), f"A {one.value}{other.value}\n"))

    fixed = fix(job_of({SITE: "A 1\nA 2\nA 3\nA 4\nA 5\n"}, made(merge)))
    assert texts(fixed) == {SITE: "A 12345\n"}


@pytest.mark.parametrize(
    ("level", "result"),
    [
        (Applicability.SAFE, "S1\nR\nU\n"),
        (Applicability.REPAIR, "S1\nR1\nU\n"),
        (Applicability.UNSAFE, "S1\nR1\nU1\n"),
    ],
)
def test_a_level_includes_those_before_it(level: Applicability, result: str) -> None:
    rules = [
        made(renames("s", "S1", level=Applicability.SAFE), "s"),
        made(renames("r", "R1", level=Applicability.REPAIR), "r"),
        made(renames("u", "U1", level=Applicability.UNSAFE), "u"),
    ]
    fixed = fix(job_of({SITE: "S\nR\nU\n"}, *rules), level)
    assert texts(fixed) == {SITE: result}
    assert fixed.withheld == (), "a fix of a higher level was not asked for"
    assert {d.rule for d in fixed.left} == {"s", "r", "u"} - {a.rule for a in fixed.applied}


def test_a_finding_without_a_fix_is_left() -> None:
    bare = made(lambda config: iter([Diagnostic(i.path, i.span, "x") for i in config.named("a")]))
    fixed = fix(job_of({SITE: "A\n"}, bare))
    assert (fixed.files, fixed.applied, fixed.withheld) == ((), (), ())
    assert [d.rule for d in fixed.left] == ["made"]


def test_one_fix_that_several_findings_share_is_applied_once() -> None:
    def find(config: Config) -> Iterator[Diagnostic]:
        items = config.named("a")
        if items:
            shared = Fix.safe("Delete all", *(delete(item) for item in items))
            for item in items:
                yield Diagnostic(item.path, item.span, "a", shared)

    fixed = fix(job_of({SITE: "A 1\nB\nA 2\n"}, made(find)))
    assert texts(fixed) == {SITE: "B\n"}
    assert fixed.left == ()


def test_equal_fixes_that_were_made_one_by_one_are_applied_once() -> None:
    def find(config: Config) -> Iterator[Diagnostic]:
        for item in config.named("a"):
            first = config.named("b")[0]
            yield Diagnostic(item.path, item.span, "a", Fix.safe("Change both", replace(first, "C"), delete(item)))
        if not config.named("a"):
            return
        item = config.named("a")[0]
        yield Diagnostic(
            item.path, item.node.name_span, "again",
            Fix.safe("Change both", replace(config.named("b")[0], "C"), delete(item)),
        )  # fmt: skip

    fixed = fix(job_of({SITE: "A\nB\n"}, made(find)))
    assert texts(fixed) == {SITE: "C\n"}


# -- whole or not at all -------------------------------------------------------


def test_a_fix_of_several_files_is_applied_to_all_or_none() -> None:
    def move(config: Config) -> Iterator[Diagnostic]:
        for item in config.named("move"):
            (target,) = config.named("target")
            yield finding(item, delete(item), insert_after(target, [f"Moved {item.value}"]))

    both = {"/a.conf": "Move 1\nMove 2\n", "/b.conf": "Target\n"}
    fixed = fix(job_of(both, made(move)))
    assert texts(fixed) == {"/a.conf": "", "/b.conf": "Target\nMoved 2\nMoved 1\n"}
    outside = {"/etc/apache2/apache2.conf": "Move 1\nInclude /other/b.conf\n", "/other/b.conf": "Target\n"}
    fixed = fix(job_of(outside, made(move)))
    assert texts(fixed) == {}
    assert whys(fixed) == [("made", 1, "/other/b.conf is outside the given paths", False)]


def test_what_lies_outside_the_given_paths_is_never_changed() -> None:
    server = {"/etc/apache2/apache2.conf": "A 1\nInclude /other/b.conf\n", "/other/b.conf": "A 2\n"}
    fixed = fix(job_of(server, rename("A", "B")))
    assert texts(fixed) == {"/etc/apache2/apache2.conf": "B 1\nInclude /other/b.conf\n"}
    assert whys(fixed) == [("a-to-b", 1, "/other/b.conf is outside the given paths", False)]
    assert [d.path for d in fixed.left] == ["/other/b.conf"]


# -- what is withheld as a bug of ours -----------------------------------------


def test_rules_that_fight_are_stopped_and_the_original_is_kept() -> None:
    fixed = fix(job_of({SITE: "A 1\nKeep\n"}, rename("A", "B"), rename("B", "A")))
    assert texts(fixed) == {}, "neither may win"
    assert fixed.applied == ()
    assert all(is_bug for *_, is_bug in whys(fixed))
    assert {rule for rule, *_ in whys(fixed)} == {"a-to-b", "b-to-a"}
    assert "undo" in whys(fixed)[0][2]


def test_a_fight_does_not_stop_other_rules() -> None:
    rules = [rename("A", "B"), rename("X", "Y"), rename("B", "A"), rename("Y", "Z")]
    fixed = fix(job_of({SITE: "A 1\nX 2\n"}, *rules))
    assert texts(fixed) == {SITE: "A 1\nZ 2\n"}
    assert [a.rule for a in fixed.applied] == ["x-to-y", "y-to-z"]


def test_a_longer_circle_is_stopped() -> None:
    fixed = fix(job_of({SITE: "A\n"}, rename("A", "B"), rename("B", "C"), rename("C", "A")))
    assert texts(fixed) == {}
    assert {rule for rule, *_, is_bug in whys(fixed) if is_bug} == {"a-to-b", "b-to-c", "c-to-a"}


def test_a_rule_that_never_ends_is_stopped() -> None:
    grow = made(lambda config: (finding(i, insert_after(i, ["A"])) for i in config.named("a")[:1]), "grow")
    fixed = fix(job_of({SITE: "A\nX\n"}, grow, rename("X", "Y")))
    assert texts(fixed) == {SITE: "A\nY\n"}
    assert [(rule, is_bug) for rule, _, _, is_bug in whys(fixed)] == [("grow", True)]


@pytest.mark.parametrize(
    ("text", "broken"),
    [("A 1\n", "<Open>\n"), ("A 1\n", "</Close>\n"), ("<S>\nA 1\n</S>\n", "</S>\n"), ("A 1\n", "<Open\n</Open>\n")],
)
def test_a_fix_that_breaks_the_syntax_is_withheld(text: str, broken: str) -> None:
    spoil = made(lambda config: (finding(i, Edit(i.path, i.node.span, broken)) for i in config.named("a")))
    text += "X\n"
    fixed = fix(job_of({SITE: text}, spoil, rename("X", "Y")))
    assert texts(fixed) == {SITE: text.replace("X", "Y")}
    ((_, _, reason, is_bug),) = whys(fixed)
    assert reason.startswith("it would leave a syntax error")
    assert is_bug


def test_no_mistake_may_be_added_to_others() -> None:
    spoil = made(
        lambda config: (finding(i, Edit(i.path, i.node.span, "<Open>\n")) for i in config.named("a")), family="syntax"
    )
    fixed = fix(job_of({SITE: "</Stray>\nA\n"}, spoil))
    assert texts(fixed) == {}
    assert [w.is_bug for w in fixed.withheld] == [True]


def test_a_spoilt_fix_does_not_stop_the_good_ones_of_its_rule() -> None:
    def find(config: Config) -> Iterator[Diagnostic]:
        for item in config.named("a"):
            yield finding(item, replace(item, "<Open>" if item.value == "bad" else "B"))

    fixed = fix(job_of({SITE: "A 1\nA bad\nA 2\n"}, made(find)))
    assert texts(fixed) == {SITE: "B\nA bad\nB\n"}
    assert [(line, is_bug) for _, line, _, is_bug in whys(fixed)] == [(2, True)]


def test_fixes_that_are_fine_alone_and_not_together_are_applied_one_by_one() -> None:
    def opinion(name: str, before: Tree, after: Tree) -> str | None:
        return "too much at once" if after.source.count("B") - before.source.count("B") > 1 else None

    states: list[str] = []

    def watch(config: Config) -> Iterator[Diagnostic]:
        states.append("".join(item.key for item in config.items))
        return iter(())

    fixed = fix(job_of({SITE: "A 1\nA 2\nA 3\n"}, rename("A", "B"), made(watch, "watch")), opinion=opinion)
    assert texts(fixed) == {SITE: "B 1\nB 2\nB 3\n"}
    assert states == ["aaa", "baa", "bba", "bbb"]
    assert fixed.withheld == ()


def test_an_opinion_is_asked_and_heeded() -> None:
    asked: list[tuple[str, str, str]] = []

    def opinion(name: str, before: Tree, after: Tree) -> str | None:
        asked.append((name, before.source, after.source))
        return "it smells" if "B 2" in after.source else None

    fixed = fix(job_of({"/a.conf": "A 1\n", "/b.conf": "A 2\n"}, rename("A", "B")), opinion=opinion)
    assert texts(fixed) == {"/a.conf": "B 1\n"}
    assert whys(fixed) == [("a-to-b", 1, "it smells", True)]
    assert ("/a.conf", "A 1\n", "B 1\n") in asked


# -- many readings -------------------------------------------------------------

TWICE = {
    "/etc/apache2/apache2.conf": "Define N 1\nInclude common.conf\nDefine N 2\nInclude common.conf\n",
    "/etc/apache2/common.conf": "A ${N}\n",
}


def test_a_file_read_twice_is_edited_where_each_reading_asks_for_the_same() -> None:
    fixed = fix(job_of(TWICE, rename("A", "B")))
    assert texts(fixed) == {"/etc/apache2/common.conf": "B ${N}\n"}


def test_a_file_read_twice_is_not_edited_for_one_reading_only() -> None:
    first = made(lambda c: (finding(i, replace(i, "B")) for i in c.named("a") if i.value == "1"))
    fixed = fix(job_of(TWICE, first))
    assert texts(fixed) == {}
    ((_, _, reason, is_bug),) = whys(fixed)
    assert "more than once" in reason
    assert not is_bug
    differ = made(lambda c: (finding(i, replace(i, f"B {i.value}")) for i in c.named("a")))
    assert texts(fix(job_of(TWICE, differ))) == {}


def test_unless_the_rule_has_weighed_every_reading() -> None:
    first = made(lambda c: (finding(i, replace(i, "B"), every_reading=True) for i in c.named("a") if i.value == "1"))
    fixed = fix(job_of(TWICE, first))
    assert texts(fixed) == {"/etc/apache2/common.conf": "B\n"}


# -- what cannot be seen through -----------------------------------------------

BROKEN = "it lies in a section that is broken, or whose text cannot be seen through"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("A 1\n<Perl>\nA 2;\n</Perl>\nA 3\n", "B 1\n<Perl>\nA 2;\n</Perl>\nB 3\n"),
        ("A 1\n<Macro M $x>\nA $x\n</Macro>\nA 3\n", "B 1\n<Macro M $x>\nA $x\n</Macro>\nB 3\n"),
        ("A 1\n<S>\nA 2\n</T>\nA 3\n", "B 1\n<S>\nA 2\n</T>\nB 3\n"),
        ("A 1\n<S\nA 2\n</S>\nA 3\n", "B 1\n<S\nB 2\n</S>\nB 3\n"),
        ("A 1\n</S>\nA 3\n", "B 1\n</S>\nB 3\n"),
        ("<S>\nA 1\n</S>\n<T>\nA 2\n", "<S>\nB 1\n</S>\n<T>\nA 2\n"),
    ],
)
def test_the_healthy_rest_is_fixed(text: str, result: str) -> None:
    fixed = fix(job_of({SITE: text}, rename("A", "B")))
    assert texts(fixed) == {SITE: result}
    assert all(reason == BROKEN and not is_bug for _, _, reason, is_bug in whys(fixed))


def test_what_goes_round_a_broken_section_may_not_touch_it() -> None:
    text = "A\n<S>\nX\n</T>\nZ\n"
    around = made(lambda c: (finding(i, Edit(i.path, Span(0, text.index("Z")), "")) for i in c.named("a")))
    fixed = fix(job_of({SITE: text}, around))
    assert texts(fixed) == {}
    assert [reason for _, _, reason, _ in whys(fixed)] == [BROKEN]


def test_rules_of_the_syntax_family_mend_broken_sections() -> None:
    def close(config: Config) -> Iterator[Diagnostic]:
        for file in config.files.values():
            for problem in file.tree.problems:
                assert problem.section is not None
                text = f"</{problem.section.name}>\n"
                fix = Fix.safe("Close it", Edit(file.path, problem.node.span, text))
                yield Diagnostic(file.path, problem.node.span, problem.message, fix)

    fixed = fix(job_of({SITE: "<S>\nA 2\n</T>\n"}, made(close, family="syntax"), rename("A", "B")))
    assert texts(fixed) == {SITE: "<S>\nB 2\n</S>\n"}


# -- what comes out ------------------------------------------------------------


def test_findings_are_in_order_of_files_and_places_each_once() -> None:
    rules = [made(renames("b", "x"), "b"), made(renames("a", "x"), "a")]
    both = {"/z.conf": "A\nB\n", "/a.conf": "B\nA\n"}
    config = read(job_of(both, *rules))
    assert [(d.path, d.rule) for d in findings(config, [*rules, rules[0]])] == [
        (path, rule) for path in config.files for rule in (["a", "b"] if path == "/z.conf" else ["b", "a"])
    ]


def test_a_severity_of_its_own_and_the_rules() -> None:
    def find(config: Config) -> Iterator[Diagnostic]:
        for item in config.items:
            yield Diagnostic(item.path, item.span, "x", severity=Severity.INFO if item.value else None)

    found = check(job_of({SITE: "A\nA 1\n"}, made(find, severity=Severity.ERROR)))
    assert [d.severity for d in found] == [Severity.ERROR, Severity.INFO]


def test_a_rule_that_raises_is_named() -> None:
    def fail(config: Config) -> Iterator[Diagnostic]:
        yield from ()
        raise KeyError("x")

    job = job_of({SITE: "A\nB\n"}, made(fail, "bad"), rename("A", "C"), rename("B", "D"))
    fixed = fix(job)
    assert fixed.failed == {"bad": "KeyError: 'x'"}
    assert texts(fixed) == {SITE: "C\nD\n"}, "the other rules go on"
    config = read(job)
    assert len(check(job, config)) == 2
    assert config.failed == {"bad": "KeyError: 'x'"}


def test_a_rule_that_raises_on_the_way_is_named() -> None:
    def fail(config: Config) -> Iterator[Diagnostic]:
        yield from ()
        if config.named("b"):
            raise IndexError("on B")

    fixed = fix(job_of({SITE: "A\n"}, rename("A", "B"), made(fail, "bad"), rename("B", "C")))
    assert fixed.failed == {"bad": "IndexError: on B"}
    assert texts(fixed) == {SITE: "C\n"}


def test_a_fix_that_fights_costs_itself_alone() -> None:
    def only(item: str, other: str, old: str) -> Check:
        def rule(config: Config) -> Iterator[Diagnostic]:
            for found in config.named(item):
                if found.value == old:
                    edit = Edit(found.path, found.args[0].span, other)
                    yield Diagnostic(found.path, found.span, f"{item} is {old}", Fix.safe("Change it", edit))

        return rule

    rules = [made(only("a", "2", "1"), "to-2"), made(only("a", "1", "2"), "to-1"), made(only("b", "9", "1"), "to-9")]
    fixed = fix(job_of({SITE: "A 1\nB 1\n"}, *rules))
    assert {(w.rule, w.is_fight) for w in fixed.withheld} == {("to-2", True), ("to-1", True)}
    assert texts(fixed) == {SITE: "A 1\nB 9\n"}


def test_a_fix_with_edits_that_overlap_is_withheld_alone() -> None:
    def twice(config: Config) -> Iterator[Diagnostic]:
        for item in config.named("a"):
            yield finding(item, delete(item), Edit(item.path, item.span, "B"))

    fixed = fix(job_of({SITE: "A\nB\n"}, made(twice, "twice"), rename("B", "C")))
    assert [(w.rule, w.reason) for w in fixed.withheld] == [("twice", "its edits overlap")]
    assert texts(fixed) == {SITE: "A\nC\n"}


def test_a_proof_that_fails_withholds_the_fix() -> None:
    def broken(
        before: Config, after: Config, fix: Fix, changes: frozenset[str], only: Pair | None = None
    ) -> str | None:
        raise LookupError("no host")

    job = job_of({SITE: "A\n"}, rename("A", "B"))
    fixed = fix(job, Applicability.SAFE, proof=broken)
    assert [w.reason for w in fixed.withheld] == ["what it changes cannot be told (LookupError: no host)"]


def test_links_and_line_ends_are_kept() -> None:
    links = {"/etc/apache2/sites-enabled/x.conf": "../sites-available/x.conf"}
    server = {
        "/etc/apache2/apache2.conf": "Include sites-enabled/*.conf\n",
        "/etc/apache2/sites-available/x.conf": "A 1\r\n# \udcff\r\nA \\\r\n 2",
    }
    fixed = fix(job_of(server, rename("A", "B"), links=links))
    assert texts(fixed) == {"/etc/apache2/sites-available/x.conf": "B 1\r\n# \udcff\r\nB \\\r\n 2"}
    assert fixed.files[0].name == "/etc/apache2/sites-available/x.conf"


# -- any rules, any text -------------------------------------------------------

NAMES = "ABCDE"
WORD = st.sampled_from([*NAMES, "<S x>", "</S>", "# modwsgi-fix: allow a-to-b", "A \\\n x", "  B 1", ""])


@st.composite
def rule_sets(draw: st.DrawFn) -> list[Rule]:
    rules: dict[str, Rule] = {}
    for _ in range(draw(st.integers(1, 5))):
        old, new = draw(st.sampled_from(NAMES)), draw(st.sampled_from(NAMES + "-+"))
        if new == "-":

            def shorter(config: Config, old: str = old) -> Iterator[Diagnostic]:
                for item in config.named(old.lower()):
                    yield finding(item, delete(item))

            rule = made(shorter, f"no-{old}")
        elif new == "+":

            def longer(config: Config, old: str = old) -> Iterator[Diagnostic]:
                for item in config.named(old.lower()):
                    if len(item.args) < 3:
                        at = item.span.end
                        yield finding(item, Edit(item.path, Span(at, at), " x"))

            rule = made(longer, f"more-{old}")
        else:
            rule = rename(old, new)
        rules[rule.name] = rule
    return list(rules.values())


def of_each_file(asked: list[str]) -> Rule:
    """A rule about files one by one that finds each line ``A``, and notes the files that it is asked about."""

    def look(config: Config) -> Iterator[Diagnostic]:
        for file in files(config):
            asked.append(file.name)
            for item in config.named("a"):
                if item.file is file:
                    yield Diagnostic(item.path, item.span, f"{item.key} {item.value}")

    rule = made(look, "each-file")
    rule.scope = Scope.FILE
    return rule


def test_after_a_fix_rules_about_files_are_asked_about_those_that_it_changed() -> None:
    asked = list[str]()
    given_texts = {f"/{name}.conf": f"A {name}\n" for name in "pqrs"} | {"/t.conf": "A t\nB 1\nC 1\n"}
    rules = [of_each_file(asked), rename("B", "A"), rename("C", "A")]
    fixed = fix(job_of(given_texts, *rules))
    assert asked == [*sorted(given_texts), "/t.conf"]
    assert [(one.path, one.message) for one in fixed.left] == [
        *((f"/{name}.conf", f"a {name}") for name in "pqrst"), ("/t.conf", "a 1"), ("/t.conf", "a 1")
    ]  # fmt: skip


def test_what_was_found_in_a_file_that_is_no_longer_read_is_not_told() -> None:
    given_texts = {"/etc/apache2/apache2.conf": "Include more.conf\nB 1\n", "/etc/apache2/more.conf": "A 1\n"}
    gone = made(lambda c: (finding(i, delete(i)) for i in c.named("include")), "no-include")
    fixed = fix(job_of(given_texts, of_each_file([]), gone))
    assert texts(fixed) == {"/etc/apache2/apache2.conf": "B 1\n"}
    assert [one.message for one in fixed.found] == ["include", "a 1"]
    assert not fixed.left


@given(st.data(), st.lists(st.sampled_from(["A 1", "B 1", "C 1", "D 1"]), max_size=6))
def test_what_is_left_is_what_a_new_run_finds(data: st.DataObject, words: list[str]) -> None:
    given_texts = {f"/{name}.conf": "".join(f"{word}\n" for word in words[:at]) for at, name in enumerate("pqrs")}
    rules = [*data.draw(rule_sets()), of_each_file([])]
    job = job_of(given_texts, *rules)
    fixed = fix(job)
    assert list(fixed.left) == check(job_of({**given_texts, **texts(fixed)}, *rules))


@given(rule_sets(), st.lists(WORD, max_size=8), st.lists(WORD, max_size=4), st.sampled_from(["\n", "\r\n"]))
def test_edits_lead_from_before_to_after_and_a_second_run_changes_nothing(
    rules: list[Rule], one: list[str], other: list[str], end: str
) -> None:
    given_texts = {"/a.conf": end.join(one), "/b.conf": end.join(other) + end}
    fixed = fix(job_of(given_texts, *rules))
    assert fixed == fix(job_of(given_texts, *rules)) or texts(fixed) == texts(fix(job_of(given_texts, *rules)))
    for file in fixed.files:
        assert file.before == given_texts[file.path]
        assert apply(file.before, file.edits) == file.after
        assert file.before != file.after
        assert list(file.edits) == sorted(file.edits, key=lambda edit: edit.span)
    if any(held.is_bug for held in fixed.withheld):
        # Rules that fight: the run says so, and nothing of it is written.
        return
    again = fix(job_of({**given_texts, **texts(fixed)}, *rules))
    assert texts(again) == {}
    assert not again.applied
    # Comments are never touched by rules that do not mean to.
    for path, text in given_texts.items():
        after = texts(fixed).get(path, text)
        assert re.findall("# modwsgi.*", after) == re.findall("# modwsgi.*", text)
