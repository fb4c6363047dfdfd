"""The table of messages that httpd 2.4, mod_wsgi and Python write to an error log, with the rules that find their causes.

The texts are those of httpd 2.4.71 with mod_wsgi 4.9.4 and Python 3.11; tests/httpd/test_explain.py makes a server write
them. Where a line has two messages of the table, the first one counts.
"""

from __future__ import annotations

from modwsgi_fix.explain.messages.daemons import DAEMONS
from modwsgi_fix.explain.messages.message import Message
from modwsgi_fix.explain.messages.requests import REFUSED
from modwsgi_fix.explain.messages.scripts import SCRIPTS
from modwsgi_fix.explain.messages.starting import HTACCESS, STARTING, WARNINGS

__all__ = ["MESSAGES", "ROUTINE_CODES", "ROUTINE_WORDS", "Message"]

MESSAGES: tuple[Message, ...] = (*HTACCESS, *STARTING, *WARNINGS, *REFUSED, *DAEMONS, *SCRIPTS)

#: Lines of a healthy server (it starts, stops, is reloaded), and lines that only accompany a message.
ROUTINE_CODES = frozenset(
    {
        "AH00014",
        "AH00015",
        "AH00016",
        "AH00094",
        "AH00098",
        "AH00163",
        "AH00169",
        "AH00170",
        "AH00171",
        "AH00489",
        "AH00490",
        "AH00491",
        "AH00492",
        "AH00493",
        "AH00494",
        "AH01232",
        "AH01382",
        "AH01757",
        "AH01873",
        "AH01874",
        "AH01882",
        "AH02312",
    }
)
ROUTINE_WORDS = (
    "): Starting process '",
    "): Stopping process '",
    "): Exiting process '",
    "): Initializing Python.",
    "): Attach interpreter '",
    "): Create interpreter '",
    "): Cleanup interpreter '",
    "): Destroy interpreter '",
    "): Destroying interpreters.",
    "): Terminating Python.",
    "): Python has shutdown.",
    "): Imported '",
    "): Adding '",
    "): Shutdown requested '",
    "'): Loading Python script file '",
    "'): Reloading WSGI script '",
    "terminated normally, exit code 0",
    "has been deregistered and will no longer be monitored.",
    "): Failure to configure the daemon process correctly and process left in unspecified state.",
    "has died, deregister and restart it.",
    "to be deregistered, as server is restarting or being shutdown.",
    "Python runtime state: ",
    "Current thread 0x",
    "<no Python frame>",
    "SSL Library Error: ",
    "Action 'configtest' failed.",
    "Action 'start' failed.",
    "The Apache error log may have more information.",
)
