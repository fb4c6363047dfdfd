"""Messages of mod_wsgi about process groups and daemon processes, and of httpd about its own processes."""

from __future__ import annotations

from modwsgi_fix.explain.messages.message import Message

#: Python that does not start in a daemon process leaves its requests waiting.
_SLOW = ("python-home-not-a-prefix", "missing-global-application-group", "daemon-without-timeouts")
_CRASH = ("missing-global-application-group", "module-loaded-twice")

#: Messages that mod_wsgi words differently from version 6 on (src/server, 6.1.1).
_SIX = "mod_wsgi 6"

#: Messages of mod_wsgi about process groups and their processes.
DAEMONS = (
    Message(
        "group-undefined",
        "No WSGI daemon process called '{group}' has been configured: {path}",
        "group",
        "a process group is selected that no WSGIDaemonProcess defines",
        rules=("process-group-undefined", "bad-expansion", "daemon-name-missing"),
    ),
    Message(
        "group-restricted",
        "Daemon process called '{group}' cannot be accessed by this WSGI application as not a member of allowed groups: {path}",
        "group",
        "WSGIRestrictProcess does not name the process group",
    ),
    Message(
        "group-inaccessible",
        "Daemon process called '{group}' cannot be accessed by this WSGI application: {path}",
        "group",
        "the process group belongs to a host of another name",
        rules=("process-group-inaccessible",),
    ),
    Message(
        "embedded-restricted",
        "Embedded mode of mod_wsgi disabled by runtime configuration: {path}",
        "embedded",
        "the application is in no process group, and WSGIRestrictEmbedded is On",
        rules=("group-selected-beside-the-script", "unused-daemon-process", "embedded-mode-switched-off"),
    ),
    Message(
        "truncated",
        "Truncated or oversized response headers received from daemon process '{group}': {path}",
        "daemon",
        "the daemon process ended in the middle of a request, or a header is larger than header-buffer-size",
        rules=_CRASH,
    ),
    Message(
        "closed-early",
        "Daemon process '{group}' closed connection before sending complete response headers",
        "daemon",
        "the daemon process ended in the middle of a request",
        rules=_CRASH,
        only=_SIX,
    ),
    Message(
        "header-too-long",
        "Response header line too long from daemon process '{group}'",
        "daemon",
        "a header of the response is larger than header-buffer-size",
        only=_SIX,
    ),
    Message(
        "python-does-not-start",
        "Python initialisation failed in daemon process '{group}'; Python based handlers",
        "daemon",
        "Python does not start in the daemon process, and the lines before say why",
        rules=("python-home-not-a-prefix", "missing-on-disk"),
        only=_SIX,
    ),
    Message(
        "response-timeout",
        "Timeout when reading response headers from daemon process '{group}': {path}",
        "daemon",
        "the application did not answer in time: it is slow, waits for something, or its interpreter is blocked",
        rules=_SLOW,
    ),
    Message(
        "script-timeout",
        "Script timed out before returning headers: {script}",
        "daemon",
        "the application did not answer in time",
        rules=_SLOW,
        only="older than mod_wsgi 4.9.4, and CGI programs",
    ),
    Message(
        "request-timeout",
        "Daemon process request time limit exceeded, stopping process '{group}'.",
        "daemon",
        "requests took longer than request-timeout, and the process is started again",
    ),
    Message(
        "deadlock",
        "Daemon process deadlock timer expired, stopping process '{group}'.",
        "daemon",
        "no Python code ran for as long as deadlock-timeout: a C extension holds the interpreter",
        rules=("missing-global-application-group",),
    ),
    Message(
        "startup-timeout",
        "Application startup timer expired, stopping process '{group}'.",
        "daemon",
        "the application was not loaded within startup-timeout",
    ),
    Message(
        "inactivity",
        "Daemon process idle inactivity timer expired, stopping process '{group}'.",
        "daemon",
        "no request came for as long as inactivity-timeout, and the process is started again, as configured",
    ),
    Message(
        "maximum-requests",
        "Maximum requests reached, {what} shutdown '{group}'.",
        "daemon",
        "the process has answered maximum-requests, and is started again: as configured",
        rules=("maximum-requests",),
    ),
    Message(
        "queue-timeout",
        "Queue timeout expired for WSGI daemon process '{group}'.",
        "capacity",
        "a request waited longer than queue-timeout for a thread of the process group",
    ),
    Message(
        "backlog",
        "Unable to connect to WSGI daemon process '{group}' on '{socket}' after multiple attempts",
        "capacity",
        "all threads of the process group are busy and its queue is full, or httpd was restarted and its socket is gone",
    ),
    Message(
        "no-connection",
        "Unable to connect to WSGI daemon process '{group}' on '{socket}' as user with uid={uid}.",
        "socket",
        "httpd cannot reach the socket of the process group",
    ),
    Message(
        "no-connection-3",
        "Unable to connect to WSGI daemon process '{group}' on '{socket}'",
        "socket",
        "httpd cannot reach the socket of the process group",
        only="mod_wsgi 3",
    ),
    Message(
        "no-socket",
        "Couldn't bind unix domain socket '{socket}'.",
        "socket",
        "the directory of WSGISocketPrefix is not there, or may not be written",
    ),
    Message(
        "no-socket-6",
        "Unable to bind unix domain socket '{socket}'. Daemon group",
        "socket",
        "the directory of WSGISocketPrefix is not there, or may not be written",
        only=_SIX,
    ),
    Message(
        "no-directory",
        "Unable to change working directory to '{path}'.",
        "home",
        "home= of a process group names a directory that is not there, or that its user may not enter",
        rules=("missing-on-disk",),
    ),
    Message(
        "no-home-directory",
        "Unable to change working directory to home directory '{path}' for uid={uid}.",
        "home",
        "the home directory of a process group's user is not there, and home= does not name another",
    ),
    Message(
        "segmentation-fault",
        "exit signal Segmentation fault ({signal})",
        "crash",
        "a process of httpd crashed: C code failed, most often a Python extension",
        "AH00052",
        ("module-loaded-twice",),
    ),
    Message(
        "segmentation-fault-core",
        "exit signal Segmentation fault ({signal}), possible coredump in {directory}",
        "crash",
        "a process of httpd crashed: C code failed, most often a Python extension",
        "AH00051",
        ("module-loaded-twice",),
    ),
    Message(
        "daemon-signal",
        "Process '{group}' terminated by signal {signal}",
        "daemon",
        "a daemon process crashed: C code failed, most often a Python extension",
        rules=_CRASH,
    ),
    Message(
        "workers",
        "server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting",
        "workers",
        "all of httpd's own threads or processes are busy",
        "AH00484",
    ),
    Message(
        "workers-few",
        "server is within MinSpareThreads of MaxRequestWorkers, consider raising the MaxRequestWorkers setting",
        "workers",
        "nearly all of httpd's own threads are busy",
        "AH10159",
    ),
    Message(
        "request-not-sent",
        "Request data write error when proxying data to daemon process: {reason}",
        "daemon",
        "the daemon process ended, or closed the connection, while the request was sent to it",
        rules=_CRASH,
    ),
    Message(
        "upload-too-slow",
        "Request data read error when proxying data to daemon process: The timeout specified has expired",
        "named",
        "the body came more slowly than Timeout, or RequestReadTimeout of mod_reqtimeout, allows, so the upload was broken off",
    ),
    Message(
        "upload-ended",
        "Request data read error when proxying data to daemon process: {reason}",
        "named",
        "the visitor's connection ended, or was too slow, while the request was read",
    ),
    Message(
        "no-accept-lock",
        "Couldn't create accept lock '{path}'",
        "named",
        "the system has no semaphore left, or the directory of WSGISocketPrefix is not there",
    ),
    Message(
        "workers-prefork",
        "server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting",
        "workers",
        "all of httpd's own processes are busy",
        "AH00161",
    ),
)
