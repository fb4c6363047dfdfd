"""What fixes of many hosts that change alike must not pay for: questions whose answers are known, or that nobody asks."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import config_of, job_of

from modwsgi_fix import second_reader
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.effect import classes, company, shared, touched
from modwsgi_fix.effect import impact as impacts
from modwsgi_fix.engine import Fixed, choice, fix, gate, run, shapes
from modwsgi_fix.model import daemons, items
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts import closed, host_sections, public
from modwsgi_fix.model.merge import access, places
from modwsgi_fix.model.request import permit, phases
from modwsgi_fix.model.request.visits import visits
from modwsgi_fix.rule import all_rules
from modwsgi_fix.syntax import parse
from modwsgi_fix.text import Span

_HOSTS = 60
_MAIN = """\
Listen 80
LoadModule wsgi_module modules/mod_wsgi.so
ServerName server.example.com
<Directory />
    AllowOverride None
    Require all denied
</Directory>
"""
_HOST = """\
<VirtualHost *:80>
    ServerName kunde@.example.com
    WSGIDaemonProcess kunde@ processes=2 threads=15
    Alias /static/ /srv/kunde@/static/
    <Directory /srv/kunde@/static>
        Require all granted
    </Directory>
    WSGIScriptAlias / /srv/kunde@/app/wsgi.py
    <Location />
        Order allow,deny
        Allow from all
        WSGIProcessGroup kunde@
    </Location>
</VirtualHost>
"""
_SERVER = _MAIN + "".join(_HOST.replace("@", f"{number:02}") for number in range(_HOSTS))


def _of(text: str) -> Config:
    return config_of({"/etc/apache2/apache2.conf": text})


def _fixed() -> Fixed:
    """The server after two passes of fixes, each of which changes every host."""
    rules = [rule for rule in all_rules().values() if rule.default]
    done = fix(job_of({"/etc/apache2/apache2.conf": _SERVER}, *rules), proof=gate.objection)
    assert Counter(one.rule for one in done.applied) == dict.fromkeys(
        ("allow-in-location", "needless-location-root"), _HOSTS
    )
    return done


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], list[tuple[Any, ...]]]:
    """A function that returns the arguments of all calls of a function of a module from now on."""

    def counted(module: Any, name: str) -> list[tuple[Any, ...]]:
        asked: list[tuple[Any, ...]] = []
        old = getattr(module, name)

        def noted(*words: Any, **named: Any) -> Any:
            asked.append(words)
            return old(*words, **named)

        monkeypatch.setattr(module, name, noted)
        return asked

    return counted


def test_what_httpd_refuses_afterwards_is_asked_where_it_refused_before(calls: Any) -> None:
    asked = calls(gate, "refusals")
    done = _fixed()
    assert done.after not in [config for config, *_ in asked]
    assert len(asked) == 2
    assert gate.fewer_refusals(_of("Timeout 5 6\n"), _of("Timeout 5\n"))
    assert len(asked) == 4


def test_lines_are_compared_where_one_of_them_refuses(calls: Any) -> None:
    asked = calls(classes, "_lines_of")
    _fixed()
    assert asked == []


def test_what_the_main_server_and_a_few_hosts_say_is_found_out_once_for_each_state(calls: Any) -> None:
    """The first two and the last of hosts that are alike before and after."""
    asked = calls(shared, "_each_said")
    done = _fixed()
    states, few = 3, 4
    assert len(asked) == states * few
    impacts.impact(done.before, done.after)
    assert len(asked) == states * few


def test_whether_a_mount_is_closed_is_asked_of_a_few_hosts_that_are_alike(calls: Any) -> None:
    asked = calls(closed, "_is_refused")
    done = _fixed()
    assert sum(one.rule == "script-directory-not-granted" for one in done.found) == _HOSTS
    # The first two, the last, and one for all others.
    assert len(asked) == 4


def test_which_sections_open_what_is_asked_of_a_few_hosts_that_are_alike(calls: Any) -> None:
    asked = {
        name: calls(module, name) for module, name in ((access, "_grant"), (places, "_options"), (public, "_public"))
    }
    names = ("allow-in-location", "script-directory-not-granted", "links-followed-in-public-directory")
    job = job_of({"/etc/apache2/apache2.conf": _SERVER}, *(all_rules()[name] for name in names))
    done = fix(job, proof=gate.objection)
    assert Counter(one.rule for one in done.found) == dict.fromkeys(names, _HOSTS)
    assert sum(one.rule == names[-1] for one in done.left) == _HOSTS
    # Before the fixes and after them.
    assert {name: len(words) < _HOSTS / 2 for name, words in asked.items()} == dict.fromkeys(asked, True)


def test_a_request_goes_on_with_the_first_answer_to_what_nobody_knows(calls: Any) -> None:
    """A run for each branch, and none that ends at a question."""
    runs, branches = calls(phases, "_run"), calls(phases, "_branch")
    _fixed()
    assert len(runs) == len(branches) > 200


def test_what_sections_say_to_a_visitor_is_found_out_once_for_all_requests_of_a_host(calls: Any) -> None:
    asked, wanted = calls(permit, "refusal"), calls(phases, "authorize")
    _fixed()
    assert 5 * len(asked) < len(wanted)


def test_the_server_is_read_once_for_each_fix_that_is_weighed_and_made(calls: Any) -> None:
    asked = calls(run, "compose")
    _fixed()
    assert len(asked) == 2


def test_the_fixes_of_many_files_are_gone_through_a_few_times_and_not_once_for_each_file(calls: Any) -> None:
    hosts = {f"/etc/apache2/sites/{at:02}.conf": _HOST.replace("@", f"{at:02}") for at in range(_HOSTS)}
    asked = [calls(module, "edits_by_path") for module in (choice, run)]
    done = fix(
        job_of(
            {"/etc/apache2/apache2.conf": f"{_MAIN}Include sites/*.conf\n", **hosts}, all_rules()["allow-in-location"]
        ),
        proof=gate.objection,
    )
    assert len(done.files) == _HOSTS
    assert sum(map(len, asked)) < 5


def test_the_indentation_of_a_file_is_seen_without_the_hosts_that_are_left_out(calls: Any) -> None:
    server = shapes.read(job_of({"/etc/apache2/apache2.conf": _SERVER}, *all_rules().values()))
    (file,) = server.config.files.values()
    assert file.unit == "    "
    asked = calls(items, "parse")
    # The first host with an indentation is left out: all of the text is looked at.
    for whole, unit, looks in ((_SERVER, "    ", 0), (_SERVER.replace("    ", "\t"), "\t", 1)):
        stand_in = items.File(file.path, file.name, file.tree, writable=True, quotable=True)
        stand_in.whole = whole
        assert (stand_in.unit, len(asked)) == (unit, looks)


def test_a_host_that_says_something_else_is_asked_itself() -> None:
    open_one = _HOST.replace(
        "<Location />", "<Directory /srv/kunde@/app>\n Require all granted\n </Directory>\n <Location />"
    )
    hosts = [(open_one if number == 30 else _HOST).replace("@", f"{number:02}") for number in range(_HOSTS)]
    config = _of(_MAIN + "".join(hosts))
    stands = host_sections.stood_for(config)
    assert config.hosts[30] not in stands
    assert {stands[config.hosts[number]] for number in (2, 29, 31, 58)} == {config.hosts[1]}
    rule = all_rules()["script-directory-not-granted"]
    assert len(list(rule.check(config))) == _HOSTS - 1


_OPEN = _HOST.replace(
    "<Location />\n        Order allow,deny\n        Allow from all\n",
    "<Directory /srv/kunde@/app>\n Require all granted\n </Directory>\n <Location />\n",
)
_SOURCES = "Alias /code/ /srv/kunde30/app/\n"


@pytest.mark.parametrize(
    ("line", "of_all", "of_30", "effect"),
    [
        ("ServerName", "ServerName", "ServerName", "None"),
        ("WSGIScriptAlias", "#WSGIScriptAlias", "#WSGIScriptAlias", "lost: http://kunde00.example.com/ "),
        ("WSGIScriptAlias", "WSGIScriptAlias", "#WSGIScriptAlias", "lost: http://kunde30.example.com/ "),
        ("WSGIProcessGroup", "WSGIProcessGroup", "WSGIProcessGroup of-", "lost: http://kunde30.example.com/ "),
        ("Alias /static", "Alias /static", f"{_SOURCES} Alias /static", "lost: http://kunde30.example.com/code/ "),
        # Without its name the first host answers for it.
        ("ServerName", "ServerName", "ServerAdmin", "moved: http://kunde30.example.com/ "),
    ],
)
def test_what_all_or_one_of_many_hosts_lose_is_seen(line: str, of_all: str, of_30: str, effect: str) -> None:
    """All hosts are changed. They are alike before, and all but one afterwards, which is none of those that stand for others."""
    before = [_OPEN.replace("@", f"{number:02}") for number in range(_HOSTS)]
    after = [
        one.replace("threads=15", "threads=25").replace(line, of_30 if number == 30 else of_all)
        for number, one in enumerate(before)
    ]
    states = _of(_MAIN + "".join(before)), _of(_MAIN + "".join(after))
    found = gate.objection(*states, Fix.repair("Change it", Edit("", Span(0, 0)), reason=""), frozenset())
    assert str(found).startswith(effect)
    assert len(touched.standing_for_all(touched.touched(*states))) < 10


def test_two_lines_of_one_host_are_two_questions() -> None:
    """The second mount is opened for its own file, by the words of another line."""
    two = _HOST.replace(
        "<Location />",
        "WSGIScriptAlias /two /srv/kunde@/two/wsgi.py\n <Directory /srv/kunde@/two>\n Require ip 192.0.2.1\n </Directory>\n <Location />",
    )
    config = _of(_MAIN + "".join(two.replace("@", f"{number:02}") for number in range(_HOSTS)))
    rule = all_rules()["script-directory-not-granted"]
    assert Counter(one.message.partition(",")[0] for one in rule.check(config)) == {
        "<Directory /> refuses every request for /": _HOSTS
    }


def test_nothing_is_shared_by_few_hosts() -> None:
    text = _MAIN + "".join(_HOST.replace("@", f"{number:02}") for number in range(host_sections.FEW - 1))
    assert host_sections.stood_for(_of(text)) == {}


def test_a_rule_without_a_fix_of_the_level_is_asked_before_and_after_all_fixes(calls: Any) -> None:
    asked = calls(sys.modules["modwsgi_fix.engine.check"], "_run")
    done = _fixed()
    name = "links-followed-in-public-directory"
    assert sum(one.rule == name for one in done.left) == _HOSTS
    servers = {config for config, rule in asked if rule.name == name}
    # After each of the two passes a few hosts show that its fixes are of a later level.
    assert sorted(len(config.hosts) for config in servers) == [3, 3, _HOSTS, _HOSTS]


def test_options_are_decided_once_for_all_directories_of_which_the_same_lines_speak(calls: Any) -> None:
    asked = calls(places, "_decided")
    done = _fixed()
    rule = all_rules()["links-followed-in-public-directory"]
    assert sum(one.rule == rule.name for one in done.left) == _HOSTS
    # In each of three states; and in what a few hosts show of two of them.
    assert len(asked) <= 5


@pytest.mark.parametrize("line", ["<Location ~ x>\n</Location>\n", "Define A ~\n<Location ${A} x>\n</Location>\n"])
def test_regular_expressions_are_counted_where_there_is_a_tilde(line: str) -> None:
    """An expression may also come from a variable, whose line is one of two with a tilde then."""
    assert phases._steps(_of(_SERVER)) == phases.steps_for(0)
    assert phases._steps(_of(_SERVER + line)) == phases.steps_for(1 + line.startswith("Define"))


def test_a_block_that_a_fix_leaves_is_known_before_the_next(calls: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reader, "_seen", {})
    monkeypatch.setattr(second_reader, "_alike", {})
    asked = calls(second_reader, "_form")
    states = [parse(f"<A>\n Foo {word}\n</A>\n") for word in ("one", "two", "three")]
    for was, now in pairwise(states):
        assert second_reader.objection("site.conf", was, now) is None
    assert len(asked) == 3


_WORDS = st.lists(
    st.sampled_from(
        ["a=1", "b=", "=", "c", "d=e=f", " ", "\t", "\v", "x-y=/srv", '"', "'", "\\", "$", "${A}", "=1", "user=é"]
    ),
    max_size=8,
)


@given(_WORDS, st.integers(0, 2))
def test_options_of_usual_lines_are_read_as_those_of_any_line(words: list[str], skip: int) -> None:
    config = _of(f"WSGIDaemonProcess {' '.join(words)}\n")
    for item in config.named("wsgidaemonprocess"):
        quick = daemons._plain_options(item, skip)
        assert quick in (None, daemons._options_of(config, item, skip))


def test_most_lines_have_usual_options() -> None:
    (item,) = _of("WSGIDaemonProcess a user=b python-path=/srv/a=b\n").named("wsgidaemonprocess")
    quick = daemons._plain_options(item, 1)
    assert quick is not None
    assert [(one.name, one.value) for one in quick[0]] == [("user", "b"), ("python-path", "/srv/a=b")]


_LOG_IN = "AuthType Basic\n AuthName x\n AuthUserFile /etc/users\n Require valid-user\n"


def test_a_visitor_who_logs_in_is_asked_about_where_a_log_in_matters(calls: Any) -> None:
    private = _HOST.replace("Order allow,deny\n        Allow from all\n", _LOG_IN).replace("@", "-private")
    server = _MAIN + private + "".join(_HOST.replace("@", f"{number}") for number in range(5))
    asked = calls(impacts, "trace")
    states = _of(server), _of(server.replace("Require all denied", "Require all granted"))
    assert list(classes.differences(*states))
    logged_in = [request for _, request in asked if request.headers]
    assert {request.host for request in logged_in} == {"kunde-private.example.com"}
    assert len(logged_in) < len(asked) / 4


@pytest.mark.parametrize(
    "line",
    [
        "SetEnvIf Authorization . inside\n<Location /private>\n Require env inside\n</Location>\n",
        "RewriteEngine On\nRewriteCond %{HTTP:Authorization} .\nRewriteRule ^ - [F]\n",
        "<If \"req('Authorization') == 'Basic'\">\n Require all denied\n</If>\n",
        f"<Location /private>\n {_LOG_IN}</Location>\n",
        f"ErrorDocument 404 /private\n<Location /private>\n {_LOG_IN}</Location>\n",
    ],
)
def test_where_a_log_in_matters_it_is_asked_about(line: str) -> None:
    config = _of(_MAIN + _OPEN.replace("@", "1").replace("<Location />", f"{line}<Location />", 1))
    (host,) = config.hosts
    matters = []
    for visit in visits(config, host):
        request = visit.request._replace(headers=(("Authorization", "Basic"),))
        alone = phases.trace(config, request)
        assert impacts.traced(config, request).branches == alone.branches
        matters.append(impacts.traced(config, visit.request).asks_log_in)
    assert any(matters)


def test_where_no_line_is_about_a_log_in_it_does_not_matter() -> None:
    config = _of(_MAIN + _OPEN.replace("@", "1"))
    assert not any(impacts.traced(config, visit.request).asks_log_in for visit in visits(config, config.hosts[0]))


def _unlike(at: int, lines: str = "") -> str:
    """A host like no other: it has as many mounts as its number says."""
    mounts = "".join(f"WSGIScriptAlias /{one} /srv/{at}/{one}.wsgi\n" for one in range(at + 1))
    return f"<VirtualHost *:80>\nServerName h{at}.test\n{lines}{mounts}</VirtualHost>\n"


def test_the_hosts_that_use_a_process_group_are_asked_about_it(calls: Any) -> None:
    """Two hosts of forty; and in the report of what changes for visitors."""
    use = "WSGIProcessGroup shop\n"
    hosts = [_unlike(at, use if at in (3, 30) else "") for at in range(40)]
    main = _MAIN.replace("denied", "granted")
    states = [_of(f"{main}WSGIDaemonProcess {name}\n{''.join(hosts)}") for name in ("shop", "blog")]
    asked = calls(impacts, "trace")
    assert {one.url.partition(".test")[0] for one in classes.differences(*states)} == {"http://h3", "http://h30"}
    assert {request.host for _, request in asked} == {"h3.test", "h30.test", "no-such-host.invalid"}
    told = impacts.impact(*states)
    assert {one.host.partition("(")[2] for one in told.changed} == {"h3.test)", "h30.test)"}
    assert told.skipped == 0


def test_whether_a_server_that_denies_refuses_a_mount_is_asked_of_a_few_hosts_that_are_alike(calls: Any) -> None:
    host = "<VirtualHost *:80>\nServerName kunde@.test\nWSGIScriptAlias / /srv/kunde@/app.wsgi\n{}</VirtualHost>\n"
    opened = "<Directory /srv/kunde@>\nRequire all granted\n</Directory>\n"
    text = "".join(host.format(opened if at == 30 else "").replace("@", str(at)) for at in range(_HOSTS))
    asked = calls(company, "trace")
    config = config_of({"/etc/apache2/sites/all.conf": text})
    assert company.refused_by_default(config) == [f"http://kunde{at}.test/" for at in range(_HOSTS) if at != 30]
    assert len(asked) == 5
