"""The errors that end a run, each in one line."""

from __future__ import annotations

from modwsgi_fix.files import FileProblem


class Stop(Exception):
    """Why a run ended, in words for the user: exit code 2, and nothing was changed."""


class SettingsError(Exception):
    """An error in the settings or in a name on the command line, in one line.

    ``keys`` lead to the setting in its file: ``("rules", "maximum-requests", "enough")``; empty where there is none.
    """

    def __init__(self, message: str, keys: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.keys = keys


def explain(error: Exception) -> str | None:
    """Return the line for an expected error, with its notes; None for any other error."""
    if isinstance(error, (Stop, FileProblem, SettingsError)):
        return "; ".join([str(error), *getattr(error, "__notes__", [])])
    return None
