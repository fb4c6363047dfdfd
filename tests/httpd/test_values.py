"""The words that a directive does not take: what is said of a line is what ``apache2 -t`` says of it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modwsgi_fix import directives
from modwsgi_fix.directives import Context
from modwsgi_fix.directives.table import directives as all_directives
from modwsgi_fix.directives.values import is_weighed
from modwsgi_fix.rewriting.verdict import refusal

from . import install
from .install import Install
from .proofs import sample

#: Words of all kinds, for any directive.
WORDS = (
    "", "on", "Off", "none", "all", "zzz", "-1", "0", "1", "7", "21", "600", "5000", "99999999999999", "1.5", "10k", "5s", "500ms",
    "5mi", "3h", "5x", "/zzz", "http://other.example/", "a/b", ".example.com", "full", "email", "default", "optional", "require",
    "strict", "md5", "+all", "-none", "zzz zzz", "on zzz", "/a /b", "zzz /b", "env=X Y", "header=10 body=5", "header", "x=1",
    "localhost:99999", "localhost:80", "*.example.com", "10.0.0.0/8", "10.0.0.1,", "from 10.0.0.0/99999 x", "from http://a/",
    "s/a/b/", "shmcb:/tmp/x", "file:/tmp/x", "chain no_crl_for_cert_ok", "text/html DEFLATE", "DEFLATE text/html", "DEFLATE",
)  # fmt: skip
#: Words for some directives, and whether the word behind the name matters.
OWN = {
    "action": ("x /cgi", "x /cgi virtual", "x /cgi real"),
    "authldapurl": ("ldap://a/dc=x", "ldapi://a/", "http://a/"),
    "buffersize": ("1.5", "+5", "-5", "00", "k", "0x5", '" 5"'),
    "customlog": ("/tmp/l combined", "/tmp/l combined env=x", "/tmp/l combined x", "/tmp/l %h expr=true"),
    "errordocument": ("404 /x", "zzz /x", "299 /x", "404x /x", "-1 /x", "503 none", "200 /x"),
    "expiresbytype": ("text/html A1", "text/html A", "html A1", 'a/b "access 1 day"', 'a/b "access plus 1"', 'a/b "M 1 d"'),
    "expiresdefault": (
        '"access plus 1 year"', '"access 1 plus year"', '"now plus x days"', '"modification plus 1 mo 2 minutes"', '"Access 1"',
        '"access plus 1"', "access", '"later plus 1 day"', '"a p 1 m"', '"access plus 1 month 2"', "A3600", "M", '"a 1 fortnight"',
    ),
    "header": (
        "set X y", "set X", "unset X", "unset X early", "unset X y", "always set X y", "onsuccess zzz X y", "edit X a b", "edit X a",
        "set X y env=Z", "set X y zzz", "add X y early z", "echo X", "merge X y expr=true", "edit X a b zzz", "unset X y z", "edit* X a b",
    ),
    "indexoptions": ("FancyIndexing", "+NameWidth=*", "FancyIndex", "-SuppressIcon +Typ", "IconsAreLinks HTMLTable"),
    "listen": ("80", "127.0.0.1", "127.0.0.1:81", "[::1]", "[::1]:81", "localhost", "*:82"),
    "keepalivetimeout": ("5sec", "5MIN", "+5S", "500", "5mx", "5h30", "s", "m", "-5", "-5s", "-", "5 s", '"5 s"', '" 5"', '""'),
    "order": ("allow,deny", "Deny,Allow", "allow deny", "mutual-failure", "deny", "allow,deny,"),
    "requestheader": ("set X y", "unset X", "zzz X", "set X", "append X y early", "edit X a", "always set X y"),
    "servername": ("a.example", "http://a.example:81", "a.example:0", "a.example:x", "*", "[::1]:99", "a?.example"),
    "satisfy": ("Any", "all", "none"),
    "servertokens": ("Prod", "prod", "OS", "Pro", "Minimal Full"),
    "sslciphersuite": ("HIGH", "TLSv1.3 HIGH", "SSL HIGH", "TLSv1.2 HIGH"),
    "sslprotocol": ("all -TLSv1", "+TLSv1.2 +TLSv1.3", "-all TLSv1.4", "TLSv1_2", "all -SSLv2"),
    "usecanonicalname": ("DNS", "phys"),
}  # fmt: skip
#: Modules that have no file of their own here, want others first, or do something when they are loaded.
_NOT_LOADED = (
    "mpm_",
    "cgid",
    "heart",
    "hcheck",
    "mod_md.",
    "mod_tls.",
    "dumptree",
    "authnz_fcgi",
    "example",
    "suexec",
    "watchdog",
)
_LINE = re.compile(r"AH00526: [^\n]*\n(.*)", re.S)


def _lines() -> Iterator[tuple[str, str]]:
    for info in all_directives().values():
        key = info.name.lower()
        if not info.section and (is_weighed(key) or info.arguments == "FLAG" or key in OWN):
            flags = ("", "on", "OFF", "zzz", "on zzz", "1") if info.arguments == "FLAG" else WORDS
            yield from ((info.name, words) for words in (*OWN.get(key, ()), *flags))


@pytest.mark.timeout(3600)
def test_what_is_refused_is_what_httpd_refuses(httpd: Path, record_property: Callable[[str, object], None]) -> None:
    found = install.find()
    assert isinstance(found, Install)
    lines = sample(sorted(set(_lines())), 400, "values")
    said = missed = 0
    wrong = []
    path = httpd / "values.conf"
    for name, words in lines:
        reason = refusal(name, _split(words))
        told = _told(found, path, name, words)
        if told is None:
            continue
        said += bool(reason)
        missed += bool(told and not reason)
        if reason and reason.rstrip(".").lower() not in told.lower():
            wrong.append(f"{name} {words}: said {reason!r}, httpd {told or 'takes it'!r}")
    path.unlink()
    record_property("lines", len(lines))
    record_property("refused", said)
    record_property("missed", missed)
    assert not wrong, "\n".join([f"{len(wrong)} of {len(lines)}", *wrong])
    # What is missed names a file, a provider of another module, or is weighed by more than its form.
    assert said > len(lines) / 3
    assert missed < len(lines) / 10, missed


def _split(words: str) -> list[str]:
    return [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', words)]


def _told(found: Install, path: Path, name: str, words: str) -> str | None:
    """What httpd says to the words of a line, nothing where it takes them; None where it does not have the directive."""
    modules = sorted(found.modules.glob("mod_*.so"))
    loaded = [module for module in modules if not any(part in module.name for part in _NOT_LOADED)]
    loads = "".join(f"LoadModule {module.stem[4:]}_module {module}\n" for module in loaded)
    line = f"{name} {words}\n"
    if not directives.allowed_in(name, Context.SERVER):
        line = f"<Directory /srv>\n{line}</Directory>\n"
    server = f"ServerName a.example\nListen 80\nErrorLog {path.parent}/values.log\n"
    path.write_text(f"LoadModule mpm_event_module {found.modules}/mod_mpm_event.so\n{loads}{server}{line}")
    done = subprocess.run(
        [str(found.server), "-t", "-f", str(path), "-d", str(path.parent)],
        capture_output=True,
        env={"LANG": "C"},
        check=False,
    )
    if not done.returncode:
        return ""
    told = done.stderr.decode("utf-8", "replace")
    if "Invalid command" in told:
        return None
    place = _LINE.search(told)
    # Without a line it is refused for what it names, as a file that is not there, and the words were taken.
    return place[1] if place is not None else ""
