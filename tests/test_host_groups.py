"""Which hosts of a server are alike is found out once for each state of it: for requests, for what a fix changes, and for rules."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from test_shapes import bad_hosts, crowds, job_of, names, renamed

from modwsgi_fix.effect import touched
from modwsgi_fix.engine import fix, quiet
from modwsgi_fix.engine import job as jobs
from modwsgi_fix.engine.gate import objection
from modwsgi_fix.engine.job import Job
from modwsgi_fix.engine.likeness import alike_to
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts import host_sections
from modwsgi_fix.model.facts.host_sections import section_of, text_of, texts_without
from modwsgi_fix.model.shapes.alike import Unit, by_shape, copies

pytestmark = pytest.mark.slow

_TWINS = """\
<VirtualHost *:80>
    ServerName {name}.example.org
    Redirect / https://{name}.example.org/
</VirtualHost>
<VirtualHost *:443>
    ServerName {name}.example.org
    SSLEngine on
    WSGIScriptAlias / /srv/{name}/wsgi.py
    <Location />
        Order allow,deny
        Allow from all
    </Location>
</VirtualHost>
"""


def servers() -> Iterator[Job]:
    """Crowds of hosts; pairs of hosts with one name; hosts with names that rules know, and one that another one speaks of."""
    yield from list(crowds())[::4]
    yield job_of({"all.conf": "".join(_TWINS.format(name=name) for name in names(40))})
    host = dict(bad_hosts())["allow-in-location"]
    known = [*names(60), "blog", "shop", "static", "private"]
    random.Random(1).shuffle(known)
    text = "".join(renamed(host, name) for name in known)
    yield job_of({"all.conf": text.replace("</VirtualHost>", f"    SetEnv NEXT {known[40]}\n</VirtualHost>", 1)})


def states(job: Job) -> list[tuple[Config, Config]]:
    """The server before and after each pass of fixes, as the gate is asked about them."""
    found: list[tuple[Config, Config]] = []

    def noted(before: Config, after: Config, *others: object) -> str | None:
        found.append((before, after))
        return objection(before, after, *others)  # type: ignore[arg-type]

    fix(job, proof=noted)
    return found


def test_hosts_are_alike_before_and_after_as_by_both_texts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [state for job in servers() for state in states(job)]
    of_each = [touched.alike(*state, touched.changed_hosts(*state)) for state in every]
    assert sum(touched._joined(*state, touched.changed_hosts(*state)) is not None for state in every) > 3
    monkeypatch.setattr(touched, "_joined", lambda *_: None)
    assert of_each == [touched.alike(*state, touched.changed_hosts(*state)) for state in every]
    assert sum(map(len, of_each)) > 100


def test_hosts_are_alike_to_rules_as_by_their_texts_and_the_words_that_rules_know() -> None:
    left_out = 0
    for job in servers():
        config = jobs.read(job)
        alone = [section for host in config.hosts if (section := section_of(host)) is not None]
        assert len(alone) == len(config.hosts)
        units = {Unit(one.path, one.node.start, one.node.end, text_of(one), whole=False): one for one in alone}
        groups = alike_to(job, list(units), list(texts_without(config, alone)))
        wanted = [units[unit] for alike in by_shape(groups or ()).values() for unit in copies(alike)]
        assert set(quiet._like_others(job, config)) == set(wanted)
        left_out += len(wanted)
    assert left_out > 100


def test_each_state_of_a_server_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    old = host_sections.in_groups
    monkeypatch.setattr(host_sections, "in_groups", lambda said, others: asked.append(len(said)) or old(said, others))
    job = job_of({"all.conf": "".join(renamed(dict(bad_hosts())["allow-in-location"], name) for name in names(60))})
    fixed = fix(job, proof=objection)
    touched.touched(fixed.before, fixed.after)
    passes = len({one.rule for one in fixed.applied})
    assert passes > 0
    assert asked == [60] * (1 + passes)


def _groups(text: str) -> list[tuple[int | None, tuple[str, ...]]]:
    """The shape and the words of each group of hosts."""
    config = jobs.read(job_of({"all.conf": text}))
    return [(group.shape, group.words) for group in host_sections.host_groups(config)]


def _by_macro(body: str, beside: str = "") -> str:
    uses = "".join(f"Use Site {name}\n" for name in names(40))
    return f"<Macro Site $name>\n{body.format(name='$name')}{beside}</Macro>\n{uses}"


def test_hosts_that_a_macro_writes_are_alike_as_they_are_when_they_are_written_out() -> None:
    """So a few of them are asked about requests; not where the macro says something beside its hosts."""
    written_out = _groups("".join(_TWINS.format(name=name) for name in names(40)))
    assert len(written_out) == 40
    assert len({shape for shape, _ in written_out}) == 1
    assert _groups(_by_macro(_TWINS)) == written_out
    under_condition = _groups(_by_macro(_TWINS).replace("Use Site", "<IfDefine !OFF>\nUse Site", 1) + "</IfDefine>\n")
    assert under_condition == written_out
    grant = "<Directory /srv/$name>\n    Require all granted\n</Directory>\n"
    assert _groups(_by_macro(_TWINS, grant)) == []
    includes = _TWINS.replace("    ServerName", "    Include tls.conf\n    ServerName")
    assert _groups(_by_macro(includes)) == []
    nested = (
        _by_macro(_TWINS)
        .replace("Use Site ", "Use Each ")
        .replace("</Macro>\n", "</Macro>\n<Macro Each $who>\nUse Site $who\n</Macro>\n", 1)
    )
    assert _groups(nested) == []
