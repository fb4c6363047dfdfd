"""Which hosts a change may touch, and fixes that are each weighed on a host of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import config_of, job_of, made

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.effect.classes import differences
from modwsgi_fix.effect.impact import impact
from modwsgi_fix.effect.touched import are_apart, changed_hosts, pairs
from modwsgi_fix.effect.touched import touched as affected
from modwsgi_fix.engine import fix, gate
from modwsgi_fix.engine.apart import batches
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.servers import own_name
from modwsgi_fix.rule import Diagnostic

MAIN = "/etc/apache2/apache2.conf"
BASE = "Listen 80\n<Directory />\nRequire all denied\n</Directory>\n"


def host(name: str, lines: str = "", address: str = "*:80", own: str = "") -> str:
    """A host with lines in the section of its directory, and lines of its ``own``."""
    return (
        f"<VirtualHost {address}>\nServerName {name}\n{own}DocumentRoot /srv/{name}\n"
        f"<Directory /srv/{name}>\nRequire all denied\n{lines}</Directory>\n</VirtualHost>\n"
    )


def server(*hosts: str, base: str = BASE) -> Config:
    return config_of({MAIN: base + "".join(hosts)})


def touched(before: Config, after: Config) -> list[str]:
    """The hosts that are touched; the main server is always asked."""
    return [
        own_name(pair.after) or "" for pair in affected(before, after).hosts if pair.after and not pair.after.is_main
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
        # What all share: the main server, the hosts' names, variables that are set for access.
        (server(host("a.test"), host("b.test")), server(host("a.test"), host("b.test", OPEN), base=BASE + "Timeout 5\n")),
        (server(host("a.test"), host("b.test")), server(host("a.test"), host("d.test"))),
        (server(host("a.test"), host("b.test")), server(host("a.test"), host("b.test", "SetEnvIf Host x y\n"))),
        # Hosts that may answer for one another: by an address, a pattern, or a name that both have.
        (server(host("a.test"), host("b.test", "", "10.0.0.1:80")), server(host("a.test"), host("b.test", OPEN, "10.0.0.1:80"))),
        (server(host("a.test"), host("a.test")), server(host("a.test", OPEN), host("a.test"))),
        (
            server(host("b.test\nServerAlias *.test"), host("a.test")),
            server(host("b.test\nServerAlias *.test", OPEN), host("a.test")),
        ),
    ],
)  # fmt: skip
def test_where_hosts_share_what_changes_all_are_asked(before: Config, after: Config) -> None:
    names = [own_name(pair.after) for pair in changed_hosts(before, after) if pair.after and not pair.after.is_main]
    assert touched(before, after) == names
    assert len(names) == 2


@pytest.mark.parametrize(
    ("name", "address", "own", "asked", "is_touched"),
    [
        # It is told from the other by its name.
        ("b.test", "*:80", "", "*:80", False),
        ("b.test", "192.0.2.1:80", "", "192.0.2.1:80", False),
        # The other is never asked at its address, or at its port.
        ("b.test", "192.0.2.2:80", "", "192.0.2.1:80", False),
        ("a.test", "*:443", "", "*:80", False),
        ("a.test", "*:80", "", "192.0.2.1:80", False),
        # A request to any address may arrive at its own, where it is the only host.
        ("b.test", "192.0.2.2:80", "", "*:80", True),
        ("b.test", "192.0.2.2:*", "", "*:80", True),
        # It has the other's name.
        ("A.test", "*:80", "", "*:80", True),
        ("b.test", "*:80", "ServerAlias a.*\n", "*:80", True),
        ("b.test", "*:80", "ServerAlias other.test ${NAME}\n", "*:80", True),
        ("b.test", "${ADDRESS}:80", "", "192.0.2.1:80", True),
    ],
)
def test_a_host_is_touched_by_one_that_may_answer_for_it(
    name: str, address: str, own: str, asked: str, *, is_touched: bool
) -> None:
    first, last = host("first.test", address="*:80 192.0.2.1:80"), host("a.test", address=asked)
    before, after = (server(first, host(name, lines, address, own), last) for lines in ("", OPEN))
    assert (before.hosts[-1] in [pair.before for pair in affected(before, after).hosts]) is is_touched


def test_a_name_that_an_earlier_host_has_leads_to_no_later_one() -> None:
    hosts = host("a.test"), host("b.test")
    before, after = (server(*hosts, host("a.test", lines, own="ServerAlias *.test\n")) for lines in ("", OPEN))
    assert [pair.before for pair in affected(before, after).hosts] == [before.hosts[-1]]


def test_the_first_host_at_an_address_touches_those_whose_name_may_lead_nowhere() -> None:
    def text(lines: str) -> str:
        return host("first.test", lines) + f"<IfDefine X>\n{host('a.test')}</IfDefine>\n" + host("b.test")

    before, after = (config_of({"/etc/apache2/sites/one.conf": text(lines)}) for lines in ("", OPEN))
    assert touched(before, after) == ["first.test", "a.test"]


@pytest.mark.parametrize(
    ("use", "names"),
    [
        ("WSGIProcessGroup blog\n", []),
        ("WSGIProcessGroup %{GLOBAL}\n", []),
        ("WSGIProcessGroup shop\n", ["a.test"]),
        ("WSGIProcessGroup %{ENV:GROUP}\n", ["a.test"]),
        ("WSGIProcessGroup ${GROUP}\n", ["a.test"]),
        ("WSGIScriptAlias / /srv/a.wsgi process-group=shop\n", ["a.test"]),
        ("WSGIHandlerScript wsgi /srv/a.wsgi process-group=shop\n", ["a.test"]),
    ],
)
@pytest.mark.parametrize("line", ["user=www", '"user=www"', "home=/srv", None])
def test_a_process_group_touches_those_that_select_it(use: str, names: list[str], line: str | None) -> None:
    hosts = host("a.test", own=use), host("b.test")
    defined = BASE + "WSGIDaemonProcess blog\n"
    before = server(*hosts, base=defined + "WSGIDaemonProcess shop user=www home=/srv\n")
    after = server(*hosts, base=defined + (f"WSGIDaemonProcess shop {line}\n" if line else ""))
    assert touched(before, after) == names
    # What the main server selects, it selects for all.
    if "Alias" not in use:
        bases = (config.files[MAIN].text.partition("<VirtualHost")[0] + use for config in (before, after))
        assert touched(*(server(*hosts, base=base) for base in bases)) == (["a.test", "b.test"] if names else [])


def test_a_definition_that_moves_to_another_host_touches_those_that_select_it() -> None:
    line, use = "WSGIDaemonProcess d\n", "WSGIProcessGroup d\n"
    before = server(host("a.test", own=line), host("b.test"), host("c.test", own=use))
    after = server(host("a.test"), host("b.test", own=line), host("c.test", own=use))
    assert touched(before, after) == ["c.test"]
    assert not are_apart(before, after, pairs(before, after)[1:3])


@pytest.mark.parametrize("line", ["Listen 80\n", "LoadModule wsgi_module m.so\n"])
def test_a_repetition_touches_nobody(line: str) -> None:
    once, twice = (server(host("a.test"), base=line + BASE + more) for more in ("", line))
    assert touched(once, twice) == []
    assert touched(
        once, server(host("a.test"), base=line + BASE + line.replace("80", "81").replace("wsgi", "ssl"))
    ) == ["a.test"]


_PARTS = st.fixed_dictionaries(
    {
        "address": st.sampled_from(
            ["*:80", "192.0.2.1:80", "192.0.2.1:80 *:80", "192.0.2.2", "*", "*:443", "_default_:80"]
        ),
        "names": st.sampled_from(
            [
                "ServerName a.test\n",
                "ServerName b.test\n",
                "ServerName c.test\nServerAlias b.test\n",
                "ServerAlias *.test\n",
                "",
            ]
        ),
        "own": st.sampled_from(
            ["", "WSGIProcessGroup g\n", "WSGIProcessGroup h\n", "WSGIDaemonProcess g\n", "WSGIProcessGroup %{ENV:G}\n"]
        ),
        "condition": st.sampled_from(["{}", "{}", "<IfDefine X>\n{}</IfDefine>\n", "<IfDefine !X>\n{}</IfDefine>\n"]),
    }
)
_STATES = st.tuples(
    *[st.sampled_from(["", "Require all granted\n", "WSGIDaemonProcess g\n", "WSGIDaemonProcess g user=u\n"])] * 2
)


def _composed(hosts: Sequence[tuple[Mapping[str, str], tuple[str, str]]], which: int) -> str:
    """A server of hosts that each say something else before and after (``which``)."""
    text = "Listen 80\n"
    for at, (parts, states) in enumerate(hosts):
        defines = states[which] if "WSGIDaemon" in states[which] else ""
        opens = "" if defines else states[which]
        text += parts["condition"].format(
            f"<VirtualHost {parts['address']}>\n{parts['names']}{parts['own']}{defines}WSGIScriptAlias /app /srv/app{at}.wsgi\n"
            f"<Directory /srv>\nRequire all denied\n{opens}</Directory>\n</VirtualHost>\n"
        )
    return text


@pytest.mark.slow
@settings(max_examples=100)
@given(
    st.lists(st.tuples(_PARTS, _STATES), min_size=2, max_size=4), st.sampled_from([MAIN, "/etc/apache2/sites/one.conf"])
)
def test_no_host_that_is_not_touched_answers_in_another_way(
    hosts: list[tuple[Mapping[str, str], tuple[str, str]]], path: str
) -> None:
    before, after = (config_of({path: _composed(hosts, which)}) for which in (0, 1))
    asked = set(affected(before, after).hosts)
    for pair in changed_hosts(before, after):
        if pair not in asked:
            assert [str(one) for one in differences(before, after, pair)] == []


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
