"""The site: what its pages are made of; and, where `make docs` built it, the built pages in a browser."""

from __future__ import annotations

import html
import json
import os
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from httpd.messages import ELSEWHERE
from serving import SITE, needs_browser, needs_site, visited
from support import ROOT

from modwsgi_fix.explain.messages import MESSAGES
from modwsgi_fix.explain.recognition import known
from modwsgi_fix.rule import all_rules

sys.path.insert(0, str(ROOT / "tools"))

from website import documents, messages, rules, running, scenes, schema
from website.__main__ import pages

NARROW = 360
_CODE = re.compile(r"\A---\n.*?^---$|^```.*?^```|`[^`\n]+`", re.M | re.S)


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """All pages by name; the commands in them are not run."""
    return pages(lambda page, command: "", lambda example: "")


# -- pages ---------------------------------------------------------------------


def test_every_rule_has_a_page(made: dict[str, str]) -> None:
    for name, rule in all_rules().items():
        page = made[f"rules/{name}.md"]
        assert f"\n# {name}\n\n**{rule.summary}**\n" in page
        assert page.count("```") % 2 == 0
        assert not re.search(r"^    ```", page, re.M), "an example is still indented, and so is no block of its own"
        assert f"[{name}]({name}.md)" in made["rules/index.md"]


def test_every_message_has_a_page_and_a_place_in_a_list(made: dict[str, str]) -> None:
    places = [messages.place(message) for message in MESSAGES]
    assert len(set(places)) == len(MESSAGES)
    lists = {f"messages/{name}.md": {messages.place(one) for one in group} for name, _, _, group in messages.GROUPS}
    assert set().union(*lists.values()) == set(places)
    for message, place in zip(MESSAGES, places, strict=True):
        page = made[f"messages/{place}"]
        assert f"\n# {messages.title(message)}\n" in page
        assert sum(f"]({place})" in made[name] for name in lists) == 1
        if message.code:
            shared = [one.code for one in MESSAGES].count(message.code) > 1
            assert place == (f"{message.code}-{message.name}.md" if shared else f"{message.code}.md").lower()
            assert f"| [{message.code}]({place})" in made["messages/index.md"]
        for name in message.rules:
            assert f"](../messages/{place})" in made[f"rules/{name}.md"]
            assert f"](../rules/{name}.md)" in page


#: What people paste, most frequent first in public reports, and the page that answers.
PASTED = (
    ("mod_wsgi (pid=7): Target WSGI script '/srv/a.wsgi' cannot be loaded as Python module.", "cannot-be-loaded"),
    ("mod_wsgi (pid=7): Exception occurred processing WSGI script '/srv/a.wsgi'.", "script-exception"),
    ("ModuleNotFoundError: No module named 'flask'", "no-module"),
    ("ImportError: No module named flask", "no-module-2"),
    ("[authz_core:error] [client 10.0.0.9:1] AH01630: client denied by server configuration: /srv/a.wsgi", "ah01630"),
    ("client denied by server configuration: /srv/a.wsgi", "ah01630"),
    ("ModuleNotFoundError: No module named 'encodings'", "no-encodings"),
    ("Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding", "no-codec"),
    ("(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80", "ah00072"),
    ("Cannot define multiple Listeners on the same IP:port", "listen-twice"),
    ("Truncated or oversized response headers received from daemon process 'shop': /srv/a.wsgi", "truncated"),
    ("Timeout when reading response headers from daemon process 'shop': /srv/a.wsgi", "response-timeout"),
    ("Name duplicates previous WSGI daemon definition.", "duplicate-daemon"),
    ("Invalid command 'WSGIDaemonProcess', perhaps misspelled or defined by a module not included in the server configuration", "invalid-command"),
    ("AH02291: Cannot access directory '/var/log/shop/' for error log of vhost defined at /etc/apache2/a.conf:1", "ah02291"),
    ("Cannot load /usr/lib/mod_wsgi.so into server: /usr/lib/mod_wsgi.so: cannot open shared object file: Permission denied", "module-missing"),
    ("(13)Permission denied: Could not read/compile source file '/srv/a.wsgi'.", "not-compiled"),
    ("(13)Permission denied: mod_wsgi (pid=7): Unable to stat Python home /srv/venv. Python interpreter may not be able to", "home-missing"),
    ("(13)Permission denied: mod_wsgi (pid=7): Unable to connect to WSGI daemon process 'shop' on '/var/run/wsgi.sock' as user with uid=33.", "no-connection"),
    ("Target WSGI script not found or unable to stat: /srv/a.wsgi", "script-missing"),
    ("AH10034: The mpm module (prefork.c) is not supported by mod_http2.", "ah10034"),
    ("AH01797: client denied by server configuration: /srv/a.wsgi", "ah01797"),
    ("Script timed out before returning headers: a.wsgi", "script-timeout"),
    ("No WSGI daemon process called 'shop' has been configured: /srv/a.wsgi", "group-undefined"),
    ("Daemon process called 'shop' cannot be accessed by this WSGI application: /srv/a.wsgi", "group-inaccessible"),
    ("AH01574: module wsgi_module is already loaded, skipping", "ah01574"),
    ("AH01276: Cannot serve directory /srv/: No matching DirectoryIndex (index.html) found, and server-generated directory index forbidden", "ah01276"),
    ("(11)Resource temporarily unavailable: mod_wsgi (pid=7): Unable to connect to WSGI daemon process 'shop' on '/s' after multiple attempts as listener backlog limit was exceeded", "backlog"),
    ("AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using 127.0.1.1. Set the 'ServerName' directive globally", "ah00558"),
    ("AH00112: Warning: DocumentRoot [/srv/none] does not exist", "ah00112"),
    ("End of script output before headers: a.wsgi", "no-program-output"),
    ("AH00052: child pid 7 exit signal Segmentation fault (11)", "ah00052"),
    ("AH00526: Syntax error on line 3 of /etc/apache2/a.conf:", "ah00526"),
    ("Syntax error on line 5 of /etc/apache2/a.conf: Expected </Location> but saw </VirtualHost>", "wrong-closer"),
    ("/etc/apache2/a.conf:4: <Location> was not closed.", "not-closed"),
    ("TypeError: sequence of byte string values expected, value of type str found", "text-body"),
    ("TypeError: expected byte string object for header value, value of type unicode found", "header-bytes"),
)  # fmt: skip


@pytest.mark.parametrize(("line", "page"), PASTED, ids=[page for _, page in PASTED])
def test_a_line_that_is_pasted_has_its_page(made: dict[str, str], line: str, page: str) -> None:
    assert f"messages/{page}.md" in made
    found = known(line)
    assert found is not None
    assert messages.place(found.message) == f"{page}.md"
    # A browser looks for these words in this order.
    words = {name: rest for name, _, *rest in json.loads(made["messages/words.json"])}
    at = 0
    for word in words[page]:
        assert word in line[at:], "the words are not there in this order"
        at = line.index(word, at) + len(word)


def test_a_page_shows_a_server_that_wrote_the_message() -> None:
    (message,) = [one for one in MESSAGES if one.name == "duplicate-daemon"]
    page = messages.page(message, scenes.answer)
    assert "```text\nAH00526: Syntax error on line 10 of /etc/apache2/site.conf:\nName duplicates previous" in page
    assert "\n  /etc/apache2/site.conf:10: duplicate-daemon-process: process group site is already defined" in page
    assert "/tmp/" not in page
    shown = [one.name for one in MESSAGES if any(scenes.shown(one, lambda example: ""))]
    assert len(shown) >= len(MESSAGES) - len(ELSEWHERE)


def test_every_page_says_what_a_search_engine_shows(made: dict[str, str]) -> None:
    told: dict[str, list[str]] = {}
    for name in filter(lambda name: name.endswith(".md"), made):
        title, description = re.findall(r'^(?:title|description): "(.+)"$', made[name].partition("\n---\n")[0], re.M)
        assert len(html.unescape(description)) <= documents.LONGEST, name
        assert not re.search(r"[<>`]|\]\([a-z]", title + description), name
        told.setdefault(title, []).append(name)
    assert [names for names in told.values() if len(names) > 1] == []
    unused = set(documents.heads()) - set(made)
    assert unused == set()


def test_what_a_search_engine_shows_ends_with_a_sentence_or_a_word() -> None:
    assert documents.shortened("One thing. " * 20) == ("One thing. " * 14).strip()
    assert documents.shortened("word " * 40) == ("word " * 31).strip() + "…"
    assert documents.unmarked("See [`a`](b.md),\n*this*.") == "See a, this."
    assert documents.front('"A" <B>', "C") == '---\ntitle: "&quot;A&quot; &lt;B&gt;"\ndescription: "C"\n---\n\n'


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
    reached |= {f"messages/{messages.place(message)}" for message in MESSAGES}
    assert {name for name in made if name.endswith(".md")} - reached == set(named)


def test_a_document_becomes_a_page() -> None:
    text = "See [a](trace.md#x), [b](../LICENSE), [c](https://example.com/), [d](../corpus/debian-7/README.md).\nSo:\n- one\n- two\n"
    page = documents.page_of(text, "docs/commands.md", "commands.md", documents.places())
    assert page == (
        "See [a](trace.md#x), b, [c](https://example.com/), [d](corpus/debian-7.md).\nSo:\n\n- one\n- two\n"
    )
    named = documents.page_of(
        "[docs/trace.md](docs/trace.md)\n", "CONTRIBUTING.md", "project/contributing.md", documents.places()
    )
    assert named == "[trace](../trace.md)\n"
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
    assert len(read) > 380
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
        location = messages.place(message, "messages/").replace(".md", ".html")
        assert titles[location].startswith(message.code)


_LOOKS = """
const widths = {};
for (const url of %(pages)s) {
  const page = await laid(url);
  widths[url] = page.documentElement.scrollWidth;
}
const results = {};
for (const words of %(searched)s) {
  const page = await opened("/index.html?q=" + encodeURIComponent(words));
  const links = () => [...page.querySelectorAll("a.md-search-result__link")].map(link => link.getAttribute("href"));
  for (let turn = 0; turn < 600 && !links().length; turn++) await pause();
  results[words] = links();
}
const pasted = {};
const index = await opened("/messages/index.html");
const field = index.getElementById("find-line");
const shown = () => [...index.querySelectorAll("#found-messages a")].map(link => link.getAttribute("href"));
field.value = "AH01630";
for (let turn = 0; turn < 600 && !shown().length; turn++) { field.dispatchEvent(new Event("input")); await pause(); }
for (const words of %(pasted)s) {
  field.value = words;
  field.dispatchEvent(new Event("input"));
  pasted[words] = shown();
}
return { widths, results, pasted };
"""

#: Of the pages that are made alike, those that are looked at: long names, long lines, pictures.
_SEVERAL = (
    "alias-hides-application.html", "duplicate-daemon-process.html", "allow-in-location.html", "ah01630.html",
    "no-encodings.html", "wrong-closer.html", "ah10034.html",
)  # fmt: skip
#: What is typed into the search, and the page that comes first.
_SEARCHED = {
    "AH01630": "messages/ah01630.html",
    "Name duplicates previous WSGI daemon definition": "messages/duplicate-daemon.html",
    "allow-in-location": "rules/allow-in-location.html",
}


@needs_browser
def test_a_telephone_needs_no_scrolling_sideways_and_messages_are_found(tmp_path: Path) -> None:
    several = {*_SEVERAL, *(path.name for path in SITE.glob("*/index.html"))}
    looked_at = [
        path.relative_to(SITE).as_posix()
        for path in sorted(SITE.rglob("*.html"))
        if path.parent.name not in ("rules", "messages") or path.name in several
    ]
    words = {
        "pages": json.dumps([f"/{name}" for name in looked_at]),
        "searched": json.dumps(list(_SEARCHED)),
        "pasted": json.dumps([line for line, _ in PASTED]),
    }
    told = visited(_LOOKS % words, NARROW, tmp_path).told
    assert len(told["widths"]) == len(looked_at)
    assert {name: width for name, width in told["widths"].items() if width > NARROW} == {}
    for words, page in _SEARCHED.items():
        assert page in told["results"][words][0], f"{words}: {told['results'][words][:3]}"
    pasted = told["pasted"]
    assert {line: f"{page}.html" for line, page in PASTED if f"{page}.html" not in pasted[line]} == {}
