"""Hosts that are alike are asked once: with and without that, the same is found, at the same places.

Only silence is shared; so each test makes many copies of hosts and compares what is found in all of them with what is
found where every host is read.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping

import pytest
from support import SHARED

from modwsgi_fix import syntax
from modwsgi_fix.edits import Applicability
from modwsgi_fix.effect import impact, touched
from modwsgi_fix.effect.starting import verdict
from modwsgi_fix.engine import Fixed, fix, quiet, run, shapes
from modwsgi_fix.engine import job as jobs
from modwsgi_fix.engine.check import Silence, findings
from modwsgi_fix.engine.gate import objection
from modwsgi_fix.engine.job import Job
from modwsgi_fix.examples import examples
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts import closed, host_sections
from modwsgi_fix.model.reading import kept
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.model.shapes import hosts as hosts_of
from modwsgi_fix.rule import all_rules
from modwsgi_fix.text import decode

pytestmark = pytest.mark.slow

MAIN = """\
ServerName www.example.com
LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so
Listen 80
<Directory />
    AllowOverride None
    Require all denied
</Directory>
<FilesMatch "^\\.ht">
    Require all denied
</FilesMatch>
IncludeOptional sites-enabled/*.conf
"""
HOST = """\
# {name} of {group}
<VirtualHost *:80>
    ServerName {name}.example.org
    ServerAlias www.{name}.example.org
    WSGIDaemonProcess {group} threads=5 python-home=/srv/{name}/venv
    WSGIProcessGroup {group}
    WSGIApplicationGroup %{{GLOBAL}}
    WSGIScriptAlias / /srv/{name}/wsgi.py
    Alias /static/ /srv/{name}/static/
    <Directory /srv/{name}/static>
        Options -Indexes -FollowSymLinks
        AllowOverride None
        Require all granted
    </Directory>
    <Directory /srv/{name}>
        <Files wsgi.py>
            Require all granted
        </Files>
    </Directory>
</VirtualHost>
"""
#: As customers are called; none of these words is one that a rule knows.
SYLLABLES = ("ba", "ko", "lum", "tri", "zen", "qua", "mo", "fel", "nir", "sol", "wex", "pyl")
ROOT = "/etc/apache2"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few hosts are enough, so that a test can afford to read them all."""
    for module in (shapes, quiet, run):
        monkeypatch.setattr(module, "FEW", 6)


def names(count: int, seed: float = 1) -> list[str]:
    """Names of customers, no two the same, most of one length."""
    drawn = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(drawn.choice(SYLLABLES) for _ in range(drawn.randint(3, 4)))] = None
    return list(found)


def copies(template: str = HOST, count: int = 12) -> dict[str, str]:
    """Files of a host each, by name."""
    return {
        f"{at:03}-{name}.conf": template.format(name=name, group=f"{name}grp") for at, name in enumerate(names(count))
    }


def job_of(sites: Mapping[str, str], main: str = MAIN, others: Mapping[str, str] | None = None) -> Job:
    files = {f"{ROOT}/apache2.conf": main} | {f"{ROOT}/sites-enabled/{name}": text for name, text in sites.items()}
    (source,) = find_sources(Memory({**files, **(others or {})}), [ROOT])
    return Job(source, [rule for rule in all_rules().values() if rule.default])


def said(job: Job, config: Config) -> list[tuple[object, ...]]:
    """What the rules say, each with its line and column, and what is not understood."""
    found = [
        (
            config.source(d.path).name,
            *config.source(d.path).lines.position(d.span.start),
            d.rule,
            d.message,
            d.help,
            d.severity,
        )
        for d in findings(config, job.rules)
    ]
    return [*found, *((config.files[gap.path].name, gap.span, gap.kind, gap.reason) for gap in config.gaps)]


def compare(job: Job) -> shapes.Read:
    """Hold what is found against what is found in all hosts."""
    read, whole = shapes.read(job), jobs.read(job)
    assert said(job, read.config) == said(job, whole)
    assert verdict(read.config) == verdict(whole)
    return read


def left_out(read: shapes.Read) -> int:
    """How many hosts were not read, of a file each or in one."""
    blank = sum(
        len(hosts_of.hosts_in(whole).hosts) - len(hosts_of.hosts_in(text).hosts) for text, whole in stand_ins(read)
    )
    return len(read.left_out) + blank


def stand_ins(read: shapes.Read) -> Iterable[tuple[str, str]]:
    return read.job.source.stand_ins.values()


# -- what is shared ----------------------------------------------------------------------------------------------------


def test_of_hosts_that_are_alike_three_are_read_for_each_length_of_a_name() -> None:
    read = compare(job_of(copies(count=30)))
    assert left_out(read) >= 20


def test_hosts_of_one_file_keep_their_lines_and_columns() -> None:
    bad = HOST.replace("Alias /static/ /srv/{name}/static/", "Alias /static/ /srv/{name}/static")
    sites = list(copies(count=20).values())
    text = "".join([*sites[:10], bad.format(name="faulty", group="faultygrp"), *sites[10:]])
    read = compare(job_of({"all.conf": text}))
    assert left_out(read) >= 10
    file = next(file for file in read.config.files.values() if file.whole is not None)
    assert file.shown.text == text
    assert [len(line) for line in file.text.split("\n")][-5:] == [len(line) for line in text.split("\n")][-5:]


def test_hosts_in_the_main_file() -> None:
    read = compare(job_of({}, main=MAIN + "".join(copies(count=20).values())))
    assert left_out(read) >= 10


def test_a_host_and_its_twin_for_tls_are_compared_together() -> None:
    twin = HOST.replace(":80>", ":443>").replace(
        "    WSGIDaemonProcess", "    SSLEngine On\n    SSLCertificateFile /etc/ssl/a.pem\n    #WSGIDaemonProcess"
    )
    both = MAIN.replace("Listen 80\n", "Listen 80\nListen 443\n")
    apart = copies(count=20) | {
        name.replace(".conf", "-ssl.conf"): text for name, text in copies(twin, count=20).items()
    }
    for sites in (copies(HOST + twin, count=20), apart, {"all.conf": "".join(copies(HOST + twin, count=20).values())}):
        assert left_out(compare(job_of(sites, main=both))) >= 10


def test_a_repeated_server_is_parsed_no_oftener_than_its_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counted(text: str) -> syntax.Tree:
        parsed.append(text)
        return syntax.parse(text)

    monkeypatch.setattr(kept, "parse", counted)
    counts = []
    for count in (100, 200):
        parsed.clear()
        shapes.read(job_of(copies(count=count)))
        counts.append(len(parsed))
    assert counts[1] <= counts[0] + 6


# -- what is not -------------------------------------------------------------------------------------------------------


def odd_hosts() -> Iterator[tuple[str, str]]:
    """Hosts that are like the others but for something that matters."""
    yield "a word that rules know", HOST.replace("/srv/{name}/static/\n", "/srv/{name}\n")
    yield (
        "an open door",
        HOST.replace("</VirtualHost>", "    <Location />\n    Require all granted\n    </Location>\n</VirtualHost>"),
    )
    yield "a misspelt directive", HOST.replace("ServerAlias", "ServerAlais")
    yield "no end", HOST.replace("</VirtualHost>\n", "")
    yield "a number", HOST.replace("threads=5", "threads=-5")
    yield "no group", HOST.replace("    WSGIProcessGroup {group}\n", "")
    yield "another's group", HOST.replace("WSGIProcessGroup {group}", "WSGIProcessGroup " + names(1)[0] + "grp")
    yield "another's name", HOST.replace("ServerName {name}", "ServerName " + names(2)[1])
    yield "a name that differs by case", HOST.replace("ServerName {name}", "ServerName " + names(2)[1].upper())
    yield "a comment that allows nothing", "# modwsgi-fix: allow alias-trailing-slash\n" + HOST
    yield "an unknown variable", HOST.replace("/srv/{name}/venv", "/srv/${{{name}}}/venv")
    yield "a definition", "Define {name} 1\n" + HOST.replace("/srv/{name}/venv", "/srv/${{{name}}}/venv")
    yield "an Include of its own", HOST.replace("</VirtualHost>", "    Include extra/{name}.inc\n</VirtualHost>")
    yield "a smart quote", HOST.replace("/srv/{name}/venv", "“/srv/{name}/venv”")


@pytest.mark.parametrize(("what", "template"), [pytest.param(*one, id=one[0]) for one in odd_hosts()])
@pytest.mark.parametrize("at", [0, 7, 99])
def test_one_odd_host_among_many_is_found(what: str, template: str, at: int) -> None:
    sites = copies(count=20) | {f"{at:03}-odd.conf": template.format(name="faulty", group="faultygrp")}
    read = compare(job_of(sites))
    assert f"{ROOT}/sites-enabled/{at:03}-odd.conf" in read.config.files or what == "a word that rules know"


def test_nothing_is_shared_where_a_pattern_may_tell_names_apart() -> None:
    for line in (
        '<DirectoryMatch "^/srv/[a-k]">\n    Require all granted\n</DirectoryMatch>\n',
        "<Directory /srv/?olum>\n    Require all granted\n</Directory>\n",
        '<LocationMatch "^/[xyz]">\n    Require all granted\n</LocationMatch>\n',
    ):
        assert left_out(compare(job_of(copies(count=20), main=MAIN + line))) == 0


def test_a_name_that_a_pattern_begins_is_like_no_other() -> None:
    """The deny on ``/srv/zen*`` is one on some of the hosts."""
    line = "<Directory /srv/zen*>\n    Require all denied\n</Directory>\n"
    sites = copies(count=40)
    assert any("/srv/zen" in text for text in sites.values())
    read = compare(job_of(sites, main=MAIN + line))
    assert not any("/srv/zen" in read.texts[path] for path in read.left_out)
    assert read.left_out


def test_a_wildcard_in_a_label_is_one_for_some_names() -> None:
    sites = copies(count=20) | {
        "000-first.conf": HOST.format(name="first", group="firstgrp").replace("www.first.", "zen*.")
    }
    assert left_out(compare(job_of(sites))) == 0


def test_a_host_whose_script_is_there_is_read() -> None:
    name = names(10)[9]
    script = {f"/srv/{name}/wsgi.py": "print 'no'\n"}
    read = compare(job_of(copies(count=20), others=script))
    assert f"{ROOT}/sites-enabled/009-{name}.conf" in read.config.files
    assert read.left_out


def test_a_file_that_all_hosts_include_is_read_for_some_of_them() -> None:
    template = HOST.replace("</VirtualHost>", "    Include conf/common.inc\n</VirtualHost>")
    common = {f"{ROOT}/conf/common.inc": "Alias /media/ /srv/media\n"}
    assert left_out(compare(job_of(copies(template, count=20), others=common))) >= 10


def test_a_file_found_while_reading_may_name_a_host() -> None:
    template = HOST.replace("</VirtualHost>", "    Include conf/common.inc\n</VirtualHost>")
    common = {f"{ROOT}/conf/common.inc": f"<Directory /srv/{names(9)[8]}>\n    Require all denied\n</Directory>\n"}
    assert left_out(compare(job_of(copies(template, count=20), others=common))) == 0


# -- fixes -------------------------------------------------------------------------------------------------------------


def edits(fixed: Fixed) -> list[tuple[object, ...]]:
    return [(file.path, file.before, file.after) for file in fixed.files]


def compare_fixes(job: Job) -> bool:
    """Hold the fixes, where they are said to be those of the whole server, against these; whether they are said to be."""
    read = shapes.read(job)
    fixed = fix(read.job, Applicability.UNSAFE, config=read.config)
    holds = read.holds(fixed, lambda job: fix(job, Applicability.UNSAFE))
    if holds and left_out(read):
        whole = fix(job, Applicability.UNSAFE)
        assert edits(fixed) == edits(whole)
        assert [(d.path, d.span, d.rule, d.message) for d in fixed.left] == [
            (d.path, d.span, d.rule, d.message) for d in whole.left
        ]
    return holds and left_out(read) > 0


@pytest.mark.parametrize(("what", "template"), [pytest.param(*one, id=one[0]) for one in odd_hosts()])
def test_one_odd_host_is_fixed_as_it_is_among_all(what: str, template: str) -> None:
    sites = copies(count=12) | {"005-odd.conf": template.format(name="faulty", group="faultygrp")}
    holds = compare_fixes(job_of(sites))
    assert holds or "another" in what or "case" in what


def test_a_fix_of_the_main_server_that_every_host_needs_is_made_with_all_of_them() -> None:
    """Once the main file says 2.4, each host is told of it: the copies must be there."""
    old = MAIN.replace(
        "    Require all denied\n</Directory>", "    Order deny,allow\n    Deny from all\n</Directory>", 1
    )
    compare_fixes(job_of(copies(count=12), main=old))
    hosts = copies(
        HOST.replace(
            "    Require all granted\n    </Directory>", "    Order allow,deny\n    Allow from all\n    </Directory>"
        )
    )
    compare_fixes(job_of(hosts, main=old))


def test_where_a_file_of_many_hosts_changes_all_of_it_is_read() -> None:
    bad = HOST.replace(
        "    WSGIProcessGroup {group}\n", "    <Location />\n    WSGIProcessGroup {group}\n    </Location>\n"
    )
    text = "".join([*copies(count=12).values(), bad.format(name="faulty", group="faultygrp")])
    job = job_of({"all.conf": text})
    read = shapes.read(job)
    assert left_out(read)
    fixed = fix(read.job, config=read.config)
    assert fixed.files
    assert not read.holds(fixed, fix)


def decided(job: Job) -> tuple[object, ...]:
    """What the gate lets through and what it withholds."""
    fixed = fix(job, proof=objection)
    return edits(fixed), [(one.rule, one.path, one.line, one.reason) for one in fixed.withheld]


def test_the_gate_decides_of_hosts_that_are_alike_as_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever their fixes do, and one of them that is not like the others among them."""
    hosts = [
        host
        for rule, host in bad_hosts()
        if rule in ("allow-in-location", "needless-location-root", "alias-hides-application")
    ]
    assert len(hosts) > 5
    asked: list[int] = []

    def counted(found: touched.Touched) -> list[touched.Pair]:
        some = touched.standing_for_all(found)
        asked.append(len(found.hosts) - len(some))
        return some

    for at, host in enumerate(hosts):
        odd = HOST.format(name="faulty", group="faultygrp").replace(
            "</VirtualHost>",
            "    <Location /static>\n    Allow from all\n    Satisfy Any\n    </Location>\n</VirtualHost>",
        )
        texts = [renamed(host, name) for name in names(13, seed=at)]
        job = job_of({"all.conf": "".join([*texts[:5], odd, *texts[5:]])})
        monkeypatch.setattr(impact, "standing_for_all", counted)
        few = decided(job)
        monkeypatch.setattr(impact, "standing_for_all", lambda found: found.hosts)
        assert few == decided(job)
    assert sum(asked) > 20


#: What hosts share by an Include.
INCLUDED = {
    "harmless": "<Location />\n    Order allow,deny\n    Allow from all\n</Location>\n",
    "with what leads to the sources": "AliasMatch ^/code/(.*)$ /srv/common/$1\n<Location />\n    Require all granted\n</Location>\n",
}
INCLUDING = """\
<VirtualHost *:80>
    ServerName {name}.example.org
    WSGIScriptAlias / /srv/common/{name}/wsgi.py
    {extra}Include {file}
</VirtualHost>
"""


@pytest.mark.parametrize("shared", INCLUDED.values(), ids=list(INCLUDED))
@pytest.mark.parametrize("each", [False, True], ids=["one file for all", "a file each"])
def test_hosts_that_include_the_same_file_stand_for_each_other(
    each: bool,  # noqa: FBT001
    shared: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of them has a line of its own, and is asked itself; those with a file each are all asked."""
    hosts = {name: "SetEnv ODD yes\n    " if at == 7 else "" for at, name in enumerate(names(14))}
    files = {f"{ROOT}/common/{name if each else 'all'}.inc": shared for name in hosts}
    text = "".join(
        INCLUDING.format(name=name, extra=extra, file=f"common/{name if each else 'all'}.inc")
        for name, extra in hosts.items()
    )
    job = job_of({"all.conf": text}, others=files)
    asked: list[tuple[int, int]] = []

    def counted(found: touched.Touched) -> list[touched.Pair]:
        some = touched.standing_for_all(found)
        asked.append((len(found.hosts), len(some)))
        return some

    monkeypatch.setattr(impact, "standing_for_all", counted)
    few = decided(job)
    of_many = [some for pairs, some in asked if pairs >= 14]
    assert each or (of_many and max(of_many) <= 5)
    assert not each or all(pairs == some for pairs, some in asked)
    monkeypatch.setattr(impact, "standing_for_all", lambda found: found.hosts)
    assert few == decided(job)


# -- after a fix -------------------------------------------------------------------------------------------------------


def fixed_all(job: Job) -> tuple[object, ...]:
    """What all fixes make of a server, and what is found in that."""
    fixed = fix(job, Applicability.UNSAFE)
    return edits(fixed), [(d.path, d.span, d.rule, d.message) for d in fixed.left], fixed.withheld


def crowds() -> Iterator[Job]:
    """Servers of renamed copies of the examples' hosts, in any order and in one file, with hosts that are like no other."""
    hosts = bad_hosts()
    for first in range(0, len(hosts), 10):
        some = enumerate(hosts[first : first + 10], start=first)
        texts = [renamed(host, name) for seed, (_, host) in some for name in names(9, seed=seed)]
        random.Random(first).shuffle(texts)
        yield job_of({"all.conf": "".join(texts)})


def test_rules_that_a_few_hosts_leave_silent_after_a_fix_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    silenced: list[int] = []
    asked = quiet.quiet

    def counted(job: Job, config: Config, texts: Mapping[str, str]) -> quiet.Quiet:
        found = asked(job, config, texts)
        silenced.append(len(found.silence.rules))
        return found

    servers = list(crowds())[::3]
    monkeypatch.setattr(quiet, "quiet", counted)
    few = [fixed_all(job) for job in servers]
    monkeypatch.setattr(quiet, "quiet", lambda *_: quiet.Quiet())
    assert few == [fixed_all(job) for job in servers]
    assert len(servers) > 1
    assert sum(silenced) > 100 * len(servers)
    # That is seen: where all rules are silent after the first fix, less is made.
    monkeypatch.setattr(quiet, "quiet", lambda job, *_: quiet.Quiet(Silence(job.rules)))
    assert few[0] != fixed_all(servers[0])
    idle = {rule.name: Applicability.UNSAFE for rule in servers[0].rules}
    monkeypatch.setattr(quiet, "quiet", lambda *_: quiet.Quiet(idle=idle))
    assert few[0] != fixed_all(servers[0])


def test_nothing_is_silent_where_hosts_may_differ_on_the_disk() -> None:
    (job, *_) = crowds()
    config = jobs.read(job)
    assert quiet.quiet(job, config, {}).silence.rules
    rooted = job._replace(disk=Memory({"/srv/static/app.css": ""}))
    assert quiet.quiet(rooted, jobs.read(rooted), {}) == quiet.Quiet()


def test_what_changes_for_visitors_of_hosts_that_are_alike_is_what_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one host of each kind, in the words of the others."""
    worded = 0
    for rule, host in bad_hosts():
        if rule not in (
            "allow-in-location",
            "needless-location-root",
            "alias-hides-application",
            "old-access-directives",
        ):
            continue
        job = job_of({"all.conf": "".join(renamed(host, name) for name in names(13))})
        fixed = fix(job, Applicability.UNSAFE)
        few = impact.impact(fixed.before, fixed.after)
        with monkeypatch.context() as patch:
            patch.setattr(touched, "alike", lambda *_: {})
            assert few == impact.impact(fixed.before, fixed.after)
        pairs = touched.touched(fixed.before, fixed.after).hosts
        worded += len(touched.alike(fixed.before, fixed.after, pairs)) if few.changed else 0
    assert worded > 20


# -- any host ----------------------------------------------------------------------------------------------------------


def bad_hosts() -> list[tuple[str, str]]:
    """The virtual hosts of the rules' own examples, by the rule."""
    found = []
    for rule in all_rules().values():
        for example in examples(rule.page):
            for text in example.before.values():
                found += [(rule.name, text[start:end]) for start, end in hosts_of.hosts_in(text).hosts]
    return found


@pytest.mark.parametrize("one_file", [False, True], ids=["a file each", "one file"])
def test_the_hosts_of_the_examples_among_copies_of_each_other(one_file: bool) -> None:  # noqa: FBT001
    """Renamed copies of each host, in whatever order: all is found that is found without sharing."""
    hosts = bad_hosts()
    assert len(hosts) > 30
    not_read = 0
    for seed in range(0, len(hosts), 8):
        texts = []
        for rule, host in hosts[seed : seed + 8]:
            texts += [renamed(host, name) for name in names(9, seed=len(rule) + seed)]
        random.Random(seed).shuffle(texts)
        sites = {"all.conf": "".join(texts)} if one_file else {f"{at:03}.conf": text for at, text in enumerate(texts)}
        not_read += left_out(compare(job_of(sites)))
        if seed % 24 == 0:
            compare_fixes(job_of(sites))
    assert not_read > 10


@pytest.mark.skipif(not SHARED.is_dir(), reason="no real configurations")
def test_public_hosts_among_copies_of_each_other() -> None:
    """A sample by seed; all of them were compared once, in both ways of filing them."""
    files = sorted(path for path in SHARED.rglob("*") if path.is_file() and path.stat().st_size < 60_000)
    drawn = random.Random(3)
    hosts = []
    for text in (decode(path.read_bytes()) for path in files):
        hosts += [text[start:end] for start, end in hosts_of.hosts_in(text).hosts[:4]]
    assert len(hosts) > 200
    not_read = 0
    for seed in range(6):
        texts = [renamed(host, name) for host in drawn.sample(hosts, 5) for name in names(9, seed=drawn.random())]
        drawn.shuffle(texts)
        sites = {"all.conf": "".join(texts)} if seed % 2 else {f"{at:03}.conf": text for at, text in enumerate(texts)}
        not_read += left_out(compare(job_of(sites)))
    assert not_read


def renamed(host: str, name: str) -> str:
    """A copy of a host: another name for each of its words that are names, and for its directories."""
    renamed = re.sub(r"\b(?:example|mysite|site|app|demo|shop)\b(?!\.\w+ *$)", name, host)
    return re.sub(r"(?<=/)(?:www|srv|home)/(\w+)", lambda found: f"srv/{name}{found[1]}", renamed)


def test_what_is_asked_of_one_of_hosts_that_are_alike_is_true_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a mount is closed, a grant is refused elsewhere, an alias hides an application, a directory is open already."""
    servers = list(crowds())
    asked: list[int] = []
    names = (
        "script-directory-not-granted",
        "static-directory-not-granted",
        "allow-in-location",
        "links-followed-in-public-directory",
        "indexes-in-public-directory",
    )
    rules = [all_rules()[name] for name in names]
    old = closed._is_refused
    monkeypatch.setattr(closed, "_is_refused", lambda *words: asked.append(1) or old(*words))
    few = [findings(jobs.read(job), rules) for job in servers]
    of_few = len(asked)
    monkeypatch.setattr(host_sections, "stood_for", lambda config: {})
    assert few == [findings(jobs.read(job), rules) for job in servers]
    assert sum(map(len, few)) > 100
    assert 2 * (len(asked) - of_few) > 3 * of_few
