"""Servers of many files are read as httpd reads them: Include, conditions, variables and macros, on the real one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modwsgi_fix.files import Disk
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources

from .dump import Refusal, server_rows
from .install import Install

Dumper = tuple[Install, Path]

#: Executed while reading, so not in httpd's tree.
READ = {"include", "includeoptional", "define", "undefine", "loadmodule", "serverroot", "use"}
VERSION = (2, 4, 71)
Line = tuple[str, int, str, tuple[str, ...]]


def write(directory: Path, texts: Mapping[str, str]) -> Path:
    shutil.rmtree(directory, ignore_errors=True)
    for name, text in texts.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory / "httpd.conf"


def theirs(dumper: Dumper, entry: Path) -> list[Line]:
    rows = server_rows(*dumper, entry, ["macro"])
    assert not isinstance(rows, Refusal), rows
    return [(row.file, row.line, row.key, tuple(row.arguments.removesuffix(">").split())) for row in rows]


def ours(entry: Path, version: tuple[int, ...] = VERSION) -> Config:
    (source,) = find_sources(Disk(), [str(entry)])
    return load(source, target=Target(httpd=version))


def line(item: Item) -> Line:
    end = item.node.head_span.end if item.is_section else item.node.end  # type: ignore[attr-defined]
    number = item.file.lines.position(end - 1).line
    return item.path, number, ("<" if item.is_section else "") + item.key, item.values


def certain(config: Config, *, taken: Callable[[Item], bool]) -> list[Line]:
    return [line(item) for item in config.items if item.key not in READ and taken(item)]


# -- one question each ---------------------------------------------------------

OPERATORS = ["", "=", "==", ">", ">=", "<", "<=", "!=", "!==", "!>", "!>=", "!<", "!<="]
NUMBERS = [
    "2",
    "2.2",
    "2.3",
    "2.4",
    "2.4.0",
    "2.4.1",
    "2.4.70",
    "2.4.71",
    "2.4.72",
    "2.5",
    "2.10",
    "3",
    "1.9.9",
    "2.04",
    "2.4.071",
]


def server_version(dumper: Dumper) -> tuple[int, ...]:
    import subprocess

    said = subprocess.run([str(dumper[0].server), "-v"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in said.partition("Apache/")[2].split()[0].split("."))


def test_every_operator_and_version(dumper: Dumper, tmp_path: Path) -> None:
    version = server_version(dumper)
    tests = [f"{operator} {number}".strip() for operator in OPERATORS for number in NUMBERS]
    text = "".join(f"<IfVersion {test}>\nTaken {at}\n</IfVersion>\n" for at, test in enumerate(tests))
    entry = write(tmp_path / "server", {"httpd.conf": text})
    taken = {tests[int(arguments[0])] for _, _, _, arguments in theirs(dumper, entry)}
    config = ours(entry, version)
    assert not any(item.guards for item in config.items), "each is decided where the version is known"
    assert {tests[int(item.value)] for item in config.items} == taken
    # Where the patch level is open, what is decided is decided right.
    known = {tests[int(item.value)]: not item.guards for item in ours(entry, version[:2]).items}
    assert {test for test, sure in known.items() if sure} <= taken <= set(known)


def test_versions_by_regular_expression(dumper: Dumper, tmp_path: Path) -> None:
    tests = ["~ ^2.4", "= /^2.4/", "!~ ^2.2", "/^2.4/", "~ ^2.2"]
    text = "".join(f"<IfVersion {test}>\nTaken {at}\n</IfVersion>\n" for at, test in enumerate(tests))
    entry = write(tmp_path / "server", {"httpd.conf": text})
    assert [arguments for *_, arguments in theirs(dumper, entry)] == [("0",), ("1",), ("2",), ("3",)]
    assert [(item.value, item.guards) for item in ours(entry).items] == [(str(at), ()) for at in range(4)]


MODULES = [
    "mod_alias.c", "alias_module", "mod_alias", "alias", "mod_alias.so", "event.c", "mpm_event_module", "mod_mpm_event.c",
    "core.c", "core_module", "mod_so.c", "so_module", "http_core.c", "mod_core.c", "mod_version.c", "mod_wsgi.c", "wsgi_module",
    "mod_authz_core.c", "prefork.c", "worker.c", "mpm_prefork_module", "mod_macro.c",
]  # fmt: skip


def test_names_of_modules(dumper: Dumper, tmp_path: Path) -> None:
    found = dumper[0]
    load_lines = "".join(
        f'LoadModule {name}_module "{path}"\n'
        for name in ("alias", "authz_core", "dir", "mime", "setenvif", "wsgi")
        if (path := found.module(name))
    )
    # httpd has these two from its command line.
    ours_only = f'LoadModule mpm_event_module "{found.module("mpm_event")}"\nLoadModule macro_module x\n'
    text = load_lines + "".join(
        f"<IfModule {name}>\nTaken {at}\n</IfModule>\n<IfModule !{name}>\nMissing {at}\n</IfModule>\n"
        for at, name in enumerate(MODULES)
    )
    entry = write(tmp_path / "server", {"httpd.conf": text})
    taken = {MODULES[int(arguments[0])] for _, _, key, arguments in theirs(dumper, entry) if key == "taken"}
    entry.write_text(ours_only + text)
    sure = {
        MODULES[int(item.value)]: item.key == "taken"
        for item in ours(entry).items
        if item.key in ("taken", "missing") and not item.guards
    }
    assert {name: name in taken for name in sure} == sure
    assert len(sure) > len(MODULES) // 2


ASKED = [
    *("IfDirective Require", "IfDirective rEQUIRE Foo", 'IfDirective "Require"', "IfDirective !Require", "IfDirective <VirtualHost"),
    *("IfDirective VirtualHost", "IfDirective LoadModule", "IfDirective Alias", "IfDirective RewriteRule", "IfDirective Order"),
    *("IfDirective WSGIScriptAlias", "IfDirective ThreadsPerChild", "IfDirective MaxClients", "IfDirective Foo"),
    *("IfSection VirtualHost", "IfSection <virtualhost", "IfSection Require", "IfSection RequireAll", "IfSection !Proxy", "IfSection If"),
    *("IfFile there", "IfFile none", "IfFile !none", "IfFile {}/there", "IfFile {}/none", "IfFile below", "IfFile below/none"),
    *("IfFile broken", "IfFile link", "IfFile *", "IfFile there none", "IfFile ./below/../there", "IfFile none/..", "IfFile {}"),
]  # fmt: skip


def test_conditions_on_directives_sections_and_files(dumper: Dumper, tmp_path: Path) -> None:
    found, directory = dumper[0], tmp_path / "server"
    asked = [one.format(directory) for one in ASKED]
    loads = "".join(
        f'LoadModule {name}_module "{path}"\n'
        for name in ("alias", "authz_core", "dir", "mime", "setenvif", "wsgi")
        if (path := found.module(name))
    )
    conditions = "".join(f"<{one}>\nTaken {at}\n</{one.split()[0]}>\n" for at, one in enumerate(asked))
    entry = write(directory, {"httpd.conf": f"ServerRoot {directory}\n{loads}{conditions}", "there": "", "below/a": ""})
    (directory / "link").symlink_to("there")
    (directory / "broken").symlink_to("nowhere")
    taken = {asked[int(arguments[0])] for _, _, key, arguments in theirs(dumper, entry) if key == "taken"}
    # httpd has its MPM from its command line.
    entry.write_text(f'LoadModule mpm_event_module "{found.module("mpm_event")}"\n{entry.read_text()}')
    (source,) = find_sources(Disk(), [str(entry)])
    read = load(source._replace(complete=True), target=Target(httpd=VERSION), disk=Disk())
    items = read.named("taken")
    sure = {asked[int(item.value)] for item in items if not item.guards}
    unsure = {asked[int(item.value)] for item in items if item.guards}
    assert sure <= taken <= sure | unsure
    assert unsure == {"IfDirective Foo", "IfFile broken"}


@pytest.mark.parametrize(
    "texts",
    [
        # Names in byte order, whatever their case; directories go down before what follows.
        {"httpd.conf": "Include conf.d/*.conf\nLast\n", "conf.d/B.conf": "B\n", "conf.d/A.conf": "A\n",
         "conf.d/a.conf": "a\n"},
        {"httpd.conf": "Include conf.d\nLast\n", "conf.d/b": "B\n", "conf.d/a/z": "Z\n", "conf.d/a/y/x": "X\n",
         "conf.d/.c": "C\n"},
        {"httpd.conf": "Include conf.d/\n", "conf.d/b": "B\n", "conf.d/a.dpkg-old": "A\n"},
        {"httpd.conf": "Include conf.d/*\n", "conf.d/b": "B\n", "conf.d/a/z": "Z\n", "conf.d/.hidden": "H\n"},
        {"httpd.conf": "IncludeOptional */b.conf\n", "y/b.conf": "Y\n", "x/b.conf": "X\n", "z/c.conf": "Z\n"},
        {"httpd.conf": "Include conf.d/[!a].conf\n", "conf.d/a.conf": "A\n", "conf.d/b.conf": "B\n",
         "conf.d/cc.conf": "C\n"},
        {"httpd.conf": "Include conf.d/?.conf\n", "conf.d/a.conf": "A\n", "conf.d/bb.conf": "B\n"},
        {"httpd.conf": "IncludeOptional none.conf\nIncludeOptional none/*.conf\nIncludeOptional a.conf\n",
         "a.conf": "A\n"},
        {"httpd.conf": "<Sec x>\nInclude a.conf\nIn\n</Sec>\nInclude a.conf\n", "a.conf": "A\n<Deep>\nD\n</Deep>\n"},
        {"httpd.conf": "Include a.conf\nB\n", "a.conf": "Include sub/b.conf\nA\n",
         "sub/b.conf": "Include sub/c.conf\n", "sub/c.conf": "C"},
        {"httpd.conf": "Define X 1\nFoo ${X} a${X}b ${Y}\nUnDefine X\nFoo ${X}\n"},
        {"httpd.conf": "Define X\n<IfDefine X>\nA\n</IfDefine>\n<IfDefine !X>\nB\n</IfDefine>\n"},
        {"httpd.conf": "Define D conf.d\nInclude ${D}/a.conf\n", "conf.d/a.conf": "A\n"},
        {"httpd.conf": "Define X a\nDefine Y ${X}b\nFoo ${Y}\nDefine X c\nFoo ${Y} ${X}\n"},
        {"httpd.conf": "<Macro M $a $ab>\nFoo $a $ab $abc\n<Sec $a>\nBar\n</Sec>\n</Macro>\nUse M 1 2\nUse m 3 4\n"},
        {"httpd.conf": "<Macro In $x>\nFoo $x\n</Macro>\n<Macro Out $x>\nUse In $x$x\n</Macro>\nUse Out 1\n"},
        {"httpd.conf": "<Macro M>\nInclude a.conf\n</Macro>\nUse M\nUse M\n", "a.conf": "A\n"},
        {"httpd.conf": "<VirtualHost *:80>\n<IfVersion >= 2.4>\nA\n</IfVersion>\nInclude a.conf\n</VirtualHost>\n",
         "a.conf": "B\n"},
        {"httpd.conf": "<IfVersion < 2.4>\n<Sec x>\nA\n</Sec>\nInclude none.conf\n</IfVersion>\nB\n"},
        {"httpd.conf": "Foo \\\n a\nInclude \\\n a.conf\n", "a.conf": "Bar \\\n b"},
    ],
)  # fmt: skip
def test_servers_to_the_letter(dumper: Dumper, tmp_path: Path, texts: dict[str, str]) -> None:
    entry = write(
        tmp_path / "server", {**texts, "httpd.conf": f'ServerRoot "{tmp_path}/server"\n' + texts["httpd.conf"]}
    )
    wanted = theirs(dumper, entry)
    found = certain(ours(entry), taken=lambda item: all(guard.negated for guard in item.guards))
    # A macro's text is the macro's to httpd: it has no file and no lines of its own.
    if "<Macro" in texts["httpd.conf"]:
        assert [row[2:] for row in found] == [row[2:] for row in wanted]
    else:
        assert found == wanted


# -- any server ----------------------------------------------------------------

FILES = ["a.conf", "b.conf", "conf.d/1.conf", "conf.d/2.conf", "conf.d/sub/3.conf", "sites/x", "sites/y.conf"]
WORDS = st.sampled_from(["1", "${X}", "a${Y}b", "x-${X}", "${UNSET}"])
NAMES = st.sampled_from(["X", "Y", "Z"])
CONDITIONS = [
    "IfDefine X", "IfDefine !Y", "IfDefine Z", "IfVersion >= 2.4", "IfVersion < 2.4.0", "IfVersion 2.4",
    "IfModule mod_so.c", "IfModule !mod_so.c", "IfModule mod_none.c",
]  # fmt: skip


@st.composite
def statements(draw: st.DrawFn, below: list[str], depth: int = 0) -> str:
    """Lines of a file that may include those ``below`` it."""
    parts: list[str] = []
    for _ in range(draw(st.integers(0, 5))):
        kind = draw(
            st.sampled_from(
                ["foo", "foo", "foo", "include", "define", "undefine", *(["section", "if"] * 2 if depth < 3 else [])]
            )
        )
        if kind == "foo":
            parts.append(f"Foo {draw(WORDS)} {draw(WORDS)}\n")
        elif kind == "include":
            targets = [*below, "none/*.conf", "IncludeOptional none.conf"]
            if set(FILES) == set(below):
                targets += ["conf.d", "conf.d/*.conf", "sites/*", "conf.d/*", "*.d/[12].conf"]
            target = draw(st.sampled_from(targets))
            # httpd refuses an Include of nothing, wildcards or not.
            directive = "IncludeOptional " if "*" in target and target not in below else "Include "
            parts.append(("" if " " in target else directive) + target + "\n")
        elif kind == "define":
            parts.append(f"Define {draw(NAMES)} {draw(WORDS)}\n")
        elif kind == "undefine":
            parts.append(f"UnDefine {draw(NAMES)}\n")
        else:
            inner = draw(statements(below, depth + 1))
            if kind == "section":
                parts.append(f"<Sec{depth} {draw(WORDS)}>\n{inner}</Sec{depth}>\n")
            else:
                opener = draw(st.sampled_from(CONDITIONS))
                parts.append(f"<{opener}>\n{inner}</{opener.split()[0]}>\n")
    return "".join(parts)


@st.composite
def servers(draw: st.DrawFn) -> dict[str, str]:
    # A file includes only those after it: httpd refuses what includes itself.
    texts = {name: draw(statements([f"{other}" for other in FILES[at + 1 :]])) for at, name in enumerate(FILES)}
    return {**texts, "httpd.conf": draw(statements(FILES))}


def subsequence(short: list[tuple[str, int, str]], long: list[tuple[str, int, str]]) -> bool:
    rest: Iterator[tuple[str, int, str]] = iter(long)
    return all(row in rest for row in short)


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(texts=servers())
def test_any_server(dumper: Dumper, tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str]) -> None:
    directory = tmp_path_factory.getbasetemp() / "any-server"
    entry = write(directory, {**texts, "httpd.conf": f'ServerRoot "{directory}"\n' + texts["httpd.conf"]})
    rows = server_rows(*dumper, entry)
    if isinstance(rows, Refusal):
        assert "nest" in rows.message or "Include" in rows.message, rows
        return
    wanted = [(row.file, row.line, row.key, tuple(row.arguments.removesuffix(">").split())) for row in rows]
    config = ours(entry)
    places = [row[:3] for row in wanted]
    assert subsequence([row[:3] for row in certain(config, taken=lambda item: not item.guards)], places)
    assert subsequence(places, [row[:3] for row in certain(config, taken=lambda item: True)])
    # What an unguarded directive is said to be given is what it is given.
    sure = [line(item) for item in config.items if item.key not in READ and not item.guards and item.known]
    rest = iter(wanted)
    assert all(row in rest for row in sure)
    if not any(item.guards and item.key in ("define", "undefine") for item in config.items):
        # No -D was given, and no module of that name is there: every undecided condition is false.
        found = certain(config, taken=lambda item: all(guard.negated for guard in item.guards))
        assert found == wanted
