"""
Nothing opens the WSGI script, and the server refuses everything else.

## What happens

Every request for the application gets 403.

## Why

Access is decided by the *file* that a URL leads to; for a mounted application that is its script. Under a
`<Directory />` with `Require all denied` a `<Directory>` must open the script
(`mod_authz_core.c:authorize_user_core`).

## The fix

A repair: it opens the script by `<Files>` and nothing beside it, in the dialect of the deny baseline.

It is unsafe where an alias or a DocumentRoot leads to the script's directory too, because the source could then be
fetched there. It is unsafe for a mounted directory too, because every file in it is run.

## Left alone

A mount without the suffix of a script may be of a directory. It is reported without a fix; `--root` shows which it
is.

The rule needs a whole server, all of whose sections are in sight, or a server that is said to deny by default
(`--assume-deny`). A mount is not reported if a host that has it answers.

## See also

*AH01630: client denied by server configuration*, *AH01797: client denied by server configuration*;
`static-directory-not-granted`, `directory-mount`.

## Examples

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

What may be a directory is reported without a fix. One that `--root` shows is opened by an unsafe fix:

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

The main server mounts the application, and the only host opens it. Requests reach no other host:

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

One script is open, one is closed on purpose, and of a fragment the rest is out of sight:

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
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.daemons import all_groups_known, defined_names, embedded_mode_off, group_uses
from modwsgi_fix.model.facts.baseline import baseline
from modwsgi_fix.model.facts.closed import closed_by_baseline, fetched_as_file
from modwsgi_fix.model.facts.served import Served, is_unclear, target_of
from modwsgi_fix.model.facts.swapped import swapped
from modwsgi_fix.model.merge.groups import process_group
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.rewriting.access_blocks import directory_block, grant_lines
from modwsgi_fix.rewriting.lines import insert_after
from modwsgi_fix.rule import Diagnostic, Rank, Scope, Severity, rule
from modwsgi_rules.access._shared import WIDE, open_file


@rule(severity=Severity.ERROR, changes=("regained",), rank=Rank.ANSWER, scope=Scope.HOST)
def script_directory_not_granted(config: Config) -> Iterator[Diagnostic]:
    for server in filter(config.asks, config.servers):
        seen: set[str] = set()
        for mount in mounts(config, server):
            target = target_of(config, mount)
            if mount.server is not server or target is None or "*" in (path := target.path):
                continue
            if mount.item in swapped(config):
                continue
            if not closed_by_baseline(config, server, target):
                continue
            unclear = is_unclear(config, target)
            fix = None if path in seen or unclear else _fix(config, mount, target)
            seen.add(path)
            refusing = "<Directory />" if baseline(config) else "the assumed baseline"
            message = f"{refusing} refuses every request for {mount.url}, and nothing opens {path}"
            advice = "open it in a <Directory>"
            if unclear:
                advice += "; --root shows whether it is a script or a directory"
            yield Diagnostic(mount.item.path, mount.target_span, message, fix, help="" if fix else advice)


def _fix(config: Config, mount: Mapping, target: Served) -> Fix | None:
    item = mount.item
    if target.file is None and target.directory.rstrip("/") in WIDE:
        return None  # nobody opens the disk for that
    if target.file is None:
        lines = directory_block(target.directory, grant_lines(config, item.file))
        return Fix.unsafe(
            "Open the directory", insert_after(item, lines), reason="every file in it is run as a program"
        )
    fetched = fetched_as_file(config, target)
    return Fix(
        "Open the script",
        (open_file(config, target, item),),
        Applicability.UNSAFE if fetched else Applicability.REPAIR,
        reason="another URL may lead to the script as a file, and its source could then be fetched"
        if fetched
        else f"{_then(config, mount)}, and nothing else leads to the script",
    )


def _then(config: Config, mount: Mapping) -> str:
    """Return what visitors get once the script is open: a faulty process group is the next thing to mend."""
    off, selects_undefined = embedded_mode_off(config) is not None, _selects_undefined(config)
    if off or selects_undefined:
        group = process_group(config, mount.item.server, mount).name
        if off and group == "":
            return "requests get an error 500 instead of 403, because embedded mode is off"
        if group and selects_undefined and group not in defined_names(config):
            return f"requests get an error 500 instead of 403, because there is no process group {group}"
    return "the application answers instead of 403"


@derived
def _selects_undefined(config: Config) -> bool:
    """Whether some line selects a process group that there is not, as far as all of them are known."""
    if not config.complete or not all_groups_known(config):
        return False
    return not {use.name for use in group_uses(config)} <= {"%{GLOBAL}", *defined_names(config)}
