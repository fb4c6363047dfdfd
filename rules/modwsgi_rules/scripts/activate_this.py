"""
A script activates a virtual environment by `activate_this.py`.

`activate_this.py` puts the packages of a virtual environment in front of the path of a Python that runs already: the
system's packages stay in sight, and the file is only there where `virtualenv` made the environment, not `venv`. mod_wsgi sets
up the environment itself: `WSGIDaemonProcess … python-home=/srv/site/venv`, before Python starts.

Reported and not fixed: where several applications share a process group, each with an environment of its own, this is
the one way. Otherwise name the environment by `python-home`, and delete these lines.

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
        for one in module.live():
            if one.call is not None and one.call.name in ("exec", "execfile") and "activate_this" in one.value:
                yield Diagnostic(
                    script.path,
                    one.head,
                    "activate_this puts the environment in front of the system's packages, late; name it by the option python-home"
                    " of WSGIDaemonProcess instead",
                )
