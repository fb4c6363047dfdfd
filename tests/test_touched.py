"""Which hosts a change may touch, and fixes that are each weighed on a host of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from support import config_of, job_of, made

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.effect.impact import impact
from modwsgi_fix.effect.touched import are_apart, changed_hosts, pairs, touched_hosts
from modwsgi_fix.engine import fix, gate
from modwsgi_fix.engine.apart import batches
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.servers import own_name
from modwsgi_fix.rule import Diagnostic

MAIN = "/etc/apache2/apache2.conf"
BASE = "Listen 80\n<Directory />\nRequire all denied\n</Directory>\n"


def host(name: str, lines: str = "", address: str = "*:80") -> str:
    return (
        f"<VirtualHost {address}>\nServerName {name}\nDocumentRoot /srv/{name}\n"
        f"<Directory /srv/{name}>\nRequire all denied\n{lines}</Directory>\n</VirtualHost>\n"
    )


def server(*hosts: str, base: str = BASE) -> Config:
    return config_of({MAIN: base + "".join(hosts)})


def touched(before: Config, after: Config) -> list[str]:
    """The hosts that are touched; the main server is always asked."""
    return [
        own_name(pair.after) or "" for pair in touched_hosts(before, after) if pair.after and not pair.after.is_main
    ]


OPEN = "Require all granted\n"


@pytest.mark.parametrize("around", ["{}", "<IfModule core.c>\n{}</IfModule>\n"])
def test_a_host_that_says_what_it_said_is_not_touched(around: str) -> None:
    before, after = (
        server(host("a.test"), around.format(host("b.test", lines)), host("c.test")) for lines in ("", OPEN)
    )
    assert touched(before, after) == ["b.test"]
    assert len(changed_hosts(before, after)) == 4


def test_a_comment_touches_nobody() -> None:
    assert touched(server(host("a.test")), server(host("a.test", "# a comment\n"))) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # What all share: the main server, the hosts' names, process groups, variables that are set for access.
        (server(host("a.test"), host("b.test")), server(host("a.test"), host("b.test", OPEN), base=BASE + "Timeout 5\n")),
        (server(host("a.test"), host("b.test")), server(host("a.test"), host("d.test"))),
        (server(host("a.test"), host("b.test")), server(host("a.test"), host("b.test", "SetEnvIf Host x y\n"))),
        (server(host("a.test"), host("b.test")), server(host("a.test", "WSGIDaemonProcess d\n"), host("b.test"))),
        # Hosts that may answer for one another: by an address, a pattern, or a name that both have.
        (server(host("a.test"), host("b.test", "", "10.0.0.1:80")), server(host("a.test"), host("b.test", OPEN, "10.0.0.1:80"))),
        (server(host("a.test"), host("a.test")), server(host("a.test"), host("a.test", OPEN))),
        (
            server(host("a.test"), host("b.test\nServerAlias *.test")),
            server(host("a.test"), host("b.test\nServerAlias *.test", OPEN)),
        ),
    ],
)  # fmt: skip
def test_where_hosts_share_what_changes_all_are_asked(before: Config, after: Config) -> None:
    assert touched_hosts(before, after) == changed_hosts(before, after)


def test_the_impact_beyond_fifty_hosts_is_told_of_those_that_change() -> None:
    names = [f"h{at}.test" for at in range(60)]
    before = server(*map(host, names))
    after = server(*map(host, names[:-1]), host(names[-1], OPEN))
    found = impact(before, after)
    assert {change.host for change in found.changed} == {"<VirtualHost *:80> (h59.test)"}
    assert found.skipped == 0


# -- fixes of many hosts -----------------------------------------------------------------------------------------------


def opening(config: Config) -> Iterator[Diagnostic]:
    """Opens what each host denies: what a repair must not."""
    for item in config.named("require"):
        if item.value == "all" and item.values[1] == "denied" and not item.server.is_main:
            edit = Edit(item.path, item.args[1].span, "granted")
            yield Diagnostic(item.path, item.span, "denied", Fix("Open it", (edit,), Applicability.REPAIR))


def told(texts: dict[str, str]) -> list[tuple[int, str]]:
    """The lines of the fixes, and why they were withheld; empty where they were not."""
    done = fix(job_of(texts, made(opening)), proof=gate.objection)
    return [*((one.line, one.reason) for one in done.withheld), *((one.line, "") for one in done.applied)]


@pytest.mark.parametrize("count", [2, 5, 60])
def test_fixes_of_many_hosts_are_withheld_for_what_each_does(count: int) -> None:
    names = [f"h{at}.test" for at in range(count)]
    found = told({MAIN: BASE + "".join(map(host, names))})
    assert len(found) == count
    for name, (_, reason) in zip(names, found, strict=True):
        assert reason.startswith(f"opened: http://{name}/")


@pytest.mark.slow
def test_they_are_what_each_would_be_told_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["", "Options Indexes\n", "<Files x>\nRequire all denied\n</Files>\n"]
    texts = {MAIN: BASE + "".join(host(f"h{at}.test", lines[at % 3]) for at in range(7))}
    together = told(texts)
    monkeypatch.setattr(sys.modules["modwsgi_fix.engine.run"], "batches", lambda config, fixes: [])
    assert told(texts) == together
    assert {bool(reason) for _, reason in together} == {True, False}


def test_only_what_lies_in_one_host_is_weighed_with_others() -> None:
    texts = {MAIN: BASE + host("a.test") + host("b.test") + "<Directory /x>\nRequire all denied\n</Directory>\n"}
    config = config_of(texts)
    edits = [Edit(item.path, item.args[1].span, "granted") for item in config.named("require")]
    main, a, b, last = (Fix("Open it", (edit,), Applicability.REPAIR) for edit in edits)
    both = Fix("Open both", (edits[1], edits[2]), Applicability.REPAIR)
    assert [set(batch) for batch in batches(config, [main, a, both, b, last])] == [{a, b}]


def test_hosts_are_apart_only_where_nothing_else_changes() -> None:
    before = server(host("a.test"), host("b.test"), host("c.test"))
    after = server(host("a.test", OPEN), host("b.test", OPEN), host("c.test"))
    more = server(host("a.test", OPEN), host("b.test", OPEN), host("c.test", OPEN))
    named = pairs(before, after)[1:3]
    assert are_apart(before, after, named)
    assert not are_apart(before, more, pairs(before, more)[1:3])
    assert not are_apart(before, server(host("a.test", "Alias /x /y\n"), host("b.test", OPEN), host("c.test")), named)
