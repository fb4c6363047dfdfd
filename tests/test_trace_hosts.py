"""Which host answers: by address, by name, and whether TLS is spoken."""

from __future__ import annotations

import json

import pytest
from support import one_file
from test_trace import outcome, server

from modwsgi_fix.model.facts.overview import overview
from modwsgi_fix.model.merge import layers
from modwsgi_fix.model.request import Kind, Outcome, phases, request_of, trace
from modwsgi_fix.model.servers import label
from modwsgi_fix.reports.show import SHOWN
from modwsgi_fix.reports.trace import as_json, as_text
from modwsgi_fix.rule import all_rules
from modwsgi_fix.workspace import discretion

_CERTIFICATE = "SSLCertificateFile /etc/ssl/a.pem\n"
_TREE = {"/srv/w/a.txt": "a", "/srv/app.wsgi": "application = None"}
_GRANT = "<Directory />\nAllowOverride None\nRequire all granted\n</Directory>\n"


def made(text: str, *, name: str = "ServerName main.example\n") -> str:
    """A whole server."""
    return f"{name}DocumentRoot /srv/w\n{_GRANT}{text}"


def host(where: str, text: str = "", name: str = "a.example") -> str:
    """A virtual host."""
    return f"<VirtualHost {where}>\nServerName {name}\n{text}</VirtualHost>\n"


def asked(text: str, url: str, **details: object) -> Outcome:
    return outcome(server(text, _TREE), url, **details)


# -- TLS ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listen", "where", "text", "spoken"),
    [
        ("443", "*:443", _CERTIFICATE, True),
        ("443", "_default_:443", _CERTIFICATE, True),
        ("0.0.0.0:443", "*:443", _CERTIFICATE, True),
        ("192.0.2.1:443", "192.0.2.1:443", _CERTIFICATE, True),
        ("443 https", "*:443", _CERTIFICATE, True),
        ("443", "*:443", "", False),
        ("443", "*:443", _CERTIFICATE + "SSLEngine off\n", False),
        ("443", "*:443", _CERTIFICATE + "SSLEngine optional\n", False),
        ("443 http", "*:443", _CERTIFICATE, False),
        ("192.0.2.1:443", "*:443", _CERTIFICATE, False),
        ("443", "192.0.2.1:443", _CERTIFICATE, False),
        ("443", "*:*", _CERTIFICATE, False),
        ("443 http", "*:443", _CERTIFICATE + "Protocol https\n", True),
        ("443", "*:443", "SSLEngine on\n", True),
    ],
)
def test_where_tls_is_spoken_without_sslengine(listen: str, where: str, text: str, *, spoken: bool) -> None:
    conf = made(f"Listen {listen}\n{host(where, text)}")
    by_tls = asked(conf, "https://a.example/a.txt", address="192.0.2.1")
    plain = asked(conf, "http://a.example:443/a.txt", address="192.0.2.1")
    assert (by_tls.kind is Kind.FILE, plain.kind is Kind.FILE) == (spoken, not spoken)
    if spoken:
        assert plain.status == 400


def test_the_main_servers_certificate_and_engine_are_the_hosts() -> None:
    by_itself = made(f"Listen 443\n{_CERTIFICATE}{host('*:443')}")
    assert asked(by_itself, "https://a.example/a.txt").kind is Kind.FILE
    off = made(f"Listen 443\nSSLEngine off\n{_CERTIFICATE}{host('*:443')}")
    assert asked(off, "https://a.example/a.txt").kind is Kind.ERROR


@pytest.mark.parametrize(("port", "spoken"), [("443", True), ("8443", False)])
def test_on_another_port_only_listen_says_https(port: str, *, spoken: bool) -> None:
    conf = made(f"Listen {port}\n{host(f'*:{port}', _CERTIFICATE)}")
    assert (asked(conf, f"https://a.example:{port}/a.txt").kind is Kind.FILE) is spoken
    said = made(f"Listen {port} https\n{host(f'*:{port}', _CERTIFICATE)}")
    assert asked(said, f"https://a.example:{port}/a.txt").kind is Kind.FILE


def test_of_a_fragment_port_443_is_taken_for_https() -> None:
    config = one_file(host("*:443", _CERTIFICATE + "WSGIScriptAlias / /srv/app.wsgi\n"))
    reasons = [branch.outcome.reason for branch in trace(config, request_of("https://a.example/"))]
    assert not any("TLS" in reason for reason in reasons)


# -- names and addresses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"), [("a.example", 200), ("www.b.example", 200), ("nobody.example", 400), ("main.example", 400)]
)
def test_stricthostcheck_refuses_a_name_that_no_host_has(name: str, status: int) -> None:
    hosts = host("*:80") + host("*:80", "ServerAlias *.b.example\n", "b.example")
    conf = made(f"Listen 80\nStrictHostCheck on\n{hosts}")
    assert asked(conf, f"http://{name}/a.txt").status == status


@pytest.mark.parametrize(("name", "status"), [("main.example", 200), ("nobody.example", 400)])
def test_stricthostcheck_of_a_server_without_hosts(name: str, status: int) -> None:
    assert asked(made("Listen 80\nStrictHostCheck on\n"), f"http://{name}/a.txt").status == status


def test_an_address_that_no_listen_serves_gets_no_answer() -> None:
    conf = made(f"Listen 192.0.2.1:80\n{host('*:80')}")
    assert asked(conf, "http://a.example/a.txt", address="192.0.2.2").status is None
    assert asked(conf, "http://a.example/a.txt", address="192.0.2.1").kind is Kind.FILE
    assert asked(conf, "http://192.0.2.7/a.txt").kind is Kind.ERROR


def test_a_nameless_host_is_only_reached_by_the_main_servers_name() -> None:
    nameless = "<VirtualHost *:80>\nDocumentRoot /srv/other\n</VirtualHost>\n"
    conf = made(f"Listen 80\n{host('*:80')}{nameless}")
    assert asked(conf, "http://nobody.example/a.txt").kind is Kind.FILE
    assert asked(conf, "http://main.example/a.txt").file == "/srv/other"


# -- the machine's name ------------------------------------------------------------------------------------------------

_NAMELESS = made("Listen 80\n<VirtualHost *:80>\nWSGIScriptAlias /App /srv/app.wsgi\n</VirtualHost>\n", name="")


def test_an_application_answers_though_nobody_is_called_anything() -> None:
    found = asked(_NAMELESS, "http://a.example/App")
    assert (found.kind, found.file, found.process_group) == (Kind.APPLICATION, "/srv/app.wsgi", "")
    assert found.application_group is None


def test_the_interpreter_is_then_said_to_be_named_after_the_machine() -> None:
    config = server(_NAMELESS, _TREE)
    traced = discretion.trace(trace(config, request_of("http://a.example/App")), config)
    assert "interpreter named after this machine" in as_text([traced])
    outcome_object = json.loads(as_json([traced]))["traces"][0]["outcome"]
    assert outcome_object["application_group"] is None
    assert (outcome_object["host_file"], outcome_object["host_line"]) == ("/etc/apache2/apache2.conf", 7)


def test_a_name_that_is_said_is_the_interpreters() -> None:
    text = _NAMELESS.replace("WSGIScriptAlias", "WSGIApplicationGroup %{GLOBAL}\nWSGIScriptAlias")
    assert asked(text, "http://a.example/App").application_group == ""


# -- hosts that nothing reaches ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hosts", "why"),
    [
        (host("*:80") + host("*:80", name="b.example"), ""),
        (host("*:80") + host("*:80", name="A.example"), "<VirtualHost *:80> (a.example) has its name first"),
        (host("*:80", "ServerAlias *.example\n") + host("*:80", name="b.example"), "(a.example) has its name first"),
        (host("*:80") + host("*:80", "ServerAlias *.b.example\n"), ""),
        (host("*:80") + host("*:8080", name="b.example"), "no Listen has port 8080"),
        (host("*:80") + host("192.0.2.7:81", name="b.example"), "no Listen has the address 192.0.2.7:81"),
        (host("*:80") + host("192.0.2.1:81", name="b.example"), ""),
        (host("*:80") + host("*:*", name="b.example"), ""),
    ],
)
def test_a_host_that_no_request_reaches_is_shown_as_such(hosts: str, why: str) -> None:
    shown = overview(server(made(f"Listen 80\nListen 192.0.2.1:81\n{hosts}"), _TREE)).hosts[-1]
    assert why in shown.unreached
    assert bool(shown.unreached) is bool(why)
    assert (
        "never reached" in SHOWN["tree"]([overview(server(made(f"Listen 80\nListen 192.0.2.1:81\n{hosts}"), _TREE))])
    ) is bool(why)


def test_a_nameless_host_behind_another_is_never_reached() -> None:
    nameless = "<VirtualHost *:80>\nDocumentRoot /srv/w\n</VirtualHost>\n"
    conf = made(f"Listen 80\n{host('*:80')}{nameless}", name="")
    assert "no name" in overview(server(conf, _TREE)).hosts[-1].unreached


# -- what the branches of a trace share -----------------------------------------------------------------------------------


class Counted:
    """A function of a module, and how often it was called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
        self.times, self._real = 0, getattr(module, name)
        monkeypatch.setattr(module, name, self)

    def __call__(self, *args: object) -> object:
        self.times += 1
        return self._real(*args)


OPEN = """\
<Directory />
    Require all granted
</Directory>
DocumentRoot /srv/www
<LocationMatch ^/x>
    Options +Indexes
</LocationMatch>
"""


def test_the_host_is_selected_once_for_all_branches(monkeypatch: pytest.MonkeyPatch) -> None:
    selected, matched = Counted(monkeypatch, phases, "select"), Counted(monkeypatch, layers, "location_match")
    config = server(made(OPEN) + host("*:80"), tree=None)
    found = list(trace(config, request_of("http://a.example/x/y")))
    assert len(found) > 2
    assert (selected.times, matched.times) == (1, 1)
    assert all([step.phase for step in branch.outcome.because].count("host") == 1 for branch in found)


def test_where_the_host_is_in_doubt_each_branch_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    selected = Counted(monkeypatch, phases, "select")
    config = server(
        made(OPEN) + f"<IfDefine Extra>\n{host('*:80')}</IfDefine>\n" + host("*:80", name="b.example"), tree=None
    )
    found = trace(config, request_of("http://a.example/x/y"))
    names = {label(branch.outcome.server) for branch in found if branch.outcome.server}
    assert names == {"<VirtualHost *:80> (a.example)", "<VirtualHost *:80> (b.example)"}
    assert selected.times == 2, "once for each answer"


def test_a_location_is_found_again_for_another_url_of_a_trace() -> None:
    config = server(
        made(OPEN)
        + host("*:80", "ErrorDocument 404 /missing\n<Location /missing>\nSetHandler x-missing\n</Location>\n"),
        tree={"/srv/www/a": "x"},
    )
    steps = [step.text for step in trace(config, request_of("http://a.example/x/y")).outcome.because]
    assert any("/missing" in step for step in steps)


@pytest.mark.parametrize(
    ("main", "address", "said"),
    [
        ("", "*:80", "only requests for the machine's own name reach this host, because it has no ServerName"),
        ("ServerName main.example\n", "*:80", "only requests for main.example reach this host, because it has no ServerName"),
        ("ServerName a.example\n", "*:80", "no request reaches this host: it has no ServerName, and is not the first at its address"),
        ("", "192.0.2.1:80", "no request reaches this host: it has no ServerName, and is not the first at its address"),
    ],
)  # fmt: skip
def test_a_host_without_a_name_has_that_of_the_main_server(main: str, address: str, said: str) -> None:
    first = f"<VirtualHost {address}>\nServerName a.example\n</VirtualHost>\n"
    config = server(f"{main}Listen 80\n{first}<VirtualHost {address}>\nDocumentRoot /srv\n</VirtualHost>\n")
    (found,) = all_rules()["host-never-reached"].check(config)
    assert found.message.startswith(said)


@pytest.mark.parametrize(
    ("main", "said"),
    [
        ("", "only requests for the machine's own name reach this host"),
        ("ServerName main.example\n", "only requests for main.example reach this host"),
        ("ServerName a.example\n", "no request reaches this host: <VirtualHost *:80> (a.example) takes the name www.a.example"),
    ],
)  # fmt: skip
def test_a_host_with_an_alias_alone_has_the_name_of_the_main_server_too(main: str, said: str) -> None:
    first = host("*:80", "ServerAlias www.a.example\n")
    second = "<VirtualHost *:80>\nServerAlias www.a.example\n</VirtualHost>\n"
    (found,) = all_rules()["host-never-reached"].check(server(f"{main}Listen 80\n{first}{second}"))
    assert found.message.startswith(said)


def test_hosts_of_many_conditions_are_not_compared() -> None:
    """Each set of conditions has its own hosts, and they are looked at for each."""
    pair = host("*:80") + host("*:80")
    told = []
    for count in (3, 40):
        hosts = "".join(f"<IfDefine Site{number}>\n{pair}</IfDefine>\n" for number in range(count))
        told.append(len(list(all_rules()["host-never-reached"].check(server(f"Listen 80\n{hosts}")))))
    assert told == [3, 0]
