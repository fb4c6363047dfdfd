"""The tables of directives: what they say, and that the installed httpd and mod_wsgi say the same."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from modwsgi_fix import directives as d
from modwsgi_fix.directives import Context

HTTPD = shutil.which("apache2") or shutil.which("httpd") or "/usr/sbin/apache2"
MODULES = Path("/usr/lib/apache2/modules")
needs_httpd = pytest.mark.skipif(
    not (Path(HTTPD).exists() and (MODULES / "mod_wsgi.so").exists()),
    reason="no httpd with mod_wsgi as Debian lays it out",
)

ALL_SERVER = Context.SERVER | Context.VIRTUAL_HOST
PER_DIRECTORY = Context.DIRECTORY | Context.LOCATION | Context.FILES | Context.IF


# --- versions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.4.57", (2, 4, 57)),
        ("2.4.57-1~deb12u1", (2, 4, 57)),
        ("6.0.0", (6,)),
        ("6.0", (6,)),
        ("3.4", (3, 4)),
        ("0", (0,)),
    ],
)
def test_version(text: str, expected: tuple[int, ...]) -> None:
    assert d.version(text) == expected


def test_versions_compare_by_number() -> None:
    assert d.version("4.10") > d.version("4.9.4")
    assert d.version("6.0") == d.version("6.0.0") < d.version("6.0.1")


@pytest.mark.parametrize("text", ["", "latest", "v2.4", "²"])
def test_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="not a version"):
        d.version(text)


# --- looking up -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["VirtualHost", "<VirtualHost", "<virtualhost>", "VIRTUALHOST"])
def test_find_whatever_the_spelling(name: str) -> None:
    info = d.find(name)
    assert info is not None
    assert (info.name, info.section, info.contexts) == ("VirtualHost", True, Context.SERVER)


def test_find_nothing() -> None:
    assert d.find("WSGIDeamonProcess") is None
    assert d.find("") is None


@pytest.mark.parametrize(
    ("name", "context", "allowed"),
    [
        ("WSGIDaemonProcess", Context.VIRTUAL_HOST, True),
        ("WSGIDaemonProcess", Context.LOCATION, False),
        ("WSGIPythonPath", Context.VIRTUAL_HOST, False),
        ("WSGIProcessGroup", PER_DIRECTORY, True),
        ("WSGIProcessGroup", Context.HTACCESS, False),
        ("WSGIHandlerScript", Context.HTACCESS, False),
        ("WSGICallableObject", Context.HTACCESS, True),
        ("WSGIAccessScript", Context.VIRTUAL_HOST, False),
        ("Require", Context.VIRTUAL_HOST, False),
        ("Order", Context.SERVER, False),
        ("Alias", Context.LOCATION, True),
        ("Alias", Context.DIRECTORY, False),
        ("<Files>", Context.LOCATION, False),
        ("<Files>", Context.DIRECTORY, True),
        ("ServerAlias", Context.SERVER, False),
        ("RewriteBase", Context.VIRTUAL_HOST, False),
        ("Include", PER_DIRECTORY | ALL_SERVER, True),
        ("Include", Context.HTACCESS, False),
        ("SSLProxyEngine", Context.PROXY, True),
        ("SSLProxyEngine", Context.LOCATION, False),
        ("SSLProxyEngine", Context.LOCATION | Context.PROXY, False),
        ("NobodyKnowsThis", Context.HTACCESS, True),
    ],
)
def test_allowed_in(name: str, context: Context, *, allowed: bool) -> None:
    assert d.allowed_in(name, context) is allowed


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ((), Context.SERVER),
        (("VirtualHost",), Context.VIRTUAL_HOST),
        (("<VirtualHost", "IfModule", "directorymatch", "RequireAny"), Context.DIRECTORY),
        (("Directory", "Limit"), Context.LIMIT),
        (("Directory", "Else"), Context.IF),
        (("Macro", "Directory"), Context.NOWHERE),
        (("Perl",), Context.NOWHERE),
    ],
)
def test_context_of(sections: tuple[str, ...], expected: Context) -> None:
    assert d.context_of(sections) is expected


def test_nothing_is_known_against_a_directive_in_an_unknown_section() -> None:
    assert d.allowed_in("WSGIDaemonProcess", d.context_of(("Macro",)))


def test_context_of_htaccess() -> None:
    assert d.context_of((), htaccess=True) is Context.HTACCESS
    assert d.context_of(("IfModule",), htaccess=True) is Context.HTACCESS
    assert d.context_of(("Files",), htaccess=True) is Context.FILES


def test_versions_of_directives() -> None:
    lazy = d.find("WSGILazyInitialization")
    assert lazy is not None
    assert lazy.of_mod_wsgi
    assert [lazy.exists_in(release) for release in ("2.8", "3.0", "5.0.2", "6.0", "6.1.1")] == [
        False,
        True,
        True,
        False,
        False,
    ]
    strict = d.find("StrictHostCheck")
    assert strict is not None
    assert (strict.exists_in("2.4.48"), strict.exists_in("2.4.57")) == (False, True)
    clients = d.find("maxclients")
    assert clients is not None
    assert (clients.until, clients.deprecated, clients.replacement) == ("", "2.4", "MaxRequestWorkers")


def test_replacements_are_directives() -> None:
    for info in d.directives().values():
        if info.replacement:
            replacement = d.find(info.replacement)
            assert replacement is not None, info
            assert not replacement.until, info


def test_module_of() -> None:
    assert d.module_of("RewriteRule") == "mod_rewrite.c"
    assert d.module_of("WSGIScriptAlias") == "mod_wsgi.c"
    assert d.module_of("SecRule") == ""


def test_modules() -> None:
    assert d.modules()["mod_wsgi.c"] == "wsgi_module"
    assert d.modules()["event.c"] == "mpm_event_module"
    assert set(d.modules()) >= d.STATIC_MODULES
    assert not {"mod_wsgi", "mod_wsgi.so"} & set(d.modules())


def test_sections() -> None:
    sections = d.sections()
    assert {info.name for info in sections.values() if info.regex} == {
        "DirectoryMatch", "FilesMatch", "LocationMatch", "ProxyMatch",
    }  # fmt: skip
    assert {info.name for info in sections.values() if info.tilde} == {"Directory", "Files", "Location"}
    assert not sections["else"].takes_argument
    assert sections["requireall"].bare
    assert not sections["ifmodule"].bare


def test_argument_counts() -> None:
    counts = {
        name: info.counts() for name in ("ServerName", "Alias", "WSGIDaemonProcess", "SetEnv") if (info := d.find(name))
    }
    assert counts == {"ServerName": (1, 1), "Alias": (1, 2), "WSGIDaemonProcess": (0, None), "SetEnv": (1, 2)}


def test_values() -> None:
    engine, head, wsgi = d.find("RewriteEngine"), d.find("WSGIMapHEADToGET"), d.find("WSGIProcessGroup")
    assert engine and head and wsgi  # noqa: PT018
    assert (engine.values, head.values, wsgi.values) == (("On", "Off"), ("Off", "On", "Auto"), ())


# --- misspelt names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("WSGIDeamonProcess", "WSGIDaemonProcess"),
        ("WSGI_ScriptAlias", "WSGIScriptAlias"),
        ("ServrName", "ServerName"),
        ("Dney", "Deny"),
        ("requre", "Require"),
        ("<virualhost", "VirtualHost"),
        ("<Drectory>", "Directory"),
    ],
)
def test_candidates(written: str, meant: str) -> None:
    assert d.candidates(written, sections=written.startswith("<"))[:1] == [meant]


@pytest.mark.parametrize(
    "name",
    [
        "Deny",
        "USE",
        "php_vlaue",
        "SecRuleEngin",
        "RewriteLogg",
        "foo",
        "",
        "GssapiAuth",
        "X" * 10_000,
        "ServerName.Alias",
    ],
)
def test_no_candidates(name: str) -> None:
    assert d.candidates(name, sections=False) == []


def test_sections_and_directives_are_not_mixed() -> None:
    assert d.candidates("VirtualHos", sections=False) == []
    assert d.candidates("ServerNam", sections=True) == []


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "abcd", 1),
        ("abc", "xbx", 2),
        ("abc", "xyz", 3),
        ("ab", "abcdef", 3),
    ],
)
def test_distance(one: str, other: str, away: int) -> None:
    assert d.distance(one, other) == d.distance(other, one) == away


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("NameVirtualHost*:80", ("NameVirtualHost", "*:80")),
        ("ServerNameexample.com", ("ServerName", "example.com")),
        ("<VirtualHost*:80>", ("VirtualHost", "*:80")),
        ("<virtualhost*:80", ("virtualhost", "*:80")),
        ("RewriteEngineOn", ("RewriteEngine", "On")),
        ("Listen80", ("Listen", "80")),
        ('Alias"/x"', ("Alias", '"/x"')),
        ("DocumentRoot/var/www", ("DocumentRoot", "/var/www")),
        ("IncludeOptional*.conf", ("IncludeOptional", "*.conf")),
    ],
)
def test_glued(written: str, parts: tuple[str, str]) -> None:
    assert d.glued(written) == parts


@pytest.mark.parametrize(
    "name",
    ["SetEnvIfNoCase", "php_value/x", "example.com", "Userland.thing", "Useless", "ServerNames", "<ServerName*:80>",
     "VirtualHost*:80", "", "<", "AllowOverrideLists", "ServerNameOn"],
)  # fmt: skip
def test_not_glued(name: str) -> None:
    assert d.glued(name) is None


@pytest.mark.parametrize(
    "name",
    ["php_value", "php_admin_flag", "SecRule", "secruleengine", "DOSHashTableSize", "PassengerRoot", "KrbAuthRealms",
     "GssapiCredStore", "MellonEnable", "ShibUseHeaders", "ModPagespeed", "JkMount", "XSendFile", "PythonHandler",
     "<Perl>", "PerlModule", "FcgidIOTimeout", "SVNPath", "RPAFenable", "EnableMCPMReceive", "OIDCProviderMetadataURL"],
)  # fmt: skip
def test_third_party(name: str) -> None:
    assert d.is_known_third_party(name)


def test_third_party_prefixes_leave_known_names_and_their_misspellings_alone() -> None:
    """A prefix that shields a slip in one of httpd's own names would silence a rule."""
    from modwsgi_fix.directives import elsewhere

    prefixes = tuple(elsewhere.PREFIXES.casefold().split())
    shared = {key for key in d.directives() if key.startswith(prefixes)}
    # Tested before the prefixes, so they are known; MaxClientsVHost is longer than MaxClients.
    assert shared <= {"tlsengine"}, shared


# --- options ----------------------------------------------------------------------------------------------------------


def test_daemon_option() -> None:
    threads = d.daemon_option("threads")
    assert threads is not None
    assert (threads.type, threads.minimum, threads.maximum, threads.default("4.9.4")) == ("int", 0, 65533, "15")
    assert threads.error == "Invalid thread count for WSGI daemon process."
    assert d.daemon_option("Threads") is None


def test_defaults_that_changed() -> None:
    graceful, response = d.daemon_option("graceful-timeout"), d.daemon_option("response-buffer-size")
    assert graceful and response  # noqa: PT018
    assert (graceful.default("4.8.0"), graceful.default("4.9.0")) == ("0", "15")
    assert (response.default("6.0.1"), response.default("6.0.2")) == ("65536", "8388608")


def test_option_versions() -> None:
    relic, switch = d.daemon_option("newrelic-environment"), d.daemon_option("switch-interval")
    assert relic and switch  # noqa: PT018
    assert (relic.exists_in("5.0.2"), relic.exists_in("6.0.0")) == (True, False)
    assert (switch.exists_in("5.0.2"), switch.exists_in("6.0.0")) == (False, True)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Threads", "threads"), ("python_path", "python-path"), ("proceses", "processes"), ("pythonpath", "python-path")],
)
def test_daemon_option_candidates(written: str, meant: str) -> None:
    assert d.daemon_option_candidates(written)[:1] == [meant]


def test_no_daemon_option_candidates() -> None:
    assert d.daemon_option_candidates("threads") == []
    assert d.daemon_option_candidates("timeout") == []


def test_script_options() -> None:
    assert set(d.script_options("wsgiscriptalias")) == {
        "process-group", "application-group", "callable-object", "pass-authorization",
    }  # fmt: skip
    assert d.script_options("WSGIScriptAliasMatch")["process-group"].since == "4.6.0"
    assert all(option.required for option in d.script_options("WSGIImportScript").values())
    assert set(d.script_options("WSGIDispatchScript")) == {"application-group"}
    assert d.script_options("ServerName") == {}


def test_the_package_reads_no_table_when_imported() -> None:
    """Every start of the program imports it; the tables are for those who ask."""
    code = "import sys, modwsgi_fix.directives\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    package = "modwsgi_fix.directives."
    loaded = {name.removeprefix(package) for name in done.stdout.split() if name.startswith(package)}
    assert loaded == {"kinds", "table", "spelling"}


# --- the real server --------------------------------------------------------------------------------------------------


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


@needs_httpd
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


@needs_httpd
def test_the_modules_are_those_installed(root: Path) -> None:
    done = run(root, everything("event.c"), "-t", "-D", "DUMP_MODULES")
    loaded = dict(re.findall(r"^ (\w+) \((static|shared)\)$", done.stdout, re.MULTILINE))
    mpms = {"mpm_worker_module", "mpm_prefork_module"}
    assert set(loaded) == set(d.modules().values()) - mpms
    compiled_in = {symbol for symbol, how in loaded.items() if how == "static"}
    assert compiled_in == {d.modules()[name] for name in d.STATIC_MODULES}
    installed = {file.stem for file in MODULES.glob("mod_*.so")}
    assert len(installed) == len(d.modules()) - len(d.STATIC_MODULES)


@needs_httpd
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


@needs_httpd
@pytest.mark.parametrize(("line", "section", "message"), MISPLACED)
def test_misplaced(root: Path, line: str, section: str, message: str) -> None:
    kind = section.split()[0]
    assert not d.allowed_in(line.split()[0], d.context_of((kind,)))
    done = run(root, f"{load(*USED)}\n<{section}>\n{line}\n</{kind}>")
    assert message in done.stderr


@needs_httpd
def test_bounds_of_daemon_options(root: Path) -> None:
    """Each bound is where mod_wsgi puts it, with the message that the table has, and no option is missing."""
    release, heading, wrong = installed_mod_wsgi(), load("event.c", "mod_wsgi.c"), []
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


@needs_httpd
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
