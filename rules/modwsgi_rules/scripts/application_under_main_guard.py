"""
The `application` is bound under `if __name__ == "__main__":`.

## What happens

Every request gets an error, 404 or 500 by the version of mod_wsgi.

## Why

mod_wsgi loads the script as a module whose name it makes from the path of the file (`wsgi_load_source`), so `__name__` is
never `__main__`, and what stands under this guard is never run.

## The fix

A safe fix: it takes the guard away, where only imports and assignments stand under it.

## Left alone

A guard under which a server is started as well is reported without a fix.

## See also

httpd's own message is *Target WSGI script '/srv/site/app.wsgi' does not contain WSGI application 'application'*. Rule
`missing-application`.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     from site import make_app
    -if __name__ == "__main__":
    -    # the application
    -    application = make_app()
    +# the application
    +application = make_app()
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from site import make_app
    if __name__ == "__main__":
        application = make_app()
    #   ^^^^^^^^^^^^^^^^^^^^^^^^
        application.run()
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from site import application
    if __name__ == "__main__":
        application.run()
    ```

Nor what stands in the `else` of the guard, as in scripts that serve from a terminal as well:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from threading import Lock
    from site import make_app, serve
    if __name__ == "__main__":
        serve()
    else:
        application = None
        with Lock():
            if application is None:
                application = make_app()
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import os
    from site import make_app, serve
    if "__main__" == __name__:
        serve()
    elif "SITE" in os.environ:
        application = make_app(os.environ["SITE"])
    else:
        application = make_app()
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, binds, module_of, wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script import Module, Statement, is_main_guard, is_python3
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def application_under_main_guard(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        module = module_of(script) if "__main__" in script.script.text and not binds(script) else None
        if module is None or module.is_open or any(name in module.names for name in script.names):
            continue
        for guard in (statement for statement in module.body if statement.kind == "block" and is_main_guard(statement)):
            kept = guard.body[: len(guard.body) - len(guard.otherwise)]
            bound = next((statement for statement in kept if set(statement.targets) & set(script.names)), None)
            if bound is not None:
                name = next(name for name in bound.targets if name in script.names)
                fix = _fix(script, module, guard)
                yield Diagnostic(
                    script.path,
                    bound.head,
                    f"mod_wsgi never runs this line, so there is no {name} and every request fails",
                    fix,
                    help="" if fix else f"bind {name} outside the guard",
                )


def _fix(script: WsgiScript, module: Module, guard: Statement) -> Fix | None:
    if guard.otherwise or any(line.kind not in ("import", "assign") or not line.alone for line in guard.body):
        return None
    text = module.text
    start, end = guard.lines
    head_end = text.find("\n", guard.span.start) + 1
    inner = text[head_end:end]
    first = guard.body[0]
    indent = text[first.lines.start : first.span.start]
    lines = inner.splitlines(keepends=True)
    if not head_end or first.lines.start < head_end or not indent or indent.strip(" \t"):
        return None
    if any(line.strip() and not line.startswith(indent) for line in lines) or '"""' in inner or "'''" in inner:
        return None
    new = "".join(line.removeprefix(indent) for line in lines)
    if not is_python3(text[:start] + new + text[end:]):
        return None
    return Fix.safe(
        "Take the guard away",
        Edit(script.path, Span(start, end), new),
        reason="every request failed, and is answered by the application",
    )
