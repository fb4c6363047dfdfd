"""The rules there are, or one line that says why there are none."""

from __future__ import annotations

from functools import cache

from modwsgi_fix.rule import UNUSED_SUPPRESSION, Rule, all_rules
from modwsgi_fix.workspace.errors import Stop


@cache
def known_rules() -> dict[str, Rule]:
    """Return every rule by name, with what the engine itself finds. Raises ``Stop``."""
    try:
        rules = all_rules()
    except Exception as error:
        raise Stop(f"the installed rules cannot be loaded: {type(error).__name__}: {error}") from error
    if not rules:
        raise Stop("no rules are installed; install modwsgi-fix with pip, so that its rules are registered")
    known = {**rules, UNUSED_SUPPRESSION.name: UNUSED_SUPPRESSION}
    return dict(sorted(known.items(), key=lambda pair: (pair[1].family, pair[0])))
