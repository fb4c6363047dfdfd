"""No rule raises, whatever words a directive or a section has: the whole table is tried, in every place."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from support import source_of

from modwsgi_fix import directives
from modwsgi_fix.engine import Job, check
from modwsgi_fix.files import Memory
from modwsgi_fix.model.daemons import atoi
from modwsgi_fix.rule import all_rules

pytestmark = pytest.mark.slow

#: So many directives share a file: few, since an Include that leads nowhere silences what is concluded from absence.
_BATCH = 200
#: As many digits as Python reads at the least, and some.
_LONG = "9" * 700
_WORDS = {
    "nothing": "",
    "an empty word": ' ""',
    "a word": " x",
    "three words": " all /srv/site/static from",
    "an undefined variable": " ${NOWHERE} ${NOWHERE}",
    "numbers that are none": f" {_LONG} ² processes=² threads={_LONG} maximum-requests=² listen-backlog= x=",
    "patterns": " ~ ([$9 /srv/$9/*[ [R=²,S=",
}
_PLACES = (
    ("", ""),
    ("<VirtualHost *:80>\n", "</VirtualHost>\n"),
    ("<Directory /srv/site/static>\n", "    Require all granted\n</Directory>\n"),
    ("<Location /app>\n", "    Allow from all\n</Location>\n"),
    ("<IfModule mod_ssl.c>\n", "</IfModule>\n"),
)
#: With an empty word or a directory they read the file that they stand in, again and again: a matter of the reader's.
_INCLUDES = ("Include", "IncludeOptional")
#: Something for the rules to reason about.
_SITE = """\
ServerName main.example
Alias /static /srv/site/static
WSGIDaemonProcess site threads=2
WSGIProcessGroup site
WSGIScriptAlias /app /srv/site/app.wsgi
"""
#: What changes the view of all rules on access: a baseline, and a host with its application.
_BASELINE = """\
<Directory />
    Options FollowSymLinks
    Require all denied
</Directory>
<VirtualHost *:80>
    ServerName b.example
    DocumentRoot /srv/site
    WSGIScriptAlias / /srv/site/app.wsgi process-group=site
    Alias / /srv/site/static
    RewriteEngine On
    RewriteRule ^/a$ /app [PT]
    <Directory /srv/site/static>
        Allow from all
    </Directory>
    <Location />
        Require ip 10
    </Location>
</VirtualHost>
"""
_DISK = Memory({"/srv/site/app.wsgi": "application = None\n", "/srv/site/static/a.css": "A"})


@pytest.fixture(autouse=True)
def few_digits() -> Iterator[None]:
    """Python refuses long numbers, and the shorter the file is that shows it, the better."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    yield
    sys.set_int_max_str_digits(before)


def _blocks(words: str) -> Iterator[str]:
    """Each name of the table with these words, in every place as what it is, and at the top as what it is not."""
    for info in directives.directives().values():
        section, line = f"<{info.name}{words}>\n    Options Indexes\n</{info.name}>", info.name + words
        if info.name in _INCLUDES and ('""' in words or "/" in words):
            continue
        yield f"{line if info.section else section}\n"
        yield from (f"{before}{section if info.section else line}\n{after}" for before, after in _PLACES)


@pytest.mark.parametrize("words", _WORDS)
def test_no_rule_raises(words: str) -> None:
    rules = list(all_rules().values())
    blocks = list(_blocks(_WORDS[words]))
    for at in range(0, len(blocks), _BATCH):
        text = _SITE + "".join(blocks[at : at + _BATCH])
        check(Job(source_of({"/etc/apache2/apache2.conf": text}), rules))
        check(Job(source_of({"/site.conf": text + _BASELINE}), rules, disk=_DISK))


@pytest.mark.parametrize("words", ["", " /", " /srv/site/app.wsgi", " /app"])
def test_a_section_without_its_brackets(words: str) -> None:
    """Each alone, so that nothing else keeps a rule from it: ``Directory /`` is a line, and holds nothing."""
    rules = list(all_rules().values())
    for info in directives.sections().values():
        for line in (f"{info.name}{words}\n", f"<{info.name}{words}>\n</{info.name}>\n", f"<{info.name}{words}\n"):
            for text in (line, f"{_SITE}{line}", f"{_SITE}{_BASELINE}{line}"):
                check(Job(source_of({"/etc/apache2/apache2.conf": text}), rules, disk=_DISK))
                check(Job(source_of({"/site.conf": text}), rules))


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("5", 5),
        (" -5s", -5),
        ("+07", 7),
        ("many", 0),
        ("²", 0),
        ("", 0),
        ("9" * 5000, 10**18 - 1),
        ("0" * 5000 + "1", 1),
    ],
)
def test_numbers_as_atoi_reads_them(value: str, number: int) -> None:
    assert atoi(value) == number
