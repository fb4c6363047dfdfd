"""Paths of Windows in a request: which sections hold for a file on a drive."""

from __future__ import annotations

import pytest
from test_trace import server

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.request import Kind, request_of, trace

_BASE = """\
ServerName main.example
Listen 80
<Directory />
    AllowOverride None
    Require all denied
</Directory>
WSGIScriptAlias / "%s"
Alias /static/ %s
"""


def _kinds(config: Config, url: str) -> set[Kind]:
    """What a request may come to, by all that the files do not say."""
    traced = trace(config, request_of(url))
    return {branch.outcome.kind for branch in traced.branches}


@pytest.mark.parametrize("script", ["D:/Sites/shop/wsgi.py", r"d:\Sites\shop\wsgi.py", "D:/sites//Shop/./wsgi.py"])
@pytest.mark.parametrize("section", ["<Directory D:/Sites/shop>", r'<Directory "d:\sites\shop">', "<Directory D:/>"])
def test_a_directory_on_a_drive_is_opened_by_its_section(script: str, section: str) -> None:
    granted = f"{section}\nRequire all granted\n</Directory>\n"
    assert Kind.APPLICATION in _kinds(server(_BASE % (script, "E:/media/") + granted, None), "http://main.example/")


@pytest.mark.parametrize("directory", ["D:/Sites/sho", "D:/Sites/shop/wsgi", "E:/Sites/shop", "/Sites/shop"])
def test_another_directory_or_drive_opens_nothing(directory: str) -> None:
    granted = f"<Directory {directory}>\nRequire all granted\n</Directory>\n"
    config = server(_BASE % ("D:/Sites/shop/wsgi.py", "E:/media/") + granted, None)
    assert _kinds(config, "http://main.example/") == {Kind.REFUSED}


def test_the_root_section_holds_for_every_drive() -> None:
    config = server(_BASE % ("D:/Sites/shop/wsgi.py", "E:/media/"), None)
    assert _kinds(config, "http://main.example/") == {Kind.REFUSED}
    assert _kinds(config, "http://main.example/static/a.css") == {Kind.REFUSED}


@pytest.mark.parametrize("line", ["Alias /static/ E:/media/", r"Alias /static/ e:\media/", 'DocumentRoot "E:/media"'])
def test_a_file_on_a_drive_is_found_by_an_alias_and_below_documentroot(line: str) -> None:
    text = _BASE % ("D:/Sites/shop/wsgi.py", "E:/media/")
    text = "".join(f"{one}\n" for one in text.splitlines() if not one.startswith(("Alias", "WSGIScriptAlias")))
    config = server(f"{text}{line}\n<Directory E:/media>\nRequire all granted\n</Directory>\n", None)
    assert Kind.FILE in _kinds(config, "http://main.example/static/a.css")


def test_a_wildcard_and_files_hold_on_a_drive() -> None:
    granted = "<Directory D:/Sites/*>\n<Files wsgi.py>\nRequire all granted\n</Files>\n</Directory>\n"
    config = server(_BASE % ("D:/Sites/shop/wsgi.py", "E:/media/") + granted, None)
    assert Kind.APPLICATION in _kinds(config, "http://main.example/")


def test_on_a_filesystem_without_drives_their_sections_hold_for_nothing() -> None:
    """As tests/httpd asks of httpd there: the name of a drive is that of a directory which is not there."""
    granted = "<Directory D:/Sites/shop>\nRequire all granted\n</Directory>\n"
    config = server(_BASE % ("D:/Sites/shop/wsgi.py", "E:/media/") + granted)
    assert _kinds(config, "http://main.example/") == {Kind.REFUSED}
    assert _kinds(config, "http://main.example/static/a.css") == {Kind.UNKNOWN}


@pytest.mark.parametrize("root", ["E:/media", r"e:\media", "E:/media/"])
@pytest.mark.parametrize("around", ["", "<IfModule mod_rewrite.c>\n"])
def test_a_documentroot_on_a_drive_is_not_put_below_the_serverroot(root: str, around: str) -> None:
    rules = "RewriteEngine On\nRewriteCond %{DOCUMENT_ROOT} ^E:/media/?$\nRewriteRule ^/gone$ - [G]\n"
    rules = f"{around}{rules}</IfModule>\n" if around else rules
    text = f'ServerRoot "C:/Apache24"\nServerName main.example\nListen 80\nDocumentRoot "{root}"\n{rules}'
    traced = trace(server(text, None), request_of("http://main.example/gone"))
    assert 410 in {branch.outcome.status for branch in traced.branches}
