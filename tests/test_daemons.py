"""Process groups and server names: the grammar of options, what removing words leaves, who may use whose group."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import job_of

from modwsgi_fix.edits import Applicability, apply
from modwsgi_fix.engine import Job, check, fix
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import (
    daemon_processes,
    group_uses,
    in_template,
    is_settled,
    may_use,
    options_of,
)
from modwsgi_fix.model.merge.groups import application_group, process_group
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.model.servers import addresses, is_tls, label, own_name, same_name, split_name
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.placeholders import has_placeholder
from modwsgi_fix.rewriting.lines import add_words, delete_words
from modwsgi_fix.rule import all_rules


def config_of(text: str, name: str = "site.conf") -> Config:
    files = Memory({name: text})
    return load(find_sources(files, [name])[0])


# -- the grammar, compared with a port of the C code -----------------------------------------------------------------

_SPACE = " \t\n\v\f\r"


def getword_conf(text: str, at: int) -> tuple[str, int]:
    """``server/util.c:ap_getword_conf``, line by line: the word, and where the next one starts."""
    size = len(text)
    while at < size and text[at] in _SPACE:
        at += 1
    if at == size:
        return "", at
    quote = text[at] if text[at] in "\"'" else ""
    if quote:
        start = end = at + 1
        while end < size and text[end] != quote:
            end += 2 if text[end] == "\\" and text[end + 1 : end + 2] in (quote, "\\") else 1
        stop = end + (end < size)
    else:
        start = end = at
        while end < size and text[end] not in _SPACE:
            end += 1
        stop = end
    word, i = "", start
    while i < end:
        if text[i] == "\\" and i + 1 < size and (text[i + 1] == "\\" or (quote and text[i + 1] == quote)):
            i += 1
        word += text[i]
        i += 1
    while stop < size and text[stop] in _SPACE:
        stop += 1
    return word, stop


def parse_options(text: str) -> tuple[str, list[tuple[str, str]], bool]:
    """``wsgi_add_daemon_process`` with ``wsgi_parse_option``: the name, the options, and whether httpd accepts them."""
    name, at = getword_conf(text, 0)
    options = []
    while at < len(text):
        while at < len(text) and text[at] in _SPACE:
            at += 1
        end = at
        while end < len(text) and text[end] != "=" and text[end] not in _SPACE:
            end += 1
        if end == at or text[end : end + 1] != "=":
            return name, options, False
        option = text[at:end]
        value, at = getword_conf(text, end + 1)
        options.append((option, value))
    return name, options, True


_PIECES = st.sampled_from(
    ["a", "home", "=", '"', "'", " ", "  ", "\t", "\\", "\\\n", "\\\r\n", " \\\n   ", "/x", "é", "\xa0", "1", ";", "#"]
)


@given(st.lists(_PIECES, max_size=14))
def test_options_are_read_as_mod_wsgi_reads_them(pieces: list[str]) -> None:
    text = "".join(pieces)
    config = config_of(f"WSGIDaemonProcess n {text}\n")
    found = daemon_processes(config)
    assert len(found) == 1
    joined = text.replace("\\\r\n", "").replace("\\\n", "")
    if joined.endswith("\\"):
        return  # It continues into the end of the file.
    name, options, accepted = parse_options(f"n {joined}".rstrip(_SPACE))
    process = found[0]
    assert process.name == name
    assert [(option.name, option.value) for option in process.options][: len(options)] == options
    assert accepted is not bool(process.stray)
    if accepted:
        assert len(process.options) == len(options)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("threads=5", {"threads": "5"}),
        ("threads= 5", {"threads": "5"}),
        ('home="/a b" threads=5', {"home": "/a b", "threads": "5"}),
        ('home="/a"threads=5', {"home": "/a", "threads": "5"}),
        (r'home="/a \"b\" c"', {"home": '/a "b" c'}),
        ('home="/a', {"home": "/a"}),
        ("display-name=", {"display-name": ""}),
        ("a==b", {"a": "=b"}),
        ("threads=5 \\\n    processes=2", {"threads": "5", "processes": "2"}),
        ("thr\\\neads=5", {"threads": "5"}),
        ("threads=5 threads=6", {"threads": "6"}),
    ],
)
def test_options(text: str, options: dict[str, str]) -> None:
    (process,) = daemon_processes(config_of(f"WSGIDaemonProcess n {text}\n"))
    assert process.settings == options
    assert not process.stray


@pytest.mark.parametrize("text", ["threads", "threads 5", "threads = 5", "=5", "home=/a b", "threads=5 # five"])
def test_words_that_are_no_option_are_stray(text: str) -> None:
    (process,) = daemon_processes(config_of(f"WSGIDaemonProcess n {text}\n"))
    assert process.stray


def test_a_word_that_is_quoted_whole_is_an_option_of_a_strange_name() -> None:
    (process,) = daemon_processes(config_of('WSGIDaemonProcess n "home=/a"\n'))
    assert process.settings == {'"home': '/a"'}


def test_spans_stand_where_the_words_stand() -> None:
    text = 'WSGIDaemonProcess "my site" \\\r\n  home="/srv/a b" \\\r\n  threads=5\r\n'
    (process,) = daemon_processes(config_of(text))
    assert process.name == "my site"
    assert [text[o.span.start : o.span.end] for o in process.options] == ['home="/srv/a b"', "threads=5"]
    assert [text[o.value_span.start : o.value_span.end] for o in process.options] == ['"/srv/a b"', "5"]


@pytest.mark.parametrize(
    ("text", "capacity"),
    [("", 15), ("processes=10", 150), ("processes=2,threads=5", 30), ("threads=many", 0), ("processes=3 threads=1", 3)],
)
def test_capacity_counts_as_atoi_does(text: str, capacity: int) -> None:
    (process,) = daemon_processes(config_of(f"WSGIDaemonProcess n {text}\n"))
    assert process.capacity == capacity


def test_variables_are_those_of_the_line() -> None:
    text = "Define D /a\nWSGIDaemonProcess x home=${D} user=${U}\nDefine D /b\nWSGIDaemonProcess y home=${D}\n"
    first, second = daemon_processes(config_of(text))
    assert (first.settings["home"], second.settings["home"]) == ("/a", "/b")
    assert [option.known for option in first.options] == [True, False]


def test_a_macro_fills_in_names_and_options() -> None:
    text = "<Macro Site $name $dir>\nWSGIDaemonProcess $name home=$dir\n</Macro>\nUse Site shop /srv/shop\nUse Site blog /b\n"
    assert [(p.name, p.settings) for p in daemon_processes(config_of(text))] == [
        ("shop", {"home": "/srv/shop"}),
        ("blog", {"home": "/b"}),
    ]


@pytest.mark.parametrize(
    "word", ["{{ name }}", "@NAME@", "<%= name %>", "%(name)s", "$NAME", "%USER%", "__NAME__", "#{name}"]
)
def test_placeholders_are_no_names(word: str) -> None:
    assert has_placeholder(word)
    assert not is_settled(word)


@pytest.mark.parametrize("word", ["shop", "%{GROUP}", "%{ENV:X}", "shop.example.com", "my-shop_2", "#33", "/srv/$1"])
def test_names_are_no_placeholders(word: str) -> None:
    assert not has_placeholder(word)
    assert is_settled(word)


def test_a_template_with_conditions_is_known_as_one() -> None:
    for text, expected in (("{% if a %}\nWSGIDaemonProcess a\n{% endif %}\n", True), ("WSGIDaemonProcess a\n", False)):
        (process,) = daemon_processes(config_of(text))
        assert in_template(process.directive) is expected


# -- taking words out ----------------------------------------------------------------------------------------------

_WORDS = st.sampled_from(["threads=5", "user=a", 'home="/a b"', "lang='x'", "display-name=x", "group=b"])
_GAPS = st.sampled_from([" ", "  ", "\t", " \\\n    ", " \\\r\n\t", "\\\n  "])


@given(
    st.lists(st.tuples(_GAPS, _WORDS), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n", "", "  \n"]),
    st.data(),
)
def test_words_taken_out_leave_the_others(words: list[tuple[str, str]], end: str, data: st.DataObject) -> None:
    text = "WSGIDaemonProcess n" + "".join(gap + word for gap, word in words) + end + ("" if not end else "# after\n")
    config = config_of(text)
    (process,) = daemon_processes(config)
    gone = data.draw(st.sets(st.integers(0, len(words) - 1), min_size=1))
    after = apply(text, delete_words(process.directive, [process.options[at].span for at in gone]))
    (left,) = daemon_processes(config_of(after))
    kept = [option for at, option in enumerate(process.options) if at not in gone]
    assert [(o.name, o.value) for o in left.options] == [(o.name, o.value) for o in kept]
    assert not left.stray
    assert after.endswith("# after\n") or not end
    assert all(line.strip() not in ("\\", "") for line in after.split("\n")[:-1])


def test_words_that_touch_are_not_joined() -> None:
    text = 'WSGIDaemonProcess n home="/a"threads=5\n'
    (process,) = daemon_processes(config_of(text))
    assert apply(text, delete_words(process.directive, [process.options[0].span])) == "WSGIDaemonProcess n threads=5\n"


# -- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (["ServerName a.example"], ["ServerName a.example"], True),
        (["ServerName a.example:80"], ["ServerName https://a.example:443"], True),
        (["ServerName a.example"], ["ServerName A.example"], False),
        (["ServerName a.example"], ["ServerName b.example", "ServerAlias a.example"], False),
        (["ServerName b.example", "ServerName a.example"], ["ServerName a.example"], True),
        ([], [], True),
        (["ServerName a.example"], [], None),
        (["ServerName ${NAME}"], ["ServerName ${NAME}"], True),
        (["ServerName ${NAME}"], ["ServerName a.example"], None),
        (["<IfDefine X>", "ServerName a.example", "</IfDefine>"], ["ServerName a.example"], None),
        (["ServerAlias a.example"], ["ServerAlias a.example"], True),
    ],
)
def test_same_name(one: list[str], other: list[str], expected: bool | None) -> None:  # noqa: FBT001
    hosts = ("\n".join(["<VirtualHost *:80>", *lines, "</VirtualHost>"]) for lines in (one, other))
    config = config_of("\n".join(hosts) + "\n")
    first, second = config.hosts
    assert same_name(config, first, second) is expected
    assert same_name(config, second, first) is expected
    assert same_name(config, first, first) is True


def test_a_host_without_a_name_has_that_of_the_main_server() -> None:
    config = config_of(
        "ServerName main.example\n<VirtualHost *:80>\n</VirtualHost>\n<VirtualHost 192.0.2.1:80>\n</VirtualHost>\n"
        "<VirtualHost _default_:443>\nServerName main.example\n</VirtualHost>\n"
    )
    nameless, address, named = config.hosts
    assert same_name(config, nameless, config.main) is True
    assert same_name(config, nameless, named) is True
    assert same_name(config, address, named) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.example", ("a.example", "")),
        ("a.example:8080", ("a.example", "8080")),
        ("https://a.example:443", ("a.example", "443")),
        ("[::1]:80", ("[::1]", "80")),
        ("a.example:http", ("a.example:http", "")),
    ],
)
def test_split_name(text: str, expected: tuple[str, str]) -> None:
    assert split_name(text) == expected


def test_addresses_and_labels() -> None:
    config = config_of("<VirtualHost *:80 [::]:80 192.0.2.1>\nServerName a.example\nSSLEngine on\n</VirtualHost>\n")
    (host,) = config.hosts
    assert [tuple(address) for address in addresses(host)] == [("*", "80"), ("[::]", "80"), ("192.0.2.1", "*")]
    assert [address.is_wildcard for address in addresses(host)] == [True, True, False]
    assert own_name(host) == "a.example"
    assert is_tls(host) is True
    assert label(host) == "<VirtualHost *:80 [::]:80 192.0.2.1> (a.example)"
    assert label(config.main) == "the main server"


# -- who uses a group ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name", "at_start"),
    [
        ("WSGIProcessGroup g", "g", False),
        ("WSGIScriptAlias / /a.wsgi process-group=g", "g", False),
        ("WSGIScriptAlias / /a.wsgi process-group=g application-group=%{GLOBAL}", "g", True),
        ("WSGIScriptAlias / /a.wsgi application-group=h process-group='g'", "g", True),
        ("WSGIScriptAlias / /a.wsgi process-group=g application-group=%{SERVER}", "g", False),
        ("WSGIScriptAlias / /a.wsgi process-group=%{ENV:G} application-group=h", "%{ENV:G}", False),
        ("WSGIScriptAlias / /a.wsgi process-group=%{GLOBAL} application-group=h", "%{GLOBAL}", False),
        ("WSGIImportScript /a.wsgi process-group=g application-group=%{RESOURCE}", "g", True),
        ("WSGIHandlerScript x /a.wsgi process-group=g application-group=h", "g", False),
    ],
)
def test_group_uses(line: str, name: str, at_start: bool) -> None:  # noqa: FBT001
    config = config_of(line + "\n")
    (use,) = group_uses(config)
    assert (use.name, use.at_start) == (name, at_start)
    assert line[use.arg_span.start : use.arg_span.end].strip("'") == name


def test_every_host_may_use_a_group_of_the_main_server() -> None:
    config = config_of(
        "WSGIDaemonProcess g\n<VirtualHost *:80>\nServerName a.example\nWSGIDaemonProcess h\n</VirtualHost>\n"
        "<VirtualHost *:80>\nServerName b.example\n</VirtualHost>\n"
    )
    of_main, of_host = daemon_processes(config)
    first, second = config.hosts
    assert may_use(config, first, of_main) is may_use(config, second, of_main) is True
    assert may_use(config, first, of_host) is True
    assert may_use(config, second, of_host) is False


_DIRECTORY = ["<Directory /srv>", "WSGIProcessGroup d", "</Directory>"]


@pytest.mark.parametrize(
    ("lines", "process", "application"),
    [
        ([], "", "%{RESOURCE}"),
        (["WSGIProcessGroup g", "WSGIApplicationGroup %{GLOBAL}"], "g", ""),
        (["WSGIProcessGroup g", *_DIRECTORY], "d", "%{RESOURCE}"),
        (["<Location />", "WSGIProcessGroup l", "</Location>", *_DIRECTORY], "l", "%{RESOURCE}"),
        (["<Files app.wsgi>", "WSGIProcessGroup f", "</Files>", *_DIRECTORY], "f", "%{RESOURCE}"),
        (["<Location /other>", "WSGIProcessGroup l", "</Location>"], "", "%{RESOURCE}"),
        (["<If true>", "WSGIProcessGroup l", "</If>"], None, "%{RESOURCE}"),
        (["WSGIProcessGroup %{ENV:G}"], None, "%{RESOURCE}"),
        (["<IfDefine X>", "WSGIProcessGroup g", "</IfDefine>"], None, "%{RESOURCE}"),
    ],
)  # fmt: skip
def test_the_groups_of_a_mount(lines: list[str], process: str | None, application: str) -> None:
    config = config_of("\n".join([*lines, "WSGIScriptAlias / /srv/app.wsgi"]) + "\n")
    (mount,) = mounts(config, config.main)
    assert process_group(config, config.main, mount).name == process
    assert application_group(config, config.main, mount).name == application


def test_the_options_of_a_mount_win() -> None:
    config = config_of(
        "<Location />\nWSGIProcessGroup l\n</Location>\nWSGIScriptAlias / /srv/app.wsgi process-group=o application-group=p\n"
    )
    (mount,) = mounts(config, config.main)
    assert process_group(config, config.main, mount).name == "o"
    assert application_group(config, config.main, mount).name == "p"
    options, stray = options_of(config, mount.item, 2)
    assert [option.name for option in options] == ["process-group", "application-group"]
    assert not stray


# -- line ends -----------------------------------------------------------------------------------------------------


def test_a_definition_is_hoisted_with_the_line_ends_of_its_file() -> None:
    host = "<VirtualHost *:80>\r\n\tServerName {0}\r\n\tWSGIDaemonProcess g \\\r\n\t\tthreads=5\r\n</VirtualHost>\r\n"
    text = "# Site\r\n" + host.format("a.example") + host.format("b.example")
    files = Memory({"site.conf": text})
    job = Job(find_sources(files, ["site.conf"])[0], [all_rules()["duplicate-daemon-process"]])
    fixed = fix(job, Applicability.SAFE)
    bare = "<VirtualHost *:80>\r\n\tServerName {0}\r\n</VirtualHost>\r\n"
    wanted = "WSGIDaemonProcess g \\\r\n\tthreads=5\r\n# Site\r\n" + bare.format("a.example") + bare.format("b.example")
    assert fixed.files[0].after == wanted


def group_in(opener: str, group: str) -> str:
    return f"{opener}\n    WSGIProcessGroup {group}\n</{opener[1:].split()[0]}>\n"


def selected(sections: str) -> str | None:
    config = config_of(f"WSGIScriptAlias / /srv/w/app.wsgi\n{sections}")
    (mount,) = mounts(config, config.main)
    return process_group(config, config.main, mount).name


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        ("<Directory /srv/w>", "<Directory /srv>"),
        ('<DirectoryMatch "/w">', "<DirectoryMatch w>"),
        ('<DirectoryMatch "w">', "<Directory /srv/w>"),
    ],
)
def test_a_section_of_a_directory_counts_by_its_path(stronger: str, weaker: str) -> None:
    """Wherever it stands: each asked of httpd 2.4.71 with mod_wsgi 4.9.4."""
    strong, weak = group_in(stronger, "strong"), group_in(weaker, "weak")
    assert selected(strong + weak) == selected(weak + strong) == "strong"


@pytest.mark.parametrize(
    ("one", "other"), [("<Location />", '<LocationMatch "^/">'), ("<Files app.wsgi>", '<FilesMatch "wsgi">')]
)
def test_of_locations_and_of_files_the_last_counts(one: str, other: str) -> None:
    """With a pattern or without: asked of the same."""
    for first, last in ((one, other), (other, one)):
        assert selected(group_in(first, "weak") + group_in(last, "strong")) == "strong"


# -- words behind a line that is not closed --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        'WSGIDaemonProcess app home="/srv/app',
        "WSGIDaemonProcess app home='/srv/a b",
        'WSGIDaemonProcess app home="/srv/app \\"x',
        'WSGIDaemonProcess app home="/srv/app\\\n    python-path=/srv',
        "WSGIDaemonProcess app home=",
        "WSGIDaemonProcess app home=  ",
        'WSGIDaemonProcess app home="" lang="en US"',
        'WSGIDaemonProcess "app',
        'WSGIDaemonProcess app stray "word',
    ],
)
@pytest.mark.parametrize(
    "around", ["@\n", "<IfModule mod_wsgi.c>\n@\n</IfModule>\n", "<VirtualHost *:80>\r\n@\r\n</VirtualHost>\r\n"]
)
def test_a_word_that_is_added_is_one_of_its_own(line: str, around: str) -> None:
    text = around.replace("@", line)
    before = config_of(text)
    (process,) = daemon_processes(before)
    (after,) = daemon_processes(config_of(apply(text, [add_words(process.directive, ["umask=022"])])))
    assert after.name == process.name
    assert after.settings == process.settings | {"umask": "022"}
    assert len(after.stray) == len(process.stray)


@pytest.mark.parametrize(
    "line", ['WSGIDaemonProcess app home="/srv/app', 'WSGIDaemonProcess "app', "WSGIDaemonProcess app home="]
)
def test_a_fix_that_adds_an_option_to_an_open_line_comes_to_an_end(line: str) -> None:
    files = Memory({"site.conf": line + "\n"})
    rules = [
        all_rules()[name]
        for name in ("daemon-without-display-name", "daemon-without-locale", "daemon-without-timeouts")
    ]
    done = fix(Job(find_sources(files, ["site.conf"])[0], rules), Applicability.UNSAFE)
    assert done.withheld == ()
    assert len(done.applied) == 3


@pytest.mark.parametrize(
    "text",
    [
        "<WSGIDaemonProcess app\n<",
        "<WSGIDaemonProcess app>\nthreads=2\n</WSGIDaemonProcess>\n",
        "<IfModule mod_wsgi.c>\n<WSGIDaemonProcess app>\n</IfModule>\n",
        "<VirtualHost *:80>\n<WSGIDaemonProcess app\nthreads=2\n</VirtualHost>\n",
    ],
)
def test_what_is_written_as_a_section_has_its_words_within_the_file(text: str) -> None:
    found = daemon_processes(config_of(text))
    assert found
    assert all(0 <= span.start <= span.end <= len(text) for process in found for span in process.stray)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("Directory /srv/shop/pages", "no WSGIDaemonProcess defines process group Blog, and this line selects it for no application"),
        ("Location /shopping", "no WSGIDaemonProcess defines process group Blog, and this line selects it for no application"),
        ("Directory /srv/shop", "no WSGIDaemonProcess defines process group Blog, so every request gets an error 500"),
    ],
)  # fmt: skip
def test_an_undefined_group_fails_requests_only_where_it_is_selected_for_some(section: str, message: str) -> None:
    name = section.partition(" ")[0]
    lines = f"WSGIScriptAlias /shop /srv/shop/app.wsgi\n<{section}>\nWSGIProcessGroup Blog\n</{name}>\n"
    (source,) = find_sources(Memory({"/etc/apache2/apache2.conf": lines}), ["/etc/apache2"])
    (found,) = all_rules()["process-group-undefined"].check(load(source))
    assert found.message == message
    assert (found.severity is None) == ("error 500" in message)


@pytest.mark.parametrize("around", ["{}", "<IfModule mod_so.c>\n{}</IfModule>\n"])
@pytest.mark.parametrize(
    "of_windows", ['LoadFile "C:/Python/python311.dll"\n', 'LoadModule wsgi_module "C:/w.pyd"\n', ""]
)
@pytest.mark.parametrize(
    ("rule", "lines"),
    [
        ("two-applications-in-main-interpreter", "WSGIApplicationGroup %{{GLOBAL}}\n{mounts}"),
        (
            "two-applications-in-main-interpreter",
            "<VirtualHost *:80>\nWSGIApplicationGroup x\n{mounts}</VirtualHost>\n",
        ),
        ("python-directive-repeated", "WSGIPythonHome C:/one\nWSGIPythonHome C:/two\n{mounts}"),
        ("python-directive-repeated", "WSGIPythonEggs C:/one\nWSGIPythonEggs C:/two\n{mounts}"),
    ],
)
def test_no_daemon_is_advised_on_windows(rule: str, lines: str, of_windows: str, around: str) -> None:
    mounts = 'WSGIScriptAlias /a "D:/a/app.wsgi"\nWSGIScriptAlias /b "D:/b/app.wsgi"\n'
    text = (around.format(of_windows) if of_windows else "") + lines.format(mounts=mounts)
    told = [one.help for one in check(job_of({"/site.conf": text}, *all_rules().values())) if one.rule == rule]
    assert told
    assert all("Windows has no daemon mode" in help_ for help_ in told)
    elsewhere = (lines.format(mounts=mounts)).replace("C:", "").replace("D:", "/srv")
    told = [one.help for one in check(job_of({"/site.conf": elsewhere}, *all_rules().values())) if one.rule == rule]
    assert told
    assert not any("Windows" in help_ for help_ in told)
