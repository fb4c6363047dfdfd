"""``trace --requests``: many requests, a JSON object on each line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import Run

from modwsgi_fix.model.request.asked import requests_of

_CONF = """\
ServerName main.example
Listen 80
DocumentRoot /srv
<Directory />
    AllowOverride None
    Require ip 192.0.2.1
</Directory>
<VirtualHost *:80>
    ServerName a.example
</VirtualHost>
"""


def test_each_line_says_its_own_request(tmp_path: Path, run: Run) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/apache2.conf").write_text(_CONF)
    lines = [
        {"url": "http://a.example/x", "client": "192.0.2.1", "method": "post", "headers": {"Accept": "*/*"}},
        {"url": "http://a.example/x", "client": "192.0.2.2"},
    ]
    (tmp_path / "asked").write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = run("trace", "--requests", str(tmp_path / "asked"), str(tmp_path / "conf"), "--output-format", "json")
    first, second = json.loads(done.out)["traces"]
    assert done.code == 0
    assert first["method"] == "POST"
    assert second["outcome"]["status"] == 403
    assert (second["outcome"]["host_file"], second["outcome"]["host_line"]) == (str(tmp_path / "conf/apache2.conf"), 8)


def test_a_line_that_is_no_request_costs_itself_alone(tmp_path: Path, run: Run) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/apache2.conf").write_text(_CONF)
    (tmp_path / "asked").write_text('{"url": \n\n{"url": "http://a.example/"}\n[]\n')
    done = run("trace", "--requests", str(tmp_path / "asked"), str(tmp_path / "conf"))
    assert done.code == 2
    assert done.out.startswith("http://a.example/")
    faults = [line for line in done.err.splitlines() if "asked:" in line]
    assert [fault.partition("asked:")[2].partition(" ")[0] for fault in faults] == ["1:9:", "4:1:"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{}", "url is missing"),
        ('{"url": 1}', "url is not a text"),
        ('{"url": "ftp://x/"}', "not an http or https URL"),
        ('{"url": "http://x/", "adress": "1.2.3.4"}', "adress is not a key"),
        ('{"url": "http://x/", "client": "me"}', "is not an IP address"),
        ('{"url": "http://x/", "headers": ["a"]}', "headers is not an object"),
        ("[" * 100_000, "1:"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(line: str, fault: str) -> None:
    found = requests_of(line, {})
    assert not found.requests
    assert fault in found.faults[0]
    assert found.faults[0].startswith("1:")


def test_what_a_line_does_not_say_the_options_do() -> None:
    found = requests_of('{"url": "http://x/"}', {"client": "192.0.2.1", "method": "HEAD"}).requests[0]
    assert (found.client, found.method) == ("192.0.2.1", "HEAD")
