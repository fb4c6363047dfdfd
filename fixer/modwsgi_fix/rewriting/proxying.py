"""Why mod_proxy refuses a line that names another server (mod_proxy.c:add_pass, add_member; measured with 2.4.71)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from modwsgi_fix.directives.families import HANDED_ON
from modwsgi_fix.expressions import expression
from modwsgi_fix.placeholders import is_settled

_MEMBER = "balancermember"
#: The directives that are judged.
PROXYING = (*HANDED_ON[:2], _MEMBER)
#: What ProxyPass and ProxyPassMatch take without a value; all else is a name and a value.
_OF_A_PROXY = frozenset(["interpolate", "nocanon", "noquery"])
_NO_PAIR = "Invalid ProxyPass|ProxyPassMatch parameter. Parameter must be in the form 'key=value'."
#: A port as apr reads it, which takes digits alone (apr_uri_parse); a number that is too high is found with a request.
_PORT = expression(r"[ +-]?\d*")
#: What is put in with a request, or by a template.
_FILLED_IN = "$%{"


def fault_of_proxying(key: str, words: Sequence[str]) -> str:
    """Return why mod_proxy refuses the words of one of ``PROXYING``; empty where it may take them."""
    urls = [word for word in words[:2] if "://" in word]
    if key != _MEMBER:
        if any(map(_is_no_pair, _after_url(words))):
            return _NO_PAIR
        # In a section the URL of the other server is the first word, and the one of the visitor is not there.
        urls = urls[:1] or [word for word in words[1:2] if words[0].startswith("/") and word != "!"]
    name = "BalancerMember" if key == _MEMBER else "ProxyPass"
    return next((f"{name} {fault}" for fault in map(_fault_of_url, urls) if fault), "")


def _after_url(words: Sequence[str]) -> Sequence[str]:
    """Return the words of a ProxyPass behind the URL of the other server, which comes first in a section."""
    at = next((at for at, word in enumerate(words[:2]) if word == "!" or "://" in word), None)
    return [] if at is None else words[at + 1 :]


def _fault_of_url(url: str) -> str:
    """Return why mod_proxy refuses the URL of another server; empty where it may take it.

    It is httpd's message without the directive (proxy_util.c:ap_proxy_define_worker_ex2; measured with 2.4.71).
    """
    scheme, separator, rest = url.rpartition("|")[2].partition("://")
    if not separator:
        return f"URL must be absolute!: {url}" if _is_without_server(url) else ""
    authority = re.split("[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    if not authority and scheme in ("http", "https"):
        return f"URL must be absolute!: {url}"
    if not is_settled(authority) or any(sign in authority for sign in _FILLED_IN):
        return ""
    bracket = authority.find("]") if authority.startswith("[") else 0
    port = authority[bracket:].partition(":")[2]
    return f"Unable to parse URL: {url}" if bracket < 0 or not _PORT.fullmatch(port) else ""


def _is_without_server(url: str) -> bool:
    """Whether a word that is to be the URL of another server certainly names none."""
    return (
        bool(url)
        and is_settled(url)
        and not any(sign in url for sign in _FILLED_IN)
        and re.match(r"[a-z0-9/]", url, re.I) is not None
    )


def _is_no_pair(word: str) -> bool:
    """Whether mod_proxy certainly takes a word for neither a pair nor one of those without a value."""
    return "=" not in word and word.lower() not in _OF_A_PROXY and is_settled(word)
