"""No rule raises while somebody types: the lines of its examples lose their words, and sections stand where they cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from support import examples_of, source_of

from modwsgi_fix.engine import Job, check, read
from modwsgi_fix.examples import job
from modwsgi_fix.rule import all_rules

#: A directive or the opener of a section: its name, then its words.
_LINE = re.compile(r"^([ \t]*<?[A-Za-z]\w*)((?:[ \t]+[^ \t\n>]+)+)", re.M)
_WORD = re.compile(r"[ \t]+[^ \t\n>]+")


def cut(text: str) -> Iterator[str]:
    """The text with one line without words, with the first of several alone, or with an empty one in its place."""
    for found in _LINE.finditer(text):
        name, (first, *others) = found[1], _WORD.findall(found[2])
        for words in dict.fromkeys(("", first, "".join([' ""', *others]))):
            if words != found[2]:
                yield f"{text[: found.start()]}{name}{words}{text[found.end() :]}"


@pytest.mark.parametrize("rule", all_rules())
def test_a_rule_does_not_raise_of_lines_that_end_early(rule: str) -> None:
    own = all_rules()[rule]
    for example in examples_of(own):
        for path, text in example.before.items():
            for changed in () if path.endswith(("/", ".wsgi", ".py")) else cut(text):
                work = job(own, example, {**example.before, path: changed})
                config = read(work)
                check(work, config)
                assert not config.failed, changed


_SECTIONS = {
    "VirtualHost": "*:80", "Directory": "/srv/shop", "Location": "/", "Files": "*", "Limit": "GET", "LimitExcept": "GET",
    "If": "true", "RequireAll": "", "RequireAny": "", "RequireNone": "", "Proxy": "*", "IfModule": "mod_wsgi.c",
    "Macro": "shop",
}  # fmt: skip


@pytest.mark.parametrize("outer", _SECTIONS)
def test_no_rule_raises_of_sections_in_any_others(outer: str) -> None:
    for middle, inner in product(_SECTIONS, _SECTIONS):
        opened = [(name, f"<{name} {_SECTIONS[name]}>\n") for name in (outer, middle, inner)]
        closed = "".join(f"</{name}>\n" for name, _ in reversed(opened))
        lines = "Require all granted\nOrder allow,deny\nAllow from all\nWSGIProcessGroup shop\nAlias / /srv/shop\n"
        text = "".join(line for _, line in opened) + lines + closed
        work = Job(source_of({"/etc/apache2/site.conf": text}), list(all_rules().values()))
        config = read(work)
        check(work, config)
        assert not config.failed, text


def test_each_line_is_cut_in_three_ways() -> None:
    assert list(cut("<Location /a>\n  Require ip 10 11\n")) == [
        "<Location>\n  Require ip 10 11\n",
        '<Location "">\n  Require ip 10 11\n',
        "<Location /a>\n  Require\n",
        "<Location /a>\n  Require ip\n",
        '<Location /a>\n  Require "" 10 11\n',
    ]
