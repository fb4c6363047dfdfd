"""What the findings of a rule depend on (``Scope``): asked about a part of a server, it tells what it tells there of all of it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from support import ROOT as PROJECT
from support import SHARED
from test_again import HOST, NAMES, load, same, texts, written
from test_shapes import ROOT, job_of, names, renamed

import modwsgi_fix
import modwsgi_rules
from modwsgi_fix.engine import job as jobs
from modwsgi_fix.engine.check import findings
from modwsgi_fix.engine.job import Job
from modwsgi_fix.examples import examples
from modwsgi_fix.model.config import Asked, Config
from modwsgi_fix.model.shapes.alike import TURNS
from modwsgi_fix.model.shapes.hosts import hosts_in
from modwsgi_fix.model.shapes.words import words
from modwsgi_fix.rule import Diagnostic, Rule, Scope, all_rules
from modwsgi_fix.text import decode

pytestmark = pytest.mark.slow


def rules_of(*scopes: Scope) -> list[Rule]:
    return [rule for rule in all_rules().values() if rule.scope in scopes]


def public_hosts() -> Iterator[str]:
    """A few hosts of each public configuration, where there are any."""
    for path in sorted(SHARED.rglob("*")) if SHARED.is_dir() else ():
        if path.is_file() and path.stat().st_size < 60_000:
            text = decode(path.read_bytes())
            yield from (text[start:end] for start, end in hosts_in(text).hosts[:4])


class Sample(NamedTuple):
    """The text of a host that has a name, is understood as a whole and does not change how others are read, and the names of the directives of a server that has no other."""

    text: str
    names: frozenset[str]


@cache
def samples() -> list[Sample]:
    """The hosts of the rules' examples, in a host of their own where they have none, and some public ones."""
    found = []
    for rule in all_rules().values():
        for example in examples(rule.page):
            for text in example.before.values() if example.kind != "python" else ():
                hosts = [text[start:end] for start, end in hosts_in(text).hosts]
                found += hosts or [f"<VirtualHost *:80>\n    ServerName site.example\n{text}</VirtualHost>\n"]
    drawn = random.Random(1)
    found = drawn.sample(found, 250)
    public = list(public_hosts())
    found += drawn.sample(public, min(len(public), 150))
    # Which address a host has decides about others.
    found = [re.sub(r"(?i)<VirtualHost\b[^>]*>", "<VirtualHost *:80>", text).rstrip("\n") + "\n" for text in found]
    configs = ((text, jobs.read(job_of({"all.conf": text}))) for text in found if len(hosts_in(text).hosts) == 1)
    return [
        Sample(text, config.names)
        for text, config in configs
        if b"servername" in words(text)
        and not words(text) & (TURNS | {b"include", b"includeoptional"})
        and not config.gaps
        and not any(file.tree.problems for file in config.files.values())
    ]


def said(job: Job, config: Config, rules: list[Rule], host: str) -> list[tuple[object, ...]]:
    """What rules say of a host, whatever its place, and of the main file."""

    def told(one: Diagnostic, start: int) -> tuple[object, ...]:
        return one.rule, one.span.start - start, one.message, one.help, one.fix is None, len(one.related)

    found = []
    for one in findings(config, rules):
        file = config.files[one.path]
        start = file.text.find(host) if one.path != f"{ROOT}/apache2.conf" else 0
        if start >= 0 and (one.path == f"{ROOT}/apache2.conf" or start <= one.span.start < start + len(host)):
            found.append(told(one, start))
    return found


def test_of_other_hosts_only_the_names_of_their_directives_matter_to_rules_about_hosts() -> None:
    rules = rules_of(Scope.HOST)
    drawn = random.Random(2)
    told = 0
    for at, sample in enumerate(samples()):
        mine, *others = names(6, seed=at)
        host = renamed(sample.text, mine)
        # The first host at an address says whether TLS is spoken there, so hosts with it and without it are not put together.
        like = [one.text for one in samples() if one.names <= sample.names and _speaks(one) == _speaks(sample)]
        beside = [
            renamed(text, name) for text, name in zip([sample.text, *drawn.choices(like, k=4)], others, strict=True)
        ]
        beside = [text for text in beside if not _names(host) & _names(text)]
        all_of_them = [*beside, host]
        drawn.shuffle(all_of_them)
        alone, among = (job_of({"all.conf": text}) for text in (host, "".join(all_of_them)))
        of_host = said(alone, jobs.read(alone), rules, host)
        assert said(among, jobs.read(among), rules, host) == of_host, "".join(all_of_them)
        told += len(of_host)
    assert told > 60


def _speaks(sample: Sample) -> bool:
    return "sslengine" in sample.names


def _names(host: str) -> set[bytes]:
    """The words of a host's paths and of its name, which no other host may share with it here."""
    lines = re.findall(r"(?im)^.*(?:/\w|servername|serveralias|daemonprocess).*$", host)
    common = b"srv www home var log apache2 http https etc usr local share lib static media server virtualhost".split()
    return {word for word in words("\n".join(lines)) - set(common) if len(word) > 5 and word not in words(HOST)}


def asked_of(config: Config, drawn: random.Random) -> tuple[Asked, list[tuple[str, int, int]]]:
    """Some hosts of a server, with their files and all that is outside of hosts; and where the others are."""
    left_out = set(drawn.sample(config.hosts, k=len(config.hosts) // 2))
    places = [(one.item.path, one.item.node.start, one.item.node.end) for one in left_out if one.item is not None]
    paths = {path for path, _, _ in places}
    kept = {server.item.path for server in config.hosts if server.item is not None and server not in left_out}
    files = frozenset(file for file in config.files.values() if file.path not in paths - kept)
    return Asked(frozenset(config.servers) - left_out, files), places


@pytest.mark.parametrize("each", [False, True], ids=["one file", "a file each"])
def test_rules_that_are_asked_about_some_hosts_tell_what_they_tell_of_these_among_all(each: bool) -> None:  # noqa: FBT001
    rules = rules_of(Scope.FILE, Scope.HOST)
    drawn = random.Random(3)
    hosts = [sample.text for sample in samples()]
    told = kept = 0
    for first in range(0, len(hosts), 8):
        some = [renamed(host, name) for host, name in zip(hosts[first : first + 8], names(8, seed=first), strict=False)]
        job = job_of({f"{at:02}.conf": text for at, text in enumerate(some)} if each else {"all.conf": "".join(some)})
        config = jobs.read(job)
        asked, places = asked_of(config, drawn)
        for rule in rules:
            every = findings(config, [rule])
            if rule.scope is Scope.FILE:
                wanted = [one for one in every if config.files[one.path] in asked.files]
            else:
                wanted = [
                    one for one in every if not any(p == one.path and s <= one.span.start < e for p, s, e in places)
                ]
            assert findings(config.about(asked), [rule]) == wanted, rule.name
            told, kept = told + len(every), kept + len(wanted)
    assert told > kept > 30


def test_what_a_rule_says_of_its_scope_is_what_it_does() -> None:
    for rule in all_rules().values():
        text = Path(str(modwsgi_rules.__path__[0]), rule.family, f"{rule.name.replace('-', '_')}.py").read_text()
        assert (rule.scope is Scope.HOST) == bool(re.search(r"config\.ask(?:s|ed_about)\b", text)), rule.name
        assert (rule.scope is Scope.FILE) <= ("in files(config)" in text), rule.name
        assert ("in files(config)" in text) <= (rule.scope is Scope.FILE) or rule.name in {
            # These look at the server as well.
            "condition-above-module",
            "removed-module",
        }


def test_facts_are_about_all_servers() -> None:
    asking = {
        str(path.relative_to(PROJECT / "fixer"))
        for path in Path(str(modwsgi_fix.__path__[0])).rglob("*.py")
        if re.search(r"\.ask(?:s|ed_about)\b|\bin files\(config\)|def asks\b", path.read_text("utf-8"))
    }
    assert asking == {"modwsgi_fix/model/config.py", "modwsgi_fix/model/lines.py", "modwsgi_fix/rule.py"}


# -- in a server that is checked again ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [("threads=5", "threads=7"), ("WSGIProcessGroup wexpyla", "WSGIProcessGroup wexpyla x")]
)
def test_rules_about_hosts_are_asked_again_about_the_host_that_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str]
) -> None:
    """Also where a line is refused, unless a rule that is not asked there may say why."""
    directory = written(tmp_path / "conf", texts())
    first = load(directory)
    first.check()
    path = directory / "sites/04.conf"
    rule = all_rules()["static-directory-not-granted"]
    asked: list[tuple[int, int]] = []
    check = rule.check

    def counted(config: Config) -> Iterator[Diagnostic]:
        asked.append((sum(map(config.asks, config.hosts)), len(config.hosts)))
        yield from check(config)

    monkeypatch.setattr(rule, "check", counted)
    first.changed({path: path.read_text().replace(*change, 1)}).check()
    of_part = [one for one in asked if one[1] < len(NAMES)]
    assert of_part == [(1, 4), (1, 4)]


#: What is written into the first host of sites/04.conf that matters to the others, which share no words with it.
FAR = {
    "a directive that none had, and that rules ask for": "UserDir public_html",
    "a section that overrides all others": '<If "true">\n        Require all granted\n    </If>',
    "how access is merged": "<Directory /srv>\n        AuthMerging And\n    </Directory>",
    "the names of others": "ServerAlias *",
}


@pytest.mark.parametrize("line", FAR.values(), ids=FAR)
def test_what_a_host_does_to_others_is_told(tmp_path: Path, line: str) -> None:
    host = HOST.replace("/srv/{name}/static>", "/srv/{name}/statics>")
    directory = written(tmp_path / "conf", texts(host))
    first = load(directory)
    assert {one.rule for one in first.check().findings} >= {"grant-beside-what-is-served"}
    path = directory / "sites/04.conf"
    text = path.read_text()
    changed = text.replace("    WSGIApplicationGroup", f"    {line}\n    WSGIApplicationGroup", 1)
    second = first.changed({path: changed})
    same(second, directory, {str(path): changed})
    same(second.changed({path: text}), directory, {})
