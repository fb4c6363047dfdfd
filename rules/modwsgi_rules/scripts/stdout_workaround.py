"""
A script redirects `sys.stdout`, which mod_wsgi no longer requires.

## What happens

What the script prints goes to the error log, as it would without the line.

## Why

mod_wsgi before 3.0 refused writing to `sys.stdout`, and `sys.stdout = sys.stderr` made `print` work. Since 3.0 both go to
the error log (mod_wsgi's manual, WSGIRestrictStdout).

## The fix

It deletes the line. It is unsafe, because what is printed may then be logged later than what is written to `sys.stderr`.

## Left alone

A line within a block is reported without a fix. A redirection to somewhere else is not reported.

## Examples

    ```diff unsafe
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     import sys
    -sys.stdout = sys.stderr
     from site import application
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import sys
    if True:
        sys.stdout = sys.stderr
    #   ^^^^^^^^^^^^^^^^^^^^^^^
    from site import application
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import sys
    sys.stdout = open("/srv/site/log", "a")
    from site import application
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import module_of, wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.INFO)
def stdout_workaround(config: Config) -> Iterator[Diagnostic]:
    if config.target.mod_wsgi is not None and config.target.mod_wsgi < (3,):
        return
    for script in wsgi_scripts(config):
        module = module_of(script) if "sys.stdout" in script.script.text else None
        if module is None:
            continue
        for line in module.live():
            if line.kind != "assign" or line.targets != ("sys.stdout",) or line.value != "sys.stderr":
                continue
            fix = None
            if line.alone and line in module.body:
                fix = Fix.unsafe(
                    "Delete the line", Edit(script.path, line.lines), reason="print goes to the error log as well"
                )
            message = "this line is not needed, because sys.stdout goes to the error log since mod_wsgi 3.0"
            yield Diagnostic(script.path, line.head, message, fix, help="" if fix else "delete the line")
