"""
A directive has a word that httpd 2.4 does not take any more.

## What happens

httpd does not start. In an `.htaccess` file, every request below it gets an error 500. Of `RewriteOptions MaxRedirects` httpd
only warns.

## Why

The directive is still there, and the word has gone with what it asked for:

- `CharsetOptions DebugLevel=` and `ExtFilterOptions DebugLevel=`: each module has its own `LogLevel` now (httpd's *Upgrading to
  2.4 from 2.2*).
- `RewriteOptions MaxRedirects=`: `LimitInternalRecursion` counts (`cmd_rewriteoptions`, mod_rewrite.c).
- `SSLOptions CompatEnvVars`: variables of other TLS servers of the nineties (`ssl_cmd_SSLOptions`, ssl_engine_config.c).
- `SSLRandomSeed ... egd:`: OpenSSL 1.1 and later ask no daemon for entropy (`ssl_cmd_SSLRandomSeed`).
- `KeepAlive` with anything but `On` and `Off`: httpd 2.2 took all but `Off` and `0` for `On` (`set_keep_alive`, core.c).

## The fix

A safe fix: it takes the word out, or the line where nothing is left of it. Of `KeepAlive` it writes what httpd 2.2 understood.

## Left alone

A word that a variable fills in, and a line for 2.2 only, are not reported. Neither is a server of 2.2.

## See also

httpd's own messages are *KeepAlive must be On or Off*, *SSLOptions: Illegal option 'CompatEnvVars'*, *Invalid CharsetOptions
option: DebugLevel=1* and *AH00664: RewriteOptions: MaxRedirects option has been removed*. Rule `removed-directives`.

## Examples

    ```diff
    -KeepAlive 5
    +KeepAlive On
    ```
    ```diff
     <IfModule mod_ssl.c>
    -    SSLRandomSeed startup egd:/var/run/egd-pool
         SSLRandomSeed startup builtin
    -    SSLOptions +StdEnvVars +CompatEnvVars
    +    SSLOptions +StdEnvVars
     </IfModule>
    ```
    ```diff
     <Directory /srv/www>
    -    ExtFilterOptions DebugLevel=1 LogStderr
    +    ExtFilterOptions LogStderr
    -    RewriteOptions MaxRedirects=20
     </Directory>
    ```

Not reported:

    ```apache
    KeepAlive on
    SSLRandomSeed startup file:/dev/urandom 512
    SSLOptions +StdEnvVars
    ```
    ```apache httpd=2.2
    KeepAlive 5
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.lines import delete, delete_words, replace_arg
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span
from modwsgi_rules.httpd24._shared import is_editable, read_by_24

#: Each directive, and how the words begin that it does not take any more; signs and case aside.
_GONE = {
    "charsetoptions": "debuglevel=",
    "extfilteroptions": "debuglevel=",
    "rewriteoptions": "maxredirects=",
    "ssloptions": "compatenvvars",
    "sslrandomseed": "egd:",
}
_ONLY_WARNED_OF = frozenset({"rewriteoptions"})


@rule(severity=Severity.ERROR)
def removed_words(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, *_GONE):
        spans = [arg.span for arg in item.args if arg.value.lower().lstrip("+-").startswith(_GONE[item.key])]
        if not spans:
            continue
        word = item.file.text[slice(*spans[0])]
        if item.key in _ONLY_WARNED_OF:
            message, severity = f"{item.name} {word} has no effect since httpd 2.4", Severity.WARNING
        else:
            message, severity = f"{item.name} does not take {word} any more, so httpd does not start", Severity.ERROR
        yield Diagnostic(item.path, spans[0], message, _without(item, spans), help="take it out", severity=severity)
    for item in read_by_24(config, "keepalive"):
        if len(item.args) == 1 and item.known and item.value.lower() not in ("on", "off"):
            meant = "Off" if item.value == "0" else "On"
            message = f"KeepAlive is On or Off, not {item.value}, so httpd does not start"
            fix = None
            if is_editable(item):
                edit = replace_arg(item, 0, meant)
                fix = Fix.safe(f"Write {meant}", edit, reason="httpd 2.2 read it so", every_reading=True)
            yield Diagnostic(item.path, item.args[0].span, message, fix, help=f"write {meant}, as httpd 2.2 read it")


def _without(item: Item, spans: list[Span]) -> Fix | None:
    if not is_editable(item):
        return None
    # Of SSLRandomSeed all words are about one source.
    is_all = len(spans) == len(item.args) or item.key == "sslrandomseed"
    edits = (delete(item),) if is_all else delete_words(item, spans)
    title = f"Delete {item.name}" if is_all else "Take the word out"
    return Fix.safe(title, *edits, reason="httpd 2.4 has nothing that it asks for", every_reading=True)
