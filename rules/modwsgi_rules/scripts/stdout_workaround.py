"""
A script redirects `sys.stdout`, which mod_wsgi no longer asks for.

Before version 3.0 mod_wsgi refused writing to `sys.stdout`, and `sys.stdout = sys.stderr` was how scripts made `print` work. Since
then both go to the error log.

The fix deletes the line. What is printed is then logged line by line as httpd's own messages are, and possibly later than
what is written to `sys.stderr`: an unsafe fix.

    ```diff unsafe
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     import sys
    -sys.stdout = sys.stderr
     from site import application
    ```

In a block of its own, and for something else:

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
        for one in module.live():
            if one.kind != "assign" or one.targets != ("sys.stdout",) or one.value != "sys.stderr":
                continue
            fix = None
            if one.alone and one in module.body:
                fix = Fix.unsafe(
                    "Delete the line", Edit(script.path, one.lines), reason="print goes to the error log as well"
                )
            yield Diagnostic(
                script.path, one.head, "since mod_wsgi 3.0 sys.stdout goes to the error log; the line can go", fix
            )
