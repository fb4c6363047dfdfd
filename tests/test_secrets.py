"""Passwords, keys and tokens of a configuration are in no report, whatever its format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import Run, one_file

from modwsgi_fix.directives.secrets import has_hint, hints, is_hinted, is_secret
from modwsgi_fix.model.secrets import masked

SECRET = "hunter-2x9"

LINES = {
    "SetEnv": f"SetEnv DB_PASSWORD {SECRET}",
    "SetEnv, quoted": f'SetEnv DJANGO_SECRET_KEY "{SECRET}"',
    "SetEnv, lower case": f"setenv api_token {SECRET}",
    "SetEnv, an URL": f"SetEnv DATABASE_URL postgres://shop:{SECRET}@db/shop",
    "SetEnvIf": f"SetEnvIf Host shop ACCESS_TOKEN={SECRET}",
    "Define": f"Define PASSWORD {SECRET}",
    "RewriteRule": f"RewriteRule ^ - [E=API_KEY:{SECRET},L]",
    "RequestHeader": f"RequestHeader set X-Api-Key {SECRET}",
    "Header": f'Header always set Authorization "{SECRET}"',
    "LDAP": f"AuthLDAPBindPassword {SECRET}",
    "LDAP, a program": f"AuthLDAPBindPassword exec:/bin/print-{SECRET}",
    "SSL": f'SSLPassPhraseDialog "exec:/bin/print-{SECRET}"',
    "DBD": f'DBDParams "host=db user=shop pass={SECRET}"',
    "session": f"SessionCryptoPassphrase {SECRET} old-{SECRET}",
    "OpenID": f"OIDCClientSecret {SECRET}",
    "OpenID, passphrase": f"OIDCCryptoPassphrase {SECRET}",
    "basic": f"AuthBasicFake shop {SECRET}",
    "AJP": f"ProxyPass /a ajp://127.0.0.1:8009/a secret={SECRET}",
    "joined lines": f"SetEnv DB_PASSWORD \\\n    {SECRET}",
}
#: Around the line: nothing, a host, a condition.
AROUND = {
    "file": "{}\n",
    "host": "<VirtualHost *:80>\n{}\n</VirtualHost>\n",
    "IfModule": "<IfModule mod_env.c>\n{}\n</IfModule>\n",
}
FORMATS = ("concise", "full", "json", "sarif", "github", "gitlab", "junit", "rdjson")


@pytest.mark.parametrize("line", [*LINES.values(), "AuthBasicFake anna " + SECRET])
def test_a_line_with_a_secret_is_looked_at(line: str) -> None:
    assert is_hinted(line)
    assert has_hint(f"Listen 80\n{line.upper()}\n")
    assert hints(f"Listen 80\n{line.upper()}\n")


def test_where_a_text_hints_at_secrets() -> None:
    assert hints("Listen 80\nSetEnv PASS a\nSetEnv pass b\n") == [17, 31]
    assert hints("Listen 80\n") == []
    # Without case it has another length, so that no place in it is one of the text.
    assert hints("# stra\u00dfe\nSetEnv PASS a\n") is None


def test_most_lines_are_not_looked_at() -> None:
    for line in (
        "ServerName shop.example",
        "SSLCertificateKeyFile /etc/ssl/shop.pem",
        "Redirect / https://shop.example/",
    ):
        assert not is_hinted(line)


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_a_line_is_shown_without_its_secret_and_keeps_its_columns(line: str, around: str) -> None:
    text = around.format(line)
    (file,) = one_file(text).files.values()
    shown = file.shown.text
    assert SECRET not in shown
    assert "***" in shown
    assert [len(one) for one in shown.split("\n")] == [len(one) for one in text.split("\n")]
    assert file.text == text


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_a_sentence_that_quotes_it_is_shown_without_it(line: str) -> None:
    config = one_file(line + "\n")
    said = line if "exec:" in line else f"the value {SECRET} is odd; {line}"
    assert SECRET not in masked(config, said)
    assert masked(config, "process group shop is already defined") == "process group shop is already defined"


def test_a_value_that_is_put_together_is_masked_too() -> None:
    config = one_file(f"Define PART {SECRET}\nSetEnv DB_PASSWORD x-${{PART}}\n")
    assert masked(config, f"it is x-{SECRET}.") == "it is ***."


@pytest.mark.parametrize(
    "line",
    [
        "SetEnv DB_PASSWORD_FILE /run/secrets/db",
        "SetEnv KEY_DIR /etc/keys",
        "SetEnv SSL_KEY /etc/ssl/site.key",
        "SetEnv SECRET_KEY ${FROM_ENVIRONMENT}",
        "SetEnv MONKEY business",
        "SetEnv TOKEN_CHECK off",
        "PassEnv DB_PASSWORD",
        "SSLCertificateKeyFile /etc/ssl/site.key",
        "SSLPassPhraseDialog builtin",
        "DBDParams host=db",
        "SetEnvIf Host shop compass=north",
        "WSGIDaemonProcess keys user=passwd",
    ],
)
def test_what_is_not_a_secret_is_shown(line: str) -> None:
    (file,) = one_file(line + "\n").files.values()
    assert file.shown.text == file.text


def test_names() -> None:
    assert is_secret("MYSQL_PWD", "abc")
    assert is_secret("AWS_SECRET_ACCESS_KEY", "/begins/with/a/slash")
    assert not is_secret("TURKEY", "abc")
    assert not is_secret("SESSION_KEY", "true")


#: A finding at each line, so that every format quotes or names it: a fault of writing beside it.
TEXT = (
    "<VirtualHost *:80>\n"
    f"SetEnv DB_PASSWORD “{SECRET}”\n"
    f"    SetEnv SECRET_KEY {SECRET}\n"
    f"AuthLDAPBindPassword {SECRET} {SECRET}\n"
    f"SetEnv API_TOKEN {SECRET}\n"
    "WSGIDaemonProcess shop\n"
    "WSGIDaemonProcess shop\n"
    f"SetEnv API_KEY {SECRET}\n"
    "</VirtualHost>\n"
)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("words", [(), ("--write",)], ids=["report", "write"])
def test_no_format_has_a_secret(run: Run, tmp_path: Path, format: str, words: tuple[str, ...]) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/site.conf").write_text(TEXT)
    outcome = run("--isolated", "--all", "--select", "ALL", "--output-format", format, *words, "conf")
    assert "site.conf" in outcome.out
    assert SECRET not in outcome.out + outcome.err


@pytest.mark.parametrize(
    "words",
    [("show",), ("show", "--output-format", "json"), ("trace", "http://a.test/"), ("trace", "--output-format", "json", "http://a.test/")],
)  # fmt: skip
def test_neither_has_a_trace_or_the_server_drawn(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "conf").mkdir()
    text = f"Define TOKEN {SECRET}\n<VirtualHost *:80>\nServerName a.test\nAlias /x /srv/{SECRET}\nRedirect / http://b.test/${{TOKEN}}\n</VirtualHost>\n"
    (tmp_path / "conf/httpd.conf").write_text(text)
    outcome = run(*words, "conf")
    assert "a.test" in outcome.out
    assert SECRET not in outcome.out + outcome.err


def test_a_diff_has_it_and_the_file_keeps_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    text = f"SetEnv DB_PASSWORD {SECRET}\nWSGIDaemonProcess shop\nWSGIDaemonProcess shop\n"
    (tmp_path / "conf/site.conf").write_text(text)
    assert f" SetEnv DB_PASSWORD {SECRET}\n" in run("--isolated", "--diff", "conf").out
    run("--isolated", "--write", "conf")
    assert f"SetEnv DB_PASSWORD {SECRET}\n" in (tmp_path / "conf/site.conf").read_text()


def test_a_fix_that_writes_a_secret_is_still_made_and_is_not_in_a_report(run: Run, tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/site.conf").write_text(f"SetEnv DB_PASSWORD “{SECRET}”\n")
    findings = json.loads(run("--isolated", "--output-format", "json", "conf").out)["findings"]
    assert SECRET not in json.dumps(findings)
    run("--isolated", "--write", "--fix-level", "unsafe", "conf")
    assert SECRET in (tmp_path / "conf/site.conf").read_text()
