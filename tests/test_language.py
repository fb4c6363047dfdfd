"""Only what is httpd's is read as httpd's, and only what is Python as Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import CORPUS, SHARED

from modwsgi_fix.model.language import is_python, language_of
from modwsgi_fix.placeholders import tags, template_of
from modwsgi_fix.text import decode

NGINX = """\
upstream desk {
    server unix:/run/desk.sock fail_timeout=0;
}
server {
    listen 80;
    server_name desk.test;
    include snippets/tls.conf;
    location /static/ {
        alias /srv/desk/static/;
        expires 30d;
    }
    location / {
        allow 10.0.0.0/8;
        deny all;
        proxy_pass http://desk;
    }
}
"""

OTHERS = {
    "a server of nginx": NGINX,
    "a snippet of nginx without a block": "ssl_session_timeout 1d;\nssl_protocols TLSv1.2;\ninclude mime.types;\n",
    "a location of nginx": "location /f/ {\n    alias /srv/f/;\n}\n",
    "names that both have": "user www-data;\nlisten 80;\ninclude conf.d/*.conf;\nalias /srv/x;\n",
    "a server of nginx in one line": "server { listen 80; location / { alias /srv/x/; } }\n",
    "nginx in few lines": "events { worker_connections 64; }\nhttp { server { listen 80; root /srv/x; } }\n",
    "nginx in CRLF": NGINX.replace("\n", "\r\n"),
    "supervisord": "[program:desk]\ncommand=/srv/desk/run --port 80\nuser=www-data\ngroup = www-data\nautostart=true\n",
    "supervisord, one program": "[program:x]\ncommand = /bin/x\nuser = x\n",
    "an ini of uwsgi": "[uwsgi]\nmodule = desk.wsgi\nprocesses = 4\nuser = www-data\nalias = x\n",
    "a unit of systemd": "[Unit]\nDescription=Desk\n\n[Service]\nUser=www-data\nGroup=www-data\nExecStart=/srv/desk/run\n",
    "settings": "timeout = 30\nlisten = 0.0.0.0\nlog_level = debug\n",
    "an environment": "DJANGO_SECRET_KEY=abc\nDATABASE_URL=postgres://a:b@c/d\n",
    "yaml": "listen: 80\nuser: www-data\noptions:\n  - a\n  - b\n",
    "yaml with a start": "---\nalias: x\n",
    "json": '{\n  "listen": 80\n}\n',
    "a list in json": '[\n  {"user": "x"}\n]\n',
    "xml": '<?xml version="1.0"?>\n<Location>x</Location>\n',
    "html": "<!DOCTYPE html>\n<html><body>x</body></html>\n",
    "php": "<?php\n$user = 'x';\n?>\n",
    "a shell script": "#!/bin/sh\nset -e\napachectl graceful\n",
    "perl": "#!/usr/bin/perl\nuse strict;\n",
    "redis": "port 6379\ntimeout 0\ndatabases 16\nsave 900 1\nappendonly no\ninclude local.conf\n",
    "a resolver": "nameserver 192.0.2.1\nsearch test\n",
    "logstash": "input {\n  beats {\n    port => 5044\n  }\n}\n",
    "logrotate": "/var/log/desk.log {\n    daily\n    rotate 7\n    compress\n    missingok\n}\n",
    "dnsmasq": "server=/test/192.0.2.1\nlisten-address=127.0.0.1\n",
}

HTTPDS = {
    "one unknown name": "LogFile /var/log/desk/desk.log\n",
    "two unknown names": "LogFile /var/log/desk\nGnarl on\n",
    "nothing": "",
    "comments": "# nothing = here;\n",
    "semicolons by habit": "ServerName desk.test;\nDocumentRoot /srv/desk;\nWSGIScriptAlias / /srv/desk/run.wsgi;\n",
    "equal signs by habit": "ServerName = desk.test\nDocumentRoot = /srv/desk\n",
    "options on lines of their own": "WSGIDaemonProcess desk\n    threads=5\n    home=/srv/desk\n    user=desk\n    group=desk\n",
    "lower case": "listen 80\nuser www-data\nserveradmin a@b.test\nalias /s /srv/s\n",
    "a section": "<directory /srv/desk>\nrequire all granted\n</directory>\n",
    "only tags": "<VirtualHost *:80>\n</VirtualHost>\n",
    "another module's": "SecRuleEngine On\nphp_value memory_limit 128M\n",
    "line numbers": "1 <VirtualHost *:80>\n2 ServerName desk.test\n3 </VirtualHost>\n",
    "entities": "&lt;VirtualHost *:80&gt;\nServerName desk.test\n&lt;/VirtualHost&gt;\n",
    "a brace in a format": 'LogFormat "%h %{Referer}i" desk\nSetEnvIf Host ^a{2}$ x={\n',
    "colons": "<VirtualHost _default_:443>\nSSLCipherSuite HIGH:!aNULL\n</VirtualHost>\n",
    "a condition around": "<IfModule mod_wsgi.c>\nWSGIScriptAlias / /srv/desk/run.wsgi\n</IfModule>\n",
    "rewriting": "RewriteEngine on\nRewriteCond %{HTTPS} =off\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R]\n",
}

PYTHONS = {
    "an application": "import bobo\n\n\n@bobo.query\ndef hello():\n    return 'x'\n",
    "from": "from desk.wsgi import application\n",
    "python 2": "import sys\nprint 'x'\ndef application(environ, start_response):\n    pass\n",
    "an interpreter": "#!/usr/bin/env python3\nx = 1\n",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_what_is_another_programs(text: str) -> None:
    assert language_of("/etc/x/site.conf", text).kind == "other"


@pytest.mark.parametrize("text", HTTPDS.values(), ids=HTTPDS)
def test_what_is_httpds(text: str) -> None:
    assert language_of("/etc/x/site.conf", text).kind == "httpd"


@pytest.mark.parametrize("text", PYTHONS.values(), ids=PYTHONS)
def test_what_is_python(text: str) -> None:
    assert language_of("/srv/x/run", text).kind == "python"
    assert is_python("/srv/x/run", text)


_LINES = (
    "import os", "from a.b import c", "def f(x):", "class A:", 'if __name__ == "__main__":', "@app.route('/')", "@x", "#!/usr/bin/python3",
    "# import os", "ServerAdmin a@b.example", "Listen 80", "x = 1", "[main]", "a: b", "from here to there", "def", "@ x", "{", ";", "",
)  # fmt: skip
_LINE = st.tuples(
    st.sampled_from(["", " ", "\t", "\xa0", "\x85", "\r"]),
    st.sampled_from(_LINES),
    st.sampled_from(["", " ", "\\", "\r"]),
)


@given(
    st.lists(_LINE.map("".join), max_size=6).map("\n".join),
    st.sampled_from(["site.conf", "run", "app.py", "apache2.conf"]),
)
def test_an_editor_is_told_at_once_what_is_not_python(text: str, name: str) -> None:
    assert is_python(f"/srv/{name}", text) == (language_of(f"/srv/{name}", text).kind == "python")


def test_some_names_decide() -> None:
    assert language_of("/etc/x/httpd.conf", NGINX).kind == "httpd"
    assert language_of("/srv/x/.htaccess", "x = y\nz = a\n").kind == "httpd"
    assert language_of("/srv/x/run.wsgi", "ServerName x\n").kind == "python"
    assert language_of("/srv/x/run.py", "").kind == "python"


def test_others_have_names() -> None:
    assert language_of("a.conf", NGINX).name == "nginx"
    assert language_of("a.conf", OTHERS["a server of nginx in one line"]).name == "nginx"
    assert language_of("a.conf", OTHERS["supervisord"]).name == "a settings file (INI)"
    assert language_of("a.conf", OTHERS["yaml with a start"]).name == "YAML"


@pytest.mark.skipif(not SHARED.exists(), reason="the collection of real files is not there")
@pytest.mark.parametrize(
    ("folder", "kind"), [("configs", "httpd"), ("templates", "httpd"), ("qa", "httpd"), ("scripts", "python")]
)
def test_real_files_are_what_they_are(folder: str, kind: str) -> None:
    paths = [path for path in sorted((SHARED / folder).rglob("*")) if path.is_file() and path.suffix != ".md"]
    assert paths
    wrong = [path.name for path in paths if language_of(path.name, decode(path.read_bytes())).kind != kind]
    assert wrong == []


def test_our_own_are_httpds() -> None:
    paths = sorted(Path(CORPUS).rglob("*.conf"))
    assert paths
    assert [path for path in paths if language_of(str(path), decode(path.read_bytes())).kind != "httpd"] == []


TEMPLATES = {
    ("site.conf.erb", "ServerName <%= @name %>\n"): "ERB",
    ("site.conf.j2", "ServerName {{ name }}\n"): "Jinja",
    ("site.conf.in", "ServerName @NAME@\n"): "autoconf",
    ("site.tmpl", "ServerName {{ .Name }}\n"): "a template engine",
    ("site.conf.m4", "ServerName __NAME__\n"): "m4",
    ("site.conf", "{% if tls %}\nListen 443\n{% endif %}\n"): "Jinja",
    ("site.conf", "<% if @tls %>\nListen 443\n<% end %>\n"): "ERB",
    ("site.conf", "<%- if tls -%>\nListen 443\n<%- end -%>\n"): "ERB",
    # One tag that was left makes no template, nor does a name alone.
    ("site.conf", "ServerName <%= @name %>\n"): "",
    ("site.conf", "ServerName {{ name }}\n"): "",
    ("site.conf.in", "ServerName desk.test\n"): "",
    ("site.conf", 'LogFormat "%{%d/%b}t %>s" x\n'): "",
}


@pytest.mark.parametrize(("file", "engine"), TEMPLATES.items())
def test_what_is_a_template(file: tuple[str, str], engine: str) -> None:
    assert template_of(*file) == engine


def test_where_the_tags_of_a_template_stand() -> None:
    text = "Alias {{ a }} /x\n<% if b %>\nListen @PORT@ # {%\n%}\n"
    assert [text[start:end] for start, end in tags(text)] == ["{{ a }}", "<% if b %>", "@PORT@", "{%\n%}"]
