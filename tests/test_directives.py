"""The tables of directives and what they are asked."""

import subprocess
import sys

import pytest

from modwsgi_fix import directives as d
from modwsgi_fix.directives import Context, spelling

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
    assert d.candidates(written, sections=written.startswith("<"))[:1] == (meant,)


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
    assert not d.candidates(name, sections=False)


def test_sections_and_directives_are_not_mixed() -> None:
    assert not d.candidates("VirtualHos", sections=False)
    assert not d.candidates("ServerNam", sections=True)


def test_a_name_that_is_misspelt_on_many_lines_is_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    distance = spelling.distance

    def counted(one: str, other: str, most: int = spelling.MAX_DISTANCE) -> int:
        compared.append(one)
        return distance(one, other, most)

    monkeypatch.setattr(spelling, "distance", counted)
    first = d.candidates("DocumentRott", sections=False)
    once = len(compared)
    assert first == ("DocumentRoot",)
    assert once
    assert d.candidates("documentrott", sections=False) == first
    assert len(compared) == once


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


@pytest.mark.parametrize(
    ("name", "value", "refused"),
    [
        ("processes", "0", "it must be at least 1"),
        ("threads", "9" * 5000, "it must be at most 65533"),
        ("receive-buffer-size", "0", ""),
        ("receive-buffer-size", "1", "it must be 0 or at least 512"),
        ("cpu-priority", "-5", ""),
        ("processes", "many", ""),
        ("umask", "9", "it must be an octal number, such as 022"),
        ("home", "srv", "it must be an absolute path"),
        ("server-metrics", "yes", "it must be On or Off"),
        ("group", "", "it must have a value"),
        ("user", "root", "mod_wsgi runs nothing as root"),
        ("lang", "", ""),
    ],
)
def test_values_that_mod_wsgi_refuses(name: str, value: str, refused: str) -> None:
    option = d.daemon_option(name)
    assert option is not None
    assert option.refusal(value) == refused


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("user=www-data", "user"),
        ("header-buffer-size=65536", "header-buffer-size"),
        ("process-group=%{GLOBAL}", "process-group"),
        ("lang=", "lang"),
        ("User=www-data", ""),
        ("users=www-data", ""),
        ("user = www-data", ""),
        ("user", ""),
        ("", ""),
    ],
)
def test_option_at_start(line: str, option: str) -> None:
    assert d.option_at_start(line) == option


@pytest.mark.parametrize(
    ("name", "words", "may"),
    [
        ("ServerName", ["a.example"], True),
        ("ServerName", [], False),
        ("ServerName", ["a.example", "#", "ours"], True),
        ("User", ["#33"], True),
        ("KeepAlive", ["off"], True),
        ("KeepAlive", ["15"], False),
        ("LoadFile", ["/usr/lib/libxml2.so.2", "/usr/lib/b.so"], True),
        ("LoadFile", ["/var/log/so"], False),
        ("LoadModule", ["wsgi_module", "modules/mod_wsgi.so"], True),
        ("LoadModule", ["modules/mod_wsgi.so", "wsgi_module"], False),
        ("Options", [], True),
        ("NoSuchThing", ["x"], True),
    ],
)
def test_fits(name: str, words: list[str], may: bool) -> None:  # noqa: FBT001
    assert d.fits(name, words) is may


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
    assert loaded == {"families", "kinds", "table", "spelling"}
