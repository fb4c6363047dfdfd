"""Whom a section lets in, and what the expression of an ``<If>`` asks about, by its words."""

from __future__ import annotations

import re

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.access import access_of

#: Words about the visitor: an address, a log-in, a certificate, a header or a cookie. An environment variable may stand for
#: any of these.
_VISITOR = expression(
    r"REMOTE|CONN|AUTH|USER|SSL|TLS|HTTPS|HTTP_|COOKIE|-R\b|-T\b|ipmatch|env|req|http\s*\(|ldap|dbd|md5|sha1|file\s*\(",
    re.I,
)


def is_about_visitors(section: Item) -> bool:
    """Whether an ``<If>`` may let in some visitors and not others: not if it is about the URL, the host, the method or the time."""
    return any(
        _VISITOR.search(value.replace("REQUEST_URI", "").replace("REQUEST_METHOD", "")) for value in section.values
    )


def whom(section: Item) -> str:
    """Return in words whom a section lets in, if that is everyone or almost everyone; else an empty text."""
    access = access_of(section)
    if access.grants:
        return "everyone"
    inner = (child for child in section.children if child.key == "if" and not is_about_visitors(child))
    if access.admits_strangers or any(access_of(child).admits_strangers for child in inner):
        return "most visitors"
    return ""
