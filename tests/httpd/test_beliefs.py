"""What rules believe of access, options, groups and mappings against what the model of a request says, on made servers.

A rule asks the model about a directory, with everyone for a visitor (``grant``, ``option``, ``process_group``,
``target_of``); ``trace`` is asked with one request. ``test_trace`` holds the latter against httpd.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator

import pytest

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import Served, target_of
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.access import access_of, grant
from modwsgi_fix.model.merge.groups import application_group, process_group
from modwsgi_fix.model.merge.places import may_override, option
from modwsgi_fix.model.merge.sections import location_sections
from modwsgi_fix.model.request import Branch, Kind, trace
from modwsgi_fix.model.request.visits import authority_of
from modwsgi_fix.model.urls import Mapping, aliases, mounts

from .agreement import model_of
from .grammar import Drawn, made_servers
from .proofs import everything

PARTS, CONFIGURATIONS = 2, 800 if everything() else 300
#: How often each belief must have been compared in a part, so that none is compared by name alone.
LEAST = {"admitted": 20, "refused": 20, "group": 10, "interpreter": 5, "listing": 5, "mapping": 30}
_FILE = "page.html"


@pytest.mark.parametrize("part", range(PARTS))
def test_what_rules_believe_is_what_a_request_meets(part: int) -> None:
    compared: Counter[str] = Counter()
    wrong: list[str] = []

    @made_servers(part, CONFIGURATIONS)
    def ask(one: Drawn) -> None:
        config = model_of(one.setup)
        for host in config.servers:
            for mapping in [*aliases(config, host), *mounts(config, host)]:
                for what, agrees, words in _compare(config, host, mapping):
                    compared[what] += 1
                    if not agrees:
                        wrong.append(
                            f"{what}: {mapping.item.name} {' '.join(mapping.item.values)}: {words}\n{_text(one)}"
                        )

    ask()
    assert wrong == [], f"{len(wrong)} of {compared.total()}\n\n" + "\n\n".join(wrong[:3])
    assert {what: compared[what] for what, least in LEAST.items() if compared[what] < least} == {}


def _text(one: Drawn) -> str:
    return str(one.setup.files["site.conf"])


def _compare(config: Config, host: Server, mapping: Mapping) -> Iterator[tuple[str, bool, str]]:
    target = target_of(config, mapping)
    if target is None or mapping.is_regex or not target.path.startswith("/"):
        return
    if target.file is None and mapping.url.endswith("/") != mapping.target.endswith("/"):
        return  # What is behind the URL is put right behind the target: alias-trailing-slash.
    url = mapping.url if target.file is not None else posixpath.join(mapping.url, _FILE)
    branches = _branches(config, host, mapping, url)
    if not branches:
        return
    outcomes = [branch.outcome for branch in branches]
    if target.file is not None and all(one.kind is Kind.APPLICATION for one in outcomes):
        yield "mapping", all(one.file == target.path for one in outcomes), str([one.file for one in outcomes])
        yield from _groups(config, host, mapping, branches)
    elif all(one.kind is Kind.FILE for one in outcomes) and target.file is None:
        path = posixpath.join(target.path, _FILE)
        yield "mapping", all(one.file == path for one in outcomes), str([one.file for one in outcomes])
    if not any(not access_of(section).is_empty for section in location_sections(config, host)):
        yield from _access(config, host, target, branches)
    if target.file is None and not _locations_say(config, host, "options"):
        yield from _listing(config, host, mapping, target)


def _branches(config: Config, host: Server, mapping: Mapping, url: str) -> list[Branch]:
    """The ways that a request goes which this mapping leads to the disk, where all of them do."""
    authority = authority_of(config, host)
    if authority is None or not url.startswith("/"):
        return []
    branches = list(trace(config, authority.request(url)))
    led = [
        branch
        for branch in branches
        if branch.outcome.server is host
        and any(step.phase == "mapping" and step.item is mapping.item for step in branch.outcome.because)
        and branch.outcome.kind not in (Kind.UNKNOWN, Kind.REDIRECT)
        # Of what takes the place of a missing file the mapping says nothing.
        and not any(step.item is not None and step.item.key == "fallbackresource" for step in branch.outcome.because)
    ]
    return led if len(led) == len(branches) else []


def _access(config: Config, host: Server, target: Served, branches: list[Branch]) -> Iterator[tuple[str, bool, str]]:
    if may_override(config, host, target.directory):
        return
    belief = grant(config, host, target.directory, target.file or _FILE)
    refused = [
        (branch.outcome.kind is Kind.REFUSED and branch.outcome.reason not in ("ExecCGI is off", "a directory without index", "the WSGI script is a directory"))
        or branch.outcome.reason in ("AuthType without Require", "a log-in is required, and no AuthType says how")
        for branch in branches
    ]  # fmt: skip
    words = f"{belief.allowed} of {target.path}, and {[branch.outcome.short for branch in branches]}"
    if belief.allowed is True:
        yield "admitted", not any(refused), words
    elif belief.allowed is False:
        yield "refused", all(refused), words


def _groups(config: Config, host: Server, mapping: Mapping, branches: list[Branch]) -> Iterator[tuple[str, bool, str]]:
    group = process_group(config, host, mapping).name
    if group is not None:
        met = [branch.outcome.process_group for branch in branches]
        yield "group", all(one == group for one in met), f"{group!r}, and {met}"
    interpreter = application_group(config, host, mapping).name
    if interpreter is not None and not interpreter.startswith("%{"):
        met = [branch.outcome.application_group for branch in branches]
        yield "interpreter", all(one == interpreter for one in met), f"{interpreter!r}, and {met}"


def _listing(config: Config, host: Server, mapping: Mapping, target: Served) -> Iterator[tuple[str, bool, str]]:
    if may_override(config, host, target.directory):
        return
    url = mapping.url.rstrip("/") + "/"
    outcomes = [branch.outcome for branch in _branches(config, host, mapping, url)]
    believed = option(config, host, target.directory, "indexes").on
    if believed is None:
        return
    if outcomes and all(one.kind is Kind.LISTING for one in outcomes):
        yield "listing", believed, f"Indexes is believed {believed} in {target.path}, which is listed"
    elif outcomes and all(one.reason == "a directory without index" for one in outcomes):
        yield "listing", not believed, f"Indexes is believed {believed} in {target.path}, which is not listed"


def _locations_say(config: Config, host: Server, key: str) -> bool:
    return any(child.key == key for section in location_sections(config, host) for child in section.children)
