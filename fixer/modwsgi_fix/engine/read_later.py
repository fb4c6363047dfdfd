"""``.htaccess`` files: httpd reads them with each request below their directory, and starts whatever is wrong in them."""

from __future__ import annotations

from modwsgi_fix.expressions import expression

#: The default of AccessFileName.
NAME = ".htaccess"
_START = expression(r"so (?:httpd|it)(?: [\d.]+)? does not start")


def is_htaccess(path: str) -> bool:
    """Whether a file is read by httpd with each request, and not when it starts."""
    return path == NAME or path.endswith(f"/{NAME}")


def worded(message: str) -> str:
    """Return a message reworded for such a file: httpd starts, and answers with an error."""
    return _START.sub("so every request below it is an error 500", message)
