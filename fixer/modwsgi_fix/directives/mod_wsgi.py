"""mod_wsgi's directives and options, as text that table.py and options.py read on first use.

Contexts are those of the command table (``src/server/mod_wsgi.c:wsgi_commands``), which the manual contradicts in
places: WSGIHandlerScript, WSGIDispatchScript and WSGIPassApacheRequest are refused in .htaccess files, whatever their
pages say. Bounds and messages are those of ``wsgi_add_daemon_process`` (mod_wsgi.c to 5.0, wsgi_daemon.c since 6.0).
First and last versions are from the release notes. Compared with 4.9.4 by the tests, and with the source of 6.1.1.
"""

#: Name, context, args_how, values or -, default or -, since, until, deprecated, replacement, note.
#: G: server config only. S: server and virtual host. D: everywhere but .htaccess. F: everywhere, in .htaccess with
#: FileInfo. A: inside Directory, Location, Files, and in .htaccess with AuthConfig.
#: ``until`` is the first version that calls it an invalid command.
DIRECTIVES = """
WSGIAcceptMutex          G TAKE1    - default 1.0
WSGIAccessScript         A RAW_ARGS - - 2.0
WSGIApacheExtensions     D TAKE1    Off|On Off 2.0 3.0 - WSGIPassApacheRequest Renamed in mod_wsgi 3.0.
WSGIApplicationGroup     D TAKE1    - %{RESOURCE} 1.0
WSGIAuthGroupScript      A RAW_ARGS - - 2.0
WSGIAuthUserScript       A RAW_ARGS - - 2.0
WSGICallableObject       F TAKE1    - application 1.0
WSGICaseSensitivity      G TAKE1    Off|On - 1.0
WSGIChunkedRequest       F TAKE1    Off|On Off 3.0
WSGIDaemonProcess        S RAW_ARGS - - 1.0
WSGIDestroyInterpreter   G TAKE1    Off|On On 4.9.1
WSGIDispatchScript       D RAW_ARGS - - 2.0
WSGIDontWriteBytecode    G TAKE1    Off|On Off 3.4
WSGIEnableSendfile       F TAKE1    Off|On Off 3.4
WSGIErrorOverride        F TAKE1    Off|On Off 3.0
WSGIFreeThreading        G TAKE1    Off|On Off 6.0.0
WSGIGroupAuthoritative   A TAKE1    Off|On On 2.0
WSGIHandlerScript        D RAW_ARGS - - 3.0
WSGIIgnoreActivity       F TAKE1    Off|On Off 4.5.8
WSGIImportScript         S RAW_ARGS - - 2.0
<WSGIInterpreterOptions  G RAW_ARGS - - 6.0.0
WSGILazyInitialization   G TAKE1    Off|On On 3.0 6.0.0 - - Removed in mod_wsgi 6.0.
WSGIMapHEADToGET         F TAKE1    Off|On|Auto Auto 4.3.0
WSGINewRelicConfigFile   G TAKE1    - - 4.1.0 6.0.0 - - Removed in mod_wsgi 6.0 with all support for New Relic.
WSGINewRelicEnvironment  G TAKE1    - - 4.1.0 6.0.0 - - Removed in mod_wsgi 6.0 with all support for New Relic.
WSGIOutputBuffering      F TAKE1    Off|On Off 1.0 2.0 - - Removed in mod_wsgi 2.0.
WSGIPassApacheRequest    D TAKE1    Off|On Off 3.0
WSGIPassAuthorization    F TAKE1    Off|On Off 1.0
WSGIPerInterpreterGIL    G TAKE1    Off|On Off 6.0.0
WSGIProcessGroup         D TAKE1    - %{GLOBAL} 1.0
WSGIPy3kWarningFlag      G TAKE1    Off|On Off 3.0 6.0.0 - - Compiled in with Python 2 only; removed in mod_wsgi 6.0.
WSGIPythonEggs           G TAKE1    - - 2.0
WSGIPythonExecutable     G TAKE1    - - 1.0 2.0 - - Removed in mod_wsgi 2.0; WSGIPythonHome names the installation.
WSGIPythonHashSeed       G TAKE1    - random 4.1.0
WSGIPythonHome           G TAKE1    - - 1.0
WSGIPythonOptimize       G TAKE1    - 0 1.0
WSGIPythonPath           G TAKE1    - - 1.0
WSGIPythonWarnings       G TAKE1    - - 3.0
WSGIReloadMechanism      F TAKE1    - Module 1.0 3.0 - - Removed in mod_wsgi 3.0.
WSGIRestrictEmbedded     G TAKE1    Off|On Off 2.0
WSGIRestrictProcess      D RAW_ARGS - - 1.0
WSGIRestrictSignal       G TAKE1    Off|On On 1.0
WSGIRestrictStdin        G TAKE1    Off|On Off 1.0
WSGIRestrictStdout       G TAKE1    Off|On Off 1.0
WSGIScriptAlias          S RAW_ARGS - - 1.0
WSGIScriptAliasMatch     S RAW_ARGS - - 1.0
WSGIScriptReloading      F TAKE1    Off|On On 1.0
WSGIServerGroup          D TAKE1    - - 2.0 2.0 - - In release candidates of mod_wsgi 2.0 only.
WSGIServerMetrics        G TAKE1    Off|On Off 4.2.0
WSGISlowRequests         G TAKE1    - - 6.0.0
WSGISocketPrefix         G TAKE1    - - 1.0
WSGISocketRotation       G TAKE1    Off|On On 4.6.0
WSGISwitchInterval       G TAKE1    - - 6.0.0
WSGITelemetryOptions     G RAW_ARGS - None 6.0.0
WSGITelemetryService     G TAKE12   - - 6.0.0
WSGITrustedProxies       F RAW_ARGS - - 4.4.10
WSGITrustedProxyHeaders  F RAW_ARGS - - 4.4.9
WSGIUserAuthoritative    A TAKE1    Off|On On 2.0 2.0 - - Compiled in only for httpd 2.0.
WSGIVerboseDebugging     G TAKE1    Off|On Off 3.0 - 6.0.0 - No effect: "LogLevel wsgi:debug" took over.
"""

#: Of ``WSGIDaemonProcess``: name, type, least..most (``0|`` for "or 0"), unit, default, since, until, error.
#: A default that changed is written ``old,version:new``; ``-`` is none, or inherited. ``_`` is a blank.
#: An error ``*x`` stands for "Invalid x for WSGI daemon process."; ``x|y``, of those with "or 0", for
#: "x must be >= (the least) bytes, or 0 for y.".
DAEMON_OPTIONS = """
chroot                  path      -        -     -                  3.0    -     *chroot directory
connect-timeout         int       0..      s     15                 4.1.0  -     *connect timeout
cpu-priority            int       -        -     0                  3.0    -     *CPU priority
cpu-time-limit          int       0..      s     0                  3.0    -     *CPU time limit
deadlock-timeout        int       0..      s     300                2.0    -     *deadlock timeout
display-name            text      -        -     -                  2.0    -     -
eviction-timeout        int       0..      s     0                  4.4.7  -     *eviction timeout
graceful-timeout        int       0..      s     0,4.9.0:15         4.1.0  -     *graceful timeout
group                   group     -        -     -                  1.0    -     *group
header-buffer-size      int       0|8192.. bytes 32768              4.1.0  -     Header buffer size|default
home                    path      -        -     -                  1.0    -     *home directory
inactivity-timeout      int       0..      s     0                  2.0    -     *inactivity timeout
interrupt-timeout       int       0..      s     0                  6.0.0  -     *interrupt timeout
lang                    text      -        -     -                  3.4    -     -
listen-backlog          int       0..      -     100                4.1.0  -     *listen backlog
locale                  text      -        -     -                  3.4    -     -
maximum-requests        int       0..      -     0                  1.0    -     *request count
memory-limit            int       0..      bytes 0                  3.4    -     *memory limit
newrelic-config-file    text      -        -     -                  4.1.0  6.0.0 -
newrelic-environment    text      -        -     -                  4.1.0  6.0.0 -
processes               int       1..      -     1                  1.0    -     *process count
proxy-buffer-size       int       0|65536.. bytes 65536             4.3.1  4.4.7 Proxy buffer size|default
python-eggs             directory -        -     -                  2.0    -     -
python-home             directory -        -     -                  3.4    -     -
python-path             paths     -        -     -                  2.0    -     -
queue-timeout           int       0..      s     0                  4.1.0  -     *queue timeout
receive-buffer-size     int       0|512..  bytes 0                  2.0    -     Receive buffer size|system default
request-timeout         int       0..      s     0                  4.1.0  -     *request timeout
response-buffer-size    int       0|65536.. bytes 65536,6.0.2:8388608 4.4.7 -    Response buffer size|default
response-flush-delay    int       0..      ms    5                  6.0.2  -     *response flush delay
response-socket-timeout int       0..      s     0                  4.5.13 -     *response socket timeout
restart-interval        int       0..      s     0                  4.5.12 -     *restart interval
script-group            group     -        -     -                  3.0    -     *script group
script-user             user      -        -     -                  3.0    -     *script user
send-buffer-size        int       0|512..  bytes 0                  2.0    -     Send buffer size|system default
server-metrics          flag      -        -     Off                4.2.0  -     *server metrics flag
shutdown-timeout        int       0..      s     5                  1.0    -     *shutdown timeout
socket-timeout          int       0..      s     0                  4.1.0  -     *socket timeout
socket-user             user      -        -     -                  4.4.1  -     *socket user
stack-size              int       1..      bytes -                  2.0    -     *stack size
startup-timeout         int       0..      s     0                  4.5.6  -     *startup timeout
supplementary-groups    groups -  - - 3.4 - Too many supplementary groups WSGI daemon process
switch-interval         float     0..      s     -                  6.0.0  -     *switch interval
threads                 int       0..65533 -     15                 1.0    -     *thread count
umask                   octal     0..      -     -                  1.0    -     *umask
user                    user      -        -     -                  1.0    -     *user
virtual-memory-limit    int       0..      bytes 0                  3.4    -     *virtual memory limit
"""

#: Directive: the messages for missing words, split by ``|`` (``|=``: as RAW_ARGS directives of mod_alias' kind, the
#: directive's name first, and the same for the second word); options as ``name:since``, ``!`` for required; the
#: message for an unknown option.
SCRIPTS = """
WSGIAccessScript: Location of access script not supplied.
 application-group:2.0
 Invalid option to WSGI access script definition.
WSGIAuthGroupScript: Location of auth group script not supplied.
 application-group:2.0
 Invalid option to WSGI auth group script definition.
WSGIAuthUserScript: Location of auth user script not supplied.
 application-group:2.0
 Invalid option to WSGI auth user script definition.
WSGIDispatchScript: Location of dispatch script not supplied.
 application-group:2.0
 Invalid option to WSGI dispatch script definition.
WSGIHandlerScript: Name for handler script not supplied.|Location of handler script not supplied.
 process-group:3.0 application-group:3.0 pass-authorization:3.0
 Invalid option to WSGI handler script definition.
WSGIImportScript: Location of import script not supplied.
 !process-group:2.0 !application-group:2.0
 Invalid option to WSGI import script definition.
WSGIScriptAlias: requires at least two arguments, Map location to target WSGI script file|=
 process-group:3.0 application-group:3.0 callable-object:3.0 pass-authorization:3.0
 Invalid option to WSGI script alias definition.
WSGIScriptAliasMatch: requires at least two arguments, Map location pattern to target WSGI script file|=
 process-group:4.6.0 application-group:4.6.0 callable-object:4.6.0 pass-authorization:4.6.0
 Invalid option to WSGI script alias definition.
"""

#: What a refused value of such an option gets.
OPTION_ERRORS = {
    "process-group": "Invalid name for WSGI process group.",
    "application-group": "Invalid name for WSGI application group.",
    "callable-object": "Invalid name for WSGI callable object.",
    "pass-authorization": "Invalid value for authorization flag.",
}
