"""What httpd would do with a request: the host, the file, access and the handler, each with the line that decided.

``trace(config, request)`` runs through httpd's phases in their order (server/request.c:ap_process_request_internal). What
the files do not decide becomes branches (``world.py``); where something is not modelled, the outcome is ``unknown``.
"""

from __future__ import annotations

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.merge.world import Step
from modwsgi_fix.model.request.outcome import Branch, Kind, Outcome, Request, Trace, request_of


def trace(config: Config, request: Request) -> Trace:
    """Return what httpd would do with a request, as ``phases.trace``, which is imported with the first request."""
    from modwsgi_fix.model.request.phases import trace

    return trace(config, request)


__all__ = ["Branch", "Config", "Kind", "Outcome", "Request", "Step", "Trace", "request_of", "trace"]
