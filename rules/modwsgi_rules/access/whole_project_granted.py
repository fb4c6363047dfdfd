"""
A `<Directory>` opens a whole project, where httpd needs its WSGI script only.

The application runs because httpd may read the *script*; the modules beside it are read by Python, whatever httpd allows.
A grant on the whole directory serves source code, settings and databases as soon as any URL leads there: an alias that is a
directory too wide, a second virtual host whose DocumentRoot lies above.

Write `<Files>` around the grant, as Django's documentation has it, and give static directories a section of their own:

```text
<Directory /srv/site>
    <Files app.wsgi>
        Require all granted
    </Files>
</Directory>
```

Reported, not fixed: what else is served from the directory is not always to be seen from the configuration.

    ```apache
    WSGIScriptAlias / /srv/site/site/wsgi.py
    <Directory /srv/site>
    #          ^^^^^^^^^
        Require all granted
    </Directory>
    ```
    ```apache
    WSGIScriptAlias / /srv/site/site/wsgi.py
    <Directory /srv/site/site>
        <Files wsgi.py>
            Require all granted
        </Files>
    </Directory>
    <Directory /srv/site/static>
        Require all granted
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.model.merge.sections import has_wildcard, is_regex_section, path_matches, pattern_of
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.INFO)
def whole_project_granted(config: Config) -> Iterator[Diagnostic]:
    scripts = []
    for server in config.servers:
        for mount in mounts(config, server):
            target = target_of(config, mount)
            if target is not None and target.file is not None:
                scripts.append((mount, target))
    for section in config.named("directory"):
        path = pattern_of(section)
        if not section.args or is_regex_section(section) or has_wildcard(path) or not path.strip("/"):
            continue
        if not access_of(section).grants:
            continue
        found = next((one for one in scripts if path_matches(path, one[1].directory)), None)
        if found is not None:
            mount, script = found
            yield Diagnostic(
                section.path,
                section.args[-1].span,
                f"all of {path} is opened, and only {script.path} needs to be: put the grant into a <Files> section",
                related=(Related(mount.item.path, mount.target_span, "the script"),),
            )
