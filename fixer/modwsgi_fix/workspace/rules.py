"""All rules, or one line that says why they cannot be loaded."""

from __future__ import annotations

from functools import cache

from modwsgi_fix.rule import UNUSED_SUPPRESSION, NotOffered, Rule, all_rules
from modwsgi_fix.workspace.errors import SettingsError, Stop
from modwsgi_fix.workspace.selection import close


@cache
def known_rules(*plugins: str) -> dict[str, Rule]:
    """Return every rule by name, with those of the named packages and the engine's own.

    Raises ``SettingsError`` for a package that is not installed, ``Stop`` for rules that cannot be loaded.
    """
    try:
        rules = all_rules(*plugins)
    except NotOffered as error:
        known = close(error.name, error.known) if error.known else ""
        raise SettingsError(f"plugins: {error}{known}", ("plugins",)) from error
    except Exception as error:
        which = f"rules of {', '.join(plugins)}" if plugins else "installed rules"
        raise Stop(f"the {which} cannot be loaded: {type(error).__name__}: {error}") from error
    if not rules:
        raise Stop("no rules are installed; install modwsgi-fix with pip, so that its rules are registered")
    known_to_all = {**rules, UNUSED_SUPPRESSION.name: UNUSED_SUPPRESSION}
    return dict(sorted(known_to_all.items(), key=lambda pair: (pair[1].family, pair[0])))
