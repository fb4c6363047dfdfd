"""Files as an editor names them, ``file:///etc/apache2/a%20b.conf``, and as paths: any bytes come through."""

from __future__ import annotations

from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from modwsgi_fix.text import decode, encode


def path_of(uri: str) -> str | None:
    """Return the absolute path that a URI means; None where it is not a file of this machine (``untitled:``, another host)."""
    try:
        scheme, host, path, _, _ = urlsplit(uri.replace("?", "%3F").replace("#", "%23"))
    except ValueError:
        return None
    path = decode(unquote_to_bytes(encode(path)))
    if scheme != "file" or host not in ("", "localhost") or not path.startswith("/") or "\0" in path:
        return None
    return path


def uri_of(path: str) -> str:
    """Return the URI of an absolute path."""
    return "file://" + quote_from_bytes(encode(path))
