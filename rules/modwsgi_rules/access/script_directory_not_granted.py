"""
No section opens the WSGI script, and the server closes everything else.

Access is decided by the *file* that a URL leads to, for a mounted application by its script. Under a `<Directory />` with
`Require all denied` every request is 403 until some `<Directory>` opens it: *AH01630: client denied by server configuration*.

The fix opens the script by `<Files>` and nothing beside it, in the dialect that the server's own deny asks for. Where an
alias or a DocumentRoot leads to the script's directory as well, the source could then be fetched there; the fix is unsafe
then. A mount without the suffix of a script may be of a directory: `--root` shows it, and without it nothing is written. To open a
mounted directory is unsafe, as every file in it is run. Looked for in a whole server, all of whose sections are in sight, and in
files of a server that is said to deny by default (`--assume-deny`); every host that has the mount must refuse it.

    ```diff repair
     #- httpd.conf
     <Directory />
         AllowOverride None
         Require all denied
     </Directory>
     WSGIScriptAlias / /srv/site/app.wsgi
    +<Directory /srv/site>
    +    <Files app.wsgi>
    +        Require all granted
    +    </Files>
    +</Directory>
    ```
    ```diff unsafe
     #- httpd.conf
     <Directory />
         Order deny,allow
         Deny from all
     </Directory>
     <VirtualHost *:80>
         Alias /files/ "/srv/my site/"
         WSGIScriptAlias /app "/srv/my site/app.wsgi"
    +    <Directory "/srv/my site">
    +        <Files app.wsgi>
    +            Require all granted
    +            Order allow,deny
    +            Allow from all
    +        </Files>
    +    </Directory>
     </VirtualHost>
    ```

What may be a directory is reported; so is one that `--root` shows, and only an unsafe fix opens it:

    ```apache
    #- httpd.conf
    <Directory />
        Require all denied
    </Directory>
    WSGIScriptAlias /tools /srv/tools
    #                      ^^^^^^^^^^
    ```
    ```diff unsafe
     #- httpd.conf
     <Directory />
         Require all denied
     </Directory>
     WSGIScriptAlias /tools /srv/tools
    +<Directory /srv/tools>
    +    Require all granted
    +</Directory>
     #- /srv/tools/one.wsgi
    ```

An application that the main server mounts, and the only host grants, is answered; requests reach no other:

    ```apache
    #- httpd.conf
    Listen 80
    <Directory />
        Require all denied
    </Directory>
    WSGIScriptAlias /shop /srv/shop/app.wsgi
    <VirtualHost *:80>
        ServerName shop.example
        <Directory /srv/shop>
            Require all granted
        </Directory>
    </VirtualHost>
    ```

Opened, closed on purpose, and a fragment, of which the rest is not in sight:

    ```apache
    #- httpd.conf
    <Directory />
        Require all denied
    </Directory>
    WSGIScriptAlias /one /srv/one/app.wsgi
    <Directory /srv/one>
        Require all granted
    </Directory>
    WSGIScriptAlias /two /srv/two/app.wsgi
    <Directory /srv/two>
        Require all denied
    </Directory>
    ```
    ```apache
    <Directory />
        Require all denied
    </Directory>
    WSGIScriptAlias / /srv/site/app.wsgi
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.baseline import baseline
from modwsgi_fix.model.facts.closed import closed_by_baseline, fetched_as_file
from modwsgi_fix.model.facts.served import Served, is_unclear, target_of
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.rewriting.access_blocks import directory_block, file_grant, grant_lines
from modwsgi_fix.rewriting.lines import insert_after
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule


@rule(severity=Severity.ERROR, changes=("regained",), rank=Rank.ANSWER)
def script_directory_not_granted(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        seen: set[str] = set()
        for mount in mounts(config, server):
            target = target_of(config, mount)
            if mount.server is not server or target is None or "*" in target.path:
                continue
            if not closed_by_baseline(config, server, target):
                continue
            fix = None if target.path in seen else _fix(config, mount, target)
            seen.add(target.path)
            message = f"every request for {mount.url} is refused: {_closing(config)}, and nothing opens {target.path}"
            if is_unclear(config, target):
                message += ", which may be a directory: --root shows it"
            yield Diagnostic(mount.item.path, mount.target_span, message, fix)


def _closing(config: Config) -> str:
    return (
        "<Directory /> closes the file system"
        if baseline(config)
        else "the server around these files denies by default"
    )


def _fix(config: Config, mount: Mapping, target: Served) -> Fix | None:
    item = mount.item
    if item.foreign or is_unclear(config, target):
        return None
    if target.file is None:
        lines = directory_block(target.directory, grant_lines(config, item.file))
        return Fix.unsafe(
            "Open the directory", insert_after(item, lines), reason="every file in it is run as a program"
        )
    fetched = fetched_as_file(config, target)
    return Fix(
        "Open the script",
        (insert_after(item, file_grant(config, target)),),
        Applicability.UNSAFE if fetched else Applicability.REPAIR,
        reason="another URL may lead to the script as to a file, and its source could then be fetched"
        if fetched
        else "the application answers where all was 403, and nothing else leads to the script",
    )
