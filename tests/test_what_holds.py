"""What holds in many directories is found out once for those that are alike, and apart for those that are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support import config_of

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge import access, places
from modwsgi_fix.model.merge.access import access_in, access_of, grant
from modwsgi_fix.model.merge.options import EVERY_OPTION
from modwsgi_fix.model.merge.places import may_override, option

_BASE = "<Directory />\nOptions None\nRequire all denied\n</Directory>\n"


def server(text: str) -> Config:
    """A whole server that denies by default."""
    return config_of({"/etc/apache2/apache2.conf": _BASE + text})


def many(times: int) -> str:
    return "".join(f"<Directory /srv/a{n}/static>\nRequire all granted\n</Directory>\n" for n in range(times))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of functions that were called, each time they are."""
    calls: list[str] = []

    def counted(module: object, name: str) -> None:
        real: Callable[..., object] = getattr(module, name)

        def call(*args: object, **more: object) -> object:
            calls.append(name)
            return real(*args, **more)

        monkeypatch.setattr(module, name, call)

    counted(access, "says")
    counted(places, "_decided")
    return calls


def test_directories_with_the_same_words_are_weighed_once(asked: list[str]) -> None:
    config = server(many(30))
    for n in range(30):
        path = f"/srv/a{n}/static"
        assert grant(config, config.main, path).allowed is True
        assert [option(config, config.main, path, name).on for name in EVERY_OPTION] == [False] * len(EVERY_OPTION)
    sections = config.named("directory")[1:]
    assert all(access_in(config, section).grants for section in sections)
    assert sorted(asked) == ["_decided", "says", "says"]


def test_each_directory_is_decided_by_its_own_section() -> None:
    config = server(many(3))
    _, *sections = config.named("directory")
    assert [grant(config, config.main, f"/srv/a{n}/static").by_24 for n in range(3)] == sections


def by_options(config: Config, path: str) -> tuple[bool | None, Item | None]:
    found = option(config, config.main, path, "indexes")
    return found.on, found.by


def test_neighbours_are_told_apart() -> None:
    config = server(
        "<Directory /srv/a>\nRequire all granted\nOptions +Indexes\n</Directory>\n"
        "<Directory /srv/a/b>\nRequire all granted\n</Directory>\n"
        "<Directory /srv/a/c>\nOptions -Indexes\nRequire all denied\n</Directory>\n"
        "<Directory /srv/a/d>\nRequire ip 192.0.2.1\n</Directory>\n"
        "<Directory /srv/*/e>\nRequire all denied\n</Directory>\n"
    )
    main = config.main
    _, on, off = config.named("options")
    # Those below are asked first, so that nothing of what is remembered of one can be another's.
    assert by_options(config, "/srv/a/c/x") == (False, off)
    assert by_options(config, "/srv/a/b/x") == (True, on)
    assert by_options(config, "/srv/b") == (False, config.named("options")[0])
    allowed = {
        path: grant(config, main, f"/srv/{path}").allowed for path in ("a/c", "a/b", "a/d", "a/e", "b/e", "a", "b")
    }
    assert allowed == {"a/c": False, "a/b": True, "a/d": None, "a/e": False, "b/e": False, "a": True, "b": False}


def test_what_is_in_doubt_above_is_not_remembered_for_neighbours() -> None:
    config = server(
        "<IfDefine Open>\n<Directory /srv/a>\nRequire all granted\nOptions Indexes\nAllowOverride All\n</Directory>\n</IfDefine>\n"
    )
    (guarded,) = (item for item in config.named("directory") if item.guards)
    for path in ("/srv/a/b", "/srv/a/c"):
        assert grant(config, config.main, path).allowed is None
        assert grant(config, config.main, path, given=guarded.guards).allowed is True
        assert option(config, config.main, path, "indexes").on is None
        assert may_override(config, config.main, path)
    assert grant(config, config.main, "/srv/b").allowed is False
    assert not may_override(config, config.main, "/srv/b")


def test_a_section_that_may_not_be_meant_is_asked_about_for_each_neighbour() -> None:
    config = server("<Directory /srv/${NAME}>\nRequire all granted\nOptions Indexes\nAllowOverride All\n</Directory>\n")
    for path in ("/srv/${NAME}", "/srv/${NAME}/b", "/srv/${NAME}/b/c", "/srv/${NAME}/b/d"):
        assert grant(config, config.main, path).allowed is None
        assert option(config, config.main, path, "indexes").on is None
        assert may_override(config, config.main, path)


def test_a_line_in_doubt_is_not_taken_for_one_with_the_same_words() -> None:
    config = server(
        "<Directory /srv/a>\nRequire all granted\n</Directory>\n"
        "<Directory /srv/b>\n<IfDefine Open>\nRequire all granted\n</IfDefine>\n</Directory>\n"
        "<Directory /srv/c>\n<Limit POST>\nRequire all granted\n</Limit>\n</Directory>\n"
        "<Directory /srv/d>\n<RequireAny>\nRequire all granted\n</RequireAny>\n</Directory>\n"
    )
    assert [grant(config, config.main, f"/srv/{name}").allowed for name in "abcd"] == [True, None, None, True]
    for section in config.named("directory", "limit"):
        alone = config_of({"/etc/apache2/apache2.conf": section.file.text})
        (same,) = (one for one in alone.named("directory", "limit") if one.index == section.index)
        assert access_in(config, section).grants is access_of(same).grants


def with_options(name: str, *lines: str) -> str:
    return f"<Directory /srv/{name}>\n" + "".join(f"{line}\n" for line in lines) + "</Directory>\n"


def test_sections_with_the_same_options_are_weighed_once(asked: list[str]) -> None:
    config = server("".join(with_options(f"a{n}", "Options -Indexes", "Options +Includes") for n in range(30)))
    _, *lines = config.named("options")
    off, on = lines[::2], lines[1::2]
    assert [by_options(config, f"/srv/a{n}") for n in range(30)] == [(False, line) for line in off]
    assert [option(config, config.main, f"/srv/a{n}", "includes").by for n in range(30)] == on
    assert asked == ["_decided"]


def test_directories_of_which_no_section_says_anything_have_the_options_of_the_one_above(asked: list[str]) -> None:
    quiet = "".join(f"<Directory /srv/a/q{n}>\nRequire all granted\n</Directory>\n" for n in range(30))
    config = server(f"{with_options('a', 'Options Indexes')}{quiet}{with_options('a/own', 'Options None')}")
    _, on, off = config.named("options")
    assert [by_options(config, f"/srv/a/q{n}") for n in range(30)] == [(True, on)] * 30
    assert [by_options(config, f"/srv/a/{name}") for name in ("own", "own/b", "other")] == [
        (False, off),
        (False, off),
        (True, on),
    ]
    assert asked == ["_decided"] * 2


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        (with_options("a/*", "Options None"), False),
        (with_options("a/b", "<IfModule mod_wsgi.c>", "Options None", "</IfModule>"), False),
        (with_options("a/b", "<If \"%{HTTPS} == 'on'\">", "Options None", "</If>"), None),
        ("<DirectoryMatch ^/srv/a/[bc]>\nOptions None\n</DirectoryMatch>\n", False),
        (with_options("a/b/", "Options None"), False),
        (with_options("a/${NAME}", "Options None"), True),
    ],
    ids=["wildcard", "module", "condition", "expression", "slash", "variable"],
)
def test_a_section_of_any_kind_says_for_itself(lines: str, *, state: bool | None) -> None:
    config = server(f"LoadModule wsgi_module modules/mod_wsgi.so\n{with_options('a', 'Options Indexes')}{lines}")
    assert [by_options(config, f"/srv/{path}")[0] for path in ("a", "a/b")] == [True, state]


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("<IfDefine Open>\nOptions Indexes\n</IfDefine>", None),
        ("Options ${WORDS}", None),
        ("<Limit POST>\nOptions Indexes\n</Limit>", True),
        ("Options +Indexes", True),
        ("options none Indexes", True),
    ],
)
def test_options_are_weighed_apart_from_those_in_doubt(line: str, *, state: bool | None) -> None:
    lines = {"a": "Options Indexes", "b": line, "c": "Options Indexes"}
    config = server("".join(with_options(name, one) for name, one in lines.items()))
    assert [by_options(config, f"/srv/{name}")[0] for name in "abc"] == [True, state, True]


def test_options_by_url_put_those_of_their_host_alone_in_doubt() -> None:
    hosts = "".join(
        f"<VirtualHost *:80>\nServerName {name}.example.com\n{with_options(name, 'Options Indexes')}{more}</VirtualHost>\n"
        for name, more in (("a", ""), ("b", "<Location /x>\nOptions None\n</Location>\n"), ("c", ""))
    )
    config = server(hosts)
    assert [
        option(config, host, f"/srv/{name}", "indexes").on for host, name in zip(config.hosts, "abc", strict=True)
    ] == [
        True,
        None,
        True,
    ]
