"""
A script activates a virtual environment by `activate_this.py`.

## What happens

The packages of the environment come first on the path of a Python that runs already. The system's packages stay in sight.
The file exists only where `virtualenv` made the environment, and not where `venv` did.

## Why

mod_wsgi sets up the environment itself, before Python starts: `WSGIDaemonProcess ... python-home=/srv/site/venv` (mod_wsgi's
manual, "Virtual Environments").

## Left alone

The line is reported without a fix. Where several applications share a process group, each with its own environment,
`activate_this.py` is the only way; elsewhere name the environment by `python-home`, and delete these lines.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    activate_this = "/srv/site/venv/bin/activate_this.py"
    with open(activate_this) as file:
        exec(file.read(), {"__file__": activate_this})
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    from site import application
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    # activate_this.py is not needed: python-home does it.
    from site import application
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import module_of, wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.INFO)
def activate_this(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        module = module_of(script) if "activate_this" in script.script.text else None
        if module is None:
            continue
        for statement in module.live():
            call = statement.call
            if call is not None and call.name in ("exec", "execfile") and "activate_this" in statement.value:
                yield Diagnostic(
                    script.path,
                    statement.head,
                    "activate_this.py sets up the environment late, and leaves the system's packages in sight",
                    help="name the environment by python-home= of WSGIDaemonProcess",
                )
