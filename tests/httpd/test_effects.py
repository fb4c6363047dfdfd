"""The seven words: what two answers of httpd are called, and what of it a fix may have done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modwsgi_fix.edits import Applicability

from . import fixing
from .effects import Applied, Difference, Effect, admits, differences
from .probe import Answer, Probe
from .root import Link, Tree

PAGE = Answer(200, "file", mapped="/srv/www/page.html", handler="-")
SOURCE = replace(PAGE, mapped="/srv/www/settings.py")
APPLICATION = Answer(200, "application", mapped="/srv/shop/app.wsgi", process_group="shop")
REFUSED, ASKED, MISSING = Answer(403, "httpd"), Answer(401, "httpd"), Answer(404, "httpd")
SLASH = Answer(301, "httpd", location="http://a.example/x/")
AWAY = replace(SLASH, location="http://b.example/")
LISTING = Answer(200, "listing", mapped="/srv/www/")
LINKED = replace(PAGE, mapped="/srv/www/out/hosts.txt")

TREE: Tree = {"/srv/www/out": Link("/etc"), "/srv/www/page.html": "page"}
DEAD = {fixing.SITE: "<Location “/x”>\n    Require ip 10.0.0.1\n</Location>\n"}
LIVE = {fixing.SITE: "<Location /x>\n    Require ip 10.0.0.1\n</Location>\n"}
DENIED = {fixing.SITE: "<Directory /srv/shop>\n    Require all denied\n</Directory>\n"}
NOTHING = {fixing.SITE: "Listen 80\n"}
STRANGER, FRIEND = Probe("a.example", "/x"), Probe("a.example", "/x", client="127.9.9.9")


def word(
    was: Answer,
    now: Answer,
    before: fixing.Texts = NOTHING,
    after: fixing.Texts = NOTHING,
    friend: Answer | None = None,
) -> Effect | None:
    """The effect on a stranger; ``friend`` is what another client gets, before and after."""
    pairs = [(STRANGER, was, now), *([(FRIEND, friend, friend)] if friend else [])]
    found = list(differences(pairs, fixing.read(before), fixing.read(after), TREE))
    assert len(found) < 2
    return found[0].effect if found else None


@pytest.mark.parametrize(
    ("was", "now", "effect"),
    [
        (PAGE, PAGE, None),
        (REFUSED, APPLICATION, "regained"),
        (MISSING, APPLICATION, "regained"),
        (PAGE, APPLICATION, "regained"),
        (REFUSED, AWAY, "regained"),
        (REFUSED, SLASH, None),
        (ASKED, APPLICATION, "unlocked"),
        (ASKED, PAGE, "unlocked"),
        (ASKED, AWAY, "unlocked"),
        (REFUSED, PAGE, "opened"),
        (APPLICATION, PAGE, "opened"),
        (SOURCE, PAGE, "opened"),
        (MISSING, LISTING, "opened"),
        (SOURCE, REFUSED, "closed"),
        (LISTING, REFUSED, "closed"),
        (LINKED, REFUSED, "closed"),
        (PAGE, REFUSED, "lost"),
        (PAGE, MISSING, "lost"),
        (APPLICATION, ASKED, "lost"),
        (APPLICATION, Answer(500, "httpd"), "lost"),
        (AWAY, REFUSED, "lost"),
        (SLASH, REFUSED, None),
        (APPLICATION, Answer(0, "nobody"), "lost"),
        (REFUSED, MISSING, None),
        (APPLICATION, replace(APPLICATION, process_group="blog"), "moved"),
        (APPLICATION, replace(APPLICATION, uid=7), "moved"),
        (PAGE, replace(PAGE, content_type="text/css"), "moved"),
    ],
)
def test_the_word_for_two_answers(was: Answer, now: Answer, effect: Effect | None) -> None:
    assert word(was, now) == effect


def test_what_others_get_tells_a_lock_from_a_refusal() -> None:
    assert word(REFUSED, PAGE, friend=PAGE) == "unlocked"
    assert word(REFUSED, APPLICATION, friend=APPLICATION) == "unlocked"


def test_what_the_texts_refuse_tells_a_restriction_from_a_loss() -> None:
    assert word(APPLICATION, REFUSED, DEAD, LIVE) == "restricted"
    assert word(APPLICATION, REFUSED, NOTHING, LIVE) == "lost"
    assert word(APPLICATION, REFUSED, LIVE, NOTHING) == "lost"


def test_what_is_refused_by_name_is_not_regained() -> None:
    assert word(REFUSED, APPLICATION, DENIED, NOTHING) == "opened"


@pytest.mark.parametrize(
    ("effect", "was", "now", "level", "changes", "allowed"),
    [
        ("regained", REFUSED, APPLICATION, "repair", ("regained",), True),
        ("regained", REFUSED, APPLICATION, "repair", ("closed",), False),
        ("regained", REFUSED, APPLICATION, "safe", ("regained",), False),
        ("regained", Answer(500, "httpd"), APPLICATION, "safe", (), True),
        ("closed", SOURCE, REFUSED, "safe", ("closed",), False),
        ("lost", PAGE, REFUSED, "repair", ("lost",), False),
        ("unlocked", ASKED, PAGE, "repair", ("unlocked",), False),
        ("opened", REFUSED, PAGE, "repair", ("opened",), False),
    ],
)
def test_what_a_fix_may_do(
    *, effect: Effect, was: Answer, now: Answer, level: str, changes: tuple[str, ...], allowed: bool
) -> None:
    fix = Applied("made", fixing.LEVELS[level], frozenset(changes))
    assert admits(fix, Difference(effect, STRANGER, was, now)) is allowed


def test_what_a_fix_publishes_may_be_opened() -> None:
    opened = Difference("opened", STRANGER, REFUSED, PAGE)
    for pair, allowed in (
        (("/", "/srv/www/"), True),
        (("/x", "/srv/"), True),
        (("/y", "/srv/"), False),
        (("/", "/srv/w"), False),
        (("/", "/srv/w*/"), True),
        (("/", "/srv/*/html/"), False),
    ):
        fix = Applied("made", Applicability.REPAIR, publishes=(pair,))
        assert admits(fix, opened) is allowed
    listing = Difference("opened", STRANGER, REFUSED, LISTING)
    assert not admits(Applied("made", Applicability.REPAIR, publishes=(("/", "/srv/"),)), listing)
