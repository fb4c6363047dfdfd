"""What the name of a file tells where the disk cannot be asked: scripts, static files, files that must not be open.

Of httpd only mod_mime goes by the name (mod_mime.c:find_ct); everything else here is custom.
"""

from __future__ import annotations

import posixpath
import re

from modwsgi_fix.expressions import expression

#: Scripts that directives name: mod_wsgi's and mod_fcgid's.
SCRIPTS = (".wsgi", ".py", ".fcgi")
#: Suffixes of files that can only be WSGI scripts.
SCRIPT = ".wsgi"
#: Files that an editor or an interpreter takes for Python.
PYTHON = (".py", ".pyw", ".wsgi")
#: Python that no visitor is meant to read, compiled or not.
PYTHON_CODE = (".py", ".pyc", ".pyo", ".wsgi")
#: Static files: types that the ``mime.types`` of every distribution has.
STATIC = frozenset({
    ".html", ".htm", ".css", ".js", ".json", ".xml", ".txt", ".png", ".gif", ".jpg", ".jpeg", ".svg", ".ico", ".pdf",
    ".zip", ".tar", ".webp", ".woff", ".woff2", ".ttf", ".mp4", ".csv",
})  # fmt: skip
#: Pieces of configuration, as distributions and panels name them.
CONFIGURATION = (".conf", ".vhost", ".inc")

#: Files that must not be open, the most harmful first: the kind, and an expression for its names, whatever their case.
SENSITIVE = (
    ("key", r"\.(key|pem|p12|pfx|jks|keystore)$|^id_(rsa|dsa|ecdsa|ed25519)$|^htpasswd$|\.htpasswd$"),
    ("database", r"\.(sqlite3?|db|db3|mdb|table|sql|dump|rdb)$"),
    ("source code", r"\.(py|pyc|pyo|wsgi|pyx|rb|pl|php|sh|cfg|ini|ya?ml|toml|env|mo|po)$"),
    ("backup", r"(~|\.(bak|old|orig|save|swp|swo|tar|tgz|tar\.gz|zip|gz|bz2|xz|7z))$|^#.*#$"),
    ("dot file", r"^\.[^.]"),
)

_SCRIPT = expression(rf".*?(?:{'|'.join(map(re.escape, SCRIPTS))})(?=/|\Z)", re.S)


def script_in(path: str) -> str | None:
    """Return the script in a path, up to the first component with a script's suffix; None where no component has one.

    The rest, as in ``app.wsgi/prefix``, is the beginning of PATH_INFO (mod_wsgi.c: ``wsgi_hook_handler`` runs
    ``r->filename``, which the directory walk ended at a file).
    """
    found = _SCRIPT.match(path)
    return found[0] if found is not None else None


def is_file_name(path: str) -> bool:
    """Whether a path has the name of a single file, a script or a static one."""
    suffix = posixpath.splitext(path)[1].lower()
    return suffix in STATIC or suffix in SCRIPTS
