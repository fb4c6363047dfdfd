"""Messages about what a line names or limits: a password file, a certificate, a filter. The lines are told, and what to do."""

from __future__ import annotations

from modwsgi_fix.directives.families import CERTIFICATES, FILTERS, LOG_FILES, PASSWORD_FILES
from modwsgi_fix.explain.asked import Asked, lines_of, shown, spot
from modwsgi_fix.explain.gathering import Occurrence
from modwsgi_fix.records import Cause
from modwsgi_fix.tuples import NamedTuple

_LIMIT = 5


class _Answer(NamedTuple):
    """The directives whose lines are told, and what to do."""

    directives: tuple[str, ...]
    help: str


_SEMAPHORES = "see which are left (ipcs -s), and delete those of httpds that are gone (ipcrm -s NUMBER)"
_ANSWERS = {
    "no-password-file": _Answer(PASSWORD_FILES, "make it (htpasswd -c FILE NAME), and let httpd's user read it"),
    "no-such-login": _Answer(PASSWORD_FILES, "add the name to the file: htpasswd FILE NAME"),
    "wrong-password": _Answer(PASSWORD_FILES, "where the visitor has typed it right, set it again: htpasswd FILE NAME"),
    "not-admitted": _Answer(("require",), "name the user, or a group that the user is in, if access is meant"),
    "certificate-of-another-name": _Answer(
        CERTIFICATES[:1], "get a certificate for the ServerName, or name in the host the one that is for it"
    ),
    "key-of-another-certificate": _Answer(CERTIFICATES, "name the key that the certificate was made with"),
    "unknown-filter": _Answer(FILTERS, "load the module of the filter (deflate for DEFLATE), or take the line out"),
    "no-error-log": _Answer(
        LOG_FILES, "make the directory, and let root write there; SELinux and AppArmor may forbid it, too"
    ),
    "no-mutex": _Answer(("mutex",), _SEMAPHORES),
    "no-accept-lock": _Answer(("wsgiacceptmutex", "wsgisocketprefix"), _SEMAPHORES),
    "no-variant": _Answer(
        ("options",), "switch MultiViews off there (Options -MultiViews), or name a file that the visitor takes"
    ),
    "too-long-body": _Answer(("limitrequestbody",), "raise the limit in the host or directory of the application"),
    "stream-restricted": _Answer(
        ("wsgirestrictstdin", "wsgirestrictstdout"),
        "write to sys.stderr or environ['wsgi.errors'], or take the line out",
    ),
    "http2-without-tls": _Answer(
        ("protocols",), "nothing need change; load mod_ssl where the site is asked for by https"
    ),
    "upload-too-slow": _Answer(
        ("timeout", "requestreadtimeout"),
        "give slow visitors more time: RequestReadTimeout body=60,MinRate=100 (by default 20 and 500), and Timeout",
    ),
    "upload-ended": _Answer((), "nothing need change, unless it happens often"),
    **dict.fromkeys(
        ("visitor-gone", "visitor-gone-reading"),
        _Answer((), "nothing need change, unless the application is slow"),
    ),
}


def named(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the lines of the message's directives, those with a word of the message before all; without any, what it means."""
    directives, help_ = _ANSWERS[occurrence.message.name]
    every = lines_of(asked, *directives)
    quoted = [value for value in occurrence.fields.values() if len(value) > 1]
    meant = [item for item in every if any(word == value for word in item.values for value in quoted)]
    spots = tuple(spot(item) for item in (meant or every)[:_LIMIT])
    return [Cause(shown(asked, occurrence.message.about, occurrence), spots, help=help_)]
