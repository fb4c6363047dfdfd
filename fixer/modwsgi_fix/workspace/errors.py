"""The errors that end a run, each in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from modwsgi_fix.files import FileProblem


class Stop(Exception):
    """Why a run ended, in words for the user: exit code 2, and nothing was changed. ``kind`` says it to programs."""

    def __init__(self, message: str, kind: str = "usage") -> None:
        super().__init__(message)
        self.kind = kind


class SettingsError(Exception):
    """An error in the settings or in a name on the command line, in one line.

    ``keys`` lead to the setting in its file: ``("rules", "maximum-requests", "enough")``; empty where there is none.
    """

    def __init__(self, message: str, keys: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.keys = keys


def kind_of(error: Exception) -> str:
    """Return what kind of error it is, for programs: ``usage``, ``settings``, ``file``, ``verification`` or ``internal``."""
    if isinstance(error, Stop):
        return error.kind
    if isinstance(error, SettingsError):
        return "settings"
    return "file" if isinstance(error, FileProblem) else "internal"


def explain(error: Exception) -> str | None:
    """Return the line for an expected error, with its notes; None for any other error."""
    if isinstance(error, (Stop, FileProblem, SettingsError)):
        return "; ".join([str(error), *getattr(error, "__notes__", [])])
    return None


class Error(Exception):
    """Why nothing came of it, in the line that the command would print: what ``api`` raises."""


@contextmanager
def as_errors() -> Iterator[None]:
    """What the command line would say in one line becomes an ``Error``."""
    try:
        yield
    except (Stop, FileProblem, SettingsError) as error:
        raise Error(explain(error)) from error
