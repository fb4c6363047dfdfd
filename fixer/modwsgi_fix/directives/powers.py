"""Lines that a guess must never write: by them httpd loads code, reads further files, runs programs or changes its user.

httpd does so as the user that starts it, which is mostly root, and some of it while it reads the line, under ``-t`` too.
So a misspelling of such a line is reported, and a person corrects it.

Read in httpd's sources: ``LoadFile`` and ``LoadModule`` run what the object holds at once (mod_so.c:load_file,
load_module), and so do drivers that are named (mod_dbd.c, mod_session_crypto.c, ssl_engine_config.c) and mod_lua's
(mod_lua.c:register_named_file_function_hook). A relative ``LoadModule`` or ``Include`` stands on ``ServerRoot``. ``PidFile``,
``ScoreBoardFile`` and ``ScriptSock`` are removed or cut to nothing at start (log.c:ap_log_pid, scoreboard.c, mod_cgid.c).

mod_wsgi's own directives are left out: no other program's settings begin with WSGI, so what a misspelt one means is not in
doubt. Of the options of ``WSGIDaemonProcess`` only those count that say as whom an application runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

_LOADS, _RUNS = "loads code into httpd", "runs programs"
_IDENTITY = "says as whom httpd runs"
_POWERS = {
    _LOADS: "DBDriver LoadFile LoadModule SessionCryptoDriver SSLCryptoDevice SSLOpenSSLConfCmd",
    "reads further configuration": "Include IncludeOptional ServerRoot Use",
    _RUNS: """
        Action ExtFilterDefine MDChallengeDns01 MDMessageCmd MDNotifyCmd Script ScriptAlias ScriptAliasMatch
        VirtualScriptAlias VirtualScriptAliasIP
    """,
    _IDENTITY: "ChrootDir Group Suexec SuexecUserGroup User",
    "overwrites files": "PidFile ScoreBoardFile ScriptLog ScriptSock",
}
#: Words with power in any directive: a piped log, a program as RewriteMap or source of random numbers or a pass phrase, CGI.
_COMMANDS = ("|", "prg:", "exec:", "cmd=")
_CGI = frozenset({"cgi-script", "execcgi", "+execcgi"})

_DAEMON_IDENTITY = frozenset(
    {"chroot", "group", "script-group", "script-user", "socket-user", "supplementary-groups", "user"}
)


@cache
def _by_name() -> dict[str, str]:
    return {name: power for power, names in _POWERS.items() for name in names.casefold().split()}


def power_of(name: str, words: Sequence[str] = ()) -> str:
    """Return as a verb what a directive or section with these words does that no guess may cause; empty for all others."""
    key = name.removeprefix("<").removesuffix(">").casefold()
    if key.startswith("lua"):
        return _LOADS
    if power := _by_name().get(key):
        return power
    return _RUNS if any(word.startswith(_COMMANDS) or word.casefold() in _CGI for word in words) else ""


def daemon_option_power(name: str) -> str:
    """Return the same as ``power_of`` for an option of ``WSGIDaemonProcess``."""
    return "says as whom the application runs" if name in _DAEMON_IDENTITY else ""
