"""Sentences without the secrets in a server's files: reports are pasted into tickets and appear in logs of pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modwsgi_fix.directives import secrets as table
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.syntax import Directive
from modwsgi_fix.syntax.secrets import secrets_in

#: The text that replaces a secret in a sentence.
MASK = "***"

#: Shorter secrets may be words of any sentence; in their own line they are masked all the same.
_SHORTEST = 3
#: Blanks, also those that httpd takes for letters, which a message may leave out.
_QUOTES = "\"'“”‘’„«»"
_RUN = expression(r"\w+")


def masked(config: Config, text: str) -> str:
    """Return a text without the secrets of a server."""
    known = _known(config)
    if not known or not text:
        return text
    pieces, at = list[str](), 0
    for run in _RUN.finditer(text):
        for before, secret in known.get(run[0], ()):
            start = run.start() - before
            end = start + len(secret)
            if start >= at and text.startswith(secret, start) and not _goes_on(text, end):
                pieces += [text[at:start], MASK]
                at = end
                break
    return "".join([*pieces, text[at:]]) if pieces else text


def has_secrets(config: Config) -> bool:
    """Whether ``masked`` may change a text."""
    return bool(_known(config))


def _goes_on(text: str, end: int) -> bool:
    """Whether the character at that place belongs to the same word."""
    return _RUN.fullmatch(text[end - 1 : end + 1]) is not None and len(text) > end


def _known(config: Config) -> dict[str, list[tuple[int, str]]]:
    """Return the secrets by their first run of letters, each with the number of characters before that; the longest first."""
    return config.once("secrets", lambda: _indexed({*_in_files(config), *_in_items(config)}))


def _indexed(found: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
    known: dict[str, list[tuple[int, str]]] = {}
    every = {*(secrets := set(found)), *(secret.strip(_QUOTES) for secret in secrets)}
    for secret in sorted(every, key=lambda one: (-len(one), one)):
        run = _RUN.search(secret)
        if run is not None and len(secret) >= _SHORTEST:
            known.setdefault(run[0], []).append((run.start(), secret))
    return known


def _in_files(config: Config) -> Iterator[str]:
    for file in config.files.values():
        yield from (secret for _, secret in secrets_in(file.tree))


def _in_items(config: Config) -> Iterator[str]:
    """Yield the secrets that consist of values of variables."""
    expanded = [
        item
        for item in config.items
        if item.file.has_variables
        and type(node := item.node) is Directive
        and node.text.find("${", node.start, node.end) >= 0
    ]
    words: list[str] = []
    for item in expanded:
        words.append(item.key)
        words += item.values
    # One question for all of them: most servers have no such secret.
    if table.has_hint("\n".join(words)):
        for item in expanded:
            values = item.values
            yield from (values[word][start:end] for word, start, end in table.secrets(item.key, values))
