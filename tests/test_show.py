"""The server drawn: what is hidden, refused, unused or exposed is marked in every drawing; programs lie open, too."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support import Run

_CONF = """\
ServerName main.example
Listen 80
DocumentRoot /srv/www
<Directory /srv>
    Require all granted
</Directory>
<Directory /srv/closed>
    Require all denied
</Directory>
WSGIDaemonProcess idle
WSGIDaemonProcess busy
<VirtualHost *:80>
ServerName a.example
WSGIScriptAlias /app /srv/app.wsgi process-group=busy
Alias /static/deep /srv/www
Alias /static /srv/open
Alias /static/late /srv/www
Alias /shut /srv/closed
ScriptAlias /cgi /srv/cgi
</VirtualHost>
<VirtualHost *:80>
    ServerName b.example
    Alias /x /srv/open
</VirtualHost>
<VirtualHost *:81>
    ServerName c.example
    Alias /never "/srv/<open> & \u00e9"
</VirtualHost>
"""
_FILES = {
    "www/index.html": "x",
    "open/a.css": "x",
    "open/settings.py": "SECRET = 1",
    "closed/a.txt": "x",
    "app.wsgi": "application = None",
}


@pytest.fixture
def planted(tmp_path: Path) -> list[str]:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/apache2.conf").write_text(_CONF)
    for name, text in _FILES.items():
        (tmp_path / "root/srv" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root/srv" / name).write_text(text)
    program = tmp_path / "root/srv/cgi/run"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return [str(tmp_path / "conf"), "--root", str(tmp_path / "root")]


_STATES = {
    ("/static", "main"): "exposed",
    ("/static/late", "main"): "hidden",
    ("/static/deep", "main"): "",
    ("/shut", "main"): "refused",
    ("/never", "c.example"): "hidden",
    ("/x", "b.example"): "exposed",
    ("/app", "main"): "",
}


def test_each_line_has_its_state(planted: list[str], run: Run) -> None:
    (server,) = json.loads(run("show", "--output-format", "json", *planted).out)["servers"]
    states = {(one["url"], host["names"][0]): one["state"] for host in server["hosts"] for one in host["mapped"]}
    wanted = {(url, "a.example" if host == "main" else host): state for (url, host), state in _STATES.items()}
    assert {key: states[key] for key in wanted} == wanted
    assert {group["name"]: group["state"] for group in server["groups"]} == {"idle": "unused", "busy": ""}


@pytest.mark.parametrize("format", ["dot", "mermaid", "svg"])
def test_every_drawing_has_words_and_a_colour_for_each(format: str, planted: list[str], run: Run) -> None:
    drawn = run("show", "--output-format", format, *planted).out
    for state, color in (("hidden", "#6b6b6b"), ("refused", "#8a5a00"), ("unused", "#6a3fb5"), ("exposed", "#b3001b")):
        assert f"({state})" in drawn.replace("#40;", "(").replace("#41;", ")")
        assert color in drawn


def test_the_picture_is_xml_and_has_every_box_once(planted: list[str], run: Run) -> None:
    picture = ElementTree.fromstring(run("show", "--output-format", "svg", *planted).out)
    texts = [one.text for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    boxes = list(picture.iter("{http://www.w3.org/2000/svg}rect"))[1:]
    assert texts.count("/srv/<open> & \u00e9") == 1
    assert texts.count("process group idle (unused)") == 1
    places = [(box.get("x"), box.get("y")) for box in boxes]
    assert len(set(places)) == len(places)
    for box in boxes:
        assert int(box.get("x", "")) + int(box.get("width", "")) <= int(picture.get("width", ""))


def test_no_words_of_a_picture_lie_on_others(tmp_path: Path, run: Run) -> None:
    """Two hosts lead to the same places, and their edges cross: words stand below each other, or side by side."""
    mapped = "".join(f"Alias /{name}/static/ /srv/{name}/static/\n" for name in ("admin", "shop", "welcome"))
    hosts = (
        f"<VirtualHost *:{port}>\nServerName example.com\n{mapped}WSGIScriptAlias / /srv/app.wsgi\n</VirtualHost>\n"
        for port in (80, 443)
    )
    (tmp_path / "site.conf").write_text("".join(hosts))
    picture = ElementTree.fromstring(run("show", "--output-format", "svg", str(tmp_path)).out)
    texts = list(picture.iter("{http://www.w3.org/2000/svg}text"))
    places = [(float(text.get("x", "")), float(text.get("y", "")), len(text.text or "")) for text in texts]
    assert len(places) == 16
    for at, (x, y, length) in enumerate(places):
        for x2, y2, length2 in places[at + 1 :]:
            assert abs(y - y2) >= 12 or x + 7.3 * length <= x2 or x2 + 7.3 * length2 <= x


@pytest.mark.parametrize("command", [("show",), ("exposed",), ("trace", "http://shop.example/")])
def test_a_script_alone_is_no_server_to_look_at(command: tuple[str, ...], tmp_path: Path, run: Run) -> None:
    script = tmp_path / "app.wsgi"
    script.write_text("def application(environ, start_response):\n    return []\n")
    said = run(*command, str(script))
    assert (said.code, said.out) == (2, "")
    assert said.err.rstrip().endswith("app.wsgi: has scripts alone; name the configuration that mounts them, too")
    (tmp_path / "site.conf").write_text("WSGIScriptAlias / /srv/app.wsgi\n")
    assert run(*command, str(script), str(tmp_path / "site.conf"), "--root", str(tmp_path)).code == 0


def test_nothing_to_draw_is_a_picture_all_the_same(tmp_path: Path, run: Run) -> None:
    (tmp_path / "apache2.conf").write_text("Listen 80\n")
    assert ElementTree.fromstring(run("show", "--output-format", "svg", str(tmp_path)).out).tag.endswith("svg")


def test_programs_that_visitors_can_run_are_listed_apart(planted: list[str], run: Run) -> None:
    conf = Path(planted[0]) / "apache2.conf"
    conf.write_text(
        conf.read_text().replace("Listen 80", "Listen 80\n<IfModule !mod_cgi.c>\n</IfModule>\nLoadModule cgi_module x")
    )
    done = run("exposed", *planted)
    assert "1 program" in done.out
    part = done.out.partition("programs that visitors can run")[2].splitlines()[1]
    assert part.split()[:3] == ["http://a.example/cgi/run", "->", "/srv/cgi/run,"]
    hosts = json.loads(run("exposed", *planted, "--output-format", "json").out)["hosts"]
    assert [one["file"] for host in hosts for one in host["files"] if one["is_program"]][:1] == ["/srv/cgi/run"]


def test_traces_can_be_had_a_line_each(planted: list[str], run: Run) -> None:
    urls = ["http://a.example/static/a.css", "http://b.example/x/a.css"]
    done = run("trace", *urls, *planted, "--output-format", "jsonl")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [line["url"] for line in lines] == urls
    assert (lines[1]["outcome"]["host_file"], lines[1]["outcome"]["host_line"]) == (
        str(Path(planted[0]) / "apache2.conf"),
        _CONF.split("\n").index("    ServerName b.example"),
    )
