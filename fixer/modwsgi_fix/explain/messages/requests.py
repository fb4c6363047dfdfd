"""Messages of httpd about requests that it refuses."""

from __future__ import annotations

from modwsgi_fix.explain.messages.message import Message

_GRANTS = ("script-directory-not-granted", "static-directory-not-granted")

#: Messages about requests that were refused.
REFUSED = (
    Message(
        "denied",
        "client denied by server configuration: {path}",
        "access",
        "a line refuses everybody, or nothing admits anybody",
        "AH01630",
        (*_GRANTS, "missing-on-disk"),
    ),
    Message(
        "denied-2.2",
        "client denied by server configuration: {path}",
        "access",
        "Order, Allow and Deny refuse the visitor",
        "AH01797",
        (*_GRANTS, "mixed-access-dialects"),
    ),
    Message(
        "no-search-permission",
        "access to {url} denied (filesystem path '{path}') because search",
        "permissions",
        "httpd's user may not pass a directory above the file",
        "AH00035",
    ),
    Message(
        "file-permissions",
        "file permissions deny server access: {path}",
        "permissions",
        "httpd's user may not read the file",
        "AH00132",
    ),
    Message(
        "link-refused",
        "Symbolic link not allowed or link target not accessible: {path}",
        "access",
        "Options does not allow the link, or its target cannot be reached",
        "AH00037",
        ("link-not-followed",),
    ),
    Message(
        "rewrite-without-links",
        "Options FollowSymLinks and SymLinksIfOwnerMatch are both off, so the RewriteRule directive is also forbidden due to its "
        "similar ability to circumvent directory restrictions : {path}",
        "access",
        "a directory or .htaccess file has RewriteEngine On, and Options does not allow links there, so each request is refused",
        "AH00670",
    ),
    Message(
        "no-file",
        "File does not exist: {path}",
        "access",
        "the URL leads to a file that is not there; httpd tells of it with LogLevel info alone",
        "AH00128",
        ("missing-on-disk",),
    ),
    Message(
        "no-index",
        "Cannot serve directory {path}: No matching DirectoryIndex ({index}) found, and server-generated",
        "access",
        "no application and no file answers the directory",
        "AH01276",
        ("alias-hides-application",),
    ),
    Message(
        "need-auth-name",
        "need AuthName: {url}",
        "url",
        "a log-in is asked for, and AuthName is missing",
        "AH01615",
        ("log-in-incomplete",),
    ),
    Message(
        "no-authentication",
        "No authentication done but request not allowed without authentication for {url}. Authentication not configured?",
        "url",
        "Require asks who the visitor is, and no AuthType says how a log-in is asked for",
        "AH00027",
        ("log-in-incomplete",),
    ),
    Message(
        "auth-type-without-module",
        "AuthType {kind} configured without corresponding module",
        "log-in",
        "no module that is loaded asks for a log-in of this kind, so each request is an error 500",
        "AH01796",
        ("auth-type-not-loaded",),
    ),
    Message(
        "no-protocol-handler",
        "No protocol handler was valid for the URL {url} (scheme '{scheme}')",
        "handed-on",
        "mod_proxy has a module for each scheme, and the one for this scheme is not loaded, so each request is an error 500",
        "AH01144",
        ("proxy-scheme-not-loaded",),
    ),
    Message(
        "rewrite-without-proxy",
        "attempt to make remote request from mod_rewrite without proxy enabled: {url}",
        "handed-on",
        "a RewriteRule hands the request on, and mod_proxy is not loaded, so it is refused",
        "AH00669",
        ("proxy-scheme-not-loaded",),
    ),
    Message(
        "no-connection-to-server",
        "{scheme}: attempt to connect to {address} ({host}) failed",
        "backend",
        "httpd hands requests on to a server that does not take them, so visitors get 503",
        "AH00957",
    ),
    Message(
        "no-connection-to-socket",
        "{scheme}: attempt to connect to Unix domain socket {path} ({host}) failed",
        "backend",
        "httpd hands requests on to a socket that nobody has opened, or that httpd's user may not open, so visitors get 503",
        "AH02454",
    ),
    Message(
        "no-backend",
        "HTTP: failed to make connection to backend: {host}",
        "backend",
        "httpd hands requests on to a server that does not take them, so visitors get 503",
        "AH01114",
    ),
    Message(
        "no-auth-type-2.2",
        "configuration error:  couldn't perform authentication. AuthType not set!: {url}",
        "words-of-2.4",
        "httpd 2.2 takes Require for a log-in, and no AuthType says how; Require all granted is a word of 2.4",
        "",
        ("log-in-incomplete", "new-access-directives"),
        "httpd 2.2",
    ),
    Message(
        "no-exec-cgi",
        "Options ExecCGI is off in this directory: {path}",
        "access",
        "a handler is set for the file, and Options ExecCGI is not",
        "",
        ("wsgi-script-without-execcgi",),
    ),
    Message(
        "too-many-redirects",
        "Request exceeded the limit of {limit} internal redirects",
        "loop",
        "a rule sends a request to a URL that it matches again",
        "AH00124",
    ),
    Message(
        "bad-program-header",
        "malformed header from script '{script}': Bad header: {header}",
        "program",
        "the file runs as a CGI program, and its output is not one's",
        "",
        ("handler-collision",),
    ),
    *(
        Message(
            name,
            "exec of '{script}' failed",
            "program",
            "the file is run as a CGI program, and the system cannot run it: it names no interpreter, or may not be executed",
            code,
            ("handler-collision",),
        )
        for name, code in (("program-not-run", "AH01241"), ("program-not-run-cgi", "AH01215"))
    ),
    Message(
        "no-program-output",
        "End of script output before headers: {script}",
        "program",
        "the file runs as a CGI program, and prints no headers",
        "",
        ("handler-collision",),
    ),
    Message(
        "no-program-output-2.2",
        "Premature end of script headers: {script}",
        "program",
        "the file runs as a CGI program, and prints no headers",
        "",
        ("handler-collision",),
        "httpd 2.2",
    ),
)
