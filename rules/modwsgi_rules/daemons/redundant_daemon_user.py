r"""
`user=` or `group=` of a daemon process names what httpd runs as anyway.

## What happens

The application looks as if it were kept apart from the web server, and it is not: both can read and change each other's files.

## Why

Without these options the processes run as httpd's own User and Group (mod_wsgi's manual, WSGIDaemonProcess). Leave the words out, or
name a user that is made for the application.

## The fix

It is safe: each word goes where it equals the `User` or `Group` of the server (Debian's come from `envvars`), or what the settings say:

```toml
[tool.modwsgi-fix.rules.redundant-daemon-user]
httpd-user = "www-data"
httpd-group = "www-data"
```

## Left alone

A fragment does not show what httpd runs as. A user that the distributions run httpd as is reported there for information, without a
fix; a group of httpd's beside a user of the application's own is not reported.

## Examples

    ```diff
     User www-data
     Group www-data
    -WSGIDaemonProcess web2py user=www-data group=www-data \
    +WSGIDaemonProcess web2py \
         home=/home/web2py/
    ```
    ```diff httpd-user=apache httpd-group=apache
     WSGIDaemonProcess blog \
         threads=5 \
    -    user=apache \
    -    group=apache \
         home=/srv/blog
    ```

In a fragment, and in a server that does not say what it runs as:

    ```apache
    WSGIDaemonProcess web2py user=www-data group=www-data home=/home/web2py/
    #                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

There a user of the application's own beside httpd's group is a decision:

    ```apache
    WSGIDaemonProcess shop user=shop group=www-data
    ```

A group of its own stays, and so does a user of its own:

    ```diff
     User www-data
     Group www-data
    -WSGIDaemonProcess shop user=www-data group=deploy
    +WSGIDaemonProcess shop group=deploy
    ```
    ```apache
    #- apache2.conf
    User www-data
    Group www-data
    WSGIDaemonProcess shop user=shop group=shop
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, Option, daemon_processes
from modwsgi_fix.model.rule_settings import Setting
from modwsgi_fix.placeholders import has_placeholder
from modwsgi_fix.rewriting.lines import delete_words
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span

#: The users that packages of httpd run it as (Debian, Red Hat, FreeBSD, SUSE, macOS, Arch), and Debian's variables for them.
_USUAL = {
    "user": {"www-data", "apache", "www", "wwwrun", "_www", "http", "${APACHE_RUN_USER}"},
    "group": {"www-data", "apache", "www", "wwwrun", "_www", "http", "${APACHE_RUN_GROUP}"},
}

_USER = Setting("httpd-user", "", "Whom httpd runs as, where the files do not say.")
_GROUP = Setting("httpd-group", "", "With which group httpd runs, where the files do not say.")


@rule(severity=Severity.WARNING, settings=(_USER, _GROUP))
def redundant_daemon_user(config: Config) -> Iterator[Diagnostic]:
    own = {name: _own(config, name) for name in ("user", "group")}
    for process in daemon_processes(config):
        found = [o for o in map(process.option, own) if o is not None and not has_placeholder(o.value)]
        same = [option for option in found if option.value == own[option.name]]
        guess = [option for option in found if own[option.name] is None and option.value in _USUAL[option.name]]
        if same:
            yield _diagnostic(process, same, "what httpd runs as anyway", "leave {it} out", _fix(process, same))
        # httpd's group beside another user is a decision: the application writes, httpd reads.
        if any(option.name == "user" for option in guess):
            advice = "leave {it} out if it does here, and set httpd-user and httpd-group in the settings"
            yield _diagnostic(process, guess, "what httpd usually runs as", advice)._replace(severity=Severity.INFO)


def _own(config: Config, name: str) -> str | None:
    """Return the user or group that httpd runs as; None where the files do not say."""
    if said := config.setting(_USER if name == "user" else _GROUP):
        return said
    items = config.main.all(name)
    return items[-1].value if items and not any(item.guards for item in items) else None


def _fix(process: DaemonProcess, options: list[Option]) -> Fix | None:
    if process.stray:
        return None
    names = {option.name for option in options}
    spans = [option.span for option in process.options if option.name in names]
    return Fix.safe(
        f"Leave out {' and '.join(sorted(names, reverse=True))}",
        *delete_words(process.directive, spans),
        reason="the processes run as httpd's own User and Group by default",
    )


def _diagnostic(
    process: DaemonProcess, options: list[Option], why: str, advice: str, fix: Fix | None = None
) -> Diagnostic:
    first, last = (f(options, key=lambda option: option.span) for f in (min, max))
    span = Span(first.span.start, last.span.end)
    between = process.directive.file.text[first.span.end : last.span.start]
    if first is not last and between.strip(" \t"):
        span = first.span
    what = " and ".join(f"{option.name}={option.value}" for option in options)
    verb, pronoun = ("is", "it") if first is last else ("are", "them")
    return Diagnostic(process.directive.path, span, f"{what} {verb} {why}", fix, help=advice.format(it=pronoun))
