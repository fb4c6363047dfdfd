"""An entry of the table."""

from __future__ import annotations

from modwsgi_fix.tuples import NamedTuple


class Message(NamedTuple):
    """One message.

    ``code`` is httpd's number of the message, where it has one; the numbers that mod_wsgi 6 puts in front (``WSGI0151``)
    are not needed. ``reader`` is the name of the function that answers, ``rules`` are the rules that may find the cause.
    ``about`` says in one sentence what the message means.
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
        """The text as people search for it."""
        return f"{self.code}: {self.text}" if self.code else self.text
