"""The tables of directives against the installed httpd and mod_wsgi: ``-L`` and ``-t``; no server is started."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from modwsgi_fix import directives as d
from modwsgi_fix.directives import Context

HTTPD = shutil.which("apache2") or shutil.which("httpd") or "/usr/sbin/apache2"
MODULES = Path("/usr/lib/apache2/modules")
pytestmark = pytest.mark.skipif(
    not (Path(HTTPD).exists() and (MODULES / "mod_wsgi.so").exists()),
    reason="no httpd with mod_wsgi as Debian lays it out",
)


ALL_SERVER = Context.SERVER | Context.VIRTUAL_HOST
PER_DIRECTORY = Context.DIRECTORY | Context.LOCATION | Context.FILES | Context.IF


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("httpd")


def load(*modules: str) -> str:
    symbols = {name: symbol for name, symbol in d.modules().items() if name not in d.STATIC_MODULES}
    files = {name: "mod_ldap" if name == "util_ldap.c" else f"mod_{name[:-2].removeprefix('mod_')}" for name in symbols}
    files |= {name: f"mod_mpm_{name[:-2]}" for name in ("event.c", "worker.c", "prefork.c")}
    # Sorted, so that mod_proxy and mod_dav come before what needs them.
    return "\n".join(f"LoadModule {symbols[name]} {MODULES / files[name]}.so" for name in sorted(modules or symbols))


def run(root: Path, config: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Asks httpd about a configuration; it starts nothing."""
    file = root / "httpd.conf"
    head = f"ServerRoot {root}\nDefaultRuntimeDir {root}\nErrorLog {root}/error.log\nServerName localhost\n"
    file.write_text(head + config + "\n")
    command = [HTTPD, *(arguments or ("-t",)), "-f", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def everything(mpm: str) -> str:
    return load(
        *(
            name
            for name in d.modules()
            if name not in d.STATIC_MODULES and (name.startswith(("mod_", "util_")) or name == mpm)
        )
    )


def listing(root: Path, mpm: str) -> Iterator[tuple[str, str, bool, str]]:
    """What ``apache2 -L`` lists: name, where in *.conf, whether in .htaccess, the classes of AllowOverride."""
    done = run(root, everything(mpm), "-L")
    assert done.returncode == 0, done.stderr
    entry = re.compile(
        r"^(\S+) \(\S+\)\n(?:(?!\S+ \(\S+\)$).*\n)*?\tAllowed in \*\.conf (anywhere|only outside|only inside)"
        r"(?: <Directory>, <Files>, <Location>, or <If>)?(?: \[no per-dir config\])?( and in \.htaccess)?\n"
        r"(?:\twhen AllowOverride (?:includes )?(.*)\n)?",
        re.MULTILINE,
    )
    found = [(m[1], m[2], bool(m[3]), m[4] or "") for m in entry.finditer(done.stdout)]
    assert len(found) == done.stdout.count("\tAllowed in *.conf ")
    yield from found


@cache
def installed_mod_wsgi() -> str:
    found = re.search(rb"\0([4-9]\.\d+\.\d+)\0", (MODULES / "mod_wsgi.so").read_bytes())
    assert found is not None
    return found[1].decode()


@cache
def installed_httpd() -> str:
    found = re.search(r"Apache/([\d.]+)", subprocess.check_output([HTTPD, "-v"], text=True))
    assert found is not None
    return found[1]


def exists(info: d.DirectiveInfo) -> bool:
    """Whether Debian's modules have it: what is in no module of theirs is not asked about."""
    if info.of_mod_wsgi:
        return info.exists_in(installed_mod_wsgi())
    return bool(set(info.modules) & set(d.modules())) and info.exists_in(installed_httpd())


#: Where httpd's own code refuses more than its command table, as found by trying every directive in every context.
REFUSED_IN_CODE = {
    "in the main server": {"ServerAlias", "RewriteBase", "MDCertificateFile", "MDCertificateKeyFile"},
    "in .htaccess": {"LuaHookTranslateName", "LuaInputFilter", "LuaMapHandler", "LuaOutputFilter", "LuaQuickHandler"},
}


@pytest.mark.parametrize("mpm", ["event.c", "worker.c", "prefork.c"])
def test_the_table_is_what_httpd_lists(root: Path, mpm: str) -> None:
    wrong = []
    missing = {f"{'<' * info.section}{info.name}".casefold() for info in d.directives().values() if exists(info)}
    for name, where, htaccess, classes in listing(root, mpm):
        missing.discard(name.casefold())
        info = d.find(name)
        if info is not None and info.until == "2.0" and not info.of_mod_wsgi:
            continue  # in the command table only to say what replaced it
        if info is None or info.section != name.startswith("<") or not exists(info):
            wrong.append(f"{name}: {info}")
            continue
        outside, inside = bool(info.contexts & ALL_SERVER), bool(info.contexts & PER_DIRECTORY)
        expected = (where != "only inside", where != "only outside" or info.read_time)
        if info.name in REFUSED_IN_CODE["in the main server"]:
            outside, expected = Context.SERVER in info.contexts, (False, expected[1])
        if (outside, inside) != expected:
            wrong.append(f"{name}: {where}, not {info.contexts}")
        if (Context.HTACCESS in info.contexts) != (htaccess and name not in REFUSED_IN_CODE["in .htaccess"]):
            wrong.append(f"{name}: .htaccess {htaccess}, not {info.contexts}")
        listed = set(re.findall(r"AuthConfig|FileInfo|Indexes|Limit|Options", classes))
        if classes == "isn't None":
            listed = {"AuthConfig", "FileInfo", "Indexes", "Limit", "Options"}
        if listed != set(info.overrides):
            wrong.append(f"{name}: AllowOverride {classes}, not {info.overrides}")
    assert not wrong
    if d.version(installed_httpd()) < d.version("2.4.71"):
        return  # not of every directive do we know when it came
    absent = {"event.c", "worker.c", "prefork.c"} - {mpm}
    elsewhere = {name for name in missing if (info := d.find(name)) and set(info.modules) <= absent}
    other_builds = {"cgimapextension", "gprofdir", "unclist", "scriptinterpretersource", "enableexceptionhook"}
    other_builds.add("wsgipy3kwarningflag")
    assert missing - elsewhere == other_builds


def test_the_modules_are_those_installed(root: Path) -> None:
    done = run(root, everything("event.c"), "-t", "-D", "DUMP_MODULES")
    loaded = dict(re.findall(r"^ (\w+) \((static|shared)\)$", done.stdout, re.MULTILINE))
    mpms = {"mpm_worker_module", "mpm_prefork_module"}
    assert set(loaded) == set(d.modules().values()) - mpms
    compiled_in = {symbol for symbol, how in loaded.items() if how == "static"}
    assert compiled_in == {d.modules()[name] for name in d.STATIC_MODULES}
    installed = {file.stem for file in MODULES.glob("mod_*.so")}
    assert len(installed) == len(d.modules()) - len(d.STATIC_MODULES)


@pytest.mark.parametrize("name", [info.name for info in d.directives().values() if info.until.startswith("2.4")][::4])
def test_removed_directives_are_unknown(root: Path, name: str) -> None:
    done = run(root, everything("event.c") + f"\n{name} x")
    assert f"Invalid command '{name}'" in done.stderr


MISPLACED = [
    ("WSGIPythonPath /x", "VirtualHost *:80", "WSGIPythonPath cannot occur within <VirtualHost> section"),
    ("WSGISocketPrefix /x", "VirtualHost *:80", "WSGISocketPrefix cannot occur within <VirtualHost> section"),
    ("WSGIDaemonProcess x", "Location /", "WSGIDaemonProcess not allowed in <Location> context"),
    ("WSGIScriptAlias / /x", "Directory /", "WSGIScriptAlias not allowed in <Directory> context"),
    ("WSGIAccessScript /x", "VirtualHost *:80", "WSGIAccessScript not allowed in <VirtualHost> context"),
    ("Require all granted", "VirtualHost *:80", "Require not allowed in <VirtualHost> context"),
    ("Alias /y", "Directory /", "Alias cannot occur within <Directory> section"),
    ("Alias /x /y", "Directory /", "Alias cannot occur within directory context"),
    ("User www-data", "VirtualHost *:80", "User cannot occur within <VirtualHost> section"),
    ("Listen 80", "VirtualHost *:80", "Listen cannot occur within <VirtualHost> section"),
    ("RewriteBase /", "VirtualHost *:80", "RewriteBase: only valid in per-directory config files"),
    ("ServerName x", "Files x", "ServerName not allowed in <Files> context"),
]
USED = ("event.c", "mod_wsgi.c", "mod_alias.c", "mod_authz_core.c", "mod_authz_host.c", "mod_rewrite.c")


@pytest.mark.parametrize(("line", "section", "message"), MISPLACED)
def test_misplaced(root: Path, line: str, section: str, message: str) -> None:
    kind = section.split()[0]
    assert not d.allowed_in(line.split()[0], d.context_of((kind,)))
    done = run(root, f"{load(*USED)}\n<{section}>\n{line}\n</{kind}>")
    assert message in done.stderr


def test_bounds_of_daemon_options(root: Path) -> None:
    """Each bound is where mod_wsgi puts it, with the message that the table has, and no option is missing."""
    release, heading = installed_mod_wsgi(), load("event.c", "mod_wsgi.c")
    wrong: list[tuple[object, ...]] = []
    accepted = []
    for option in d.daemon_options().values():
        if not option.exists_in(release):
            done = run(root, f"{heading}\nWSGIDaemonProcess x {option.name}=1")
            assert "Invalid option to WSGI daemon process definition." in done.stderr, option.name
            continue
        if option.minimum is not None:
            bad = option.minimum - 1 if not option.or_zero else 1
            done = run(root, f"{heading}\nWSGIDaemonProcess x {option.name}={bad}")
            if option.error not in done.stderr:
                wrong.append((option.name, bad, option.error, done.stderr))
            accepted.append(f"{option.name}={option.minimum}")
            if option.or_zero:
                accepted.append(f"{option.name}=0")
        if option.maximum is not None:
            done = run(root, f"{heading}\nWSGIDaemonProcess x {option.name}={option.maximum + 1}")
            if option.error not in done.stderr:
                wrong.append((option.name, option.maximum, option.error, done.stderr))
            accepted.append(f"{option.name}={option.maximum}")
        if option.type in ("text", "paths", "directory"):
            accepted.append(f"{option.name}=/x")
        if option.type == "path" or option.type == "flag":
            done = run(root, f"{heading}\nWSGIDaemonProcess x {option.name}=x")
            if option.error not in done.stderr:
                wrong.append((option.name, "x", option.error, done.stderr))
    assert not wrong
    done = run(root, f"{heading}\nWSGIDaemonProcess x {' '.join(accepted)}")
    assert done.returncode == 0, done.stderr


def test_words_of_script_directives(root: Path) -> None:
    heading = load("event.c", "mod_wsgi.c", "mod_auth_basic.c", "mod_authz_core.c")
    for script in d.script_directives().values():
        info = d.find(script.name)
        assert info is not None
        wrap = "%s" if Context.SERVER in info.contexts else "<Directory />\n%s\n</Directory>"
        for given, message in enumerate(script.missing):
            line = f"{script.name} {' '.join(['/x'] * given)}"
            assert message in run(root, f"{heading}\n{wrap % line}").stderr, line
        words = " ".join([script.name, *["/x"] * len(script.missing)])
        assert script.invalid in run(root, f"{heading}\n{wrap % (words + ' unheard-of=1')}").stderr, words
        options = " ".join(
            f"{name}={'On' if name == 'pass-authorization' else '%{GLOBAL}'}" for name in d.script_options(script.name)
        )
        done = run(root, f"{heading}\nWSGIDaemonProcess x\n{wrap % f'{words} {options}'}")
        assert done.returncode == 0, done.stderr
