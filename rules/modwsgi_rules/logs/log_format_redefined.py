r"""
A `LogFormat` gives a nickname a second format, and the first one is lost.

## What happens

Every log that names the nickname has the later format, also where its `CustomLog` stands above. A program that reads
the log by the first format finds other fields in other places.

## Why

A server has one table of nicknames, and `CustomLog` looks into it once the whole configuration is read
(mod_log_config.c:log_format, open_multi_logs; measured with 2.4.71).

## Left alone

There is no fix: which format is meant only the readers of the logs know. Give one of them a nickname of its own. Two
lines that say the same do no harm, and are not reported; nor is a host that redefines a nickname of the main server,
which holds for that host alone. Two files are compared only in a whole server, where it is known which is read later.

## See also

Rule `unescaped-log-quotes`.

## Examples

Reported without a fix:

    ```apache
    LogFormat "%h %l %u %t \"%r\" %>s %b" combined
    #                                     ^^^^^^^^
    CustomLog /var/log/apache2/access.log combined
    LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\"" combined
    ```

Not reported:

    ```apache
    LogFormat "%h %l %u %t \"%r\" %>s %b" common
    LogFormat "%h %l %u %t \"%r\" %>s %b" common
    LogFormat "%h %t" short
    <VirtualHost *:80>
        ServerName example.com
        LogFormat "%v %h %t" short
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.WARNING)
def log_format_redefined(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        named = (item for item in server.all("logformat") if len(item.args) == 2 and item.known)
        for nickname, lines in grouped(named, lambda item: item.values[1]).items():
            for item, later in pairwise(lines):
                if _replaces(config, later, item):
                    where = "further down" if later.path == item.path else f"in {later.file.name}"
                    yield Diagnostic(
                        item.path,
                        item.args[1].span,
                        f"{nickname} gets another format {where}, and that one counts for every log",
                        related=(Related(later.path, later.args[1].span, "this one counts"),),
                        help="give one of the two another nickname",
                    )


def _replaces(config: Config, later: Item, item: Item) -> bool:
    """Whether a line takes the nickname of an earlier one for another format, wherever that is read."""
    if later.values[0] == item.values[0] or item.file.tree.is_template or not later.accompanies(item):
        return False
    return config.complete or later.path == item.path
