"""What one entry of the table says."""

from __future__ import annotations

from typing import NamedTuple


class Message(NamedTuple):
    """One message.

    ``code`` is httpd's number of it, where it has one; mod_wsgi 6 puts numbers of its own in front (``WSGI0151``), which
    are not needed. ``reader`` names who answers, ``rules`` are those whose fault it may be. ``about`` is what it means,
    in one sentence.
    """

    name: str
    text: str
    reader: str
    about: str
    code: str = ""
    rules: tuple[str, ...] = ()
    only: str = ""

    @property
    def shown(self) -> str:
        """As people look for it."""
        return f"{self.code}: {self.text}" if self.code else self.text
