"""The project's own documents as pages: what becomes of their names, their links and their lists."""

from __future__ import annotations

import html
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: The documents outside of docs and corpus, with the pages that they become.
_ABOUT = {
    "ARCHITECTURE.md": "project/architecture.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "CHANGELOG.md": "project/changelog.md",
    "editors/vscode/README.md": "editors/vscode.md",
}
#: What people find in another place on the site, or as a whole directory.
_ELSEWHERE = {"README.md": "index.md", "corpus": "corpus/index.md", "corpus/README.md": "corpus/index.md"}

_FENCE = re.compile(r"^[ \t]*(`{3,})")
_LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\(([^)\s]+)\)")
_ITEM = re.compile(r"^[ \t]*(?:[-*]|\d+\.) ")
_MARKS = re.compile(r"[`*]")

#: The most characters of a description that search engines show.
LONGEST = 160


def places() -> dict[str, str]:
    """Return the page of each document, both as paths from their roots."""
    docs = {f"docs/{path.name}": path.name for path in sorted((ROOT / "docs").iterdir()) if path.is_file()}
    servers = {f"corpus/{path.parent.name}/README.md": path for path in sorted((ROOT / "corpus").glob("*/README.md"))}
    return {**_ABOUT, **_ELSEWHERE, **docs, **{name: f"corpus/{path.parent.name}.md" for name, path in servers.items()}}


def copied() -> dict[str, str]:
    """Return the documents as pages, with the glossary apart."""
    known = places()
    made = {
        page: page_of((ROOT / name).read_text("utf-8"), name, page, known)
        for name, page in known.items()
        if name not in ("README.md", "corpus")
    }
    return {**made, "glossary.md": glossary((ROOT / "CONTRIBUTING.md").read_text("utf-8"))}


def pictures() -> dict[str, Path]:
    """Return the pictures of the documents, by the names that pages have for them."""
    return {str(path.relative_to(ROOT / "docs")): path for path in sorted((ROOT / "docs").glob("*/*"))}


def written() -> dict[str, str]:
    """Return the pages, the style sheet and the programs of pages that are written by hand."""
    directory = ROOT / "website"
    files = [
        path
        for end in ("*.md", "*.css", "*.js", "problems/*.md", "try/*.js", "try/*.py")
        for path in directory.glob(end)
    ]
    return {str(path.relative_to(directory)): path.read_text("utf-8") for path in sorted(files)}


def heads() -> dict[str, Mapping[str, str]]:
    """Return the titles and descriptions of pages that are neither of a rule nor of a message."""
    return tomllib.loads((ROOT / "website" / "heads.toml").read_text("utf-8"))


def headed(name: str, text: str) -> str:
    """Return a page with its title and description: those of ``heads.toml``, or its heading and its first paragraph."""
    if not name.endswith(".md") or text.startswith("---\n"):
        return text
    head = heads().get(name)
    if head is None:
        title, first = re.findall(r"^#* ?(\S(?:.|\n(?!\n))*)", text, re.M)[:2]
        head = {"title": title, "description": first}
    return front(head["title"], head["description"]) + text


def front(title: str, description: str, *, boost: int | None = None) -> str:
    """Return the lines above a page that say what search engines show, and how far its own search prefers it."""
    # The theme puts them into the page as they are.
    said = {"title": html.escape(unmarked(title)), "description": html.escape(shortened(unmarked(description)))}
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items()]
    return "\n".join(["---", *lines, *(["search:", f"  boost: {boost}"] if boost else []), "---", "", ""])


def unmarked(text: str) -> str:
    """Return a text without the marks of Markdown, as one line."""
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", text)).split())


def shortened(text: str) -> str:
    """Return as many whole sentences as search engines show, or words where the first sentence is longer."""
    if len(text) <= LONGEST:
        return text
    sentences = text[: LONGEST + 1].rpartition(". ")[0]
    return f"{sentences}." if sentences else f"{text[: LONGEST - 1].rpartition(' ')[0]}…"


def glossary(contributing: str) -> str:
    """Return the table of words, which messages and pages keep to."""
    found = re.search(r"^\| word \| meaning \|\n\|[-|]+\|\n(?:\|.*\n)+", contributing, re.M)
    if found is None:
        raise ValueError("CONTRIBUTING.md has no table of words")
    return f"# Glossary\n\nThe words that messages, help and pages use, each with one meaning.\n\n{found[0]}"


def page_of(text: str, name: str, page: str, known: dict[str, str]) -> str:
    """Return a document as a page: links lead to pages, and lists are apart from the paragraph above."""
    if not name.endswith(".md"):
        return text
    return "".join(_lines(text, name, page, known))


def _lines(text: str, name: str, page: str, known: dict[str, str]) -> Iterator[str]:
    fence = previous = ""
    for line in text.splitlines(keepends=True):
        opened = _FENCE.match(line)
        if fence or opened:
            # A fence within a list item, or in a quotation, ends where one as long stands alone.
            if opened and not fence:
                fence = opened[1]
            elif opened and opened[1].startswith(fence) and line.strip() == opened[1]:
                fence = ""
            yield line
        else:
            # Python's Markdown begins a list only after an empty line.
            if _ITEM.match(line) and previous.strip() and not _ITEM.match(previous) and not previous[:1].isspace():
                yield "\n"
            yield _LINK.sub(lambda link: _link(link, name, page, known), line)
        previous = line


def _link(link: re.Match[str], name: str, page: str, known: dict[str, str]) -> str:
    """Return a link as the page has it: to a page where there is one, else the words alone."""
    words, target = link[1], link[2]
    path, mark, anchor = target.partition("#")
    if not path or ":" in path:
        return link[0]
    # On the site nobody knows the pages by the names of their files.
    words = re.sub(r"^(?:docs/)?([\w.-]+)\.md$", r"\1", words)
    there = known.get(os.path.normpath(os.path.join(os.path.dirname(name), path)))
    if there is None:
        return words
    return f"[{words}]({os.path.relpath(there, os.path.dirname(page) or '.')}{mark}{anchor})"
