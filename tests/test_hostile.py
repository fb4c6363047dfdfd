"""What hostile input costs grows as the input does; and however long it is, it is read, checked and fixed.

Counted are calls of functions, which are the same on every machine.
"""

from __future__ import annotations

import cProfile
from collections.abc import Callable

import pytest
from hostile import KINDS, Texts
from support import job_of

from modwsgi_fix import second_reader
from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Job, check, fix, gate, job, read
from modwsgi_fix.model import bounds
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.patterns import Unknown, search
from modwsgi_fix.model.reading import loading
from modwsgi_fix.rule import Rule, all_rules


def rules() -> list[Rule]:
    return [rule for rule in all_rules().values() if rule.default]


def all_of_it(texts: Texts) -> None:
    """Read, check and fix a server, with everybody who may object."""
    given = job_of(texts, *rules())
    config = read(given)
    assert config.files
    check(given, config)
    done = fix(given, Applicability.REPAIR, second_reader.objection, config, gate.objection)
    assert not done.failed
    assert not [one.reason for one in done.withheld if one.is_bug]


def calls(work: Callable[[], object]) -> int:
    """How many functions are called."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> int:
    """A lower limit than there is, that tests be quick."""
    monkeypatch.setattr(bounds, "MOST_READINGS", 2000)
    return 2000


@pytest.fixture(scope="module")
def warm() -> None:
    """What is looked up once for all is looked up."""
    for name in ("changed-hosts", "misspelt", "unclosed-location"):
        all_of_it(KINDS[name].made(2))


@pytest.mark.usefixtures("warm", "limit")
@pytest.mark.parametrize("name", list(KINDS))
def test_twice_as_much_costs_twice_as_much(name: str) -> None:
    made, few = KINDS[name].made, KINDS[name].few
    once = calls(lambda: all_of_it(made(few)))
    assert calls(lambda: all_of_it(made(2 * few))) <= 2.3 * once


@pytest.mark.usefixtures("warm")
def test_a_cost_by_pairs_would_be_noticed() -> None:
    def pairs(size: int) -> None:
        assert sum(abs(one - other) for one in range(size) for other in range(size)) > 0

    assert calls(lambda: pairs(200)) > 2.3 * calls(lambda: pairs(100))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["changed-hosts", "withheld-hosts", "unclosed-location", "misspelt"])
def test_a_server_is_read_as_often_however_many_lines_are_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[Config] = []

    def counted(*given: object, **named: object) -> Config:
        loads.append(loading.load(*given, **named))  # type: ignore[arg-type]
        return loads[-1]

    monkeypatch.setattr(job, "load", counted)
    numbers = []
    for size in (4, 9):
        loads.clear()
        all_of_it(KINDS[name].made(size))
        numbers.append(len(loads))
    assert numbers[0] == numbers[1] <= 6


# -- what is not followed ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_include_through_links_that_lead_round_ends_at_a_limit(limit: int) -> None:
    files = {
        "/etc/apache2/apache2.conf": f"Include {'*/' * 30}*.conf\nListen 80\n",
        "/etc/apache2/d/a.conf": "Timeout 5\n",
    }
    links = {f"/etc/apache2/d/{name}": "." for name in ("again", "more")}
    given = job_of(files, *rules(), links=links)
    config = read(given)
    assert any(f"more than {limit:,} lines" in gap.reason for gap in config.gaps)


def test_an_include_takes_the_directories_of_a_wildcard_in_order() -> None:
    texts = {f"/etc/apache2/{name}/x.conf": f"Listen {port}\n" for name, port in (("b", 2), ("a", 1), ("c", 3))}
    texts |= {
        "/etc/apache2/apache2.conf": "Include [ab]/*.conf\nInclude */x.conf\n",
        "/etc/apache2/a/y.conf": "Listen 4\n",
    }
    config = read(Job(job_of(texts).source, []))
    assert [item.value for item in config.named("listen")] == ["1", "4", "2", "1", "2", "3"]


@pytest.mark.parametrize("depth", [50, 200, 2000])
@pytest.mark.parametrize("opened", ["(", "(?:", "(a|", "(?=", "(?>"])
def test_an_expression_of_any_depth_has_an_answer(opened: str, depth: int) -> None:
    found = search(opened * depth + "x" + ")" * depth, "x" * 10)
    assert found is None or isinstance(found, Unknown) or found.groups[0] in ("x", "")
