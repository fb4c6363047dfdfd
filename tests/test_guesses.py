"""No rule writes on a guess what loads code, reads further files, runs programs or says who httpd is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support import config_of, job_of

from modwsgi_fix import directives
from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import check, fix
from modwsgi_fix.rule import all_rules

RULES = list(all_rules().values())
POWERS = sorted(info.name for info in directives.directives().values() if directives.power_of(info.name))
#: Words that the directives take, where any would do.
WORDS = {
    "LoadFile": "/usr/lib/libxml2.so.2",
    "LoadModule": "wsgi_module modules/mod_wsgi.so",
    "Suexec": "On",
    "SuexecUserGroup": "www www",
}
PLACES = ["{}", "<IfModule mod_ssl.c>\n{}</IfModule>\n", "<VirtualHost *:80>\n{}</VirtualHost>\n"]


def _slips(name: str) -> Iterator[str]:
    """A letter that is missing, doubled or swapped with the next, at three places."""
    for at in (1, len(name) // 2, len(name) - 2):
        yield name[:at] + name[at + 1 :]
        yield name[:at] + name[at] + name[at:]
        yield name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _keys(text: str) -> set[str]:
    """The directives there are after every fix of every level."""
    fixed = fix(job_of({"/site.conf": text}, *RULES), Applicability.UNSAFE)
    after = fixed.files[0].after if fixed.files else text
    return {item.key for item in config_of({"/site.conf": after}).items}


def _told(text: str, rule: str) -> list[str]:
    """What is said of a line and what is to be done, for each finding of a rule."""
    return [f"{d.message}; {d.help}" for d in check(job_of({"/site.conf": text}, *RULES)) if d.rule == rule]


@pytest.mark.parametrize("name", POWERS)
def test_a_slip_is_not_corrected_to_it(name: str) -> None:
    known = {info.name for info in directives.directives().values()}
    slips = [slip for slip in _slips(name) if slip not in known and directives.find(slip) is None]
    lines = "".join(f"{slip} {WORDS.get(name, 'one two')}\n" for slip in slips)
    assert lines
    for place in PLACES:
        assert name.lower() not in _keys(place.format(lines))


@pytest.mark.parametrize(
    "line",
    [
        "CustmLog |/usr/bin/mailer common",
        "ErorLog \"|/usr/sbin/rotatelogs /var/log/a 86400\"",
        "RewriteMpa users prg:/usr/bin/users",
        "SSLRandomSed startup exec:/usr/bin/random",
        "AddHandlr cgi-script .py",
        "Optoins +ExecCGI",
    ],
)  # fmt: skip
def test_nor_is_one_by_whose_words_a_program_runs(line: str) -> None:
    assert _keys(line) == {line.partition(" ")[0].lower()}
    (told,) = _told(line, "misspelt-directive")
    assert told.endswith("yourself if that is meant: it runs programs")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Inculde sites/*.conf", "write Include yourself if that is meant: it reads further configuration"),
        ("Gruop www-data", "write Group yourself if that is meant: it says as whom httpd runs"),
        (
            "LoadFiel /usr/lib/libpython3.11.so.1.0",
            "write LoadFile yourself if that is meant: it loads code into httpd",
        ),
        ("LoadModul wsgi_module modules/mod_wsgi.so # ours", "write LoadModule yourself"),
    ],
)
def test_what_fits_is_named(line: str, told: str) -> None:
    (message,) = _told(line, "misspelt-directive")
    assert told in message


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("LoadFiel /var/log/site.log", "LoadFile"),
        ("LoadModuel mod_wsgi", "LoadModule"),
        ("LoadModuel wsgi modules/mod_wsgi.so", "LoadModule"),
        ("Gruop www data", "Group"),
        ("KeepAlvie 15", "KeepAlive"),
    ],
)
def test_what_does_not_fit_is_not_named(line: str, name: str) -> None:
    """Still reported: there is no such directive."""
    (message,) = _told(line, "misspelt-directive")
    assert name not in message


@pytest.mark.parametrize(
    "line",
    [
        "user = nobody",
        "group: nobody",
        "User=nobody",
        "user nginx;",
        "include /etc/nginx/mime.types;",
        "Include/etc/apache2/sites",
        "LoadFile\"/usr/lib/libxml2.so\"",
        "<LuaHokLog>\nreturn 0\n</LuaHookLog>",
        "WSGIDaemonProcess site usr=site",
        "WSGIDaemonProcess site threads=5 gorup=site",
        "WSGIDaemonProcess site suplementary-groups=adm",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", PLACES)
def test_what_is_written_in_another_way_stays_as_it_is(line: str, place: str) -> None:
    rules = [rule for rule in RULES if rule.family == "syntax" or rule.name == "unknown-daemon-option"]
    text = place.format(f"{line}\n")
    job = job_of({"/site.conf": text}, *rules)
    assert fix(job, Applicability.UNSAFE).files == ()
    assert check(job)


def test_names_of_mod_wsgi_are_corrected_all_the_same() -> None:
    """No other program's settings begin with WSGI, and case and dashes leave no doubt."""
    text = "WSGIPythnHome /srv/venv\nWSGIDeamonProcess site User=site python_home=/srv/venv\n"
    rules = [rule for rule in RULES if rule.name in ("misspelt-directive", "unknown-daemon-option")]
    (file,) = fix(job_of({"/site.conf": text}, *rules), Applicability.SAFE).files
    assert file.after == "WSGIPythonHome /srv/venv\nWSGIDaemonProcess site user=site python-home=/srv/venv\n"


def test_every_name_of_the_set_is_a_directive() -> None:
    from modwsgi_fix.directives import powers

    names = [name for some in powers._POWERS.values() for name in some.split()]
    assert [name for name in names if directives.find(name) is None] == []
    assert [name for name in powers._DAEMON_IDENTITY if directives.daemon_option(name) is None] == []
    assert len(POWERS) > len(names), "and mod_lua's"
