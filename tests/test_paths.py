"""What is found by an index is what asking each by itself would find."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import config_of

from modwsgi_fix.edits import Applicability
from modwsgi_fix.effect.exposure import exposed
from modwsgi_fix.engine import Job, check, fix, read
from modwsgi_fix.files import Memory, Permissions
from modwsgi_fix.model.facts.served import coverage, scripts, scripts_below, served, served_near
from modwsgi_fix.model.merge.layers import site_of
from modwsgi_fix.model.merge.sections import is_regex_section, location_match, path_matches
from modwsgi_fix.model.merge.world import World
from modwsgi_fix.model.paths import Nested, Prefixes, ascending, rest_below
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.model.request.translate import prefix_match
from modwsgi_fix.model.urls import aliases, covered, covers, mounts
from modwsgi_fix.rule import all_rules

_NAMES = st.sampled_from(("a", "ab", "b", "", "a*", "*", "?b"))
_PATHS = st.lists(_NAMES, max_size=4).map(lambda names: "/" + "/".join(names))
_PLAIN = _PATHS.filter(lambda path: "*" not in path and "?" not in path)
_URLS = st.one_of(_PLAIN, _PLAIN.map(lambda path: path + "/"))


@given(st.lists(_PATHS, max_size=8), _PLAIN)
def test_above_is_what_matches_the_path(patterns: list[str], path: str) -> None:
    nested = Nested((pattern, at) for at, pattern in enumerate(patterns))
    assert sorted(nested.above(path)) == [at for at, pattern in enumerate(patterns) if path_matches(pattern, path)]


@given(st.lists(_PATHS, max_size=8), _PLAIN)
def test_below_is_what_the_path_matches_in_order(paths: list[str], path: str) -> None:
    nested = Nested((one, at) for at, one in enumerate(paths))
    assert nested.below(path) == [at for at, one in enumerate(paths) if path_matches(path, one)]


@given(st.lists(st.sampled_from(("/", "/a", "/a/", "/a/b", "/a*", "/ab")), max_size=6), _URLS)
def test_locations_of_a_url(patterns: list[str], url: str) -> None:
    text = "".join(f"<Location {pattern}>\n</Location>\n" for pattern in patterns)
    config = config_of({"/site.conf": f"{text}<VirtualHost *>\n{text}</VirtualHost>\n"})
    site = site_of(config, config.hosts[0])
    near = [layer.section for layer in site.locations(url, World(None, {}, {}))]
    merged = re.sub("//+", "/", url)
    expected = [(one, url if is_regex_section(one) else merged) for one in site.every_location()]
    assert near == [one for one, asked in expected if location_match(one, asked) is True]


_MAPPINGS = st.tuples(
    st.sampled_from(("Alias", "AliasMatch", "WSGIScriptAlias", "WSGIScriptAliasMatch", "ScriptAlias")),
    st.sampled_from(("/", "/a", "/a/", "/a/b", "//a", "/ab/c")),
    st.sampled_from(("/srv/a/x.wsgi", "/srv/a/", "/srv/a/b/y.py", "/srv//c", "/")),
)


@given(st.lists(_MAPPINGS, max_size=8), st.lists(_MAPPINGS, max_size=3), _URLS)
def test_mappings_by_url_and_directory(
    own: list[tuple[str, str, str]], main: list[tuple[str, str, str]], url: str
) -> None:
    written = ["".join(f"{' '.join(words)}\n" for words in each) for each in (main, own)]
    config = config_of({"/site.conf": f"{written[0]}<VirtualHost *>\n{written[1]}</VirtualHost>\n"})
    for server in config.servers:
        for alias in aliases(config, server):
            assert list(covered(config, server, alias)) == [m for m in mounts(config, server) if covers(alias, m)]
        every = served(config, server)
        assert every is not None
        near = served_near(config, server, url)
        assert near is not None
        assert set(near) == {one for one in every if coverage(url, one) != "none"}
        for place in ("/", "/srv", "/srv/a", "/srv/b"):
            wanted = [one for one in scripts(config, server) if path_matches(place, one.directory)]
            assert scripts_below(config, server, place) == wanted


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/srv/a", ["/srv", "/"]),
        ("/", []),
        ("//srv/a", ["//srv", "/"]),
        ("///srv//a", ["///srv", "/"]),
        ("//", ["/"]),
        ("/srv/a/", ["/srv/a", "/srv", "/"]),
        ("a/b", ["a"]),
        ("", []),
    ],
)
def test_the_way_up_from_a_path_ends(path: str, above: list[str]) -> None:
    assert list(ascending(path)) == [path, *above]


#: Lines that lead to files; ``@`` is where their paths begin.
_LEADING = {
    "mount": "WSGIScriptAlias / @srv/app/app.wsgi",
    "document root": "DocumentRoot @srv/app",
    "alias": "Alias /a @srv/app/",
    "import": "WSGIImportScript @srv/app/app.wsgi process-group=%{GLOBAL} application-group=%{GLOBAL}",
    "password file": "<Location />\n    AuthType Basic\n    AuthName a\n    AuthUserFile @srv/app/users\n    Require valid-user\n</Location>",
    "home": "WSGIDaemonProcess a home=@srv/app python-home=@srv/app user=www-data",
    "log": "ErrorLog @srv/app/error.log",
    "section": "<Directory @srv/app>\n    AllowOverride All\n    Require all granted\n</Directory>\nWSGIScriptAlias / @srv/app/app.wsgi",
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("slashes", ["/", "//", "///"])
@pytest.mark.parametrize(
    "around", ["@", "<VirtualHost *:80>\n@\n</VirtualHost>", "<IfModule mod_wsgi.c>\n@\n</IfModule>"]
)
@pytest.mark.parametrize("name", _LEADING)
def test_a_path_may_begin_with_many_slashes(name: str, around: str, slashes: str) -> None:
    text = f"{around.replace('@', _LEADING[name].replace('@', slashes))}\n"
    denied = "<Directory />\n    AllowOverride All\n    Require all denied\n</Directory>\n"
    script = "def application(environ, start_response):\n    return []\n"
    accounts = {"/etc/passwd": "www-data:x:33:33::/:\n", "/etc/group": "www-data:x:33:\n"}
    texts = {"/etc/apache2/apache2.conf": denied + text, "/srv/app/app.wsgi": script, "/srv/app/users": "", **accounts}
    files = Memory(texts, permissions={path: Permissions(0o600, 0, 0) for path in texts})
    (source,) = find_sources(files, ["/etc/apache2"])
    job = Job(source, [rule for rule in all_rules().values() if rule.default], disk=files)
    config = read(job)
    check(job, config)
    assert not config.failed
    exposed(config)
    assert not fix(job, Applicability.REPAIR, config=config).failed


_PREFIXES = st.text("/ab", max_size=5)


@given(st.lists(_PREFIXES, max_size=8), _PREFIXES)
def test_prefixes_around_a_url_are_those_that_take_it_in_their_order(prefixes: list[str], url: str) -> None:
    things = list(enumerate(prefixes))
    around = Prefixes(things, lambda thing: thing[1])(url)
    assert [one for one in around if prefix_match(one[1], url)] == [one for one in things if prefix_match(one[1], url)]
    assert around == sorted(around)


def test_what_has_no_prefix_is_around_every_url() -> None:
    prefixes = Prefixes(["/a", "regex", "/b", "/a/b"], lambda one: one if one.startswith("/") else None)
    assert prefixes("/a/b/c") == ["/a", "regex", "/a/b"]
    assert prefixes("/b") == ["regex", "/b"]


@pytest.mark.parametrize(
    ("path", "directory", "rest"),
    [
        ("/srv/site/app.wsgi", "/srv/site/", "app.wsgi"),
        ("/srv/site", "/srv/site", "."),
        ("/srv/app.wsgi", "", "srv/app.wsgi"),
        ("C:/Site/py/app.wsgi", "c:\\site", "py/app.wsgi"),
    ],
)
def test_what_a_path_has_below_a_directory_is_told_in_either_case_of_a_drive(
    path: str, directory: str, rest: str
) -> None:
    assert rest_below(path, directory) == rest
