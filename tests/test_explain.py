"""Messages of an error log through the real command: what real servers wrote, in every form that a log has, and hostile logs."""

from __future__ import annotations

import gzip
import io
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpd.explaining import LOGS, explained, faults, keys, planted
from httpd.messages import ELSEWHERE, SCENES, Scene
from support import ROOT, Run
from test_english import unusual

from modwsgi_fix.cli import main
from modwsgi_fix.explain.lines import LONGEST, lines_of
from modwsgi_fix.explain.messages import MESSAGES
from modwsgi_fix.rule import all_rules

RECORDED: dict[str, str] = json.loads(LOGS.read_text("utf-8"))
KEYED = dict(zip(keys(), SCENES, strict=True))

#: What httpd puts before a message.
_STAMP = re.compile(r"^\[[A-Z][a-z]{2} [^]]*\] ")
_LEVEL = re.compile(r"^\[(\w+):(\w+)\] \[pid (\d+):tid (\d+)\] ")


# -- what real servers wrote ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYED)
def test_what_a_server_wrote_is_explained(key: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert faults(KEYED[key], explained(RECORDED[key], KEYED[key], tmp_path, capfd)) == []


def journald(log: str) -> str:
    return "".join(f"Nov 27 11:35:00 web1 apachectl[812]: {line}\n" for line in log.splitlines())


def iso(log: str) -> str:
    return "".join(f"2026-11-27T11:35:00+01:00 web1 httpd[812]: {line}\n" for line in log.splitlines())


def journal_json(log: str) -> str:
    lines = ({"_PID": "812", "MESSAGE": line, "PRIORITY": "6"} for line in log.splitlines())
    return "".join(json.dumps(line) + "\n" for line in lines)


def container(log: str) -> str:
    return "".join(f"web-1  | {line}\n" for line in log.splitlines())


def of_their_own(log: str) -> str:
    """``ErrorLogFormat "%{cu}t %-m %l %P %M"``: words without brackets, the client left out."""

    def line(text: str) -> str:
        text = _STAMP.sub("", text)
        text = _LEVEL.sub(r"\1 \2 \3 ", text)
        return re.sub(r"\[(client|remote) [^]]*\] ", "", text)

    return "".join(f"2026-11-27 11:35:00.123 {line(text)}\n" for text in log.splitlines())


def old(log: str) -> str:
    """As httpd 2.2 wrote it: no module, no process, no number."""

    def line(text: str) -> str:
        text = re.sub(r"^(\[[A-Z][^]]*\]) \[\w+:(\w+)\] \[pid [^]]*\] ", r"\1 [\2] ", text)
        return re.sub(r"\b(?!AH01797|AH01215)AH\d{5}: ", "", text)

    return "".join(f"{line(text)}\n" for text in log.splitlines())


def windows(log: str) -> str:
    return log.replace("\n", "\r\n")


FORMS = (journald, iso, journal_json, container, of_their_own, old, windows)


def each_in_a_form() -> list[tuple[str, Any]]:
    """Every scene in one form, and one scene of each reader in all of them."""
    chosen = {key: [FORMS[at % len(FORMS)]] for at, key in enumerate(KEYED)}
    readers = {message.name: message.reader for message in MESSAGES}
    first = {readers[scene.named or scene.proves[0]]: key for key, scene in reversed(KEYED.items())}
    for key in first.values():
        chosen[key] = list(FORMS)
    return [(key, form) for key, forms in chosen.items() for form in forms]


@pytest.mark.parametrize(("key", "form"), each_in_a_form(), ids=lambda value: getattr(value, "__name__", value))
def test_any_form_of_a_log_is_understood(
    key: str, form: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    scene = KEYED[key]
    assert faults(scene, explained(form(RECORDED[key]), scene, tmp_path, capfd)) == []


# -- a message by itself --------------------------------------------------------------------------------------------------

MAIN = "ServerRoot /etc/apache2\nServerName here.example\nListen 80\n<Directory />\nRequire all denied\n</Directory>\nInclude sites-enabled/*.conf\n"
SHOP = "<VirtualHost *:80>\nServerName shop.example\nWSGIScriptAlias / /srv/shop/app.wsgi\n</VirtualHost>\n"


def server(directory: Path, site: str = SHOP, main_file: str = MAIN) -> Path:
    """A copy of a server as Debian has it: one site, enabled by a link."""
    conf = directory / "conf"
    for name in ("sites-available", "sites-enabled"):
        (conf / name).mkdir(parents=True)
    (conf / "apache2.conf").write_text(main_file)
    (conf / "sites-available/shop.conf").write_text(site)
    (conf / "sites-enabled/shop.conf").symlink_to("../sites-available/shop.conf")
    return conf


def said(capfd: pytest.CaptureFixture[str], *words: str | Path, code: int = 0) -> str:
    capfd.readouterr()
    assert main(["explain", *map(str, words)]) == code
    return capfd.readouterr().out


@pytest.mark.parametrize(
    "message",
    [
        "AH01630: client denied by server configuration: /srv/shop/app.wsgi",
        "client denied by server configuration: /srv/shop/app.wsgi",
        "AH01630",
        "[authz_core:error] AH01630: client denied by server configuration: /srv/shop/app.wsgi, referer: http://shop.example/x",
        r"AH01630: client denied by server configuration: /srv/\x73hop/app.wsgi",
        "AH01797: client denied by server configuration: /srv/shop/app.wsgi",
        "(13)Permission denied: [client 192.0.2.1:9] AH01630: client denied by server configuration: /srv/shop/app.wsgi",
    ],
)
def test_a_message_is_taken_in_quotes(message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = said(capfd, message, server(tmp_path))
    assert "sites-available/shop.conf:3: script-directory-not-granted: " in out
    assert "modwsgi-fix --diff --select script-directory-not-granted" in out


def test_the_commands_take_the_words_that_were_given(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    conf = server(tmp_path / "a b")
    out = said(capfd, "AH01630: client denied by server configuration: /srv/shop/app.wsgi", conf, "--isolated")
    assert f"modwsgi-fix --diff --select script-directory-not-granted --isolated '{conf}'" in out
    assert f"modwsgi-fix trace http://shop.example/ --isolated '{conf}'" in out


DUPLICATE = SHOP.replace("</V", "WSGIDaemonProcess shop\nWSGIProcessGroup shop\n</V") + "WSGIDaemonProcess shop\n"


@pytest.mark.parametrize(
    "place",
    [
        "/etc/apache2/sites-enabled/shop.conf",
        "/etc/apache2/sites-available/shop.conf",
        "/opt/etc/sites-enabled/shop.conf",
    ],
)
@pytest.mark.parametrize("before", ["", "apache2: Syntax error on line 7 of /etc/apache2/apache2.conf: ", "AH00526: "])
@pytest.mark.parametrize("between", ["\n", " "])
def test_httpds_paths_lead_into_a_copy(
    place: str, before: str, between: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = f"{before}Syntax error on line 7 of {place}:{between}Name duplicates previous WSGI daemon definition.\n"
    out = said(capfd, log, server(tmp_path, DUPLICATE))
    assert "sites-available/shop.conf:7: duplicate-daemon-process: " in out
    assert "sites-available/shop.conf:4: first defined here" in out


def test_a_message_without_its_place_is_found_by_its_rule(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = said(capfd, "Name duplicates previous WSGI daemon definition.", server(tmp_path, DUPLICATE))
    assert "sites-available/shop.conf:7: duplicate-daemon-process: " in out


@pytest.mark.parametrize(
    "around", ["{}", "<IfModule mod_wsgi.c>\n{}</IfModule>\n", "<Directory /srv/shop>\n{}</Directory>\n"]
)
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("HostnameLookups maybe", "parameter must be 'on', 'off', or 'double'"),
        ("LimitRequestBody 10M", "LimitRequestBody requires a non-negative integer."),
        ("Header set X-Shop", "Header requires three arguments"),
    ],
)
def test_what_httpd_says_of_a_line_is_found_without_the_place_above_it(
    around: str, line: str, message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = SHOP.replace("</V", around.format(f"{line}\n") + "</V")
    out = said(capfd, f"{message}\n", server(tmp_path, site))
    assert f"sites-available/shop.conf:{site.split(chr(10)).index(line) + 1}: refused-line: " in out
    assert main(["explain", f"{message} at all\n", str(server(tmp_path / "other", site))]) == 1


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = "Syntax error on line 7 of /etc/apache2/conf-enabled/other.conf:\nName duplicates previous WSGI daemon definition.\n"
    out = said(capfd, log, server(tmp_path))
    assert "/etc/apache2/conf-enabled/other.conf is not among these files" in out


def test_a_line_that_has_changed_since_is_said_to(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = "Syntax error on line 2 of /etc/apache2/sites-enabled/shop.conf:\nInvalid command 'WSGIDeamonProcess', perhaps misspelled or defined by a module not included in the server configuration\n"
    out = said(capfd, log, server(tmp_path))
    assert "that line has no WSGIDeamonProcess now; the file was changed since" in out
    assert "ServerName shop.example" in out


@pytest.mark.parametrize(
    "around", ["<IfModule mod_wsgi.c>\n{}</IfModule>\n", "<IfDefine !NEVER>\n{}</IfDefine>\n", "{}"]
)
def test_a_condition_around_it_hides_nothing(around: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    site = around.format(SHOP.replace("</V", "WSGIProcessGroup other\n</V"))
    out = said(
        capfd, "No WSGI daemon process called 'other' has been configured: /srv/shop/app.wsgi", server(tmp_path, site)
    )
    line = site.split("\n").index("WSGIProcessGroup other") + 1
    assert f"sites-available/shop.conf:{line}: " in out


def test_a_denial_that_is_meant_names_the_line_that_denies(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    site = SHOP.replace("WSGIScriptAlias / /srv", "DocumentRoot /srv/www\nWSGIScriptAlias /shop /srv")
    site += "<Directory /srv/www>\nRequire all granted\n<FilesMatch ^\\.>\nRequire all denied\n</FilesMatch>\n</Directory>\n"
    out = said(capfd, "AH01630: client denied by server configuration: /srv/www/.env", server(tmp_path, site))
    assert "http://shop.example/.env: 403 refused" in out
    assert "sites-available/shop.conf:9: access: " in out


def test_a_denial_beside_an_answer_is_harmless(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    site = SHOP.replace("WSGIScriptAlias /", "DocumentRoot /srv/www\nWSGIScriptAlias /")
    site += "<Directory /srv/shop>\nRequire all granted\n</Directory>\n"
    out = said(capfd, "AH01630: client denied by server configuration: /srv/www/cart", server(tmp_path, site))
    assert "http://shop.example/cart reaches the application, so this line is harmless" in out
    assert "sites-available/shop.conf:4: " in out


@pytest.mark.parametrize("code", ["AH01630", "AH01797"])
def test_a_denial_of_a_directory_that_an_answered_script_lies_in_is_not_said_to_be_harmless(
    code: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = SHOP + "<Directory /srv/shop>\nRequire all granted\n</Directory>\n"
    out = said(capfd, f"{code}: client denied by server configuration: /srv/", server(tmp_path, site))
    assert "harmless" not in out
    assert "as these files are now, http://shop.example/ is not refused" in out


@pytest.mark.parametrize("denial", ["Require all denied", "Order deny,allow\nDeny from all"])
def test_a_baseline_is_never_what_to_change(denial: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    site = SHOP.replace("WSGIScriptAlias /", "DocumentRoot /srv/www\nWSGIScriptAlias /shop")
    config = server(tmp_path, site, MAIN.replace("Require all denied", denial))
    code = "AH01630" if denial.startswith("Require") else "AH01797"
    out = said(capfd, f"{code}: client denied by server configuration: /srv/www/a.pdf", config)
    assert "change the last of these lines" not in out
    assert "grant it in <Directory /srv/www>, and leave <Directory /> as it is" in out


@pytest.mark.parametrize(
    "grant",
    [
        "",
        "<Directory /usr/lib/old/shop>\nRequire all granted\n</Directory>\n",
        "<IfModule alias_module>\n<Directory /usr/lib/old>\nRequire all granted\n</Directory>\n</IfModule>\n",
    ],
)
@pytest.mark.parametrize("line", ["WSGIScriptAlias / /usr/lib/old/shop/app.wsgi\n", "Alias /old /usr/lib/old/shop/\n"])
def test_no_grant_is_advised_for_what_is_not_there(
    line: str, grant: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "root"
    (root / "usr/lib/new").mkdir(parents=True)
    conf = server(tmp_path, f"<VirtualHost *:80>\nServerName shop.example\n{line}{grant}</VirtualHost>\n")
    out = said(capfd, "AH01630: client denied by server configuration: /usr/lib/old", conf, "--root", str(root))
    assert "write the path that is meant: /usr/lib/old is not there" in out
    assert "grant it in" not in out
    (root / "usr/lib/old/shop").mkdir(parents=True)
    (root / "usr/lib/old/shop/app.wsgi").write_text("application = print\n", "utf-8")
    message = "AH01630: client denied by server configuration: /usr/lib/old"
    assert "is not there" not in said(capfd, message, conf, "--root", str(root))


@pytest.mark.parametrize("mount", ["WSGIScriptAlias /shop", "WSGIScriptAliasMatch ^/shop"])
def test_a_directory_without_index_leads_to_where_the_application_is(
    mount: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = SHOP.replace("WSGIScriptAlias /", f"DocumentRoot /srv/www\n{mount}")
    site += "<Directory /srv/www>\nRequire all granted\n</Directory>\n"
    site += "<Directory /srv/shop>\nRequire all granted\n</Directory>\n"
    message = "AH01276: Cannot serve directory /srv/www/: No matching DirectoryIndex (index.html) found, and server-generated "
    out = said(capfd, message + "directory index forbidden by Options directive", server(tmp_path, site))
    assert "change the last of these lines" not in out
    assert "is not refused" not in out
    assert ("ask for the application where it is mounted, /shop" in out) == (mount == "WSGIScriptAlias /shop")
    assert "mount it there, or put an index file there" in out


def test_nothing_that_fits_is_said_with_what_was_looked_for(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = said(capfd, "AH01630: client denied by server configuration: /var/elsewhere", server(tmp_path))
    assert "nothing in these files leads to /var/elsewhere: 2 files with 1 virtual host looked through" in out


IMPORTS = """\
[wsgi:error] [pid 7:tid 8] [client 192.0.2.1:9] mod_wsgi (pid=7): Failed to exec Python script file '/srv/shop/app.wsgi'.
[wsgi:error] [pid 7:tid 8] [client 192.0.2.1:9] mod_wsgi (pid=7): Exception occurred processing WSGI script '/srv/shop/app.wsgi'.
[wsgi:error] [pid 7:tid 8] [client 192.0.2.1:9] Traceback (most recent call last):
[wsgi:error] [pid 7:tid 8] [client 192.0.2.1:9]   File "/srv/shop/app.wsgi", line 2, in <module>
[wsgi:error] [pid 7:tid 8] [client 192.0.2.1:9]     from catalogue import application
[wsgi:error] [pid 7:tid 8] [client 192.0.2.1:9] ModuleNotFoundError: No module named 'catalogue'
"""


def test_a_missing_module_is_looked_for_on_the_disk(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    site = SHOP.replace("</V", "WSGIDaemonProcess shop python-home=/srv/venv\nWSGIProcessGroup shop\n</V")
    conf = server(tmp_path, site)
    for name in (
        "srv/shop/app.wsgi",
        "srv/shop/code/catalogue.py",
        "srv/venv/lib/python3.11/site-packages/flask/__init__.py",
    ):
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# ours\nfrom catalogue import application\n")
    out = said(capfd, IMPORTS, conf, "--root", tmp_path / "root")
    assert "runs in the process group shop with python-home=/srv/venv" in out
    assert "catalogue is in /srv/shop/code, where Python does not look" in out
    assert "write python-path=/srv/shop/code on WSGIDaemonProcess" in out
    assert "shop.conf:4: " in out
    assert "srv/shop/app.wsgi:2: failed here\n        from catalogue import application" in out


@pytest.mark.parametrize(
    ("lines", "advice"),
    [
        ("", "write WSGIPythonPath /srv/code"),
        ("WSGIDaemonProcess s\nWSGIProcessGroup s\n", "write python-path=/srv/code on WSGIDaemonProcess"),
        ("WSGIDaemonProcess s python-home=/srv/v\nWSGIProcessGroup s\n", "write python-path=/srv/code on WSGIDaemonProcess"),
        ("WSGIDaemonProcess s python-home=/srv/v python-path=/srv/code\nWSGIProcessGroup s\n", "install shop into that environment"),
    ],
)  # fmt: skip
def test_a_package_that_the_script_lies_in_is_not_to_be_installed(
    lines: str, advice: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = SHOP.replace("/srv/shop/app.wsgi\n", f"/srv/code/shop/wsgi.py\n{lines}")
    out = said(
        capfd,
        IMPORTS.replace("/srv/shop/app.wsgi", "/srv/code/shop/wsgi.py").replace("catalogue", "shop"),
        server(tmp_path, site),
    )
    assert advice in out


def test_a_script_on_a_drive_lies_in_its_package(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script = "C:/Sites/code/shop/wsgi.py"
    site = SHOP.replace("/srv/shop/app.wsgi", f'"{script}"')
    out = said(
        capfd, IMPORTS.replace("/srv/shop/app.wsgi", script).replace("catalogue", "shop"), server(tmp_path, site)
    )
    assert "write WSGIPythonPath C:/Sites/code" in out


@pytest.mark.parametrize("path", [r"C:\Users\joe", r"C:\site\Nnew", r"C:\x\x1"])
def test_a_path_whose_backslash_begins_an_escape_is_said_to_be_one(
    path: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    conf = server(tmp_path)
    script = tmp_path / "root/srv/shop/app.wsgi"
    script.parent.mkdir(parents=True)
    script.write_text(f"import sys\nsys.path.append('{path}')\n")
    reason = "SyntaxError: (unicode error) 'unicodeescape' codec can't decode bytes in position 2-3: truncated \\UXXXXXXXX escape"
    out = said(capfd, reason, conf, "--root", tmp_path / "root")
    assert "app.wsgi:2: script-syntax-error" in out
    assert "help: write the path with slashes, or an r before its quotes" in out


@pytest.mark.parametrize("where", ["main", "host"])
def test_a_group_that_nothing_selects_is_why_its_packages_are_not_found(
    where: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    group = "WSGIDaemonProcess shop python-home=/srv/venv\n"
    site = SHOP.replace("</V", f"{group}</V") if where == "host" else group + SHOP
    out = said(capfd, IMPORTS, server(tmp_path, site))
    assert "unused-daemon-process: nothing selects process group shop" in out
    assert "help: select the process group that is defined for it" in out
    assert "name the virtual environment" not in out


@pytest.mark.parametrize("old", ["/srv/shop/old.wsgi", "/var/www/app.wsgi"])
def test_a_script_that_no_mount_leads_to_is_of_other_lines(
    old: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = said(capfd, f"Target WSGI script not found or unable to stat: {old}", server(tmp_path))
    assert f"no mount of these files leads to {old}; httpd may run with lines that were changed since" in out
    assert "leads to /srv/shop/app.wsgi" in out
    assert "help: reload httpd, or give the file that has it" in out


_CUT_SHORT = "Truncated or oversized response headers received from daemon process 'shop': /srv/shop/app.wsgi"


@pytest.mark.parametrize(
    "message", [_CUT_SHORT, "Timeout when reading response headers from daemon process 'shop': /srv/shop/app.wsgi"]
)
@pytest.mark.parametrize("is_main", [True, False])
def test_the_main_interpreter_is_advised_only_where_it_is_not_in_use(
    message: str, *, is_main: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = "WSGIDaemonProcess shop\nWSGIProcessGroup shop\n" + "WSGIApplicationGroup %{GLOBAL}\n" * is_main
    out = said(capfd, message, server(tmp_path, SHOP.replace("</V", f"{lines}</V")))
    (help_,) = (line for line in out.splitlines() if "AH00052" in line or "py-spy" in line)
    assert ("%{GLOBAL}" in help_) == (not is_main)


@pytest.mark.parametrize(
    ("option", "advice"),
    [
        ("", "header-buffer-size=65536"),
        ("header-buffer-size=131072", "where a header has more than 131072 bytes, a larger header-buffer-size"),
    ],
)
def test_a_larger_buffer_than_the_one_that_is_there_is_advised(
    option: str, advice: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = SHOP.replace("</V", f"WSGIDaemonProcess shop {option}\nWSGIProcessGroup shop\n</V")
    out = said(capfd, _CUT_SHORT, server(tmp_path, site))
    assert advice in out
    assert out.count("header-buffer-size=65536") == (not option)


@pytest.mark.parametrize(
    "reason",
    [
        "Fatal Python error: initfsencoding: unable to load the file system codec",
        "Fatal Python error: Py_Initialize: unable to load the file system codec",
        "Fatal Python error: Py_Initialize: Unable to get the locale encoding",
        "Fatal Python error: initfsencoding: Unable to get the locale encoding",
        "ImportError: No module named 'encodings'",
    ],
)
def test_an_older_python_that_finds_no_library_is_known(
    reason: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = SHOP.replace("</V", "WSGIDaemonProcess shop python-home=/srv/venv/bin\nWSGIProcessGroup shop\n</V")
    out = said(capfd, reason, server(tmp_path, site))
    assert "python-home-not-a-prefix: /srv/venv/bin is not the root of a Python" in out


@pytest.mark.parametrize(
    ("line", "at", "what", "newest"),
    [
        ("WSGIDaemonProcess shop user=joe socket-user=joe", 3, "WSGI daemon process", "socket-user came with 4.4.1"),
        ("WSGIDaemonProcess shop \\\n user=joe \\\n socket-user=joe", 5, "WSGI daemon process", "socket-user came with 4.4.1"),
        ("WSGIScriptAliasMatch ^/x /srv/x.wsgi process-group=shop", 3, "WSGI script alias", "process-group came with 4.6.0"),
        ("WSGIDaemonProcess shop user=joe", 3, "WSGI daemon process", ""),
    ],
)  # fmt: skip
def test_an_option_may_be_newer_than_the_mod_wsgi_that_refuses_it(
    line: str, at: int, what: str, newest: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    conf = server(tmp_path, SHOP.replace("WSGIScriptAlias", f"{line}\nWSGIScriptAlias"))
    message = (
        f"AH00526: Syntax error on line {at} of {conf}/sites-enabled/shop.conf:\nInvalid option to {what} definition."
    )
    out = said(capfd, message, conf)
    assert ("an older mod_wsgi does not know each option" in out) == bool(newest)
    assert newest in out


def test_a_directory_that_is_there_is_not_said_to_be_refused_by_the_baseline(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    grant = "<Directory /srv/shop>\nRequire all granted\n</Directory>\n"
    site = SHOP.replace("WSGIScriptAlias /", f"DocumentRoot /srv/shop/\n{grant}WSGIScriptAlias /app")
    message = "AH01276: Cannot serve directory /srv/shop/: No matching DirectoryIndex (index.html) found, and server-generated directory index forbidden by Options directive"
    out = said(capfd, message, server(tmp_path, site))
    assert "403 refused: a directory without index" in out
    assert "Require all denied" not in out


def test_the_line_of_a_name_is_found_where_httpd_names_the_next_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = SHOP.replace("</V", "<Directory /srv/shop>\nOrder deny,allow\nAllow from all\n</Directory>\n</V")
    message = "AH00526: Syntax error on line 6 of /etc/apache2/sites-enabled/shop.conf:\nInvalid command 'Order', perhaps misspelled or defined by a module not included"
    out = said(capfd, message, server(tmp_path, site))
    assert "that line has no Order now; the file was changed since" in out
    assert "sites-available/shop.conf:5: " in out


@pytest.mark.parametrize(
    ("before", "after", "said_of_it", "help_"),
    [
        ("(13)Permission denied: ", " after multiple attempts.", "cannot reach the socket", "write WSGISocketPrefix"),
        ("(11)Resource temporarily unavailable: ", " after multiple attempts.", "its queue is full", "raise threads="),
        ("(22)Invalid argument: ", "", "cannot reach the socket", "write WSGISocketPrefix"),
        ("(13)Permission denied: ", " as user with uid=1001.", "cannot reach the socket", "write WSGISocketPrefix"),
    ],
)
def test_a_socket_that_may_not_be_reached_is_no_full_queue(
    before: str, after: str, said_of_it: str, help_: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = SHOP.replace("</V", "WSGIDaemonProcess shop\nWSGIProcessGroup shop\n</V")
    message = (
        f"{before}mod_wsgi (pid=7): Unable to connect to WSGI daemon process 'shop' on '/run/wsgi.1.0.1.sock'{after}"
    )
    out = said(capfd, message, server(tmp_path, site))
    assert said_of_it in out
    assert help_ in out


@pytest.mark.parametrize(
    ("before", "message", "told"),
    [
        ("(13)Permission denied: ", "AH00957: HTTP: attempt to connect to 127.0.0.1:8000 (shop) failed", "SELinux"),
        (
            "(111)Connection refused: ",
            "AH00957: HTTP: attempt to connect to 127.0.0.1:8000 (shop) failed",
            "start that",
        ),
        (
            "(13)Permission denied: ",
            "AH02454: HTTP: attempt to connect to Unix domain socket /run/shop.sock (shop) failed",
            "may not open the socket",
        ),
        (
            "(2)No such file or directory: ",
            "AH02454: HTTP: attempt to connect to Unix domain socket /run/shop.sock (shop) failed",
            "start that",
        ),
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "<IfModule mod_proxy.c>\n{}</IfModule>\n", "<IfDefine !OFF>\n{}</IfDefine>\n"]
)
def test_a_connection_that_the_system_forbids_is_no_server_that_is_down(
    before: str, message: str, told: str, around: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = "ProxyPass /a/ http://127.0.0.1:8000/\nProxyPass /b/ unix:/run/shop.sock|http://shop/\n"
    out = said(capfd, before + message, server(tmp_path, SHOP.replace("</V", around.format(lines) + "</V")))
    assert told in out
    assert ("start that" in out) is (told == "start that")
    assert "ProxyPass" in out


@pytest.mark.parametrize(
    ("lines", "help_"),
    [
        ("", "add the origin to CSRF_TRUSTED_ORIGINS"),
        (
            "ProxyPass / http://127.0.0.1:8000/\n",
            'write ProxyPreserveHost On and RequestHeader set X-Forwarded-Proto "https"',
        ),
        (
            "ProxyPass / http://127.0.0.1:8000/\nProxyPreserveHost On\n",
            'write RequestHeader set X-Forwarded-Proto "https" into',
        ),
        (
            "ProxyPass / http://127.0.0.1:8000/\nProxyPreserveHost On\nRequestHeader set x-forwarded-proto https\n",
            "add the origin to CSRF_TRUSTED_ORIGINS",
        ),
        (
            "<Location />\nProxyPass http://127.0.0.1:8000/\n</Location>\nRequestHeader set X-Forwarded-Proto https\n",
            "write ProxyPreserveHost On into the host",
        ),
    ],
)
def test_what_a_proxy_does_not_tell_is_why_an_origin_is_not_trusted(
    lines: str, help_: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    message = "Forbidden (Origin checking failed - https://shop.example does not match any trusted origins.): /login"
    assert help_ in said(capfd, message, server(tmp_path, SHOP.replace("</V", f"{lines}</V")))


@pytest.mark.parametrize("name", ["board", "board.test", "board.vhost"])
def test_a_site_that_cannot_be_enabled(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    conf = server(tmp_path)
    (conf / "sites-available" / name).write_text(SHOP.replace("shop", "board"), "utf-8")
    out = said(capfd, f"ERROR: Site {name} does not exist!", conf)
    assert "site-not-read" in out
    assert f"rename it to {name}.conf" in out


@pytest.mark.parametrize("command", ["SSLCertificateFile", "SSLCertificateKeyFile", "SSLCACertificateFile"])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_certificate_that_is_there_is_not_said_to_be_missing(
    command: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], *, is_there: bool
) -> None:
    conf = server(tmp_path, SHOP.replace("</V", f"{command} /home/anne/server.pem\n</V"))
    root = tmp_path / "root"
    (root / "home/anne").mkdir(parents=True)
    if is_there:
        (root / "home/anne/server.pem").write_text("x", "utf-8")
    log = tmp_path / "test.log"
    log.write_text(
        "AH00526: Syntax error on line 4 of /etc/apache2/sites-enabled/shop.conf:\n"
        f"{command}: file '/home/anne/server.pem' does not exist or is empty\n",
        "utf-8",
    )
    main(["explain", str(log), str(conf), "--root", str(root), "--isolated"])
    out, _ = capfd.readouterr()
    assert ("SELinux or AppArmor hides it" in out) is is_there
    assert command in out


@pytest.mark.parametrize(("root", "prefix"), [("/etc/httpd", "/run/httpd/wsgi"), ("/etc/apache2", "/run/apache2/wsgi")])
def test_a_prefix_for_sockets_is_one_of_the_distribution(
    root: str, prefix: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = SHOP.replace("</V", "WSGIDaemonProcess shop\nWSGIProcessGroup shop\n</V")
    message = (
        "Unable to connect to WSGI daemon process 'shop' on '/etc/httpd/logs/wsgi.1.0.1.sock' as user with uid=48."
    )
    assert f"as {prefix};" in said(capfd, message, server(tmp_path, site, MAIN.replace("/etc/apache2", root)))


@pytest.mark.parametrize(
    ("directory", "prefix"),
    [("/etc/httpd/logs", "/run/httpd"), ("/var/run/httpd", "/run/httpd"), ("/var/run/apache2", "/run/apache2")],
)
def test_a_prefix_for_sockets_is_that_of_the_sockets_where_no_line_names_a_root(
    directory: str, prefix: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site.conf"
    site.write_text(SHOP.replace("</V", "WSGIDaemonProcess shop\nWSGIProcessGroup shop\n</V"), "utf-8")
    message = f"Unable to connect to WSGI daemon process 'shop' on '{directory}/wsgi.1.0.1.sock' as user with uid=48."
    assert f"as {prefix}/wsgi;" in said(capfd, message, site)


@pytest.mark.parametrize(
    ("lines", "message", "told"),
    [
        ("WSGIDaemonProcess shop\n", "Script timed out before returning headers: app.wsgi", "embedded mode"),
        (
            "WSGIDaemonProcess shop\n<Location />\nWSGIProcessGroup shop\n</Location>\nWSGIDaemonProcess old\n",
            "Timeout when reading response headers from daemon process 'old': /srv/shop/app.wsgi",
            "process group shop",
        ),
        (
            "<IfModule wsgi_module>\nWSGIDaemonProcess shop\nWSGIProcessGroup shop\n</IfModule>\n",
            "Truncated or oversized response headers received from daemon process 'other': /srv/shop/app.wsgi",
            "process group shop",
        ),
    ],
)
def test_a_message_of_another_process_than_the_script_runs_in_now_says_so(
    lines: str, message: str, told: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = said(capfd, message, server(tmp_path, SHOP.replace("</V", f"{lines}</V")))
    assert f"as these files are now the script runs in {told}" in out
    assert "may wait and run for ever" not in out


@pytest.mark.parametrize("line", ["AssignUserID joe joe", "<IfModule mod_ruid2.c>\nRUidGid joe joe\n</IfModule>"])
def test_a_socket_is_given_to_the_user_of_the_requests(
    line: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = SHOP.replace("</V", f"WSGIDaemonProcess shop user=joe\nWSGIProcessGroup shop\n{line}\n</V")
    message = "(13)Permission denied: mod_wsgi (pid=7): Unable to connect to WSGI daemon process 'shop' on '/run/wsgi.1.0.1.sock' after multiple attempts."
    out = said(capfd, message, server(tmp_path, site))
    assert "requests run as another user than httpd's" in out
    assert "write socket-user= with the user of the requests into WSGIDaemonProcess" in out


@pytest.mark.parametrize(
    ("line", "message", "said_of_it"),
    [
        ("User nobodyhere", "AH00543: apache2: bad user name nobodyhere", "the machine has no such user"),
        ("SuexecUserGroup joe staffhere", "AH00544: httpd: bad group name staffhere", "the machine has no such group"),
        ("WSGIDaemonProcess shop user=joe", "apache2: bad user name joe", "the machine has no such user"),
    ],
)
def test_the_line_of_an_account_that_is_not_there_is_named(
    line: str, message: str, said_of_it: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = said(capfd, message, server(tmp_path, SHOP, f"{MAIN}{line}\n"))
    assert said_of_it in out
    assert line in out


@pytest.mark.parametrize(
    ("module", "help_"),
    [("/usr/lib/mod_wsgi.so", "ldd /usr/lib/mod_wsgi.so"), ("C:/Python/mod_wsgi.pyd", "all of 64 bits or all of 32")],
)
def test_a_module_of_windows_is_not_looked_at_with_ldd(
    module: str, help_: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    message = f"Cannot load {module} into server: The specified module could not be found"
    assert help_ in said(capfd, message, server(tmp_path, SHOP, f'LoadModule wsgi_module "{module}"\n{MAIN}'))


@pytest.mark.parametrize(
    ("module", "message", "help_"),
    [
        ("/opt/w.so", "Cannot load {} into server: dlopen({}, 0x000A): Library not loaded", "otool -L /opt/w.so"),
        ("/opt/w-darwin.so", "Cannot load {} into server: symbol not found", "otool -L /opt/w-darwin.so"),
        ("/home/w.so", "Cannot load {} into server: cannot open shared object file: Permission denied", "SELinux"),
        ("/srv/w.so", "Cannot load {} into server: /srv/w.so: undefined symbol: PyBool_Type", "ldd /srv/w.so"),
        ("/srv/w.so", "Cannot load {} into server: {}: undefined symbol: ap_accept_lock_mech", "is of another httpd"),
        (
            "/srv/w.so",
            "Cannot load {} into server: {}: cannot open shared object file: No such file or directory",
            "the file of the module is not there",
        ),
        (
            "modules/w.so",
            "Cannot load {} into server: /usr/lib/apache2/modules/w.so: cannot open shared object file: No such file",
            "the file of the module is not there",
        ),
        (
            "/srv/w.so",
            "Cannot load {} into server: libpython3.9.so.1.0: cannot open shared object file: No such file or directory",
            "install the Python that has libpython3.9.so.1.0",
        ),
        (
            "/srv/w.so",
            "Cannot load {} into server: libpq.so.5: cannot open shared object file: No such file or directory",
            "install the package that has libpq.so.5",
        ),
        (
            "/srv/w.so",
            "Cannot load {} into server: Error loading shared library libpython3.9.so.1.0: No such file (needed by {})",
            "the module needs the library libpython3.9.so.1.0",
        ),
        (
            "/opt/w.so",
            "AH06665: No code signing authority for module at {} specified in LoadModule directive.",
            "Homebrew",
        ),
        ("/opt/w.so", "Code signing absent - not loading module at: {}", "Homebrew"),
    ],
)
def test_what_to_do_about_a_module_is_said_by_what_keeps_it_from_loading(
    module: str, message: str, help_: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    conf = server(tmp_path, SHOP, f"LoadModule wsgi_module {module}\n{MAIN}")
    assert help_ in said(capfd, message.format(module, module), conf)


@pytest.mark.parametrize(
    ("lines", "help_"),
    [
        ('LoadFile "C:/Python310/python310.dll"\n', "write WSGIPythonHome C:/Python310"),
        ('<IfModule mod_so.c>\nLoadFile "D:/Env/python3.dll"\n</IfModule>\n', "write WSGIPythonHome D:/Env"),
        ('LoadModule wsgi_module "C:/python/mod_wsgi.pyd"\n', "write WSGIPythonHome with the directory of Python"),
    ],
)
def test_python_of_windows_is_looked_for_by_a_line(
    lines: str, help_: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site.conf"
    site.write_text(lines + SHOP, "utf-8")
    assert help_ in said(capfd, "ModuleNotFoundError: No module named 'encodings'", site)
    site.write_text(f'WSGIPythonHome "C:/Python310"\n{lines}{SHOP}', "utf-8")
    assert help_ not in said(capfd, "ModuleNotFoundError: No module named 'encodings'", site)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("from django.core.app import make\n", "django"),
        ("if True:\n    import paste.app\n", "paste"),
        ("import os\n", "the message does not name the module"),
    ],
)
def test_python_2_names_the_last_part_of_a_module_alone(
    script: str, told: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    conf = server(tmp_path, SHOP)
    (tmp_path / "root/srv/shop").mkdir(parents=True)
    (tmp_path / "root/srv/shop/app.wsgi").write_text(script, "utf-8")
    out = said(capfd, "ImportError: No module named app", conf, "--root", str(tmp_path / "root"))
    assert told in out
    assert "WSGIPythonPath /srv/shop" not in out


def test_what_a_program_writes_is_not_taken_for_one_that_cannot_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    conf = server(tmp_path, SHOP.replace("</V", "AddHandler cgi-script .py\n</V"))
    assert "Not explained" in said(capfd, "AH01215: stderr from /srv/shop/app.py: hello", conf, code=1)
    assert "is run as a CGI program" in said(
        capfd, "AH01215: (8)Exec format error: exec of '/srv/shop/app.py' failed", conf
    )


def test_what_httpd_22_says_of_granted_leads_to_the_words_of_24(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = SHOP.replace("</V", "<Directory /srv/shop>\nRequire all granted\n</Directory>\n</V")
    message = "configuration error:  couldn't perform authentication. AuthType not set!: /"
    out = said(capfd, message, server(tmp_path, site), "--target", "httpd=2.2")
    assert "new-access-directives" in out
    out = said(capfd, message, server(tmp_path / "other", site))
    assert "Require all granted is a word of 2.4" in out
    assert "--target httpd=2.2 finds what else is of 2.4" in out


def test_tracebacks_of_two_processes_are_kept_apart(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    other = IMPORTS.replace("pid 7:", "pid 9:").replace("pid=7", "pid=9").replace("catalogue", "basket")
    mixed = "".join(line + "\n" for pair in zip(IMPORTS.splitlines(), other.splitlines(), strict=True) for line in pair)
    out = said(capfd, mixed * 3, server(tmp_path))
    assert "3 times: ModuleNotFoundError: No module named 'catalogue'" in out
    assert "3 times: ModuleNotFoundError: No module named 'basket'" in out
    assert "Not explained" not in out


def test_of_chained_exceptions_the_last_one_counts(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    prefix = "[wsgi:error] [pid 7:tid 8] [client 192.0.2.1:9] "
    more = [
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
    ]
    more += ['  File "/srv/shop/app.wsgi", line 5, in application', "    raise ValueError", "ValueError: no catalogue"]
    out = said(capfd, IMPORTS + "".join(f"{prefix}{line}\n" for line in more), server(tmp_path))
    assert "ValueError: no catalogue" in out
    assert "No module named" not in out
    assert "/srv/shop/app.wsgi:5: " in out


@pytest.mark.parametrize(
    ("first", "link", "shown"),
    [
        ("PermissionError: [Errno 13] Permission denied: '/srv/shop/log'", "direct cause", "first"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/srv/a'", "direct cause", "first"),
        ("OddError: no catalogue", "direct cause", "last"),
        ("PermissionError: [Errno 13] Permission denied: '/srv/shop/log'", "handling", "last"),
    ],
)
def test_a_direct_cause_counts_where_the_last_exception_is_not_known(
    first: str, link: str, shown: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    prefix = "[wsgi:error] [pid 7:tid 8] [client 192.0.2.1:9] "
    links = {
        "direct cause": "The above exception was the direct cause of the following exception:",
        "handling": "During handling of the above exception, another exception occurred:",
    }
    lines = [
        *IMPORTS.splitlines()[:-1],
        prefix + first,
        prefix,
        prefix + links[link],
        prefix,
        f"{prefix}Traceback (most recent call last):",
        f'{prefix}  File "/srv/shop/app.wsgi", line 5, in application',
        f"{prefix}    raise",
        f"{prefix}ValueError: Unable to configure handler 'file'",
    ]
    out = said(capfd, "".join(f"{line}\n" for line in lines), server(tmp_path))
    assert (first in out) == (shown == "first")
    assert ("Unable to configure" in out) == (shown == "last")
    assert out.count(".wsgi:") == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("/srv/shop/lines.txt", "make the file, or write the path of the one that is meant"),
        ("C:/shop/lines.txt", "make the file, or write the path of the one that is meant"),
        ("lines.txt", "write the whole path, or one from os.path.abspath(__file__)"),
    ],
)
def test_a_whole_path_is_not_to_be_made_whole(
    name: str, told: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = IMPORTS.replace(
        "ModuleNotFoundError: No module named 'catalogue'",
        f"FileNotFoundError: [Errno 2] No such file or directory: '{name}'",
    )
    out = said(capfd, log, server(tmp_path))
    assert told in out
    assert out.count("help:") == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "PermissionError: [Errno 13] Permission denied: '/shop.log'",
            "the directory of the process, which is / where",
        ),
        ("IOError: [Errno 13] Permission denied: '/shop.log'", "the directory of the process, which is / where"),
        ("ValueError: no handler: [Errno 13] Permission denied: '/shop.log'", "the directory of the process"),
        ("ValueError: no handler: [Errno 13] Permission denied: '/srv/log'", "let the user of the process group"),
    ],
)
def test_a_log_in_the_root_directory_is_named_without_its_directory(
    line: str, told: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = IMPORTS.replace("ModuleNotFoundError: No module named 'catalogue'", line)
    assert told in said(capfd, log, server(tmp_path))


# -- groups, exit codes, formats ------------------------------------------------------------------------------------------


def test_equal_lines_are_one_group(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    line = "[x] [authz_core:error] [pid {0}:tid 1] [client 192.0.2.1:{0}] AH01630: client denied by server configuration: /srv/shop/app.wsgi\n"
    log = tmp_path / "error.log"
    log.write_text("".join(line.format(at) for at in range(3_000)))
    out = said(capfd, log, server(tmp_path))
    assert out.count("AH01630") == 1
    assert "3000 times: AH01630" in out
    assert "Explained 3000 messages of 1 cause in 3000 lines." in out


def test_what_is_not_known_comes_last(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = "worker 5 is tired\nworker 6 is tired\nAH01630: client denied by server configuration: /srv/shop/app.wsgi\n"
    out = said(capfd, log, server(tmp_path))
    assert out.index("AH01630") < out.index("Not explained: 2 lines") < out.index("2 times: worker 5 is tired")


@pytest.mark.parametrize("log", ["nobody knows this", "AH99999: nor this", "", "\n\n"])
def test_nothing_known_exits_1_and_says_so(log: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    written = tmp_path / "error.log"
    written.write_text(log)
    assert "Nothing was explained" in said(capfd, written, server(tmp_path), code=1)


def test_a_server_that_is_well_is_not_reported(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = "[x] [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/2.4.71 (Debian) configured -- resuming normal operations\n"
    out = said(capfd, log, server(tmp_path), code=1)
    assert "Nothing was explained: 1 line, 1 of them of a server that is well." in out
    assert "AH00489" not in out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("nowhere/error.log", "conf"), "nowhere/error.log: no such file or directory"),
        (("no where/error.log", "conf"), "no where/error.log: no such file or directory"),
        (("error.log", "conf"), "error.log: no such file or directory"),
        (("conf", "conf"), "conf: is a directory; name the log first, then the configuration"),
        (("AH01630", "nowhere"), "nowhere: no such file or directory"),
        (("AH01630",), "no configuration: name directories or files after the log"),
        (("AH01630", "conf", "--config", "x.toml", "--isolated"), "--config and --isolated exclude each other"),
        (("AH01630", "conf", "--root", "nowhere"), "--root nowhere: no such directory"),
        (
            ("AH01630", "conf", "--target", "httpd"),
            "--target httpd: expected httpd=VERSION, mod_wsgi=VERSION or python=VERSION",
        ),
    ],
)
def test_what_cannot_be_read_exits_2(
    words: tuple[str, ...], why: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server(tmp_path)
    monkeypatch.chdir(tmp_path)
    capfd.readouterr()
    assert main(["explain", *words]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert why in err


def test_standard_input_is_read(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "error.log"
    log.write_text("AH01630: client denied by server configuration: /srv/shop/app.wsgi\n")
    with log.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        out = said(capfd, "-", server(tmp_path))
    assert "script-directory-not-granted" in out


def test_rules_that_are_off_by_default_are_asked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    site = SHOP.replace("</V", "WSGIDaemonProcess shop\nWSGIProcessGroup shop\n</V")
    out = said(
        capfd,
        "Truncated or oversized response headers received from daemon process 'shop': /srv/shop/app.wsgi",
        server(tmp_path, site),
    )
    assert "shop.conf:3: missing-global-application-group: " in out
    assert "modwsgi-fix --diff --unsafe-fixes --select missing-global-application-group" in out


def test_a_file_outside_the_named_paths_is_not_quoted(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    private = tmp_path / "elsewhere.conf"
    private.write_text("WSGIDaemonProcess hush-hush\nWSGIDaemonProcess hush-hush\n")
    conf = tmp_path / "site.conf"
    conf.write_text(f"Include {private}\n")
    log = f"Syntax error on line 2 of {private}:\nName duplicates previous WSGI daemon definition.\n"
    out = said(capfd, log, conf)
    assert f"{private}:2: duplicate-daemon-process: " in out
    assert "hush" not in out


# -- hostile logs ---------------------------------------------------------------------------------------------------------

DENIED = b"AH01630: client denied by server configuration: "


@pytest.mark.slow
@pytest.mark.parametrize(
    "log",
    [
        bytes(range(256)) * 300,
        b"\0" * 100_000 + b"\n" + DENIED + b"/srv/\0shop\n",
        DENIED + b"/srv/\x1b[31mred\x1b]0;title\x07\x9b31m\n",
        DENIED + "/srv/\u202egnp.exe\u2066 \u0085\n".encode(),
        DENIED + b"/srv/\xff\xfe\xc3\n",
        DENIED + rb"/srv/\x1b[31m\x07\r\n" + b"\n",
        b"x" * 3_000_000,
        DENIED + b"a" * 3_000_000 + b"\n" + DENIED + b"/srv/shop/app.wsgi",
        b"{" * 100_000 + b"\n" + b'{"MESSAGE": [1, 2]}\n{"message": null}\n[]\n"x"\n',
        b"[" * 100_000 + b"]" * 100_000,
        b"(1)" * 50_000,
        b"Syntax error on line 99999999999999999999 of x: y\n" + b"Syntax error on line 1 of \n" * 100,
        b"Syntax error on line 1 of /etc/apache2/apache2.conf:\n" * 2_000,
        b"Syntax error on line 900000000 of /etc/apache2/apache2.conf: Invalid command 'x', perhaps misspelled or defined by a module not included\n",
        b"Traceback (most recent call last):\n" * 20_000,
        b"".join(b"[pid %d] Traceback (most recent call last):\n" % at for at in range(20_000)),
        b"Traceback (most recent call last):\n  File \"../../../../etc/passwd\", line 1, in x\nKeyError: 'a'\n",
        b'Traceback (most recent call last):\n  File "/etc/passwd.py/../../etc/shadow", line 1, in x\nOSError\n',
        b"mod_wsgi (pid=1): Exception occurred processing WSGI script ''.\n" * 1_000,
        b"No WSGI daemon process called '$(reboot)' has been configured: -rf\n",
        b"/.htaccess: x\n" + b"/" * 4_000 + b".htaccess: x not allowed here\n",
        b"AH01630\nAH01630:\nAH00526\nAH02291: \nAH00111: Config variable ${} is not defined\n",
    ],
    ids=range(22),
)
def test_hostile_logs_are_read(log: bytes, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    written = tmp_path / "error.log"
    written.write_bytes(log)
    conf = server(tmp_path)
    for form in ("text", "json"):
        capfdbinary.readouterr()
        code = main(["explain", str(written), str(conf), "--output-format", form, "--isolated"])
        out, err = capfdbinary.readouterr()
        assert code in (0, 1)
        assert b"internal error" not in err
        assert len(out) < 200_000
        text = out.decode("utf-8", "surrogateescape")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        if form == "json":
            json.loads(text)


@pytest.mark.slow
def test_a_hundred_thousand_kinds_are_counted_in_bounded_groups(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "error.log"
    with log.open("w") as file:
        for at in range(100_000):
            name = "".join(chr(97 + int(digit)) for digit in str(at))
            file.write(f"AH01630: client denied by server configuration: /srv/{name}\n")
            file.write(f"something about {name} that nobody knows\n")
    out = said(capfd, log, server(tmp_path))
    assert "99900 further messages as AH01630: client denied by server configuration: {path} were counted" in out
    assert "99000 further lines that are not explained were counted" in out
    assert out.count("\n") < 100


def test_each_group_is_answered_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """However often a message stands in a log, the server is asked once."""
    from modwsgi_fix.explain.answers import READERS

    asked: list[object] = []
    reader = READERS["access"]
    monkeypatch.setitem(
        READERS, "access", lambda occurrence, server: (asked.append(occurrence), reader(occurrence, server))[1]
    )
    log = tmp_path / "error.log"
    log.write_text("AH01630: client denied by server configuration: /srv/shop/app.wsgi\n" * 500)
    said(capfd, log, server(tmp_path))
    assert len(asked) == 1


# -- the table ------------------------------------------------------------------------------------------------------------


def test_the_table_names_rules_that_are_there() -> None:
    assert {rule for message in MESSAGES for rule in message.rules} <= set(all_rules())


def test_the_table_has_each_name_once_and_answers_it() -> None:
    from modwsgi_fix.explain.answers import READERS

    assert len({message.name for message in MESSAGES}) == len(MESSAGES)
    assert {message.reader for message in MESSAGES} == set(READERS)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_each_message_is_known_by_its_own_text(message: Any) -> None:
    from modwsgi_fix.explain.recognition import known

    text = re.sub(r"\{(\w+)\}", r"/\1", message.text)
    found = known(f"{message.code}: {text}" if message.code else text)
    assert found is not None
    same = {other.name for other in MESSAGES if other.text == message.text and other.code == message.code}
    assert found.message.name in same


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("AH01630", "script-directory-not-granted"),
        ("AH01574: module wsgi_module is already loaded, skipping", "module-loaded-twice"),
        ("Name duplicates previous", "duplicate-daemon-process"),
        ("NAME DUPLICATES PREVIOUS", "duplicate-daemon-process"),
        (
            "Daemon process called 'shop' cannot be accessed by this WSGI application: /srv/app.wsgi",
            "process-group-inaccessible",
        ),
        ("no space following status code", "bad-start-response"),
        ("AH10034", "mod_http2"),
    ],
)
def test_a_rule_is_found_by_its_message(words: str, rule: str, capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    assert main(["rule", words]) == 0
    assert rule in capfd.readouterr().out


def test_a_page_lists_the_messages_of_its_rule(capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    assert main(["rule", "process-group-undefined"]) == 0
    out = capfd.readouterr().out
    assert "Messages by which it is found" in out
    assert "    No WSGI daemon process called '{group}' has been configured: {path}" in out


@pytest.mark.parametrize("words", ["AH99999", "xq", "no message has these words"])
def test_words_of_no_message_are_refused(words: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", words]) == 2
    assert "there is no rule" in capfd.readouterr().err


def test_planted_servers_are_whole(tmp_path: Path) -> None:
    """What the tests above ask is a whole server, so that what is absent is absent."""
    from modwsgi_fix.api import load

    conf = planted(Scene(("denied",), SHOP), tmp_path)
    assert load(conf, root=tmp_path / "root").starts is True


# -- what is documented ---------------------------------------------------------------------------------------------------


def test_every_message_is_documented() -> None:
    page = (ROOT / "docs/explain.md").read_text("utf-8").partition("\n## Messages\n")[2]
    said = {line.strip() for line in page.splitlines() if line.startswith("| `")}
    real = set()
    for message in MESSAGES:
        only = f" ({message.only})" if message.only else ""
        rules = ", ".join(f"`{rule}`" for rule in message.rules) or "-"
        real.add(f"| `{message.shown.strip()}`{only} | {message.about} | {rules} |")
    assert said == real


def test_the_figures_of_the_proofs_are_right() -> None:
    page = (ROOT / "docs/proofs.md").read_text("utf-8").partition("\n## Messages\n")[2].partition("\n## ")[0]
    figures = re.findall(r"^\| .* \| (\d+)(?: of \d+|, all .*)? \|$", page, re.M)
    elsewhere = [name for name, why in ELSEWHERE.items() if not why.startswith("see test_")]
    pairs = {(message.name, rule) for message in MESSAGES for rule in message.rules if message.name not in ELSEWHERE}
    counts = [
        len(MESSAGES),
        len(MESSAGES) - len(elsewhere),
        len(elsewhere),
        len(pairs),
        len(SCENES) + 2,
        len(each_in_a_form()),
    ]
    assert figures == [str(count) for count in counts]


def test_messages_are_plain_english() -> None:
    assert [fault for message in MESSAGES for fault in unusual(message.about)] == []


@pytest.mark.parametrize("key", [key for key, scene in KEYED.items() if scene.rule])
def test_the_command_for_a_fix_shows_it(key: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    causes = [cause for one in explained(RECORDED[key], KEYED[key], tmp_path, capfd) for cause in one["causes"]]
    for cause in causes:
        if cause["rule"] == KEYED[key].rule and cause["fix"]:
            words = shlex.split(cause["commands"][0])
            capfd.readouterr()
            code = main(words[1:])
            out, err = capfd.readouterr()
            assert (code, bool(out)) == (1, True) or "not fixed" in err, (words, err)


# -- reading --------------------------------------------------------------------------------------------------------------


class Endless(io.BytesIO):
    """One line of so many bytes, of which no more than a piece is ever asked for."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.left = size
        self.most = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0, "the whole line was asked for"
        self.most = max(self.most, size)
        piece = min(size, self.left)
        self.left -= piece
        return b"x" * piece


def test_a_line_without_an_end_is_never_held() -> None:
    stream = Endless(50_000_000)
    (line,) = lines_of(stream)
    assert len(line.text) <= stream.most == LONGEST
    assert stream.left == 0


# -- pieces, and what is seen of the disk ---------------------------------------------------------------------------------

GROUPED = SHOP.replace("</V", "WSGIDaemonProcess shop threads=4 processes=3\nWSGIProcessGroup shop\n</V")


@pytest.mark.parametrize(
    ("piece", "said_of_it"),
    [
        ("Truncated or oversized response headers", "shop.conf:3: missing-global-application-group: "),
        ("Truncated or oversized response headers received from daemon process 'shop'", "shop.conf:4: "),
        ("truncated or oversized RESPONSE headers", "shop.conf:4: "),
        ("Timeout when reading response headers from daemon process", "shop.conf:4: "),
        ("Unable to connect to WSGI daemon process", "shop has 3 x 4 = 12 threads, 100 requests may queue"),
        ("could not bind", "apache2.conf:3: one line of these files listens on port 80"),
    ],
)
def test_a_piece_of_a_message_is_enough(
    piece: str, said_of_it: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    main_file = MAIN
    words = (
        f"(98)Address already in use: AH00072: make_sock: {piece} to address [::]:80"
        if piece == "could not bind"
        else piece
    )
    assert said_of_it in said(capfd, words, server(tmp_path, GROUPED, main_file))


@pytest.mark.parametrize("piece", ["mod_wsgi", "process", "the", "x"])
def test_a_piece_of_too_many_messages_is_not_guessed(
    piece: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "Nothing was explained" in said(capfd, piece, server(tmp_path), code=1)


def test_a_piece_in_a_log_is_not_taken_for_a_message(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "error.log"
    log.write_text("a visitor asks about Truncated or oversized response headers\n")
    assert "Nothing was explained" in said(capfd, log, server(tmp_path), code=1)


PASSWD = (
    "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\nalice:x:1000:1000::/home/alice:/bin/sh\n"
)


@pytest.mark.parametrize(
    ("mode", "told"), [(0o700, "the user www-data may not pass /home/alice"), (0o755, "show no directory on the way")]
)
def test_permissions_are_looked_at_along_the_path(
    mode: int, told: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "root"
    for name, text in (("etc/passwd", PASSWD), ("home/alice/shop/app.wsgi", ""), ("home/alice/static/a.css", "")):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "home/alice").chmod(mode)
    site = SHOP.replace("</V", "Alias /static /home/alice/static\n</V")
    conf = server(tmp_path, site, "User www-data\n" + MAIN)
    message = "AH00035: access to /static/a.css denied (filesystem path '/home/alice/static') because search permissions are missing on a component of the path"
    out = said(capfd, message, conf, "--root", root)
    assert told in out
    assert "shop.conf:4: the URL leads there by this line" in out
    assert "apache2.conf:1: " in out


@pytest.mark.parametrize("root", [False, True])
@pytest.mark.parametrize(
    "name", ["ErrorLog /srv/logs/e.log", "CustomLog /srv/logs/a.log common", "ErrorLog logs/e.log"]
)
def test_the_line_of_a_log_is_named(name: str, root: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001
    (tmp_path / "root/srv/shop").mkdir(parents=True)
    conf = server(tmp_path, SHOP.replace("</V", f"{name}\n</V"))
    directory = "/srv/logs/" if "/srv" in name else "/etc/apache2/logs/"
    of = "error log of vhost" if "ErrorLog" in name else "log file '/srv/logs/a.log'"
    code = "AH02291" if "ErrorLog" in name else "AH02297"
    message = f"(2)No such file or directory: {code}: Cannot access directory '{directory}' for {of} defined at /etc/apache2/sites-enabled/shop.conf:1"
    out = said(capfd, message, conf, *(("--root", tmp_path / "root") if root else ()))
    assert "shop.conf:4: " in out


@pytest.mark.parametrize(
    "message",
    [
        "Cannot load /x/mod_wsgi.so;$(reboot) into server: no reason",
        "AH00072: make_sock: could not bind to address [::]:80';reboot;'",
        "AH01630: client denied by server configuration: /srv/shop/app.wsgi/';reboot;'",
        "AH02291: Cannot access directory '/srv/';reboot;'/' for error log of vhost defined at /x:1",
    ],
)
def test_no_word_of_a_log_is_a_command(message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What is printed to be run may be pasted into a shell as it is."""
    site = SHOP.replace("</V", "ErrorLog /srv/';reboot;'/x\n</V") + "LoadModule wsgi_module /x/mod_wsgi.so;$(reboot)\n"
    capfd.readouterr()
    main(["explain", message, str(server(tmp_path, site))])
    out = capfd.readouterr().out
    commands = [line.partition("run:  ")[2] for line in out.splitlines() if "run:  " in line]
    commands += re.findall(r"ldd .*|ss -ltnp .*|mkdir -p .*(?=[)], or)", out)
    assert commands
    for line in commands:
        words = list(shlex.shlex(line, posix=True, punctuation_chars=True))
        assert not [word for word in words if set(word) <= set(";&|()<>")], line


# -- packed logs, and other programs ------------------------------------------------------------------------------------

_TOLD = "[Fri Nov 27 11:35:00.1 2026] [core:error] [pid 7:tid 8] No WSGI daemon process called 'none' has been configured: /srv/app.wsgi\n"


def _group_of_nobody(tmp_path: Path) -> Path:
    conf = tmp_path / "apache2.conf"
    conf.write_text("ServerName a.example\nListen 80\nWSGIScriptAlias / /srv/app.wsgi process-group=none\n")
    return conf


@pytest.mark.parametrize("name", ["error.log.1.gz", "error.log", "old"])
def test_a_packed_log_is_read_whatever_it_is_called(name: str, tmp_path: Path, run: Run) -> None:
    conf = _group_of_nobody(tmp_path)
    (tmp_path / name).write_bytes(gzip.compress((_TOLD * 3).encode()))
    done = run("explain", str(tmp_path / name), str(conf))
    assert done.code == 0
    assert done.out.startswith("3 times: No WSGI daemon process called 'none'")
    assert "apache2.conf:3" in done.out


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-9], lambda data: data[:-8] + b"\0" * 8, lambda data: data + data[:30]]
)
def test_of_a_broken_one_what_stands_before_is_explained(
    spoil: Callable[[bytes], bytes], tmp_path: Path, run: Run
) -> None:
    conf = _group_of_nobody(tmp_path)
    packed = gzip.compress("".join(f"{_TOLD}{number} not known\n" for number in range(9_000)).encode())
    (tmp_path / "error.log.gz").write_bytes(spoil(packed))
    done = run("explain", str(tmp_path / "error.log.gz"), str(conf))
    assert done.code == 2
    assert "times: No WSGI daemon process called 'none'" in done.out
    assert "error.log.gz: is cut off, or is not all" in done.err
    assert "Traceback" not in done.err


def test_other_programs_may_ask_too(tmp_path: Path, run: Run) -> None:
    from modwsgi_fix import api

    conf = _group_of_nobody(tmp_path)
    found = api.load(conf).explain(line for line in (_TOLD, _TOLD, "no message\n"))
    (one,) = found.explanations
    assert (one.times, one.name, one.causes[0].spots[0].line) == (2, "group-undefined", 3)
    assert [line.message for line in found.unexplained] == ["no message"]
    (tmp_path / "error.log").write_text(f"{_TOLD}{_TOLD}no message\n")
    done = run("explain", str(tmp_path / "error.log"), str(conf), "--output-format", "json")
    assert found.to_json() == done.out


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[wsgi:error] WSGI0146: Daemon process 'shop' closed connection before sending complete response headers.", "closed-early"),
        ("[wsgi:warn] WSGI0101: Python home '/srv/v' for daemon process 'shop' is not a directory; Python interpreter may not", "home-not-directory-6"),
        ("[wsgi:error] WSGI0105: Could not read or compile WSGI script '/srv/a.wsgi' for application group ''.", "not-compiled-6"),
    ],
)  # fmt: skip
def test_what_mod_wsgi_6_words_otherwise_is_known(text: str, name: str) -> None:
    from modwsgi_fix.explain.lines import line_of
    from modwsgi_fix.explain.recognition import known

    found = known(line_of(1, text).text)
    assert found is not None
    assert found.message.name == name
