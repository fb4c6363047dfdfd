"""Answers that are documents of their own: a trace, what lies open, what a message of a log means.

An editor of LSP 3.18 asks for their text by their URI; any other one that can show a file is shown one in a directory of
this process. The text is also what the command returns.
"""

from __future__ import annotations

import os
import re
import tempfile
from functools import cache
from typing import Any, NamedTuple

from lsprotocol import types

from modwsgi_fix.lsp.state import State
from modwsgi_fix.lsp.uris import uri_of
from modwsgi_fix.text import encode

#: What the URIs of documents begin with that no file holds.
SCHEME = "modwsgi-fix"

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9.-]+")


class Virtual(NamedTuple):
    """A document that answers a command."""

    title: str
    text: str

    def uri(self) -> str:
        """A URI that no file has."""
        return f"{SCHEME}:/{self._name()}.txt"

    def as_file(self) -> str:
        """The URI of a file with its text, which goes with this process."""
        path = os.path.join(_directory().name, f"{self._name()}.txt")
        with open(path, "wb") as file:
            file.write(encode(self.text))
        return uri_of(path)

    def as_result(self, uri: str | None) -> dict[str, Any]:
        """What the command returns; ``uri`` is where the editor shows it, if it does."""
        return {"title": self.title, "text": self.text, "uri": uri}

    def _name(self) -> str:
        return _NOT_IN_A_NAME.sub("-", self.title).strip("-.")[:80]


@cache
def _directory() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="modwsgi-fix-")


def content(state: State, params: types.TextDocumentContentParams) -> types.TextDocumentContentResult:
    """The text of a document that answered a command."""
    return types.TextDocumentContentResult(state.virtual.get(params.uri, ""))
