"""The readers that answer messages: one module for each family of messages, and the table of readers by name.

A reader is given one occurrence and the server, and returns the causes that it finds there, the likeliest first; no causes
where nothing in the server fits.
"""

from __future__ import annotations

from collections.abc import Callable

from modwsgi_fix.explain.answers import groups, modules, named, pythons, reading, requests, scripts
from modwsgi_fix.explain.asked import Asked
from modwsgi_fix.explain.gathering import Occurrence
from modwsgi_fix.records import Cause

Reader = Callable[[Occurrence, Asked], list[Cause]]

READERS: dict[str, Reader] = {
    "access": requests.access,
    "account": reading.account,
    "backend": modules.backend,
    "capacity": groups.capacity,
    "crash": groups.crash,
    "daemon": groups.daemon,
    "embedded": groups.embedded,
    "encoded-slash": modules.encoded_slash,
    "exception": scripts.exception,
    "group": groups.group,
    "handed-on": modules.handed_on,
    "home": groups.home,
    "htaccess": requests.htaccess,
    "http2": reading.http2,
    "import": pythons.imported,
    "listen": reading.listening,
    "load": reading.loading,
    "log": reading.log_directory,
    "log-in": modules.log_in,
    "loop": requests.loop,
    "name": reading.naming,
    "named": named.named,
    "path": requests.root,
    "permissions": requests.permissions,
    "program": requests.program,
    "python-built": modules.python_built,
    "python-home": pythons.python_home,
    "script": scripts.script,
    "socket": groups.socket,
    "start": reading.refused,
    "tls": reading.certificates,
    "told-by-proxy": modules.told_by_proxy,
    "url": requests.url,
    "variable": reading.variable,
    "words": reading.words,
    "words-of-2.4": requests.words_of_24,
    "workers": groups.workers,
}
