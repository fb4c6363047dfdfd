"""Run the rules: ``check`` finds, ``fix`` rewrites until nothing changes.

One pass applies the fixes of one rule; then the changed files are parsed and the server is read again. So no rule sees
stale facts and no order of rules has to be kept. A fix is applied whole or not at all.
"""

from modwsgi_fix.engine.check import check, findings
from modwsgi_fix.engine.fix import Run, fix
from modwsgi_fix.engine.job import Ignored, Job, Opinion, Proof, read
from modwsgi_fix.engine.outcome import Applied, Fixed, Rewritten, Withheld

__all__ = [
    "Applied",
    "Fixed",
    "Ignored",
    "Job",
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
