"""Answers that are documents of their own: a trace, the files that are open, the causes of a log's messages.

An editor with LSP 3.18 asks for their text by their URI; for any other editor that can show a file, the text is written to
a directory of this process. The command also returns the text.
"""

from __future__ import annotations

import os
import tempfile
from functools import cache
from typing import Any

from lsprotocol import types

from modwsgi_fix.expressions import expression
from modwsgi_fix.lsp.state import State
from modwsgi_fix.lsp.uris import uri_of
from modwsgi_fix.text import encode
from modwsgi_fix.tuples import NamedTuple

#: The scheme of the URIs of documents that are not files.
SCHEME = "modwsgi-fix"

_NOT_IN_A_NAME = expression(r"[^A-Za-z0-9.-]+")


class Virtual(NamedTuple):
    """A document that answers a command."""

    title: str
    text: str

    def uri(self) -> str:
        """The URI of the document, which no file has."""
        return f"{SCHEME}:/{self._name()}.txt"

    def as_file(self) -> str:
        """Write the text to a file that is deleted with this process, and return the URI of the file."""
        path = os.path.join(_directory().name, f"{self._name()}.txt")
        with open(path, "wb") as file:
            file.write(encode(self.text))
        return uri_of(path)

    def as_result(self, uri: str | None) -> dict[str, Any]:
        """Return the result of the command; ``uri`` is where the editor shows the document, if it does."""
        return {"title": self.title, "text": self.text, "uri": uri}

    def _name(self) -> str:
        return _NOT_IN_A_NAME.sub("-", self.title).strip("-.")[:80]


@cache
def _directory() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="modwsgi-fix-")


def content(state: State, params: types.TextDocumentContentParams) -> types.TextDocumentContentResult:
    """Return the text of a document that answered a command."""
    return types.TextDocumentContentResult(state.virtual.get(params.uri, ""))
