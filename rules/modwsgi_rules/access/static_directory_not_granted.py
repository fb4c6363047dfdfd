"""
Nothing opens the files of an `Alias`, and the server refuses everything else.

## What happens

Every request below the alias gets 403.

## Why

An alias only maps URLs to files. Access is decided by the sections that hold for the file, so under a `<Directory />`
with `Require all denied` a `<Directory>` must open what the alias leads to (`mod_authz_core.c:authorize_user_core`).

## The fix

It opens the directory, or the one file. It is unsafe: what lies there becomes public, which the alias suggests but
nobody has allowed.

## Left alone

An alias that may lead to a file or a directory is reported without a fix; `--root` shows which it is. The rule needs
a whole server, all of whose sections are in sight. Where `--root` shows that nothing is there, `missing-on-disk` alone
reports the alias.

## See also

*AH01630: client denied by server configuration*, *AH01797: client denied by server configuration*;
`script-directory-not-granted`.

## Examples

    ```diff unsafe
     #- httpd.conf
     <Directory />
         Require all denied
     </Directory>
     Alias /static/ /srv/site/static/
    +<Directory /srv/site/static>
    +    Require all granted
    +</Directory>
     Alias /favicon.ico /srv/site/icons/favicon.ico
    +<Directory /srv/site/icons>
    +    <Files favicon.ico>
    +        Require all granted
    +    </Files>
    +</Directory>
    ```
    ```apache
    #- httpd.conf
    <Directory />
        Require all denied
    </Directory>
    Alias /static/ /srv/site/static/
    <Directory /srv/site>
        Require all granted
    </Directory>
    ```
    ```apache
    Alias /static/ /srv/site/static/
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.closed import closed_by_baseline
from modwsgi_fix.model.facts.missing import missing
from modwsgi_fix.model.facts.served import is_unclear, target_of
from modwsgi_fix.model.facts.swapped import swapped
from modwsgi_fix.model.urls import aliases
from modwsgi_fix.rewriting.access_blocks import directory_block, file_grant, grant_lines
from modwsgi_fix.rewriting.lines import insert_after
from modwsgi_fix.rule import Diagnostic, Rank, Scope, rule
from modwsgi_rules.access._shared import WIDE


@rule(rank=Rank.ANSWER, scope=Scope.HOST)
def static_directory_not_granted(config: Config) -> Iterator[Diagnostic]:
    gone = {found.item for found in missing(config)}
    for server in filter(config.asks, config.servers):
        seen: set[str] = set()
        for alias in aliases(config, server):
            target = target_of(config, alias) if alias.item.server is server else None
            if target is None or not closed_by_baseline(config, server, target):
                continue
            if alias.item in gone or alias.item in swapped(config):
                continue  # nothing is there to be opened
            fix = None
            wide = target.file is None and target.directory.rstrip("/") in WIDE
            if target.path not in seen and not wide and not is_unclear(config, target):
                grants = directory_block(target.directory, grant_lines(config))
                lines = file_grant(config, target) if target.file is not None else grants
                fix = Fix.unsafe(
                    "Open what the alias leads to",
                    insert_after(alias.item, lines),
                    reason=f"{target.path} becomes public",
                )
            seen.add(target.path)
            message = f"<Directory /> refuses every request for {alias.url}, and nothing opens {target.path}"
            advice = "" if fix else "open it in a <Directory> if it is to be public"
            yield Diagnostic(alias.item.path, alias.target_span, message, fix, help=advice)
