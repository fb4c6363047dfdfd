"""Options of mod_wsgi on lines of their own: joined with what they belong to, and taken for nothing else."""

from __future__ import annotations

import pytest
from support import job_of

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import check, fix
from modwsgi_fix.rule import all_rules
from modwsgi_fix.second_reader import objection

RULES = [rule for rule in all_rules().values() if rule.default]
SYNTAX = [rule for rule in RULES if rule.family == "syntax"]
PLACES = {
    "server": "{}",
    "IfModule": "<IfModule mod_wsgi.c>\n{}</IfModule>\n",
    "VirtualHost": "<VirtualHost *:80>\nServerName b.example\n{}</VirtualHost>\n",
}


def fixed(text: str, *, level: Applicability = Applicability.SAFE) -> str:
    """The text after all fixes of the family up to a level; none may be withheld."""
    outcome = fix(job_of({"/site.conf": text}, *SYNTAX), level, objection)
    assert outcome.withheld == ()
    return outcome.files[0].after if outcome.files else text


def told(text: str) -> list[tuple[int, str, bool]]:
    """Line, rule and whether a fix is offered, of each finding of the family."""
    found = check(job_of({"/site.conf": text}, *SYNTAX))
    return [(text.count("\n", 0, d.span.start) + 1, d.rule, d.fix is not None) for d in found]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("WSGIDaemonProcess desk", ["user=desk"]),
        (
            "WSGIDaemonProcess desk processes=2",
            ["    group=desk", "\tumask=022", 'home="/srv/my desk" lang=de_DE.UTF-8'],
        ),
        ("wsgidaemonprocess 'the desk'", ["  user=desk group=desk", "  python-path=/srv/desk:${MORE}"]),
        ("WSGIDaemonProcess desk \\\n    threads=5", ["    display-name=%{GROUP}", "    stack-size=524288"]),
        ("WSGIScriptAlias /desk /srv/desk/run.wsgi", ["    process-group=desk"]),
        ("WSGIScriptAliasMatch ^/desk /srv/desk/run.wsgi", ["  callable-object=app", "  pass-authorization=On"]),
        ("WSGIImportScript /srv/desk/run.wsgi", ["process-group=desk", "application-group=%{GLOBAL}"]),
        ("WSGIHandlerScript desk /srv/desk/run.wsgi", ["    application-group=desk"]),
        ("WSGIDispatchScript /srv/desk/run.wsgi", ["    application-group=desk"]),
    ],
)
def test_they_are_joined(head: str, lines: list[str], newline: str, place: str) -> None:
    def text(joint: str) -> str:
        body = joint.join([head, *lines]) + "\nListen 80\n"
        return PLACES[place].format(body).replace("\n", newline)

    before, after = text("\n"), text(" \\\n")
    first = before.count("\n", 0, before.index(lines[0])) + 1
    assert told(before) == [(first + at, "wrapped-options", True) for at in range(len(lines))]
    assert fixed(before) == after
    assert told(after) == []


@pytest.mark.parametrize("blanks", [" ", "\t", "   \t "])
def test_blanks_at_the_end_of_the_line_above_go(blanks: str) -> None:
    assert fixed(f"WSGIDaemonProcess desk{blanks}\nuser=desk{blanks}\ngroup=desk{blanks}\n") == (
        f"WSGIDaemonProcess desk \\\nuser=desk \\\ngroup=desk{blanks}\n"
    )


def test_a_backslash_with_a_blank_behind_it_is_one_finding() -> None:
    text = "WSGIDaemonProcess desk \\ \n  user=desk \\\t\n  group=desk\n  threads=5\n"
    assert [rule for _, rule, _ in told(text)] == [*["continuation-trailing-blank"] * 2, "wrapped-options"]
    assert fixed(text) == "WSGIDaemonProcess desk \\\n  user=desk \\\n  group=desk \\\n  threads=5\n"


@pytest.mark.parametrize(
    "text",
    [
        "ServerName a.example\n    @user=desk\n",
        "ServerName a.example\n    @header-buffer-size=65536\n",
        "@group=desk\nServerName a.example\n",
        "WSGIDaemonProcess desk\n\n    @user=desk\n",
        "WSGIDaemonProcess desk\n# as whom\n    @user=desk\n",
        "WSGIDaemonProcess desk\n<IfModule mod_ssl.c>\n    @user=desk\n</IfModule>\n",
        "<IfModule mod_ssl.c>\n    WSGIDaemonProcess desk\n</IfModule>\n@user=desk\n",
        "WSGIProcessGroup desk\n    @application-group=%{GLOBAL}\n",
        "WSGIDaemonProcess desk\n    @timeout=60\n",
        "WSGIDaemonProcess desk\n    @User=desk\n    @Group=desk\n",
        "WSGIDaemonProcess desk\n    @header-size=5\n    @threads=5\n",
        "WSGIDaemonProcess desk\n    @process-group=desk\n",
        "WSGIDaemonProcess desk\n    @user = desk\n    @group = desk\n",
        'WSGIDaemonProcess desk\n    @"home=/srv/desk"\n',
        "WSGIDaemonProcess desk\n    @home=srv/desk\n",
        "WSGIDaemonProcess desk\n    @user=root\n",
        "WSGIDaemonProcess desk\n    @threads=many\n",
        "WSGIDaemonProcess desk\n    @processes=0\n",
        "WSGIDaemonProcess desk\n    @display-name=\n",
        "WSGIDaemonProcess desk threads=5\n    @threads=15\n",
        "WSGIDaemonProcess desk script-user=desk\n    @script-group=desk\n",
        "WSGIDaemonProcess desk\n    @user=desk # as whom\n",
        "WSGIDaemonProcess desk\n    @user=desk \\\nListen 80\n",
        "WSGIDaemonProcess\n    @user=desk\n",
        "WSGIScriptAlias /desk\n    @process-group=desk\n",
        "WSGIScriptAlias /desk /srv/run.wsgi\n    @user=desk\n",
        "WSGIScriptAlias /desk /srv/run.wsgi\n    @pass-authorization=yes\n",
        "WSGIImportScript /srv/run.wsgi\n    @process-group=desk\n",
        "<Macro desk $who>\nWSGIDaemonProcess desk\n    @user=$who\n</Macro>\n",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_they_are_reported_and_left_alone(text: str, newline: str) -> None:
    """Where nobody can say what they belong to, and where httpd would not start with them behind it either."""
    lines = [at for at, line in enumerate(text.split("\n"), 1) if "@" in line]
    text = text.replace("@", "").replace("\n", newline)
    wrapped = [(line, is_fixable) for line, rule, is_fixable in told(text) if rule == "wrapped-options"]
    assert wrapped == [(line, False) for line in lines]
    assert fixed(text, level=Applicability.UNSAFE) == text


def test_what_another_rule_tells_is_told_once() -> None:
    text = "<WSGIInterpreterOptions process-group=desk\n    application-group=desk>\n</WSGIInterpreterOptions>\n"
    assert [rule for _, rule, _ in told(text)] == ["malformed-opener"]
    assert told("{% macro size() %}\nthreads=5\n{% endmacro %}\n") == []


def test_a_directive_below_is_none() -> None:
    text = "WSGIDaemonProcess desk\nServerName=a.example\n"
    assert told(text) == [(2, "foreign-syntax", True)]
    assert fixed(text) == "WSGIDaemonProcess desk\nServerName a.example\n"


def test_what_comes_before_a_refused_line_is_joined() -> None:
    text = "WSGIDaemonProcess desk\nuser=desk\ncolour=red\ngroup=desk\n"
    assert told(text) == [(2, "wrapped-options", True), (3, "wrapped-options", False), (4, "wrapped-options", False)]
    assert fixed(text) == "WSGIDaemonProcess desk \\\nuser=desk\ncolour=red\ngroup=desk\n"


def test_nothing_else_happens_to_the_directive_before_they_are_joined() -> None:
    """Without its options it would be a repetition, out of place or incomplete, and something would come between."""
    host = "    ServerName a.example\n    WSGIDaemonProcess desk\n        {}=desk\n    WSGIProcessGroup desk\n"
    texts = {
        "/etc/apache2/apache2.conf": f"<VirtualHost *:80>\n{host.format('user')}</VirtualHost>\n"
        f"<VirtualHost *:443>\n{host.format('group')}</VirtualHost>\n"
        "WSGIScriptAlias /a /srv/a.wsgi\nWSGIScriptAlias /a/b /srv/b.wsgi\n    callable-object=app\n"
        "<Directory /srv>\n    WSGIDaemonProcess shop\n        user=shop\n</Directory>\n"
        "<Directory />\n    Require all denied\n</Directory>\n"
    }
    (file,) = fix(job_of(texts, *RULES), Applicability.REPAIR, objection).files
    logical = " ".join(file.after.replace("\\\n", " ").split())
    assert "WSGIDaemonProcess desk user=desk" in logical
    assert "WSGIDaemonProcess desk group=desk" in logical
    assert "WSGIDaemonProcess shop user=shop" in logical
    assert "WSGIScriptAlias /a/b /srv/b.wsgi callable-object=app" in logical


def test_a_template_is_not_httpds_to_refuse_yet() -> None:
    text = "{% if desk %}\nWSGIDaemonProcess desk\n    user=desk\n{% endif %}\n"
    assert [rule for _, rule, _ in told(text) if rule == "wrapped-options"] == []
    assert fixed(text, level=Applicability.UNSAFE) == text
