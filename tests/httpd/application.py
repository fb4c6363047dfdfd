"""The application that answers probes: it reports where and as what it runs, as a Python literal.

The source below runs inside mod_wsgi, in whatever Python that was built for, hence its plain style. Each of a server's
interpreters imports it anew, hence only modules that Python has loaded or built in. It also writes one line naming the
probe to ``wsgi.errors``, so that the harness can tell which error log received it.
"""

from __future__ import annotations

#: The response header by which the harness knows that the application answered, and httpd did not.
ANSWERED = "x-probe-application"
#: What is written to ``wsgi.errors``, followed by the probe's identity and a full stop.
LOGGED = "probe application heard "

_SOURCE = """
import _locale, os, sys
import mod_wsgi

def application(environ, start_response):
    get = environ.get
    report = {
        "label": LABEL,
        "process_group": get("mod_wsgi.process_group"),
        "application_group": get("mod_wsgi.application_group"),
        "pid": os.getpid(), "uid": os.getuid(), "gid": os.getgid(), "cwd": os.getcwd(),
        "script_name": get("SCRIPT_NAME"), "path_info": get("PATH_INFO"), "scheme": get("wsgi.url_scheme"),
        "multiprocess": bool(get("wsgi.multiprocess")), "multithread": bool(get("wsgi.multithread")),
        "authorization": get("HTTP_AUTHORIZATION"), "remote_user": get("REMOTE_USER"),
        "threads": mod_wsgi.threads_per_process, "processes": mod_wsgi.maximum_processes,
        "locale": "%s, %s" % (_locale.setlocale(_locale.LC_CTYPE), _locale.setlocale(_locale.LC_COLLATE)),
        "python_path": [p for p in sys.path if not p.startswith((sys.prefix, sys.base_prefix))],
    }
    environ["wsgi.errors"].write("%s%s.\\n" % (LOGGED, get("HTTP_X_PROBE", "-")))
    environ["wsgi.errors"].flush()
    body = ascii(report).encode("ascii")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body))),
                              (ANSWERED, "1")])
    return [body]
"""


def app(label: str = "app") -> str:
    """The text of a WSGI script whose answers carry ``label``."""
    return f"LABEL = {label!r}\nLOGGED = {LOGGED!r}\nANSWERED = {ANSWERED!r}\n{_SOURCE}"
