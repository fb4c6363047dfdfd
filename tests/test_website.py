"""The site: what its pages are made of; and, where `make docs` built it, the built pages in a browser."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from support import ROOT

from modwsgi_fix.explain.messages import MESSAGES
from modwsgi_fix.rule import all_rules

sys.path.insert(0, str(ROOT / "tools"))

from website import documents, messages, rules, running, schema
from website.__main__ import pages

#: `make docs` names the directory that it has just built.
SITE = Path(os.environ.get("MODWSGI_FIX_SITE") or "/nowhere").resolve()
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NARROW = 390
_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.M | re.S)

needs_site = pytest.mark.skipif(not SITE.is_dir(), reason="the site is not built: make docs")
needs_browser = pytest.mark.skipif(not SITE.is_dir() or BROWSER is None, reason="no site (make docs), or no chromium")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """All pages by name; the commands in them are not run."""
    return pages(lambda page, command: "")


# -- pages ---------------------------------------------------------------------


def test_every_rule_has_a_page(made: dict[str, str]) -> None:
    for name, rule in all_rules().items():
        page = made[f"rules/{name}.md"]
        assert page.startswith(f"# {name}\n")
        assert rule.summary in page
        assert page.count("```") % 2 == 0
        assert not re.search(r"^    ```", page, re.M), "an example is still indented, and so is no block of its own"
        assert f"[{name}]({name}.md)" in made["rules/index.md"]


def test_every_message_has_a_place(made: dict[str, str]) -> None:
    anchors = []
    for message in MESSAGES:
        page, _, anchor = messages.place(message, "messages/").partition("#")
        anchors.append(f"{page}#{anchor}")
        assert made[page].count(f"{{ #{anchor} }}") == 1
        if message.code:
            assert anchor == message.code.lower()
            assert f"| [{message.code}]({page.removeprefix('messages/')}#{anchor})" in made["messages/index.md"]
        for name in message.rules:
            assert f"](../messages/{page.removeprefix('messages/')}#{anchor})" in made[f"rules/{name}.md"]
    assert len(set(anchors)) == len(MESSAGES)


def test_links_between_pages_lead_somewhere(made: dict[str, str]) -> None:
    known = {*made, *documents.pictures()}
    broken = [
        f"{name}: {target}"
        for name, text in made.items()
        if name.endswith(".md")
        for target in re.findall(r"\]\(([^)\s#]+)[^)]*\)", _CODE.sub("", text))
        if ":" not in target and os.path.normpath(os.path.join(os.path.dirname(name), target)) not in known
    ]
    assert broken == []


def test_the_menu_has_every_page(made: dict[str, str]) -> None:
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))

    def leaves(entry: object) -> Iterator[str]:
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, dict):
            for each in entry.values():
                yield from leaves(each)
        elif isinstance(entry, list):
            for each in entry:
                yield from leaves(each)

    named = list(leaves(settings["nav"]))
    assert len(set(named)) == len(named)
    reached = {name for name in made if name.startswith(("rules/", "corpus/")) and not name.endswith("index.md")}
    assert {name for name in made if name.endswith(".md")} - reached == set(named)


def test_a_document_becomes_a_page() -> None:
    text = "See [a](trace.md#x), [b](../LICENSE), [c](https://example.com/), [d](../corpus/debian-7/README.md).\nSo:\n- one\n- two\n"
    page = documents.page_of(text, "docs/commands.md", "commands.md", documents.places())
    assert page == (
        "See [a](trace.md#x), b, [c](https://example.com/), [d](corpus/debian-7.md).\nSo:\n\n- one\n- two\n"
    )
    quoted = "```sh\n[b](../LICENSE)\n- no list\n```\n"
    assert documents.page_of(quoted, "docs/commands.md", "commands.md", documents.places()) == quoted


def test_what_a_page_asks_for_is_made() -> None:
    asked: list[tuple[str, str]] = []

    def run(page: str, command: str) -> str:
        asked.append((page, command))
        return "<svg/>" if "svg" in command else "said\n"

    text = "```console run\n$ one\n$ two\n```\n```svg run A picture\n$ show svg\n```\n```apache file=a.conf hl=2,3\n```\n```sh\n$ no\n```\n"
    page = running.answered("problems/p.md", text, run)
    assert asked == [("problems/p.md", name) for name in ("one", "two", "show svg", "cat a.conf")]
    assert page["pictures/p-1.svg"] == "<svg/>"
    assert page["problems/p.md"] == (
        "```console\n$ one\nsaid\n\n$ two\nsaid\n```\n"
        '<div class="picture" markdown="1">\n![A picture](../pictures/p-1.svg)\n</div>\n'
        '```apache title="a.conf" linenums="1" hl_lines="2 3"\nsaid\n```\n'
        "```sh\n$ no\n```\n"
    )


def test_a_command_of_a_page_is_run_in_copies_and_must_succeed() -> None:
    with running.machine() as run:
        assert run("p.md", "ls shop") == "apache2.conf\nerror.log\n"
        assert run("p.md", "rm shop/error.log; pwd") == "/home/ann\n"
        assert "error.log" in run("q.md", "ls shop")
        with pytest.raises(SystemExit, match=r"p\.md: exit 2: exit code 2"):
            run("p.md", "exit 2")
    assert (ROOT / "website/servers/shop/error.log").exists()


def test_examples_say_what_they_show(made: dict[str, str]) -> None:
    page = rules.page(all_rules()["alias-hides-application"], all_rules())
    assert 'title="fixed, repair, httpd 2.2"' in page
    assert 'title="reported, without a fix"' in page
    assert 'title="nothing is reported"' in page


def test_the_page_of_the_schema_has_every_key() -> None:
    page = schema.pages()["report-schema.md"]
    kinds = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))["$defs"]
    for name, value in kinds.items():
        assert f"## {name}\n" in page
        assert all(f"| `{key}` |" in page for key in value["properties"])


def test_the_glossary_is_that_of_those_who_write() -> None:
    assert "| mount | what a `WSGIScriptAlias` makes" in documents.glossary(
        (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    )
    with pytest.raises(ValueError, match="no table of words"):
        documents.glossary("# Nothing\n")


# -- the built site ------------------------------------------------------------


class _Page(HTMLParser):
    """The anchors of a page, its links, and what a browser fetches for it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors.update(given[name] for name in ("id", "name") if name in given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.fetched += [given[name] for name in ("src", "srcset") if name in given]
        if tag == "link" and given.get("rel") not in ("canonical", "next", "prev"):
            self.fetched.append(given.get("href", ""))


@needs_site
def test_no_link_is_broken_and_nothing_is_fetched_from_elsewhere() -> None:
    read = {path.relative_to(SITE).as_posix(): _Page(path.read_text("utf-8")) for path in SITE.rglob("*.html")}
    assert len(read) > 250
    broken = []
    for name, page in read.items():
        # A page that is not there is answered from any directory.
        if name == "404.html":
            continue
        broken += [f"{name} fetches {url}" for url in page.fetched if urlsplit(url).scheme not in ("", "data")]
        for url in (*page.links, *page.fetched):
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            target = os.path.normpath(os.path.join(os.path.dirname(name), unquote(parts.path))) if parts.path else name
            target = "index.html" if target == "." else target
            if not (SITE / target).is_file():
                broken.append(f"{name}: {url}")
            elif parts.fragment and target in read and unquote(parts.fragment) not in read[target].anchors:
                broken.append(f"{name}: {url}: no such anchor")
    assert broken == []
    styles = [
        path
        for path in SITE.rglob("*.css")
        if re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", path.read_text("utf-8"))
    ]
    assert styles == []


@needs_site
def test_the_index_of_the_search_has_each_number() -> None:
    entries = json.loads((SITE / "search" / "search_index.json").read_text("utf-8"))["docs"]
    titles = {entry["location"]: entry["title"] for entry in entries}
    for message in filter(lambda message: message.code, MESSAGES):
        location = messages.place(message, "messages/").replace(".md#", ".html#")
        assert titles[location].startswith(message.code)


_HARNESS = """<!doctype html><body><script>
const frame = document.createElement("iframe");
frame.style = "width: %(narrow)dpx; height: 800px; border: 0";
document.body.append(frame);
const opened = url => new Promise(done => { frame.onload = () => done(frame.contentDocument); frame.src = url; });
const pause = () => new Promise(done => setTimeout(done, 50));
(async () => {
  const widths = {};
  for (const url of %(pages)s) {
    const page = await opened(url);
    await pause();
    widths[url] = page.documentElement.scrollWidth;
  }
  const page = await opened("/index.html?q=AH01630");
  const results = () => [...page.querySelectorAll("a.md-search-result__link")].map(link => link.getAttribute("href"));
  for (let turn = 0; turn < 600 && !results().length; turn++) await pause();
  await fetch("/told", { method: "POST", body: JSON.stringify({ widths, results: results() }) });
})();
</script>"""


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site and a page that looks at others; what that page tells is kept."""

    told: dict[str, object]
    is_told = threading.Event()
    harness = b""

    def do_GET(self) -> None:
        if self.path != "/harness":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.harness)

    def do_POST(self) -> None:
        _Handler.told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()
        _Handler.is_told.set()

    def log_message(self, *arguments: object) -> None:
        pass


@needs_browser
def test_a_telephone_needs_no_scrolling_sideways_and_the_search_finds_a_number(tmp_path: Path) -> None:
    looked_at = [
        path.relative_to(SITE).as_posix() for path in sorted(SITE.rglob("*.html")) if path.parent.name != "rules"
    ]
    looked_at += ["rules/index.html", "rules/alias-hides-application.html", "rules/duplicate-daemon-process.html"]
    _Handler.harness = (_HARNESS % {"narrow": NARROW, "pages": json.dumps([f"/{name}" for name in looked_at])}).encode()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser = subprocess.Popen(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
         "--remote-debugging-port=0", f"http://127.0.0.1:{server.server_port}/harness"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert _Handler.is_told.wait(240), "the browser told nothing"
    finally:
        browser.terminate()
        browser.wait(30)
        server.shutdown()
        server.server_close()
    widths = _Handler.told["widths"]
    assert isinstance(widths, dict)
    assert len(widths) == len(looked_at)
    assert {name: width for name, width in widths.items() if width > NARROW} == {}
    results = _Handler.told["results"]
    assert isinstance(results, list)
    assert results, "the search finds nothing"
    assert "messages/requests.html" in results[0]
    assert any("messages/requests.html" in link and "#ah01630" in link for link in results)
