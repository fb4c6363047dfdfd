"""Order, Allow, Deny and Satisfy, and what old-access-directives makes of them, ask for ask on the real httpd.

Each case is a small server of its own for the rule; for httpd, hundreds of them stand side by side in one server, each in
directories of its own, once as written and once as converted. Only status codes are compared: they are the decision.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Job, fix
from modwsgi_fix.files import Memory
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import all_rules

from .conftest import Serve
from .probe import Probe
from .server import Setup

ORDERS = ("", "Order allow,deny", "Order deny,allow", "Order mutual-failure")
#: The client is 127.0.0.1; the variable is there where the probe sends the header.
WHO = ("", "all", "127.0.0.1", "10.1", "env=asked", "env=!asked")
SATISFY = ("", "Satisfy All", "Satisfy Any")
REQUIRE = ("", "Require valid-user", "Require user eve", "Require all granted", "Require all denied")
#: A request for anyone, for a user, for one with a wrong password; with and without the variable.
LOGINS = ("", "ann:secret", "ann:wrong")

_AUTH = ("AuthType Basic", "AuthName x", "AuthUserFile /srv/users")


#: A directory, one below it, a file in that one, and the URLs of the two: httpd merges them in this order.
KINDS = ("Directory", "Below", "Files", "Around", "Location")


@dataclass(frozen=True)
class Case:
    """What stands in the sections of a directory; by kind. ``conditions`` are those around some of them."""

    layers: Mapping[str, tuple[str, ...]]
    conditions: Mapping[str, str] = field(default_factory=dict)

    def text(self, number: int) -> str:
        around = f"/srv/m/{number}"
        outer, below, files, around_it, location = (
            _block(opening, self.layers.get(kind))
            for kind, opening in zip(
                KINDS,
                (
                    f"Directory {around}",
                    f"Directory {around}/b",
                    "Files f",
                    f"Location /m/{number}",
                    f"Location /m/{number}/b",
                ),
                strict=True,
            )
        )
        if files:
            below = below or _block(f"Directory {around}/b", ())
            below[-1:-1] = [f"    {line}" for line in files]
        outer, below, around_it, location = (
            _within(self.conditions.get(kind), lines)
            for kind, lines in (("Directory", outer), ("Below", below), ("Around", around_it), ("Location", location))
        )
        # The order in the file is not that of the merge.
        return "".join(f"{line}\n" for line in (*around_it, *location, *below, *outer))


def _within(condition: str | None, lines: list[str]) -> list[str]:
    return [f"<{condition}>", *lines, f"</{condition.partition(' ')[0]}>"] if condition and lines else lines


def _block(opening: str, lines: Sequence[str] | None) -> list[str]:
    if lines is None:
        return []
    return [f"<{opening}>", *(f"    {line}" for line in lines), f"</{opening.partition(' ')[0]}>"]


def section(order: str, allow: str, deny: str, satisfy: str, require: str) -> tuple[str, ...]:
    lines = [order, f"Allow from {allow}" if allow else "", f"Deny from {deny}" if deny else "", satisfy, require]
    wants_user = require.startswith(("Require valid", "Require user"))
    return (*(_AUTH if wants_user else ()), *(line for line in lines if line))


#: Every section there is; and those that say one thing only, which are what is hard to merge.
SECTIONS = [section(*each) for each in itertools.product(ORDERS, WHO, WHO, SATISFY, REQUIRE)]


def convert(text: str) -> str | None:
    """The text as the rule converts it, or None where it does not."""
    files = Memory({"httpd.conf": text})
    done = fix(Job(find_sources(files, ["httpd.conf"])[0], [all_rules()["old-access-directives"]]), Applicability.SAFE)
    assert not done.withheld
    return done.files[0].after if done.files else None


def _probes(numbers: Iterable[int]) -> list[Probe]:
    found = []
    for number, login, variable in itertools.product(numbers, LOGINS, (False, True)):
        headers = (("X-Asked", "yes"),) if variable else ()
        if login:
            headers += (("Authorization", "Basic " + base64.b64encode(login.encode()).decode()),)
        found += [Probe("m.example", f"/m/{number}/{path}", headers=headers) for path in ("f", "b/f")]
    return found


def _setup(texts: Sequence[str]) -> Setup:
    users = "ann:{SHA}" + base64.b64encode(hashlib.sha1(b"secret").digest()).decode() + "\n"
    tree = {"/srv/users": users}
    for number in range(len(texts)):
        tree |= {f"/srv/m/{number}/f": "x", f"/srv/m/{number}/b/f": "x"}
    head = "Define THERE\nSetEnvIf X-Asked yes asked\nAlias /m /srv/m\n"
    return Setup({"httpd24.conf": head + "".join(texts)}, tree, base=None, listen=(80,))


def _differences(serve: Serve, cases: Sequence[Case]) -> tuple[int, list[str]]:
    """How many cases are converted, and where httpd then answers otherwise."""
    converted = []
    for case in cases:
        number = len(converted)
        before = case.text(number)
        after = convert(before)
        if after is not None:
            assert convert(after) is None, after
            converted.append((before, after))
    asked = _probes(range(len(converted)))
    before = serve(_setup([pair[0] for pair in converted]), asked)
    after = serve(_setup([pair[1] for pair in converted]), asked)
    assert before.started, before.messages
    assert after.started, after.messages
    wrong = [
        f"{probe}: {before.answers[probe].status} and then {after.answers[probe].status}\n"
        + "was:\n{}\nis:\n{}".format(*converted[int(probe.path.split("/")[2])])
        for probe in asked
        if before.answers[probe].status != after.answers[probe].status
    ]
    return len(converted), wrong


def test_every_single_section(serve: Serve) -> None:
    cases = [Case({"Directory": lines}) for lines in OLD_ONLY + SECTIONS]
    count, wrong = _differences(serve, random.Random(24).sample(cases, 600))
    assert wrong == [], wrong[0]
    assert count > 500


#: Whole addresses, beginnings, networks, names, and several on one line.
CLIENTS = (
    "127", "127.", "127.0.0.0/8", "127.0.0.0/255.0.0.0", "127.0.0.1/32", "::1", "2001:db8::/32", "localhost", "LOCALHOST",
    ".localdomain", "host", "10.1 192.0.2.0/24 .example.com", "10 127.0.0.1 env=asked", "env=!asked localhost", "10 all",
)  # fmt: skip


def test_every_way_to_name_a_client(serve: Serve) -> None:
    cases = [
        Case({"Directory": section(order, allow, deny, "", "")})
        for order in ORDERS
        for client in CLIENTS
        for allow, deny in ((client, ""), ("", client), (client, "all"), ("all", client), ("127.0.0.1", client))
    ]
    count, wrong = _differences(serve, cases)
    assert wrong == [], wrong[0]
    assert count == len(cases)


OLD_ONLY = [lines for lines in SECTIONS if lines and not any(line.startswith("Require") for line in lines)]
NEW_ONLY = [section("", "", "", "", require) for require in REQUIRE if require]


def merged(kinds: Sequence[str], count: int) -> list[Case]:
    """Sections merged one over the other, at random, and always the same ones."""
    pick = random.Random(" ".join(kinds))
    pools = (SECTIONS, OLD_ONLY, NEW_ONLY)
    return [Case({kind: pick.choice(pick.choice(pools)) for kind in kinds}) for _ in range(count)]


MERGES = [
    ("Directory", "Below"),
    ("Directory", "Files"),
    ("Directory", "Location"),
    ("Below", "Files", "Location"),
    ("Files", "Around", "Location"),
    KINDS,
]


@pytest.mark.parametrize("kinds", MERGES, ids=" ".join)
def test_sections_that_are_merged(serve: Serve, kinds: Sequence[str]) -> None:
    count, wrong = _differences(serve, merged(kinds, 900))
    assert wrong == [], wrong[0]
    assert count > 50


#: The first is met by the server, the second is not; from the files alone neither can be told.
CONDITIONS = ("IfDefine THERE", "IfDefine NOT_THERE", "IfModule mod_alias.c")


@pytest.mark.parametrize("kinds", MERGES[:1] + MERGES[2:3] + MERGES[4:], ids=" ".join)
def test_sections_under_conditions(serve: Serve, kinds: Sequence[str]) -> None:
    pick = random.Random(" ".join(("if", *kinds)))
    cases = [
        Case(one.layers, {kind: pick.choice(CONDITIONS) for kind in kinds if kind != "Files" and pick.random() < 0.5})
        for one in merged(kinds, 900)
    ]
    count, wrong = _differences(serve, cases)
    assert wrong == [], wrong[0]
    assert count > 50
