"""The runner of examples must fail wherever a manual page is wrong: each way to be wrong, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support import made

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.examples import examples, failures
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.rule_settings import Setting
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rule import Diagnostic, Rule, Severity


def find(config: Config) -> Iterator[Diagnostic]:
    """Reports Foo; deletes it at the level that its first argument names; "loop" is written anew for ever."""
    for item in config.named("foo"):
        fix = None
        if item.value in ("safe", "repair", "unsafe"):
            fix = Fix("Delete Foo", (delete(item),), Applicability[item.value.upper()])
        elif item.value == "loop":
            fix = Fix.safe(
                "Write it anew", Edit(item.path, item.span, "Foo loop x" if len(item.args) < 2 else "Foo loop")
            )
        elif item.value == "break":
            fix = Fix.safe("Break it", Edit(item.path, item.span, "<Open>"))
        yield Diagnostic(item.path, item.span, "foo", fix)


FOO = made(find, "foo")


def told(block: str, rule: Rule = FOO) -> list[str]:
    """What the runner says of a page with this one block."""
    (example,) = examples(block)
    return failures(rule, example)


def fenced(kind: str, *lines: str) -> str:
    return "\n".join([f"    ```{kind}", *(f"    {line}" if line else "" for line in lines), "    ```", ""])


@pytest.mark.parametrize(
    "block",
    [
        fenced("apache", "Bar"),
        fenced("apache", " Foo 1", "#^^^^^"),
        fenced("apache", "  Foo 1", "# ^^^^^", "  Foo 2", "# ^^^^^"),
        fenced("diff", "-Foo safe", " Bar"),
        fenced("diff repair", "-Foo repair", " Bar"),
        fenced("diff unsafe", " Bar", "-Foo unsafe"),
        fenced("diff", " #- a.conf", "-Foo safe", " #- b.conf", " Bar", "-Foo safe"),
    ],
)  # fmt: skip
def test_a_right_example_passes(block: str) -> None:
    assert told(block) == []


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        # Reports.
        (fenced("apache", "Foo 1"), "reported at site.conf:1 'Foo 1'"),
        (fenced("apache", " Bar 1", "#^^^^^"), "not reported at site.conf:1 'Bar 1'"),
        (fenced("apache", " Foo 1", "#^^^"), "not reported at site.conf:1 'Foo'"),
        (fenced("apache", " Foo 1", "#^^^", " Foo 2"), "reported at site.conf:3 'Foo 2'"),
        (fenced("apache", " Foo safe", "#^^^^^^^^"), "fixed, and should not be: Delete Foo"),
        (fenced("apache", " Foo unsafe", "#^^^^^^^^^^"), "fixed, and should not be: Delete Foo"),
        # Fixes.
        (fenced("diff", "-Bar", "+Baz"), "nothing is reported"),
        # Nothing is to be left of the file.
        (fenced("diff", "-Foo 1"), "site.conf is not fixed as shown:\n--- as shown\n+++ as fixed\n@@ -0,0 +1 @@\n+Foo 1\n"),
        (fenced("diff", "-Foo safe", " Foo safe"), "@@ -1 +0,0 @@\n-Foo safe\n"),
        (fenced("diff", "-Foo safe", "+Qux"), "@@ -1 +0,0 @@\n-Qux\n"),
        (fenced("diff", "-Foo repair"), "@@ -0,0 +1 @@\n+Foo repair\n"),
        (fenced("diff repair", "-Foo unsafe"), "@@ -0,0 +1 @@\n+Foo unsafe\n"),
        (fenced("diff repair", "-Foo safe"), "already fixed at level safe: Delete Foo"),
        (fenced("diff unsafe", "-Foo safe"), "already fixed at level repair: Delete Foo"),
        (fenced("diff unsafe", "-Foo repair"), "already fixed at level repair: Delete Foo"),
        (fenced("diff", "-Foo loop", "+Foo loop x"), "withheld: Write it anew: it finds no end"),
        (fenced("diff", "-Foo break", "+<Open>"), "withheld: Break it: it would leave a syntax error: unclosed-section"),
        (fenced("diff", " #- a.conf", "-Foo safe", " #- b.conf", " Foo safe"), "b.conf is not fixed as shown:\n--- as shown\n"),
    ],
)  # fmt: skip
def test_a_wrong_example_fails(block: str, complaint: str) -> None:
    assert any(complaint in one for one in told(block)), told(block)


def test_a_fix_that_needs_another_run_fails() -> None:
    """It fixes one thing in a run of its own: what a stateful rule would do."""
    runs: list[int] = []

    def once(config: Config) -> Iterator[Diagnostic]:
        runs.append(1)
        for item in config.named("foo")[: 1 if len(runs) < 4 else 9]:
            if len(config.named("foo")) == 2 or len(runs) > 3:
                yield Diagnostic(item.path, item.span, "foo", Fix.safe("Delete it", delete(item)))

    assert told(fenced("diff", "-Foo 1", " Foo 2"), made(once)) == ["not stable: Delete it"]


def test_an_error_of_the_rule_is_no_silence() -> None:
    def fail(config: Config) -> Iterator[Diagnostic]:
        raise KeyError(config)

    (line,) = told(fenced("apache", "Bar"), made(fail))
    assert line.startswith("rule made failed: KeyError")


def test_a_block_of_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="line 3: a block of kind 'apahce'"):
        examples("One.\n\n```apahce\nFoo\n```\n")
    with pytest.raises(KeyError):
        examples(fenced("diff rapair", "-Foo"))


def test_other_blocks_are_no_examples() -> None:
    page = "".join(fenced(kind, "Foo") for kind in ("", "text", "console", "toml", "sh"))
    assert examples(page) == []


def test_what_a_block_says() -> None:
    page = "Title.\n\n" + fenced(
        "apache httpd=2.2 wanted=7", "#- a.conf", "A", "", "#- /srv/x -> y", "#- b/c.conf", " B", "#^"
    )
    (example,) = examples(page)
    assert example.before == {"a.conf": "A\n\n", "b/c.conf": " B\n#^\n"}
    assert example.links == {"/srv/x": "y"}
    assert example.settings == {"httpd": "2.2", "wanted": "7"}
    assert [(name, *span) for name, span in example.carets] == [("b/c.conf", 1, 2)]
    assert (example.kind, example.level, example.after, example.line) == ("apache", Applicability.SAFE, None, 3)


def test_settings_versions_and_files_reach_the_rule() -> None:
    seen: list[tuple[object, ...]] = []
    settings: tuple[Setting[object], ...] = (
        Setting("count", 1, ""), Setting("flag", False, ""), Setting("names", ("a",), ""),
    )  # fmt: skip

    def look(config: Config) -> Iterator[Diagnostic]:
        disk = config.disk
        seen.append((
            config.target.httpd, config.target.mod_wsgi, config.complete, disk is not None and disk.is_file("/srv/x"),
            *map(config.setting, settings),
        ))  # fmt: skip
        yield from ()

    rule = Rule("look", "tests", look, Severity.INFO, "x", settings=settings)
    block = fenced(
        "apache httpd=2.2 mod_wsgi=5.0.1 count=3 flag=true names=b,c", "#- apache2.conf", "A", "#- /srv/x", "X"
    )
    assert told(block, rule) == []
    assert seen[0] == ((2, 2), (5, 0, 1), True, True, 3, True, ["b", "c"])
    seen.clear()
    assert told(fenced("apache", "A"), rule) == []
    assert seen[0] == ((2, 4), None, False, False, 1, False, ("a",))
