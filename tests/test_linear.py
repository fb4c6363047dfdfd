"""What a server of many hosts costs grows with the number of its hosts, not with that of their pairs.

Each rule's own example is renamed and repeated in one server, and the steps of the interpreter are counted: calls of
functions, lines, and turns of loops. That does not depend on the machine.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from support import config_of, job_of

from modwsgi_fix.engine import check, read
from modwsgi_fix.examples import Example, examples
from modwsgi_fix.model.facts.closed import fetched_as_file
from modwsgi_fix.model.facts.served import scripts
from modwsgi_fix.rule import Rule, all_rules

#: How often an example stands in the smaller server; in the larger one twice as often.
_COPIES = 40
#: Twice the copies may take twice the steps and some more for sorting; and what an empty server takes.
_FACTOR, _ONCE = 2.3, 2_000
#: So many copies that pairs show which cost little beside the rest of a rule.
_MANY_COPIES = 400

_RULES = all_rules()
_MAIN = """\
ServerName www.example.com
<Directory />
    Require all denied
</Directory>
Include sites/*.conf
"""
#: Rules whose example is not found once for each copy: it needs another version of httpd, a filesystem, a fragment,
#: a name that is not the user's own, or is about the server as a whole.
_ONCE_ONLY = {
    "auth-type-not-loaded",
    "condition-above-module",
    "endless-include",
    "htaccess-not-read",
    "htaccess-refused",
    "import-before-sys-path",
    "key-readable-by-all",
    "link-not-followed",
    "missing-deny-baseline",
    "missing-name-virtual-host",
    "missing-on-disk",
    "module-beside-script",
    "module-not-loaded",
    "mount-holds-in-every-host",
    "new-access-directives",
    "old-access-in-htaccess",
    "old-module-list",
    "permission-missing",
    "python-home-not-a-prefix",
    "python-home-of-another-version",
    "python-path-is-an-environment",
    "python-path-is-site-packages",
    "redundant-default",
    "rewrite-loop",
    "site-not-read",
    "static-files-by-python",
    "sys-path-missing",
    "unknown-user",
    "whole-project-granted",
    "wsgi-too-new-directive",
}


def steps(work: Callable[[], object]) -> int:
    """How many calls, lines and turns of loops some work takes."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


_PATH = re.compile(r"/[\w.-]+(?:/[\w.*$()-]+)*")
_HOST = re.compile(r"\b[\w-]+(?=\.(?:example|com|org|net|test)\b)")
_GROUP = re.compile(r"^\s*WSGIDaemonProcess\s+([\w-]+)", re.M | re.I)


def names_in(text: str) -> set[str]:
    """What a text names itself: hosts, process groups, and the directories and files below the first level."""
    found = {*_HOST.findall(text), *_GROUP.findall(text)}
    for path in _PATH.findall(text):
        found |= {part.partition(".")[0] for part in path.split("/")[2:]}
    return {name for name in found if name[:1].isalpha()}


def renamed(text: str, number: int) -> str:
    """The text, in which every name of its own ends in a number."""
    names = sorted(names_in(text), key=len, reverse=True)
    if not names:
        return text
    return re.sub(rf"(?<![\w%{{$<])({'|'.join(map(re.escape, names))})(?![\w=}}])", rf"\g<1>{number}", text)


def in_a_host(text: str, number: int) -> str:
    """The text in a virtual host of its own, unless it has hosts."""
    if "<virtualhost" in text.lower():
        return text
    return f"<VirtualHost *:80>\nServerName copy{number}.example.org\n{text}</VirtualHost>\n"


def in_the_main_server(text: str, number: int) -> str:
    """The text, with a place of its own where it speaks of all URLs or of the whole file system."""
    return re.sub(r"""(?<=[ "'])/(?=["'>\s])""", f"/all{number}/", text)


SHAPES = {"hosts": in_a_host, "one server": in_the_main_server}


def texts_of(example: Example, copies: int, shape: str) -> dict[str, str]:
    """One whole server in which an example stands so often: each in a host of its own, or all at one level."""
    texts = {"/etc/apache2/apache2.conf": _MAIN}
    for number in range(copies):
        for at, (path, text) in enumerate(example.before.items()):
            if path.endswith((".py", ".wsgi")):
                texts[renamed(path, number)] = text
            else:
                copy = SHAPES[shape](renamed(text, number), number)
                texts[f"/etc/apache2/sites/{number:04}-{at}.conf"] = copy
    return texts


def shown(rule: Rule) -> Example:
    """The first of a rule's examples that shows a finding."""
    return next(example for example in examples(rule.page) if example.after is not None or example.carets)


def cases() -> list[Any]:
    found = []
    for rule in _RULES.values():
        for shape in SHAPES:
            found.append(pytest.param(rule, shape, id=f"{rule.name}-{shape}"))
    return found


@pytest.mark.parametrize(("rule", "shape"), cases())
def test_a_rule_compares_no_pairs(rule: Rule, shape: str) -> None:
    servers = [config_of(texts_of(shown(rule), copies, shape)) for copies in (_COPIES, 2 * _COPIES)]
    small, large = (steps(lambda config=config: list(rule.check(config))) for config in servers)
    assert large <= _FACTOR * small + _ONCE


@pytest.mark.parametrize(
    "rule", [rule for rule in _RULES.values() if rule.name not in _ONCE_ONLY], ids=lambda r: r.name
)
def test_each_copy_is_found(rule: Rule) -> None:
    """Otherwise the steps that are counted would be those of a rule that has nothing to do."""
    found = [len(list(rule.check(config_of(texts_of(shown(rule), 3, shape))))) for shape in SHAPES]
    assert max(found) >= 3


def test_whether_a_script_is_fetched_is_told_without_pairs() -> None:
    """A pair costs so little beside all the rest of a rule that the test above would not see it."""

    def asked(hosts: int) -> int:
        sites = "".join(_SITE.format(n=n) for n in range(hosts))
        config = config_of({"/etc/apache2/apache2.conf": _MAIN.replace("Include sites/*.conf\n", sites)})
        every = scripts(config, config.main)
        assert len(every) == hosts
        return steps(lambda: [fetched_as_file(config, script) for script in every])

    assert asked(160) <= _FACTOR * asked(80) + _ONCE


@pytest.mark.parametrize("name", ["process-group-undefined", "group-selected-beside-the-script"])
def test_groups_of_a_part_of_a_server_are_told_without_pairs(name: str) -> None:
    """In each host one is defined and another selected; and one is selected beside its script."""
    site = """\
<VirtualHost *:80>
    ServerName site{n}.example.org
    WSGIDaemonProcess {group}
    WSGIScriptAlias / /srv/site{n}/app.wsgi
    <Directory /srv/site{n}/static>
        WSGIProcessGroup {selected}
    </Directory>
</VirtualHost>
"""
    rule, counts = _RULES[name], []
    for times in (_MANY_COPIES, 2 * _MANY_COPIES):
        pairs = [
            (f"own{n}", f"own{n}" if name == "group-selected-beside-the-script" else f"shop{n}") for n in range(times)
        ]
        sites = "".join(site.format(n=n, group=own, selected=other) for n, (own, other) in enumerate(pairs))
        config = config_of({"/etc/site.conf": sites})
        found: list[object] = []
        counts.append(steps(lambda config=config, found=found: found.extend(rule.check(config))))
        assert len(found) == times
    assert counts[1] <= _FACTOR * counts[0] + _ONCE


_SITE = """\
<VirtualHost *:80>
    ServerName site{n}.example.org
    ServerAlias www.site{n}.example.org
    WSGIDaemonProcess site{n} threads=5 python-home=/srv/site{n}/venv
    WSGIProcessGroup site{n}
    WSGIScriptAlias / /srv/site{n}/app/wsgi.py
    Alias /static/ /srv/site{n}/static/
    <Directory /srv/site{n}/static>
        Require all granted
    </Directory>
    <Directory /srv/site{n}/app>
        Require all granted
    </Directory>
    <Location /admin>
        Require ip 192.0.2.0/24
    </Location>
    <IfModule mod_headers.c>
        Header set X-Site site{n}
    </IfModule>
</VirtualHost>
"""


def sites(number: int, files: int) -> dict[str, str]:
    """A server of so many hosts, in so many files."""
    hosts = [_SITE.format(n=n) for n in range(number)]
    of_each = number // files
    texts = {
        f"/etc/apache2/sites/{at:04}.conf": "".join(hosts[at * of_each : (at + 1) * of_each]) for at in range(files)
    }
    return {"/etc/apache2/apache2.conf": _MAIN, **texts}


@pytest.mark.slow
@pytest.mark.parametrize("hosts_in_a_file", [1, _COPIES])
def test_reading_and_checking_grow_with_the_hosts(hosts_in_a_file: int) -> None:
    jobs = [job_of(sites(hosts, hosts // hosts_in_a_file), *_RULES.values()) for hosts in (_COPIES, 2 * _COPIES)]
    small, large = (steps(lambda job=job: read(job)) for job in jobs)
    assert large <= _FACTOR * small + _ONCE
    configs = [read(job) for job in jobs]
    small, large = (
        steps(lambda job=job, config=config: check(job, config)) for job, config in zip(jobs, configs, strict=True)
    )
    assert large <= _FACTOR * small + _ONCE


#: What there may be thousands of in one host.
_MANY = {
    "restrictions": "<Location /a{n}>\nRequire ip 192.0.2.1\n</Location>\n",
    "grants": "<Location /a{n}>\nRequire all granted\n</Location>\n",
    "directories": "<Directory /srv/a{n}>\nRequire all granted\n</Directory>\n",
    "files": "<Files a{n}>\nRequire all denied\n</Files>\n",
    "aliases": "Alias /a{n} /srv/a{n}/static\n",
    "mounts": "WSGIScriptAlias /a{n} /srv/a{n}/app.wsgi\n",
    "groups": "WSGIDaemonProcess g{n}\n<Location /a{n}>\nWSGIProcessGroup g{n}\n</Location>\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("many", _MANY.values(), ids=_MANY)
def test_checking_one_host_grows_with_what_it_has(many: str) -> None:
    """A grant of all URLs stands behind it, so that each of them has to do with something."""
    counts = []
    for times in (_COPIES, 2 * _COPIES):
        held = "".join(many.format(n=n) for n in range(times))
        host = f"ServerName a.example.org\nWSGIScriptAlias / /srv/x/app.wsgi\n{held}<Location />\nRequire all granted\n</Location>\n"
        texts = {
            "/etc/apache2/apache2.conf": _MAIN,
            "/etc/apache2/sites/a.conf": f"<VirtualHost *>\n{host}</VirtualHost>\n",
        }
        job = job_of(texts, *_RULES.values())
        config = read(job)
        counts.append(steps(lambda job=job, config=config: check(job, config)))
    assert counts[1] <= _FACTOR * counts[0] + _ONCE
