"""``<If>``, ``<ElseIf>`` and ``<Else>``: what of their expressions is known before a request comes (util_expr_eval.c)."""

from __future__ import annotations

import re

from modwsgi_fix.model.patterns import Unknown, search
from modwsgi_fix.model.request.state import State

_COMPARISON = re.compile(
    r"""^\s*(?P<not>!\s*)?%\{(?P<name>[A-Za-z_:-]+)\}\s*(?P<operator>==|=~|!=|!~|-eq|=)\s*
        (?: '(?P<single>[^'%]*)' | "(?P<double>[^"%]*)" | /(?P<regex>(?:[^/\\]|\\.)*)/(?P<flags>i?)
          | m\#(?P<hash>[^\#]*)\#(?P<hashflags>i?) )\s*$""",
    re.X,
)


def expression_holds(expression: str, state: State) -> bool:
    """Whether an expression of ``<If>`` is true for a request; asks where that is not known."""
    parsed = _COMPARISON.match(expression)
    value = _variable(parsed["name"], state) if parsed else None
    if parsed is None or value is None:
        return state.world.holds(f"the condition <If {expression}> holds")
    literal = parsed["single"] if parsed["single"] is not None else parsed["double"]
    operator = parsed["operator"]
    if literal is not None and operator in ("==", "=", "!="):
        result = (value == literal) is (operator != "!=")
    elif literal is None and operator in ("=~", "!~"):
        pattern = parsed["regex"] if parsed["regex"] is not None else parsed["hash"]
        match = search(pattern, value, nocase=bool(parsed["flags"] or parsed["hashflags"]))
        if isinstance(match, Unknown):
            return state.world.holds(f"the condition <If {expression}> holds")
        result = (match is not None) is (operator == "=~")
    else:
        return state.world.holds(f"the condition <If {expression}> holds")
    return result is not bool(parsed["not"])


def _variable(name: str, state: State) -> str | None:
    upper = name.upper()
    if upper == "REQUEST_URI":
        return state.uri
    if upper == "REQUEST_METHOD":
        return state.request.method
    if upper == "HTTP_HOST":
        return state.request.host_header
    if upper == "HTTPS":
        return "on" if state.request.tls else "off"
    if upper == "REQUEST_SCHEME":
        return "https" if state.request.tls else "http"
    if upper == "QUERY_STRING":
        return state.query
    return None
