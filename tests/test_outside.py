"""No word of a file that was not named is printed, wherever an Include leads, in any format and by any command."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from support import Run, config_of

from modwsgi_fix.model.outside import tells, words_of
from modwsgi_fix.reports import FORMATS
from modwsgi_fix.reports.show import SHOWN

#: Lines of a file that was never meant for httpd, and of one that was; each @ is a word of its own.
LINES = r"""
@:$apr1$@$@
@=@
export @='@'
-----BEGIN @ KEY-----
@/@+@==
[@]
@: @
{"@": "@"}
machine @ login @ password @
postgres://@:@@@.example:5432/@
Unknown@ @
Define TOKEN @
Define @ @
WSGIDaemonProcess @ threads=15 user=@
WSGIDaemonProcess blog home=/@
WSGIScriptAlias /@ /srv/@/@.wsgi process-group=@
Alias /@/ /srv/@
Listen 80 # @
ServerName @.example.com
<VirtualHost *:80>
    ServerName @
    Alias / /srv/@
    WSGIScriptAlias / /srv/@/@.wsgi
    WSGIProcessGroup @
    <Location />
        Order deny,allow
        Allow from @
        Allow from all
    </Location>
</VirtualHost>
<Perl>
    @
</Perl>
Use @ @
Include @/*.conf
Include /nowhere/@
<IfModule @.c>
    SetEnv @ @
</IfModule>
Require user @
AuthUserFile /@
Options -Indexes @
RewriteRule ^/@ /@ [@]
WSGIPythonHome /@/bin/python
LogFormat "%h "@" @
Order deny, allow @
NameVirtualHost @:80
SetEnv PASSWORD “@”
Header set X &lt;@&gt;
12 Listen @
WSGIApplicationGroup %{@}
ErrorLog ${@}/x
# modwsgi-fix: allow @ -- @
# modwsgi-fix: allow duplicate-daemon-process -- @
<Directory @>
    Require all grantd @
</Directry>
@ @\
@
<broken@
</@>
<@
""".lstrip()

#: What lies beside the file uses its variable alone and joined to other text.
MAIN = """WSGIDaemonProcess blog threads=15
{}
ServerName ${{TOKEN}}
WSGIDaemonProcess ${{TOKEN}} user=www processes=1
WSGIScriptAlias /x /srv/x/${{TOKEN}}.wsgi
WSGIProcessGroup ${{TOKEN}}
Alias / /srv/${{TOKEN}}
ErrorLog /var/${{TOKEN}}/x.log
WSGIDaemonProcess shop foo=${{TOKEN}}
<VirtualHost *:80>
    ServerName a.test
    Alias /static /srv/${{TOKEN}}/
    Alias / /srv/www/
    WSGIScriptAlias / /srv/www/a.wsgi
    <Location />
        Order deny,allow
        Allow from all
    </Location>
    Include /etc/${{TOKEN}}.conf
</VirtualHost>
"""

INCLUDES = {
    "relative": "Include ../private.env",
    "absolute": "Include {here}/private.env",
    "link": "Include link",
    "wildcard": "<IfModule mod_wsgi.c>\nIncludeOptional ../priv*.env\n</IfModule>",
    "in a host": "<VirtualHost *:81>\nInclude ../private.env\n</VirtualHost>",
}

COMMANDS = {
    **{format: ("--output-format", format, "--select", "ALL") for format in FORMATS},
    "colour": ("--output-format", "full", "--color", "always", "--select", "ALL"),
    "diff": ("--diff", "--select", "ALL"),
    "unsafe diff": ("--diff", "--unsafe-fixes", "--select", "ALL"),
    "statistics": ("--statistics", "--select", "ALL"),
    "files": ("--show-files",),
    "settings": ("--show-settings",),
    **{f"show {format}": ("show", "--output-format", format) for format in SHOWN},
    **{
        f"trace {format}": ("trace", "--output-format", format, "http://a.test/static/x", "http://b.test/x/")
        for format in ("text", "json")
    },
    "write": ("--write", "--unsafe-fixes", "--output-format", "full", "--select", "ALL"),
    "write json": ("--write", "--output-format", "json", "--select", "ALL"),
}


def secret() -> tuple[bytes, list[str]]:
    """The file, and its words: none of them is another one's part."""
    words: list[str] = []

    def word(_: object) -> str:
        words.append(f"zq{len(words):03}wort")
        return words[-1]

    text = re.sub("@", word, LINES)
    last = word(None)
    return text.encode() + b"caf\xe9 " + last.encode() + b"\xff\xfe\n", words


def printed(outcome_text: str, words: list[str]) -> list[str]:
    lowered = outcome_text.casefold()
    return [word for word in words if word in lowered]


def plant(include: str) -> list[str]:
    """A server in ``conf`` that includes a private file beside it; the words of that."""
    data, words = secret()
    Path("conf").mkdir()
    Path("private.env").write_bytes(data)
    os.symlink("../private.env", "conf/link")
    Path("conf/apache2.conf").write_text(MAIN.format(include.format(here=os.getcwd())))
    return words


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_no_word_of_a_private_file_is_printed(run: Run, command: str) -> None:
    words = plant(INCLUDES["relative"])
    outcome = run(*COMMANDS[command], "conf")
    assert outcome.code in (0, 1), outcome.err
    assert printed(outcome.out + outcome.err, words) == []
    assert printed(Path("conf/apache2.conf").read_text(), words) == []
    assert Path("private.env").read_bytes() == secret()[0]


@pytest.mark.slow
@pytest.mark.parametrize("include", INCLUDES)
@pytest.mark.parametrize("given", ["conf", "conf/apache2.conf"])
def test_it_does_not_matter_how_the_private_file_is_reached(run: Run, include: str, given: str) -> None:
    words = plant(INCLUDES[include])
    for command in ("full", "json", "unsafe diff", "show tree", "trace text"):
        outcome = run(*COMMANDS[command], given)
        assert printed(outcome.out + outcome.err, words) == [], command


@pytest.mark.slow
def test_where_the_private_file_is_named_its_words_are_printed(run: Run) -> None:
    words = plant(INCLUDES["relative"])
    outcome = run(*COMMANDS["full"], "conf", "private.env")
    assert len(printed(outcome.out, words)) > 40


@pytest.mark.slow
def test_what_is_wrong_in_a_private_file_is_said_by_rule_and_line(run: Run) -> None:
    plant(INCLUDES["relative"])
    outcome = run(*COMMANDS["full"], "conf")
    place = re.compile(rf"error: A section is never closed\.\n +--> {os.getcwd()}/private\.env:\d+:1 unclosed-section")
    assert place.search(outcome.out)
    assert "the file was not named, so its text is not shown" in outcome.out
    assert f"{os.getcwd()}/private.env:" in run(*COMMANDS["concise"], "conf").out


def test_what_is_wrong_in_a_named_file_is_said_as_ever(run: Run) -> None:
    plant(INCLUDES["relative"])
    outcome = run("--output-format", "full", "--select", "allow-in-location", "conf")
    assert "<Location /> grants access by URL, whatever file the URL leads to" in outcome.out
    assert "|         Allow from all" in outcome.out


def test_what_the_log_says_of_the_main_file_is_said_of_a_site_that_is_named_alone(run: Run) -> None:
    Path("sites").mkdir()
    Path("apache2.conf").write_text("DocumentRoot /srv/zq000wort\nDocumentRoot /srv/zq111wort\nInclude sites/*.conf\n")
    Path("sites/a.conf").write_text("<VirtualHost *:80>\nServerName a.test\n</VirtualHost>\n")
    Path("error.log").write_text("AH00112: Warning: DocumentRoot [/srv/zq000wort] does not exist\n")
    outcome = run("explain", "error.log", "sites/a.conf")
    assert "apache2.conf:1: DocumentRoot names /srv/zq000wort, which was not there" in outcome.out
    assert "zq111wort" not in outcome.out


def test_files_in_the_directory_of_a_named_main_file_are_quoted(run: Run) -> None:
    Path("etc/conf.d").mkdir(parents=True)
    Path("etc/apache2.conf").write_text("Include conf.d/*.conf\nInclude ../out.conf\n")
    for name in ("etc/conf.d/a.conf", "out.conf"):
        Path(name).write_text("WSGIDaemonProcess group-{0}\nWSGIDaemonProcess group-{0}\n".format(name[:3]))
    outcome = run("--output-format", "full", "--select", "duplicate-daemon-process", "etc/apache2.conf")
    assert "group-etc" in outcome.out
    assert "group-out" not in outcome.out


def test_the_root_that_is_named_may_be_quoted(run: Run) -> None:
    Path("image/etc/apache2").mkdir(parents=True)
    Path("image/srv").mkdir()
    Path("image/etc/apache2/apache2.conf").write_text("Include /srv/a.conf\n")
    Path("image/srv/a.conf").write_text("WSGIDaemonProcess group-srv\n" * 2)
    words = ("--output-format", "full", "--select", "duplicate-daemon-process", "image/etc/apache2")
    assert "group-srv" in run("--root", "image", *words).out


@pytest.mark.parametrize("root", ["/", "..", "image"])
def test_a_settings_file_may_not_have_a_filesystem_quoted_that_it_does_not_lie_in(run: Run, root: str) -> None:
    Path("checkout/conf").mkdir(parents=True)
    Path("checkout/image").mkdir()
    Path("private.conf").write_text("WSGIDaemonProcess group-out\n" * 2)
    Path("checkout/conf/apache2.conf").write_text("Include ../../private.conf\n")
    Path("checkout/modwsgi-fix.toml").write_text(f'root = "{root}"\n')
    words = ("--output-format", "full", "--select", "duplicate-daemon-process", "checkout/conf")
    assert "group-out" not in run(*words).out
    if root == "/":
        assert "group-out" in run("--root", "/", *words).out


@pytest.mark.slow
def test_a_script_that_was_not_named_is_not_quoted(run: Run) -> None:
    Path("conf").mkdir()
    Path("private.py").write_text('import sys\nsys.stdout = sys.stderr; KEY = "zq000wort"\nprint "zq001wort"\n')
    Path("conf/apache2.conf").write_text(f"WSGIScriptAlias / {os.getcwd()}/private.py\n")
    for format in FORMATS:
        outcome = run("--output-format", format, "--select", "scripts", "conf")
        assert "private.py" in outcome.out
        assert printed(outcome.out + outcome.err, ["zq000wort", "zq001wort"]) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("process group hunter2 is defined twice", True),
        ("/srv/hunter2.wsgi is looked for", True),
        ("/srv/hunter2index.html is looked for", True),
        ("HUNTER2", True),
        ("hunter", False),
        ("x" * 100, True),
        ("process group blog is defined twice", False),
        ("the WSGIDaemonProcess directive", False),
    ],
)
def test_a_text_tells_by_its_words(text: str, *, told: bool) -> None:
    texts = {
        "/conf/a.conf": "Include ../x.conf\nListen 80\nWSGIDaemonProcess blog\n",
        "/x.conf": "WSGIDaemonProcess hunter2\n",
    }
    config = config_of(texts, paths=["/conf"])
    assert len(config.files) == 2
    assert tells(config, [text]) is told
    assert not tells(config, [text], known=f"hunter2index and hunter2 {'x' * 100}")
    assert not tells(config_of(texts), [text])


def test_words_are_what_stands_between_marks() -> None:
    assert words_of("user:$apr1$ab9x$zz at www.example.com") == {"user", "apr1", "ab9x", "example"}


@pytest.mark.parametrize(
    "command", [("exposed",), ("exposed", "--output-format", "json"), ("show",), ("trace", "http://a.test/zq/")]
)
def test_no_command_tells_of_a_filesystem_that_only_a_settings_file_names(run: Run, command: tuple[str, ...]) -> None:
    Path("checkout/conf").mkdir(parents=True)
    Path("srv/zq000wort").mkdir(parents=True)
    Path("srv/zq000wort/key.pem").write_text("")
    Path("private.conf").write_text(
        "<VirtualHost *:80>\nServerName a.test\nAlias /zq /srv/zq000wort\n</VirtualHost>\n<Directory />\nRequire all granted\n</Directory>\n"
    )
    Path("checkout/conf/apache2.conf").write_text("Include ../../private.conf\n")
    words = (*command, "checkout/conf")
    named = run(*words, "--root", ".")
    assert "zq000wort" in named.out
    Path("checkout/modwsgi-fix.toml").write_text('root = ".."\n')
    outcome = run(*words)
    assert "zq000wort" not in outcome.out + outcome.err
    assert "(not shown)" in outcome.out
