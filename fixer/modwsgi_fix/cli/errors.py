"""What ends a run, each in one line."""

from __future__ import annotations

from modwsgi_fix.files import FileProblem
from modwsgi_fix.settings import SettingsError

#: A note on an error that came after the files had been written.
WRITTEN = "the files were fixed all the same"


class Stop(Exception):
    """Why a run ended, in words for the user: exit code 2, and nothing was changed."""


def explain(error: Exception) -> str | None:
    """Return the line for an error that was foreseen, else None."""
    if isinstance(error, (FileProblem, SettingsError)):
        notes = getattr(error, "__notes__", [])
        return "; ".join([str(error), *notes])
    return None
