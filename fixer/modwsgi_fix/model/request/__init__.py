"""What httpd would do with a request: the host, the file, access, who answers; each with the line that decided.

``trace(config, request)`` runs through httpd's phases in their order (server/request.c:ap_process_request_internal). What
the files do not decide becomes branches (``world.py``); what is not modelled is ``unknown`` and says so.
"""

from __future__ import annotations

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.merge.world import Step
from modwsgi_fix.model.request.outcome import Branch, Kind, Outcome, Request, Trace, request_of


def trace(config: Config, request: Request) -> Trace:
    """As ``phases.trace``: what httpd would do with a request. The phases are imported with the first one."""
    from modwsgi_fix.model.request.phases import trace

    return trace(config, request)


__all__ = ["Branch", "Config", "Kind", "Outcome", "Request", "Step", "Trace", "request_of", "trace"]
