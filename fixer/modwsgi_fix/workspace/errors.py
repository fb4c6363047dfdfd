"""What ends a run, each in one line."""

from __future__ import annotations

from modwsgi_fix.files import FileProblem


class Stop(Exception):
    """Why a run ended, in words for the user: exit code 2, and nothing was changed."""


class SettingsError(Exception):
    """What is wrong with the settings or with a name on the command line, in one line.

    ``keys`` lead to the setting in its file: ``("rules", "maximum-requests", "enough")``; empty where there is none.
    """

    def __init__(self, message: str, keys: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.keys = keys


def explain(error: Exception) -> str | None:
    """Return the line for an error that was foreseen, with what was noted on it; else None."""
    if isinstance(error, (Stop, FileProblem, SettingsError)):
        return "; ".join([str(error), *getattr(error, "__notes__", [])])
    return None
