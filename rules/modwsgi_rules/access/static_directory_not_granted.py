"""
No section opens the files of an `Alias`, and the server closes everything else.

Under a `<Directory />` with `Require all denied` an alias alone serves nothing: every request is 403 (*AH01630: client denied
by server configuration*) until a `<Directory>` opens where it leads.

The fix opens the directory, or the one file. What lies there becomes public, which the alias says but nobody has allowed: an
unsafe fix. There is none where it cannot be seen whether the alias leads to a file or a directory: `--root` shows it. Looked
for only in a whole server, all of whose sections are in sight.

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
from modwsgi_fix.model.facts.served import is_unclear, target_of
from modwsgi_fix.model.urls import aliases
from modwsgi_fix.rewriting.access_blocks import directory_block, file_grant, grant_lines
from modwsgi_fix.rewriting.lines import insert_after
from modwsgi_fix.rule import Diagnostic, Rank, rule


@rule(rank=Rank.ANSWER)
def static_directory_not_granted(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        seen: set[str] = set()
        for alias in aliases(config, server):
            target = target_of(config, alias)
            if alias.server is not server or target is None or not closed_by_baseline(config, server, target):
                continue
            fix = None
            if target.path not in seen and not alias.item.foreign and not is_unclear(config, target):
                grants = directory_block(target.directory, grant_lines(config))
                lines = file_grant(config, target) if target.file is not None else grants
                fix = Fix.unsafe(
                    "Open what the alias leads to",
                    insert_after(alias.item, lines),
                    reason=f"{target.path} becomes public",
                )
            seen.add(target.path)
            yield Diagnostic(
                alias.item.path,
                alias.target_span,
                f"every request for {alias.url} is refused: <Directory /> closes the file system, and nothing opens"
                f" {target.path}",
                fix,
            )
