"""What the rules on the words of httpd 2.2 share."""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.lines import delete, replace
from modwsgi_fix.text import Span


def read_by_24(config: Config, *names: str) -> Iterator[Item]:
    """The directives of these names that httpd 2.4 reads, or may read: none of a server of 2.2, or under an <IfVersion>."""
    if config.target.is_22:
        return
    for item in config.named(*names):
        if not any(guard.kind == "ifversion" for guard in item.guards):
            yield item


def is_editable(item: Item) -> bool:
    """Whether the words of a directive can be edited where it is read: they are not those of a variable."""
    return item.known and not any("${" in arg.written for arg in item.args)


def logged_at(item: Item, module: str, level: str) -> tuple[Edit, ...]:
    """The edits that take a directive out and have its module log at a level, by the LogLevel of the same server.

    No edit where it is not certain which LogLevel applies.
    """
    word = f"{module}:{level}"
    levels = item.server.all("loglevel")
    if not levels:
        return (replace(item, f"LogLevel {word}"),)
    last = levels[-1]
    if any(value.lower().startswith((f"{module}:", f"{module}_module:", f"mod_{module}.c:")) for value in last.values):
        return (delete(item),)
    if not last.known or not last.accompanies(item):
        return ()
    if last.guards != item.guards:
        # A LogLevel outside must not name a module that may not be there; one further down would win.
        words = [item.file.text[arg.span.start : arg.span.end] for arg in last.args if last.file is item.file]
        return (replace(item, " ".join(["LogLevel", *words, word])),) if words and last.index < item.index else ()
    return (delete(item), Edit(last.path, Span(last.span.end, last.span.end), f" {word}"))
