"""
An `<If>` outside of any directory grants access to everyone, whatever file the URL leads to.

## What happens

Files are handed out that no `<Directory>` opens: the source of a script that an alias leads to, and what symbolic links
lead out to.

## Why

An `<If>` is merged last of all, and its `Require` replaces what the directories say (request.c:ap_if_walk,
mod_authz_core.c:merge_authz_core_dir_config; measured with 2.4.71). An expression about the URL, the method or the time
does not say who may fetch something.

## Left alone

There is no fix: open the directories that are served in a `<Directory>`. An `<If>` that asks for an address, a log-in,
a certificate, a header or a variable is not reported, nor is one inside of a `<Directory>` or `<Files>`.

## See also

`allow-in-location` and `broad-grant-in-location`, for grants by URL; `root-directory-granted`.

## Examples

Reported without a fix:

    ```apache
    <VirtualHost *:80>
        Alias /static /srv/site/static
        <If "%{REQUEST_URI} =~ m#^/static/#">
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            Require all granted
        </If>
    </VirtualHost>
    ```

Not reported:

    ```apache
    <If "-R '192.0.2.0/24'">
        Require all granted
    </If>
    <If "%{REQUEST_URI} =~ m#^/private/#">
        Require all denied
    </If>
    <Directory /srv/site/static>
        <If "%{REQUEST_METHOD} == 'GET'">
            Require all granted
        </If>
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.baseline import baseline_dialects
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_rules.access._expressions import is_about_visitors


@rule(severity=Severity.WARNING, rank=Rank.EXPOSED)
def allow_in_if(config: Config) -> Iterator[Diagnostic]:
    sections = config.named("if")
    if not sections or (sees_all_sections(config) and not any(baseline_dialects(config) or ())):
        return  # all is open anyhow, which missing-deny-baseline is about
    for section in sections:
        if section.sections or not section.args or section.file.tree.is_template or is_about_visitors(section):
            continue
        if access_of(section).admits_strangers:
            yield Diagnostic(
                section.path,
                section.span,
                f"<{section.name}> grants access to whatever file a URL leads to, and replaces what directories say",
                help="open the directories that are served in a <Directory>",
            )
