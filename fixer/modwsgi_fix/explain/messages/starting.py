"""Messages of httpd when it reads the configuration."""

from __future__ import annotations

from modwsgi_fix.explain.messages.message import Message

_NAMES = (
    "misspelt-directive", "misspelt-section", "unknown-directive", "module-not-loaded", "removed-directives", "rewrite-log",
    "wrapped-options", "html-entities",
)  # fmt: skip
_OPTIONS = ("stray-daemon-word", "unknown-daemon-option", "spaced-option", "continuation-trailing-blank")
_STRUCTURE = ("mismatched-closer", "misspelt-section", "opener-for-closer", "stray-closer", "unclosed-section")

#: Messages of httpd about an .htaccess file, because of which it refuses every request below.
HTACCESS = (
    Message(
        "htaccess-not-allowed",
        "{file}.htaccess: {command} not allowed here",
        "htaccess",
        "an .htaccess file has a line that may not stand there",
        rules=("htaccess-refused",),
    ),
    Message(
        "htaccess-refused",
        "{file}.htaccess: {text}",
        "htaccess",
        "httpd refuses a line of an .htaccess file",
        rules=("htaccess-refused",),
    ),
)

#: Messages of httpd when it reads the configuration and refuses to start.
STARTING = (
    Message(
        "invalid-command",
        "Invalid command '{command}', perhaps misspelled or defined by a module not included",
        "start",
        "httpd has no directive of that name: misspelt, of a module that is not loaded, or the rest of a line above",
        rules=_NAMES,
    ),
    Message(
        "wrong-closer",
        "Expected </{opened}> but saw </{closed}>",
        "start",
        "sections are not closed in order",
        rules=_STRUCTURE,
    ),
    Message(
        "not-closed",
        "<{opened}> was not closed.",
        "start",
        "a section is not closed",
        rules=("opener-for-closer", "unclosed-section"),
    ),
    Message(
        "no-opener",
        "</{closed}> without matching <{opened}> section",
        "start",
        "a section is closed that was not opened",
        rules=("stray-closer",),
    ),
    Message(
        "no-bracket",
        " directive missing closing '>'",
        "start",
        "the tag of a section lacks its >",
        rules=("malformed-opener", "malformed-closer"),
    ),
    Message(
        "duplicate-daemon",
        "Name duplicates previous WSGI daemon definition.",
        "start",
        "two WSGIDaemonProcess have one name",
        rules=("duplicate-daemon-process",),
    ),
    Message(
        "daemon-option",
        "Invalid option to WSGI daemon process definition.",
        "start",
        "a word of WSGIDaemonProcess is not an option",
        rules=_OPTIONS,
    ),
    Message(
        "alias-option",
        "Invalid option to WSGI script alias definition.",
        "start",
        "a word of WSGIScriptAlias is not an option",
        rules=("spaced-option", "dangling-backslash"),
    ),
    Message(
        "group-too-early",
        "WSGI process group not yet configured.",
        "start",
        "the process group is defined below the line that needs it, or nowhere",
        rules=("process-group-before-definition", "process-group-undefined"),
    ),
    Message(
        "group-not-matchable",
        "WSGI process group not matchable.",
        "start",
        "ServerName comes after the line that needs it",
        rules=("servername-after-wsgi-alias",),
    ),
    Message(
        "group-not-accessible",
        "WSGI process group not accessible.",
        "start",
        "the process group belongs to a host of another name",
        rules=("process-group-inaccessible",),
    ),
    Message(
        "wrong-context",
        " not allowed in {section} context",
        "start",
        "the directive may not stand there",
        rules=("directive-in-wrong-context",),
    ),
    Message(
        "wrong-section",
        " cannot occur within {section} section",
        "start",
        "the directive may not stand there",
        rules=("directive-in-wrong-context",),
    ),
    Message(
        "alias-in-section",
        "{command} cannot occur within directory context",
        "start",
        "an alias may not stand there",
        rules=("alias-inside-location",),
    ),
    Message(
        "options-signs",
        "Either all Options must start with + or -, or no Option may.",
        "start",
        "Options mixes words with and without a sign",
        rules=("options-mixed-signs",),
    ),
    Message(
        "listen-twice",
        "Cannot define multiple Listeners on the same IP:port",
        "start",
        "two Listen lines have one address and port",
        rules=("listen-twice",),
    ),
    Message(
        "include-missing",
        "Could not open configuration file {path}: No such file or directory",
        "start",
        "an Include names a file that is not there",
    ),
    Message(
        "include-no-directory",
        "Could not open directory {path}: No such file or directory",
        "start",
        "an Include names a directory that is not there",
        rules=("include-missing-file",),
    ),
    Message(
        "module-missing",
        "Cannot load {path} into server: {reason}",
        "load",
        "the file of a module is not there, or cannot be loaded",
    ),
    Message(
        "certificate-missing",
        "{command}: file '{path}' does not exist or is empty",
        "start",
        "a certificate or key is not there",
        rules=("missing-on-disk",),
    ),
    Message(
        "root-missing-main",
        "DocumentRoot '{path}' is not a directory, or is not readable",
        "start",
        "the DocumentRoot of the main server is not there",
        rules=("missing-on-disk",),
    ),
    Message(
        "error-log-directory",
        "Cannot access directory '{path}' for error log of {vhost} defined at {file}:{line}",
        "log",
        "the directory of an ErrorLog is not there; httpd makes files, and no directories",
        "AH02291",
        ("missing-on-disk",),
    ),
    Message(
        "log-directory",
        "Cannot access directory '{path}' for log file '{log}' defined at {file}:{line}",
        "log",
        "the directory of a log is not there; httpd makes files, and no directories",
        "AH02297",
        ("missing-on-disk",),
    ),
    Message(
        "no-certificate",
        "Failed to configure at least one certificate and key for {host}",
        "tls",
        "a host speaks TLS and has no certificate",
        "AH02572",
    ),
    Message(
        "could-not-bind",
        "make_sock: could not bind to address {address}",
        "listen",
        "another program, or another Listen, has that address and port already",
        "AH00072",
        ("listen-twice",),
    ),
    Message(
        "syntax-error",
        "Syntax error on line {line} of {file}:",
        "start",
        "httpd refuses a line of the configuration",
        "AH00526",
    ),
)

#: Messages of httpd when it starts all the same.
WARNINGS = (
    Message(
        "module-twice",
        "module {module} is already loaded, skipping",
        "start",
        "a module is loaded by two lines; the first counts",
        "AH01574",
        ("module-loaded-twice",),
    ),
    Message(
        "http2-prefork",
        "The mpm module (prefork.c) is not supported by mod_http2.",
        "http2",
        "HTTP/2 is not spoken under the MPM prefork",
        "AH10034",
    ),
    Message(
        "no-server-name",
        "Could not reliably determine the server's fully qualified domain name, using {name}. Set the 'ServerName'",
        "name",
        "the main server has no ServerName: harmless, but for names of interpreters and of hosts without one",
        "AH00558",
    ),
    Message(
        "root-missing",
        "Warning: DocumentRoot [{path}] does not exist",
        "path",
        "the DocumentRoot of a host is not there",
        "AH00112",
        ("missing-on-disk",),
    ),
    Message(
        "undefined-variable",
        "Config variable ${{name}} is not defined",
        "variable",
        "a variable is used that nothing defines, and stays as it is written",
        "AH00111",
    ),
    Message(
        "alias-overlap",
        "Alias directive in {file} at line {line} will probably never match",
        "start",
        "an earlier Alias takes all its URLs",
        "AH00671",
        ("alias-behind-shorter-alias",),
    ),
    Message(
        "name-virtual-host",
        "NameVirtualHost has no effect and will be removed in the next release {file}:{line}",
        "start",
        "NameVirtualHost is of httpd 2.2",
        "AH00548",
        ("name-virtual-host",),
    ),
    Message(
        "default-type",
        "Ignoring deprecated use of DefaultType in line {line} of {file}",
        "start",
        "DefaultType is of httpd 2.2",
        "AH00117",
        ("default-type",),
    ),
    Message(
        "host-not-resolved",
        "Could not resolve host name {host} -- ignoring!",
        "words",
        "a VirtualHost names a host that no name server knows",
        "AH00547",
        ("host-name-address",),
    ),
    Message(
        "signal-ignored",
        "Callback registration for signal {number} ignored.",
        "script",
        "the script registers a handler for a signal, which mod_wsgi keeps to itself",
        rules=("signal-handler-ignored",),
    ),
    Message(
        "locale-unknown",
        "Unsupported locale setting {locale} specified for daemon process group {group}.",
        "group",
        "the machine has no such locale",
    ),
)
