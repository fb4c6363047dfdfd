"""
`Options` mixes words with and without a sign.

## What happens

httpd 2.4 does not start. httpd 2.2 let the words without a sign wipe what was inherited, and the signs before them.

## Why

`set_options` of httpd (core.c) refuses a mixture. `All` and `None` take no sign, and may only come first.

## The fix

A safe fix: it writes a `+` where a sign is missing. What is named is switched on, and what is inherited stays as it is.

## Left alone

`All` or `None` after a word with a sign is reported without a fix, because it contradicts what comes before. `All` before
words with a sign is not reported.

## See also

httpd's own message is *Either all Options must start with + or -, or no Option may.*

## Examples

    ```diff
     <Directory /srv/www>
    -    Options -Indexes FollowSymLinks
    +    Options -Indexes +FollowSymLinks
     </Directory>
    ```

Not reported:

    ```apache
    <Directory /srv/www>
        Options All -Indexes
    </Directory>
    ```

Reported without a fix:

    ```apache
    <Directory /srv/www>
        Options -Indexes All
    #                    ^^^
    </Directory>
    ```

Not reported:

    ```apache
    Options +FollowSymLinks -Indexes
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Arg
from modwsgi_fix.rewriting.verdict import unsigned_options
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR, rank=Rank.START)
def options_mixed_signs(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22:
        return
    for item in config.named("options"):
        if not item.known:
            continue
        plain = [item.args[at] for at in unsigned_options(item.values)]
        if not plain:
            continue
        fix = None
        if all(arg.value.isalpha() and arg.value == arg.written for arg in plain):
            fix = Fix.safe(
                "Write the missing signs",
                *(Edit(item.path, Span(arg.span.start, arg.span.start), "+") for arg in plain),
                reason="httpd starts, and each word does what it says",
                every_reading=True,
            )
        if any(_is_sweeping(arg) for arg in plain):
            fix = None
        yield Diagnostic(
            item.path,
            plain[0].span,
            "Options mixes words with and without a sign, so httpd 2.4 does not start",
            fix,
            help="" if fix else "write a + or - before each word, or before none",
        )


def _is_sweeping(arg: Arg) -> bool:
    return arg.value.lower() in ("all", "none")
