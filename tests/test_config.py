"""The reader: which files make a server, and what is known of it. tests/httpd/test_reading.py asks httpd the same."""

from __future__ import annotations

import pytest
from support import config_of, lines, one_file, source_of

from modwsgi_fix.files import FileProblem, Memory
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.gaps import HARMLESS, GapKind, sees_all_sections, whole_text
from modwsgi_fix.model.items import Guard
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.syntax.nodes import DEEPEST_SECTION

# -- which servers -------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "entry", "roots"),
    [
        ({"/s/apache2.conf": "", "/s/a.conf": ""}, "/s/apache2.conf", ("/s",)),
        ({"/s/httpd.conf": ""}, "/s/httpd.conf", ("/s",)),
        ({"/s/conf/httpd.conf": ""}, "/s/conf/httpd.conf", ("/s", "/s/conf")),
        ({"/s/apache2.conf": "", "/s/httpd.conf": ""}, "/s/apache2.conf", ("/s",)),
    ],
)
def test_a_directory_with_an_entry_file_is_a_whole_server(
    texts: dict[str, str], entry: str, roots: tuple[str, ...]
) -> None:
    source = source_of(texts, paths=["/s"])
    assert (source.entries, source.roots, source.complete) == ((entry,), roots, True)
    assert all(source.writable(path) for path in texts)
    assert not source.writable("/s2/x.conf")


def test_any_other_directory_is_fragments_in_order_of_names() -> None:
    texts = {
        "/d/b.conf": "B\n",
        "/d/a/x.vhost": "X\n",
        "/d/README": "no\n",
        "/d/.hidden.conf": "no\n",
        "/d/sites-enabled/y": "Y\n",
    }
    config = config_of(texts, paths=["/d"])
    assert not config.complete
    assert lines(config) == ["x", "b", "y"]


def test_files_named_singly_are_one_server() -> None:
    config = config_of({"/b.conf": "B\n", "/a.conf": "A\n"}, paths=["/b.conf", "/a.conf"])
    assert lines(config) == ["b", "a"]
    assert not config.complete
    assert config_of({"/x/httpd.conf": "A\n"}, paths=["/x/httpd.conf"]).complete


def test_what_is_not_there_is_an_error() -> None:
    files = Memory({"/d/README": "", "/a.conf": ""})
    with pytest.raises(FileProblem, match="no such file"):
        find_sources(files, ["/none.conf"])
    with pytest.raises(FileProblem, match="no configuration here"):
        find_sources(files, ["/d"])


def test_fragments_that_include_each_other_are_read_in_their_place_only() -> None:
    config = config_of({"/d/a.conf": "A\nInclude b.conf\n", "/d/b.conf": "B\n"}, paths=["/d"])
    assert lines(config) == ["a", "include b.conf", "b"]
    assert config.files["/d/b.conf"].readings == 1


# -- Include -------------------------------------------------------------------


def server(main: str, **others: str) -> Config:
    texts = {f"/etc/apache2/{name.replace('__', '/')}.conf": text for name, text in others.items()}
    return config_of({"/etc/apache2/apache2.conf": main, **texts})


def test_a_link_is_one_file() -> None:
    texts = {
        "/etc/apache2/apache2.conf": "Include sites-enabled/*.conf\n",
        "/etc/apache2/sites-available/a.conf": "A\n",
    }
    links = {
        "/etc/apache2/sites-enabled/a.conf": "../sites-available/a.conf",
        "/etc/apache2/sites-enabled/b.conf": "a.conf",
    }
    config = config_of(texts, links)
    assert lines(config) == ["include sites-enabled/*.conf", "a", "a"]
    assert list(config.files) == ["/etc/apache2/apache2.conf", "/etc/apache2/sites-available/a.conf"]
    assert config.files["/etc/apache2/sites-available/a.conf"].readings == 2
    one, other = config.named("a")
    assert config.readings(one) == [one, other]


@pytest.mark.parametrize(
    ("directive", "is_gap"),
    [
        ("Include none.conf", True), ("Include none/*.conf", False), ("IncludeOptional none.conf", False),
        ("IncludeOptional none/*.conf", False), ("Include ${NONE}/a.conf", True),
    ],
)  # fmt: skip
def test_an_include_of_nothing(directive: str, *, is_gap: bool) -> None:
    assert bool(server(directive + "\n").gaps) is is_gap


def test_a_fragments_include_of_nothing_is_a_gap_unless_optional() -> None:
    assert one_file("Include none/*.conf\n").gaps
    assert not one_file("IncludeOptional none/*.conf\n").gaps


def test_absolute_paths_are_found_in_a_copy() -> None:
    texts = {"/copy/apache2.conf": "Include /etc/apache2/a.conf\n", "/copy/a.conf": "A\n"}
    assert lines(config_of(texts, paths=["/copy"])) == ["include /etc/apache2/a.conf", "a"]
    texts = {"/copy/httpd.conf": 'ServerRoot "/opt/x"\nInclude /opt/x/a.conf\n', "/copy/a.conf": "A\n"}
    assert lines(config_of(texts, paths=["/copy"]))[-1] == "a"


def test_texts_stand_in_for_files() -> None:
    source = source_of({"/etc/apache2/apache2.conf": "A\n"})
    assert lines(load(source, texts={"/etc/apache2/apache2.conf": "B\n"})) == ["b"]


# -- variables -----------------------------------------------------------------


def test_envvars_of_debian() -> None:
    texts = {
        "/etc/apache2/apache2.conf": "User ${APACHE_RUN_USER}\nErrorLog ${APACHE_LOG_DIR}/e.log\nFoo ${UNSET}\n",
        "/etc/apache2/envvars": "unset HOME\nexport APACHE_RUN_USER=www-data\nexport APACHE_LOG_DIR=/var/log/apache2$SUFFIX\n",
    }
    config = config_of(texts)
    assert lines(config) == ["user www-data", "errorlog /var/log/apache2/e.log", "foo ${UNSET}"]
    assert [item.known for item in config.items] == [True, True, False]
    assert [gap.reason for gap in config.gaps] == ["the variable ${UNSET} is not defined in these files"]


def test_an_argument_knows_what_is_written_and_where() -> None:
    text = 'Define X "a b"\nFoo "${X}c" d\n'
    item = one_file(text).named("foo")[0]
    assert (item.args[0].value, item.args[0].written) == ("a bc", "${X}c")
    assert text[slice(*item.args[0].span)] == '"${X}c"'


def test_a_variable_that_may_have_been_changed_is_not_known() -> None:
    config = one_file(
        "Define X 1\n<IfDefine !MAYBE>\nDefine X 2\nDefine Z\n</IfDefine>\nFoo ${X}\n<IfDefine Z>\nBar\n</IfDefine>\n"
    )
    foo, bar = config.named("foo", "bar")
    assert not foo.known
    assert bar.guards == (Guard("ifdefine", "Z", negated=False),)


def test_a_variable_of_undefined_ones_is_not_known() -> None:
    config = one_file("Define X ${NONE}\nDefine Y ${X}\nFoo ${Y}\nDefine X 1\nFoo ${X}\n")
    assert [item.known for item in config.named("foo")] == [False, True]


# -- conditions ----------------------------------------------------------------


def guards(text: str, target: Target | None = None) -> list[tuple[Guard, ...]]:
    return [item.guards for item in one_file(text, target).named("foo")]


def test_what_cannot_be_decided_is_a_guard() -> None:
    text = "<IfDefine A>\nFoo\n<IfModule !mod_ssl.c>\nFoo\n</IfModule>\n</IfDefine>\n<IfFile /x>\nFoo\n</IfFile>\nFoo\n"
    a, ssl = Guard("ifdefine", "A", negated=False), Guard("ifmodule", "mod_ssl.c", negated=True)
    assert guards(text) == [(a,), (a, ssl), (Guard("iffile", "/x", negated=False),), ()]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("IfDirective WSGIScriptAlias", True),
        ("IfDirective wsgiscriptalias none", True),
        ("IfDirective !WSGIScriptAlias", False),
        ("IfDirective SSLEngine", False),
        ("IfDirective !SSLEngine", True),
        ("IfDirective <VirtualHost", True),
        ("IfDirective VirtualHost", False),
        ("IfSection VirtualHost", True),
        ("IfSection Require", False),
        ("IfSection Macro", None),
        ("IfSection !RequireAll", False),
        ("IfDirective FooBar", None),
        ("IfFile /srv/site/app.wsgi", True),
        ("IfFile conf", True),
        ("IfFile ./conf/../app.wsgi", True),
        ("IfFile /srv/site/none.wsgi", False),
        ("IfFile !/srv/site/none.wsgi", True),
        ("IfFile /etc/none", None),
        ("IfFile /srv/site/gone", None),
        ("IfFile /srv/site/${NONE}", None),
    ],
)
def test_conditions_on_directives_and_files_are_decided_where_the_files_tell(
    condition: str, *, found: bool | None
) -> None:
    modules = "".join(f"LoadModule {name}_module modules/mod_{name}.so\n" for name in ("authz_core", "wsgi", *"abcdef"))
    key = condition.split()[0]
    text = f"ServerRoot /srv/site\n{modules}<{condition}>\nFoo\n</{key}>\n"
    files = {"/srv/site/conf/httpd.conf": text, "/srv/site/app.wsgi": ""}
    root = Memory(files, links={"/srv/site/gone": "/nowhere"})
    read = load(source_of(files, paths=["/srv/site/conf"]), disk=root).named("foo")
    assert (None if any(item.guards for item in read) else bool(read)) is found


def test_opposite_branches_exclude_each_other() -> None:
    text = (
        "<IfDefine A>\nFoo 1\n</IfDefine>\n<IfDefine !A>\nFoo 2\n</IfDefine>\n<IfDefine B>\nFoo 3\n</IfDefine>\nFoo 4\n"
    )
    one, two, three, four = one_file(text).named("foo")
    assert one.excludes(two)
    assert two.excludes(one)
    assert not one.excludes(three)
    assert four.accompanies(one)
    assert not one.accompanies(four)
    assert one.accompanies(one)


@pytest.mark.parametrize("define", ["Define ONCE", "Define ONCE 1", "<IfModule mod_wsgi.c>\nDefine ONCE\n</IfModule>"])
def test_a_part_that_is_to_be_read_once_is_read_once(define: str) -> None:
    part = f"<IfDefine !ONCE>\n{define}\nFoo\n</IfDefine>\n"
    once = Guard("ifdefine", "ONCE", negated=True)
    assert guards(part + part + "<IfDefine ONCE>\nFoo\n</IfDefine>\n") == [(once,), ()]


def test_what_another_condition_decides_is_defined_only_where_that_holds() -> None:
    a, once = Guard("ifdefine", "A", negated=False), Guard("ifdefine", "ONCE", negated=True)
    part = "<IfDefine A>\n<IfDefine !ONCE>\nDefine ONCE\nFoo\n</IfDefine>\n</IfDefine>\n"
    assert guards(part + part) == [(a, once)]
    assert guards(part + "<IfDefine !ONCE>\nFoo\n</IfDefine>\n") == [(a, once), (once,)]


@pytest.mark.parametrize("condition", ["<IfDefine ONCE>", "<IfDefine !OTHER>"])
def test_a_name_that_another_condition_defines_may_be_undefined(condition: str) -> None:
    config = one_file(f"{condition}\nDefine ONCE\n</IfDefine>\n<IfDefine !ONCE>\nFoo\n</IfDefine>\n")
    assert [item.guards for item in config.named("foo")] == [(Guard("ifdefine", "ONCE", negated=True),)]


def test_the_value_of_a_name_that_may_be_on_the_command_line_is_not_known() -> None:
    config = one_file("<IfDefine !ROOT>\nDefine ROOT /srv\n</IfDefine>\nFoo ${ROOT}\n")
    assert not config.named("foo")[0].known


def test_a_version_that_is_left_open_is_a_guard() -> None:
    text = "".join(f"<IfVersion {test}>\nFoo\n</IfVersion>\n" for test in ("~ [.]50$", ">= 2.4.50", "!= 2.4.50"))
    assert [g[0].kind for g in guards(text)] == ["ifversion"] * 3
    assert guards(text, Target(httpd=(2, 4, 50))) == [(), ()]
    assert guards("<IfVersion < 2.4>\nFoo\n</IfVersion>\n", Target(httpd=(2, 2))) == [()]


@pytest.mark.parametrize("test", ["~ ^2.4", "!~ ^2.2", "/^2\\.4/", "= /[.]4[.]/", "!~ ^2.4.x"])
def test_a_version_by_a_pattern_is_decided_where_all_that_it_may_be_agree(test: str) -> None:
    assert guards(f"<IfVersion {test}>\nFoo\n</IfVersion>\n<IfVersion ~ ^2.2>\nFoo\n</IfVersion>\n") == [()]


@pytest.mark.parametrize(
    ("line", "use", "values"),
    [
        ("Require $who", '"all denied"', ("all", "denied")), ('Require "$who"', '"all denied"', ("all denied",)),
        ("Require ip $who", '"10.0.0.1 10.0.0.2"', ("ip", "10.0.0.1", "10.0.0.2")), ("Require all $who", '""', ("all",)),
        ("Require $who", "\"'a b' c\"", ("a b", "c")), ("Require all granted", "x", ("all", "granted")),
    ],
)  # fmt: skip
def test_a_parameter_of_a_macro_may_hold_several_words(line: str, use: str, values: tuple[str, ...]) -> None:
    """mod_macro replaces it in the line, which is split afterwards."""
    config = one_file(f"<Macro M $who>\n<IfModule mod_wsgi.c>\n{line}\n</IfModule>\n</Macro>\nUse M {use}\n")
    (item,) = config.named("require")
    assert item.values == values == tuple(arg.value for arg in item.args)
    assert all(arg.known and item.file.text[arg.span.start : arg.span.end] for arg in item.args)


MANY = "".join(f"LoadModule {name}_module x\n" for name in ("a", "b", "c", "d", "e", "f"))


@pytest.mark.parametrize(
    ("before", "test", "verdict"),
    [
        ("", "mod_ssl.c", None), (MANY, "mod_ssl.c", False), ("LoadModule ssl_module x\n", "mod_ssl.c", True),
        ("LoadModule ssl_module x\n", "ssl_module", True), (MANY, "ssl", False), (MANY, "sapi_apache2.c", None),
        (MANY, "event.c", False), (MANY + "LoadModule mpm_event_module x\n", "event.c", True), (MANY, "core.c", True),
        (MANY + "<IfDefine SSL>\nLoadModule ssl_module x\n</IfDefine>\n", "mod_ssl.c", None),
        (MANY + "<IfModule !mod_ssl.c>\nLoadModule ssl_module x\n</IfModule>\n", "ssl_module", True),
        (MANY, "mod_wsgi.c", True),
    ],
)  # fmt: skip
def test_modules(before: str, test: str, *, verdict: bool | None) -> None:
    config = server(f"{before}<IfModule {test}>\nFoo\n</IfModule>\n<IfModule !{test}>\nBar\n</IfModule>\n")
    found = config.named("foo", "bar")
    if verdict is None:
        assert [item.key for item in found if item.guards] == ["foo", "bar"]
    else:
        assert [(item.key, item.guards) for item in found] == [("foo" if verdict else "bar", ())]


# -- macros --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Define SAYS WSGIDaemonProcess\n${SAYS} shop\n", ["define", "wsgidaemonprocess"]),
        ("Define SAYS Define\n${SAYS} WHO shop\nWSGIDaemonProcess ${WHO}\n", ["define", "define", "wsgidaemonprocess"]),
        (
            "Define SAYS WSGIDaemon\n<Directory /srv>\n${SAYS}Process shop\n</Directory>\n",
            ["define", "directory", "wsgidaemonprocess"],
        ),
        ("<Macro Says $name>\n$name shop\n</Macro>\nUse Says WSGIDaemonProcess\n", ["use", "wsgidaemonprocess"]),
        ("${SAYS} shop\n", ["${says}"]),
    ],
)
def test_the_name_of_a_directive_may_be_a_variable(text: str, keys: list[str]) -> None:
    config = config_of({"/a.conf": text})
    assert [item.key for item in config.items] == keys
    assert all(item.values == ("shop",) for item in config.named("wsgidaemonprocess"))


def test_a_used_macro_is_read_in_its_place_and_not_ours_to_edit() -> None:
    config = one_file(
        "<Macro Site $name>\n<VirtualHost *>\nServerName $name\n</VirtualHost>\n</Macro>\nUse Site a\nUse SITE b\n"
    )
    assert [host.last("servername").value for host in config.hosts] == ["a", "b"]  # type: ignore[union-attr]
    assert all(item.foreign for item in config.named("servername"))
    assert not any(item.foreign for item in config.named("use"))


def test_an_unknown_macro_is_a_gap() -> None:
    assert [gap.reason for gap in one_file("Use None a\n").gaps] == ["the macro None is not defined in these files"]


def test_a_macro_that_uses_itself_ends() -> None:
    assert len(one_file("<Macro M>\nFoo\nUse M\n</Macro>\nUse M\n").named("foo")) < 200


# -- servers and sections ------------------------------------------------------


def test_hosts_and_what_stands_in_them() -> None:
    text = (
        "A\n<VirtualHost *:80>\nB\n<Directory /x>\nC\n</Directory>\n</VirtualHost>\n<Directory /y>\nD\n</Directory>\n"
    )
    config = one_file(text)
    (host,) = config.hosts
    assert [item.key for item in config.main.items] == ["a", "virtualhost", "directory"]
    assert [item.key for item in host.items] == ["b", "directory"]
    assert [item.key for item in host.walk()] == ["b", "directory", "c"]
    assert [item.key for item in config.main.walk()] == ["a", "virtualhost", "directory", "d"]
    assert {item.key: item.server for item in config.items} == {
        "a": config.main, "virtualhost": host, "b": host, "directory": config.main, "c": host, "d": config.main,
    }  # fmt: skip
    c = config.named("c")[0]
    assert [section.key for section in c.sections] == ["directory"]
    assert c.section("directory") is c.parent
    assert c.section("location") is None


def test_conditions_leave_no_trace_but_the_wrapper() -> None:
    config = one_file("<VirtualHost *>\n<IfModule mod_wsgi.c>\nA\n</IfModule>\n</VirtualHost>\n")
    (a,) = config.named("a")
    assert a in config.hosts[0].items
    assert a.wrapper is not None
    assert a.wrapper.key == "ifmodule"


def test_what_is_code_in_another_language_is_a_gap() -> None:
    config = one_file("<Perl>\nFoo 1;\n</Perl>\nFoo\n")
    assert [item.line for item in config.named("foo")] == [4]
    assert [gap.reason for gap in config.gaps] == ["<Perl> is code in another language, which is not read"]


def test_named_is_in_reading_order() -> None:
    config = one_file("B\nA\nC\nB\n")
    assert [(item.key, item.line) for item in config.named("a", "b")] == [("b", 1), ("a", 2), ("b", 4)]
    assert [item.line for item in config.named("b")] == [1, 4]
    assert config.named("none") == []


def test_sections_a_hundred_deep_are_read() -> None:
    config = one_file("<S x>\n" * 100 + "Foo\n" + "</S>\n" * 100)
    assert len(config.items) == 101
    assert not config.gaps


# -- kinds of gaps -------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("ErrorLog ${LOGS}/e.log", GapKind.VARIABLE), ("Alias /x ${LOGS}/x", GapKind.VARIABLE),
        ("Include none.conf", GapKind.INCLUDE), ("Define D none\nInclude ${D}.conf", GapKind.INCLUDE),
        ("Include /etc/letsencrypt/options-ssl-apache.conf", GapKind.APART), ("Include more/own.load", GapKind.APART),
        ("Use None a", GapKind.MACRO), ("<Perl>\n1;\n</Perl>", GapKind.CODE),
        ("<LuaHookLog x.lua f>\n</LuaHookLog>", GapKind.CODE),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "around", ["{}\n", "<VirtualHost *:80>\n{}\n</VirtualHost>\n", "<IfModule mod_wsgi.c>\n{}\n</IfModule>\n"]
)
def test_a_gap_says_its_kind(line: str, kind: GapKind, around: str) -> None:
    config = server(around.format(line))
    assert {gap.kind for gap in config.gaps} == {kind}
    assert whole_text(config) is (kind in HARMLESS)


def test_a_limit_is_a_gap_of_its_kind() -> None:
    config = server("<IfDefine A>\n" * (DEEPEST_SECTION + 1) + "</IfDefine>\n" * (DEEPEST_SECTION + 1))
    assert {gap.kind for gap in config.gaps} == {GapKind.LIMIT}


@pytest.mark.parametrize("name", ["${D}.conf", "${D}/*.conf\nInclude ${D}/x.conf", "sites/${D}.conf"])
def test_a_missing_file_hides_sections_though_its_name_has_a_variable(name: str) -> None:
    assert not sees_all_sections(server(f"Define D none\nInclude {name}\n"))


def test_an_unknown_word_of_a_macro_hides_no_section() -> None:
    text = "<Macro Site $logs>\nErrorLog $logs/e.log\n</Macro>\nUse Site ${LOGS}\n"
    assert sees_all_sections(server(text))
    assert not sees_all_sections(server(text.replace("ErrorLog $logs/e.log", "<Directory $logs>\n</Directory>")))


@pytest.mark.parametrize("above", ["", "conf/"])
def test_of_two_main_files_debians_is_read(above: str) -> None:
    texts = {
        f"/srv/server/{above}apache2.conf": "Include httpd.conf\nListen 80\n",
        f"/srv/server/{above}httpd.conf": "# empty\n",
    }
    (source,) = find_sources(Memory(texts), ["/srv/server"])
    assert source.entries == (f"/srv/server/{above}apache2.conf",)
