"""The engine runs the rules: ``check`` finds, ``fix`` rewrites until nothing changes.

One pass applies the fixes of one rule; then the changed files are parsed and the server is read again. So no rule sees
stale facts and no order of rules has to be kept. A fix is applied whole or not at all.
"""

from typing import TYPE_CHECKING, Any

from modwsgi_fix.engine.check import check, findings
from modwsgi_fix.engine.job import Ignored, Job, Opinion, Proof, read
from modwsgi_fix.engine.outcome import Applied, Fixed, Made, Rewritten, Withheld

if TYPE_CHECKING:
    from modwsgi_fix.engine.run import Run, fix

__all__ = [
    "Applied",
    "Fixed",
    "Ignored",
    "Job",
    "Made",
    "Opinion",
    "Proof",
    "Rewritten",
    "Run",
    "Withheld",
    "check",
    "findings",
    "fix",
    "read",
]


def __getattr__(name: str) -> Any:
    """Import ``fix`` and ``Run`` with their first use: a report with nothing to fix starts without them."""
    if name not in ("Run", "fix"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from modwsgi_fix.engine import run

    return getattr(run, name)
