"""``RewriteCond ... -U``: whether another URL would be answered, which httpd asks itself (mod_rewrite.c:apply_rewrite_cond)."""

from __future__ import annotations

from modwsgi_fix.model.merge.world import Beyond
from modwsgi_fix.model.request.outcome import Done
from modwsgi_fix.model.request.state import State

#: The most requests within one another that are followed.
_DEEPEST = 4


def is_answered(state: State, url: str) -> bool:
    """Whether a subrequest for a URL is neither refused nor wrong; a missing file is neither.

    Raises ``Beyond`` deep within other subrequests.
    """
    from modwsgi_fix.model.request.phases import decoded, prepare

    if not url or (state.parent is not None and state.parent.uri == state.uri):
        # It would ask for the same again (mod_rewrite.c:subreq_ok).
        return False
    if not url.startswith("/"):
        raise Beyond("RewriteCond with -U of what is not the path of a URL is not modelled")
    depth, above = 0, state.parent
    while above is not None:
        depth, above = depth + 1, above.parent
    if depth > _DEEPEST:
        raise Beyond("RewriteCond with -U leads from one URL to another too often")
    path, _, query = url.partition("?")
    # The subrequest is a GET whatever the method of the request (request.c:ap_sub_req_lookup_uri).
    asked = state.request._replace(method="GET")
    sub = State(state.config, state.site, asked, state.world, path, query, parent=state)
    steps = len(state.world.steps)
    try:
        sub.uri = decoded(sub)
        prepare(sub, depth + 1)
    except Done as done:
        return done.outcome.status is not None and done.outcome.status < 400
    finally:
        del state.world.steps[steps:]
    return True
