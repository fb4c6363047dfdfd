"""
`Order`, `Allow`, `Deny` and `Satisfy` are the access control of httpd 2.2.

## What happens

Without mod_access_compat httpd 2.4 does not start. With it, an old-style grant under a baseline of `Require all denied` stays refused,
and an old-style deny stays effective under `Require all granted`.

## Why

httpd asks the old words beside `Require`, and both must agree, or one of them with `Satisfy Any` (the httpd manual, "Upgrading to 2.4 from 2.2: access control"). So a
section cannot be converted alone, and the sections of a file are one finding.

## The fix

It converts a whole server (with its `httpd.conf` or `apache2.conf`) at once, and each section where it stands, conditions around it
included. It is safe where every request is answered as before. It is a repair where sections of scripts admit whom
`Require all denied` refuses now, which is what they say; where files are served from them, it is unsafe. It is unsafe where a section takes its `Require` from one place and its `Order` from another, so that one
of the two is lifted, and in a fragment. Where `AllowOverride` lets `.htaccess` files set access, `--root` has to show them: they stay
as they are, which is the same where everyone is admitted around them (with mod_access_compat, where they have the old words), and
else the fix is unsafe. Files that are named with the server are converted by `old-access-in-htaccess`.

| old | new |
|---|---|
| `Order allow,deny`, `Allow from all` | `Require all granted` |
| `Order deny,allow` without a Deny | `Require all granted` |
| `Deny from all`, `Order allow,deny` without an Allow | `Require all denied` |
| `Order deny,allow`, `Deny from all`, `Allow from 10.1 .example.com` | `Require ip 10.1`, `Require host .example.com` |
| `Order allow,deny`, `Allow from all`, `Deny from 192.0.2.7` | `<RequireAll>` of `Require all granted` and `Require not ip 192.0.2.7` |
| `Order deny,allow`, `Deny from 10`, `Allow from 10.1` | `Require ip 10.1`, or such a `<RequireAll>` |
| `Allow from env=ok` | `Require env ok` |
| `Satisfy Any` and `Require valid-user` | the lines side by side |
| `Satisfy All` and `Require valid-user` | `<RequireAll>` of both |

A `<Location>` that only asks for a password, over directories with old-style denials, gets `AuthMerging And`, which keeps them.

## Left alone

A section for both releases, by `<IfModule>`, `<IfVersion>` or the branches of a template, is right. A comment allows one section, and
the others are reported without it. Nothing is converted as long as `allow-in-location` finds a grant.

## See also

*Invalid command 'Order'*; `mixed-access-dialects`, `new-access-directives`, `allow-in-location`.

## Examples

    ```diff
     #- httpd.conf
     <Directory />
         AllowOverride None
    -    Order deny,allow
    -    Deny from all
    +    Require all denied
     </Directory>
     <Directory /srv/site>
    -    Order allow,deny
         # the wiki reads this
    -    Allow from all
    +    Require all granted
     </Directory>
     <Location /server-status>
         SetHandler server-status
    -    Order deny,allow
    -    Deny from all
    -    Allow from 127.0.0.1 .example.com
    +    Require ip 127.0.0.1
    +    Require host .example.com
     </Location>
    ```
    ```diff
     #- httpd.conf
     <Directory />
    -    Order deny,allow
    -    Deny from all
    +    Require all denied
     </Directory>
     <Directory /srv/site>
    -    Order allow,deny
    -    Allow from all
    -    Deny from 192.0.2.7
    +    <RequireAll>
    +        Require all granted
    +        Require not ip 192.0.2.7
    +    </RequireAll>
     </Directory>
     <Location /admin>
         AuthType Basic
    +    AuthMerging And
         Require valid-user
     </Location>
     <Location /moderate>
    -    Order deny,allow
    -    Deny from all
    -    Allow from 192.0.2.0/24
    +    Require ip 192.0.2.0/24
         AuthType Basic
         Require valid-user
    -    Satisfy any
     </Location>
    ```

A site written for 2.2 under the baseline of 2.4 is refused as it stands. Converting it opens what it says:

    ```diff repair
     #- apache2.conf
     <Directory />
         Require all denied
     </Directory>
     <VirtualHost *:80>
         WSGIScriptAlias / /srv/site/app.wsgi
         <Directory /srv/site>
    -        Order allow,deny
    -        Allow from all
    +        Require all granted
         </Directory>
     </VirtualHost>
    ```

`--assume-deny 2.4` and `--assume-deny none` convert a fragment as they convert a whole server; with `--assume-deny 2.2` there is
no fix for it, and without:

    ```diff unsafe
     <Directory /srv/site>
    -    Order allow,deny
    -    Allow from all
    +    Require all granted
     </Directory>
    ```

Here the later `Require` lifts a `Deny` then:

    ```diff unsafe
     #- httpd.conf
     <Directory /srv/site>
    -    Deny from all
    +    Require all denied
     </Directory>
     <Directory /srv/site/public>
         Require all granted
     </Directory>
    ```

Files for both releases are right as they are, and so are templates for both:

    ```apache
    {% if httpd_version >= 2.4 %}
    <Directory /srv/site>
        Require all granted
    </Directory>
    {% else %}
    <Directory /srv/site>
        Order allow,deny
        Allow from all
    </Directory>
    {% endif %}
    ```

    ```apache
    <Directory /srv/site>
        <IfModule mod_authz_core.c>
            Require all granted
        </IfModule>
        <IfModule !mod_authz_core.c>
            Order allow,deny
            Allow from all
        </IfModule>
    </Directory>
    ```
    ```apache httpd=2.2
    <Directory /srv/site>
        Order allow,deny
        Allow from all
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import OLD_ACCESS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.dialects import Clause, clauses
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.suppressions import suppressions
from modwsgi_fix.text import Span
from modwsgi_rules.httpd24._conversion import SEPARATELY, conversion


@rule(changes=("regained",))
def old_access_directives(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22 or not config.named(*OLD_ACCESS):
        return
    loaded = {item.value.removesuffix("_module") for item in config.named("loadmodule")}
    refused = config.complete and len(loaded) > 5 and "access_compat" not in loaded
    branches = _branches(config)
    found = [_Section(c) for c in clauses(config) if c.is_old and not (branches and _named(c.section) in branches)]
    apart = not config.complete and config.denies == "2.2"
    fix, reason = conversion(config) if found and not apart else (None, SEPARATELY)
    for together in _by_decision(config, [one.plain for one in found if one.plain]):
        first, *further = [lines[0] for lines in together]
        yield Diagnostic(
            first.path,
            first.span,
            _message(together, refused=refused),
            fix._replace() if fix else None,
            tuple(Related(line.path, line.span, "here, too") for line in further),
            Severity.ERROR if refused else None,
            help=reason,
        )


def _branches(config: Config) -> set[tuple[str, str, tuple[str, ...]]]:
    """Sections that a template says in the new words: one in the old words is the branch for another release."""
    sections = (clause.section for clause in clauses(config) if clause.is_new and not clause.is_old)
    return {_named(section) for section in sections if section.file.tree.is_template}


def _named(section: Item) -> tuple[str, str, tuple[str, ...]]:
    return section.path, section.key, tuple(section.values)


def _by_decision(config: Config, sections: Sequence[list[Item]]) -> Iterator[list[list[Item]]]:
    """The sections of each file together; one that a comment allows by itself, as a finding for it to suppress."""
    files: dict[str, dict[Span, list[Item]]] = {}
    for lines in sections:
        files.setdefault(lines[0].path, {}).setdefault(lines[0].span, lines)
    for path, spoken in files.items():
        regions = [one.region for one in suppressions(config.files[path].tree) if one.name == "old-access-directives"]
        allowed = [lines for span, lines in spoken.items() if any(span.start in region for region in regions)]
        yield from ([lines] for lines in allowed)
        if rest := [lines for lines in spoken.values() if lines not in allowed]:
            yield rest


def _message(sections: Sequence[Sequence[Item]], *, refused: bool) -> str:
    names = list(dict.fromkeys(line.key.capitalize() for lines in sections for line in lines))
    what = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    where = f" in {len(sections)} sections" if len(sections) > 1 else ""
    if refused:
        return f"httpd will not start: {what} are read by mod_access_compat, which is not loaded"
    takes_any = any(line.key == "satisfy" and line.value.lower() == "any" for lines in sections for line in lines)
    end = "one may suffice" if takes_any else "both must agree"
    return f"{what} of httpd 2.2 {'decide' if len(names) > 1 else 'decides'} beside Require{where}, and {end}"


class _Section:
    """The old lines of a section that stand in it plainly, not in a condition about modules or versions."""

    def __init__(self, clause: Clause) -> None:
        section = clause.section
        self.plain = [line for line in clause.old_lines if line.wrapper is section.node and line.file is section.file]
