"""The page on which a configuration is tried in a browser: what it asks the program, and, where `make docs` built it, the page itself."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest
from serving import needs_browser, visited
from support import ROOT

ALIAS = "Alias / /home/web2py/applications/\nWSGIScriptAlias / /home/web2py/wsgihandler.py\n"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The program of the page; it goes to another directory, from which a test comes back."""
    monkeypatch.chdir(tmp_path)
    spec = importlib.util.spec_from_file_location("asked", ROOT / "website/try/asked.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def asked(page: ModuleType, text: str, kind: str = "part", level: str = "repair") -> tuple[str, str, str]:
    answer: tuple[str, str, str] = page.asked(text, kind, level, os.path.join(os.getcwd(), "asked"))
    return answer


def test_an_alias_that_hides_the_application_is_found_and_repaired(page: ModuleType) -> None:
    told, diff, about = asked(page, f"<VirtualHost *:80>\n{ALIAS}</VirtualHost>\n")
    assert "alias-hides-application" in told
    assert "\n-Alias / /home/web2py/applications/\n" in diff
    assert "alias-hides-application (repair)" in about
    told, diff, about = asked(page, f"<VirtualHost *:80>\n{ALIAS}</VirtualHost>\n", level="safe")
    assert "alias-hides-application" in told
    assert (diff, about) == ("", "")


def test_a_whole_server_is_read_as_one(page: ModuleType) -> None:
    told, _, _ = asked(page, "Greeting hello\n", kind="server")
    assert told.startswith("note: whether httpd starts cannot be told")
    assert "\napache2.conf:1: not understood: Greeting" in told
    # What was the whole server before is not read along with a part.
    told, _, _ = asked(page, "Greeting hello\n")
    assert told.startswith("site.conf:1: not understood: Greeting")
    assert "apache2.conf" not in told


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("server {\n listen 80;\n}\n", "site.conf: looks like nginx, not read"),
        ("\x01\x02PK\n", "Not understood: 1 line of site.conf."),
        ("\ud83d", "Not understood: 1 line of site.conf."),
    ],
)
def test_a_text_that_is_not_a_configuration_gets_one_line(page: ModuleType, text: str, line: str) -> None:
    told, diff, _ = asked(page, text)
    assert sum(part.startswith(line) for part in told.splitlines()) == 1
    assert "internal error" not in told
    assert diff == ""


_TRIES = """
const page = await opened("/try.html");
const shown = name => page.getElementById("try-" + name).textContent;
const until = async is => { for (let turn = 0; turn < 2000 && !is(); turn++) await pause(); };
await until(() => shown("state") !== "Loading Python …" && shown("state") !== "Checking …");
const first = { state: shown("state"), told: shown("told"), diff: shown("diff"), width: page.documentElement.scrollWidth };
await fetch("/try/asked.py?mark");
const field = page.getElementById("try-text");
field.value = "server {\\n listen 80;\\n}\\n";
field.dispatchEvent(new Event("input"));
await until(() => shown("told") !== first.told);
return { first, broken: { state: shown("state"), told: shown("told"), diff: shown("diff") } };
"""


@needs_browser
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_checks_and_repairs_in_the_browser(width: int, tmp_path: Path) -> None:
    visit = visited(_TRIES, width, tmp_path)
    first, broken = visit.told["first"], visit.told["broken"]
    assert first["state"] == "Checked."
    assert first["width"] <= width
    assert "alias-hides-application" in first["told"]
    assert "-    Alias / /home/web2py/applications/" in first["diff"]
    assert "+    AliasMatch ^/([^/]+)/static/(.*)$" in first["diff"]
    assert broken["told"].splitlines()[0].startswith("site.conf: looks like nginx, not read")
    assert broken["diff"] == "Nothing is changed at this level.\n\n"
    # Python and the program come from the site, and nothing is asked of it for a text that is typed.
    loaded, mark, later = " ".join(visit.fetched).partition("/try/asked.py?mark")
    assert {"/try/pyodide.asm.wasm", "/try/modwsgi-fix.pyz", "/try/python_stdlib.zip"} <= set(loaded.split())
    assert mark
    assert later == ""
