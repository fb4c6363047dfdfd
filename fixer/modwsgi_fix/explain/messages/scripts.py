"""Messages of mod_wsgi about scripts, and of Python about their contents."""

from __future__ import annotations

from modwsgi_fix.explain.messages.message import Message

_SCRIPT = ("missing-application", "application-under-main-guard", "bobo-missing-application", "handle-request-missing")
_IMPORTS = (
    "embedded-only-python-directive",
    "comma-in-python-path",
    "python-path-relative",
    "python-path-is-site-packages",
    "sys-path-missing",
    "python-2-name",
    "module-gone-from-python",
    "group-selected-beside-the-script",
    "unused-daemon-process",
)
_NO_LIBRARY = (
    "Python finds no standard library: python-home is not the directory of a virtual environment, is of another version, or "
    "may not be read"
)

#: Messages that mod_wsgi words differently from version 6 on (src/server, 6.1.1).
_SIX = "mod_wsgi 6"

#: Messages of mod_wsgi about scripts, and of Python about their contents.
SCRIPTS = (
    Message(
        "script-missing",
        "Target WSGI script not found or unable to stat: {path}",
        "script",
        "the script is not where a mount leads",
        rules=(
            "missing-on-disk",
            "script-names-a-callable",
            "script-path-relative",
            "wsgi-alias-trailing-slash",
            "directory-mount",
        ),
    ),
    Message(
        "chunked",
        "Received request requiring chunked transfer encoding, but optional support for chunked transfer encoding has not "
        "been enabled.: {path}",
        "script",
        "a client sends a body without saying its length, which mod_wsgi refuses (411) unless WSGIChunkedRequest is On",
    ),
    Message(
        "no-application",
        "Target WSGI script '{path}' does not contain WSGI application '{object}'.",
        "script",
        "the script binds no object of that name",
        rules=_SCRIPT,
    ),
    Message(
        "cannot-be-loaded",
        "Target WSGI script '{path}' cannot be loaded as Python module.",
        "script",
        "loading the script failed; the traceback below says why",
        rules=("python-2-syntax",),
        only="older than mod_wsgi 4.9.4",
    ),
    Message(
        "exec-failed",
        "Failed to exec Python script file '{path}'.",
        "script",
        "loading the script failed; the traceback below says why",
    ),
    Message(
        "script-exception",
        "Exception occurred processing WSGI script '{path}'.",
        "script",
        "the application failed; the traceback below says why",
    ),
    Message(
        "not-compiled",
        "Could not read/compile source file '{path}'.",
        "script",
        "the script cannot be read, or is not Python 3",
        rules=("script-syntax-error",),
    ),
    Message(
        "not-opened",
        "Call to fopen() failed for '{path}'.",
        "script",
        "the user of the process may not read the script, or not pass a directory above it",
        rules=("permission-missing",),
        only="older than mod_wsgi 4.9.4",
    ),
    Message(
        "not-compiled-6",
        "Could not read or compile WSGI script '{path}' for {process}.",
        "script",
        "the script cannot be read, or is not Python 3",
        rules=("script-syntax-error",),
        only=_SIX,
    ),
    Message(
        "exec-failed-6",
        "Unable to execute Python script file '{path}'.",
        "script",
        "loading the script failed; the traceback below says why",
        only=_SIX,
    ),
    Message(
        "exit-on-load",
        "SystemExit exception raised when doing exec of Python script file '{path}'.",
        "script",
        "the script ends the process while it is loaded",
        rules=("process-ended-by-script",),
    ),
    Message(
        "exit-ignored",
        "SystemExit exception raised by WSGI script '{path}' ignored.",
        "script",
        "the script asked the process to end, which mod_wsgi does not do",
        rules=("process-ended-by-script",),
    ),
    Message(
        "home-missing",
        "Unable to stat Python home {path}. Python interpreter",
        "python-home",
        "python-home is not there, or the user of the process may not reach it",
        rules=("missing-on-disk", "python-home-not-a-prefix"),
    ),
    Message(
        "home-not-directory",
        "Python home {path} is not a directory. Python interpreter",
        "python-home",
        "python-home names a file",
        rules=("python-home-not-a-prefix",),
    ),
    Message(
        "home-closed",
        "Python home {path} is not accessible. Python interpreter",
        "python-home",
        "the user of the process may not enter python-home",
    ),
    Message(
        "home-missing-6",
        "Unable to stat Python home '{path}' for {process}; Python interpreter",
        "python-home",
        "python-home is not there, or the user of the process may not reach it",
        rules=("missing-on-disk", "python-home-not-a-prefix"),
        only=_SIX,
    ),
    Message(
        "home-not-directory-6",
        "Python home '{path}' for {process} is not a directory; Python interpreter",
        "python-home",
        "python-home names a file",
        rules=("python-home-not-a-prefix",),
        only=_SIX,
    ),
    Message(
        "home-closed-6",
        "Python home '{path}' for {process} is not accessible; Python interpreter",
        "python-home",
        "the user of the process may not enter python-home",
        only=_SIX,
    ),
    Message(
        "python-not-initialised-5",
        "Initializing Python failed: {reason}",
        "python-home",
        "Python does not start, and mod_wsgi passes on its reason",
        rules=("python-home-not-a-prefix", "missing-on-disk"),
        only="mod_wsgi 5",
    ),
    *(
        Message(
            name,
            text,
            "python-built",
            "mod_wsgi was built with another release of Python than it runs with: harmless where the last number alone differs",
        )
        for name, text in (
            ("compiled-for", "Compiled for Python/{release}."),
            ("runtime-using", "Runtime using Python/{release}."),
        )
    ),
    Message(
        "no-encodings",
        "ModuleNotFoundError: No module named 'encodings'",
        "python-home",
        _NO_LIBRARY,
        rules=("python-home-not-a-prefix", "missing-on-disk"),
    ),
    Message(
        "no-codec",
        "Fatal Python error: init_fs_encoding: failed to get the Python codec",
        "python-home",
        _NO_LIBRARY,
        rules=("python-home-not-a-prefix", "missing-on-disk"),
    ),
    *(
        Message(
            name,
            text,
            "python-home",
            _NO_LIBRARY,
            rules=("python-home-not-a-prefix", "missing-on-disk"),
            only="Python 3.7 and older",
        )
        for name, text in (
            ("no-encodings-3.5", "ImportError: No module named 'encodings'"),
            ("no-codec-3.7", "Fatal Python error: initfsencoding: unable to load the file system codec"),
            ("no-locale-3.7", "Fatal Python error: initfsencoding: Unable to get the locale encoding"),
            ("no-codec-3.6", "Fatal Python error: Py_Initialize: unable to load the file system codec"),
            ("no-locale-3.6", "Fatal Python error: Py_Initialize: Unable to get the locale encoding"),
        )
    ),
    Message(
        "no-module",
        "No module named '{module}'",
        "import",
        "no directory that Python looks in has the module",
        rules=_IMPORTS,
    ),
    Message(
        "no-module-2",
        "No module named {module}",
        "import",
        "no directory that Python looks in has the module",
        rules=_IMPORTS,
        only="Python 2",
    ),
    Message(
        "no-name",
        "cannot import name '{name}' from '{module}'",
        "exception",
        "the module is there, and has no such name: another version, or two modules import each other",
        rules=("module-gone-from-python",),
    ),
    Message(
        "no-name-yet",
        "cannot import name '{name}' from partially initialized module '{module}'",
        "exception",
        "two modules import each other, or the script has the name of a module that it imports",
    ),
    Message(
        "no-name-2",
        "ImportError: cannot import name {name}",
        "exception",
        "the module is there, and has no such name: another version, or two modules import each other",
        only="Python 3.6 and older",
    ),
    Message(
        "loaded-twice",
        "cannot load module more than once per process",
        "exception",
        "a C extension, such as numpy, does not work in two interpreters of one process",
        rules=("missing-global-application-group",),
        only="numpy",
    ),
    *(
        Message(
            name,
            text,
            "exception",
            "a C extension does not work in more than one interpreter of a process, and this one is not the main one",
            rules=("missing-global-application-group",),
            only=only,
        )
        for name, text, only in (
            (
                "interpreter-change",
                "Interpreter change detected - this module can only be loaded into one interpreter per process",
                "Cython",
            ),
            ("no-subinterpreters", "does not support loading in subinterpreters", "Python 3.12"),
            ("initialized-once", "may only be initialized once per interpreter process", "PyO3"),
        )
    ),
    *(
        Message(
            name,
            text,
            "named",
            "the visitor closed the connection before the whole answer was sent: nothing is wrong with the server",
        )
        for name, text in (
            ("visitor-gone", "Apache/mod_wsgi failed to write response data: {reason}"),
            ("visitor-gone-reading", "Apache/mod_wsgi client connection closed"),
        )
    ),
    Message(
        "stream-restricted",
        "{stream} access restricted by mod_wsgi",
        "named",
        "the script prints or reads as a program does, and a line forbids that",
    ),
    Message(
        "restricted-mode",
        "not accessible in restricted mode",
        "exception",
        "Python takes code of another interpreter for restricted code: an extension does not work outside the main one",
        rules=("missing-global-application-group",),
        only="Python 2",
    ),
    Message(
        "log-without-number",
        "Apache/mod_wsgi log object is not associated with a file descriptor",
        "exception",
        "sys.stdout, sys.stderr and wsgi.errors are objects of mod_wsgi without a number, so fileno() of them fails",
        rules=("stream-misused",),
    ),
    Message(
        "no-library",
        "ImportError: {library}: cannot open shared object file",
        "exception",
        "a compiled module needs a library that is not found: it was made for another Python or system",
    ),
    Message(
        "module-called",
        "'module' object is not callable",
        "exception",
        "a module is called where an object in it is meant, as where the application is taken from its package",
        rules=("application-is-a-module",),
    ),
    Message(
        "no-settings",
        "Requested setting {setting}, but settings are not configured.",
        "exception",
        "DJANGO_SETTINGS_MODULE is not in os.environ, where SetEnv does not put it: the script has to",
        rules=("django-settings-not-set", "setenv-not-in-os-environ"),
    ),
    Message(
        "not-reentrant",
        "populate() isn't reentrant",
        "exception",
        "Django failed when it was loaded first, and says so at each request since: the first traceback has the reason",
    ),
    Message(
        "host-not-allowed",
        "Invalid HTTP_HOST header: '{name}'",
        "exception",
        "Django's ALLOWED_HOSTS does not have the name that the visitor asked for, so each request by that name is an error 400",
    ),
    *(
        Message(
            name,
            text,
            "exception",
            "the user that the application runs as may not write the file of the database, or its directory",
        )
        for name, text in (
            ("database-read-only", "attempt to write a readonly database"),
            ("database-not-opened", "unable to open database file"),
        )
    ),
    *(
        Message(
            name,
            text,
            "exception",
            "the system does not let the process connect to the database: SELinux, or the file of a socket that it may not open",
            only=only,
        )
        for name, text, only in (
            ("database-forbidden", "connection to server at {server} failed: Permission denied", "psycopg"),
            ("database-forbidden-13", "could not connect to server: Permission denied", "psycopg before PostgreSQL 14"),
            ("mysql-forbidden", "Can't connect to MySQL server on {server} (13", "MySQL"),
            ("redis-forbidden", "Error 13 connecting to {server}. Permission denied.", "redis"),
        )
    ),
    Message(
        "library-not-executed",
        "ImportError: {library}: failed to map segment from shared object",
        "exception",
        "the system does not let the process execute a library: SELinux, or a file system that is mounted noexec",
    ),
    *(
        Message(
            name,
            text,
            "told-by-proxy",
            "a form came from a page of another name or scheme than the application takes for its own: a proxy may hide them",
        )
        for name, text in (
            ("origin-not-trusted", "Origin checking failed - {origin} does not match any trusted origins"),
            ("referer-not-trusted", "Referer checking failed - {origin} does not match any trusted origins"),
        )
    ),
    Message(
        "file-closed",
        "PermissionError: [Errno 13] Permission denied: '{name}'",
        "exception",
        "the user that the application runs as may not open a file, or pass a directory above it",
    ),
    *(
        Message(
            name,
            text,
            "exception",
            "the user that the application runs as may not open a file, or pass a directory above it",
            only="Python 2",
        )
        for name, text in (
            ("file-closed-os-2", "OSError: [Errno 13] Permission denied: '{name}'"),
            ("file-closed-io-2", "IOError: [Errno 13] Permission denied: '{name}'"),
            ("file-closed-else-2", "[Errno 13] Permission denied: '{name}'"),
        )
    ),
    Message(
        "file-not-there",
        "FileNotFoundError: [Errno 2] No such file or directory: '{name}'",
        "exception",
        "a file is not there; one without a slash before it is looked for in the directory of the process, not of the script",
        rules=("relative-path-in-script",),
    ),
    Message(
        "library-not-there-windows",
        "DLL load failed",
        "exception",
        "an extension needs a DLL that is not on the PATH of httpd, or is of another Python",
        only="Windows",
    ),
    Message(
        "body-not-read",
        "Apache/mod_wsgi request data read error: {reason}",
        "exception",
        "the visitor broke off before the whole body had come: an upload that was cancelled, or one too slow for Timeout",
    ),
    Message(
        "relative-import",
        "attempted relative import with no known parent package",
        "exception",
        "the script imports from a package by a dot, and is not a part of one",
        rules=("relative-import-in-script",),
    ),
    Message(
        "asgi-called",
        "missing 1 required positional argument: 'send'",
        "exception",
        "the application is one of ASGI, and not of WSGI",
        rules=("asgi-application",),
    ),
    Message(
        "not-callable",
        "TypeError: '{type}' object is not callable",
        "exception",
        "what is called is not a function: mod_wsgi may be given a module, a text, or an object that holds the application",
        rules=("application-not-called",),
    ),
    Message(
        "text-body",
        "sequence of byte string values expected, value of type {type} found",
        "exception",
        "the application answers with text, and WSGI wants bytes",
        rules=("str-body",),
    ),
    Message(
        "header-type",
        "expected unicode object, value of type {type} found",
        "exception",
        "a header or status of start_response is not a str",
        rules=("bad-start-response",),
    ),
    Message(
        "header-bytes",
        "expected byte string object for header {part}, value of type {type} found",
        "exception",
        "a header of start_response is not a str",
        rules=("bad-start-response",),
        only="Python 2",
    ),
    Message(
        "status-line",
        "no space following status code",
        "exception",
        "the status of start_response has no text after its number",
        rules=("bad-start-response",),
    ),
    Message(
        "no-answer",
        "'NoneType' object is not iterable",
        "exception",
        "the application returns nothing",
        rules=("application-returns-nothing",),
    ),
    Message(
        "coroutine",
        "'coroutine' object is not iterable",
        "exception",
        "the application is one of ASGI, and not of WSGI",
        rules=("asgi-application",),
    ),
    Message(
        "not-started",
        "response has not been started",
        "exception",
        "the application returns a body without having called start_response",
        rules=("start-response-not-called",),
    ),
    Message(
        "header-character",
        "carriage return/line feed character present in header {part}",
        "exception",
        "a header of start_response has a line end in it",
        rules=("bad-start-response",),
    ),
    Message(
        "no-key",
        "KeyError: '{name}'",
        "exception",
        "a name is not in a dictionary; SetEnv reaches the environ of a request, and not os.environ",
        rules=("setenv-not-in-os-environ",),
    ),
    *(
        Message(
            name,
            text,
            "exception",
            "text that is not ASCII is read or written by the locale C, or by the code itself as ASCII",
            rules=("daemon-without-locale",),
        )
        for name, text in (
            ("not-ascii-written", "UnicodeEncodeError: 'ascii' codec can't encode"),
            ("not-ascii-read", "UnicodeDecodeError: 'ascii' codec can't decode"),
        )
    ),
    Message(
        "no-such-name",
        "NameError: name '{name}' is not defined",
        "exception",
        "the script uses a name that it does not bind",
        rules=("python-2-name", "name-not-bound"),
    ),
    Message(
        "escape-in-path",
        "SyntaxError: (unicode error) 'unicodeescape' codec",
        "exception",
        "a backslash in a text begins an escape, as in a path of Windows",
        rules=("script-syntax-error",),
    ),
    Message(
        "not-indented",
        "IndentationError: ",
        "exception",
        "lines of one block do not begin in one column",
        rules=("script-syntax-error",),
    ),
    Message(
        "not-python",
        "SyntaxError: ",
        "exception",
        "the file is not Python of the version that runs it",
        rules=("not-python-3", "python-2-syntax", "script-syntax-error"),
    ),
)
