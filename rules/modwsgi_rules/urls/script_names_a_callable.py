"""
A mount names a module and its callable, as gunicorn and Django write them, where mod_wsgi takes the path of a file.

## What happens

Visitors get 404, or 403 where `<Directory />` denies: there is not a file of that name.

## Why

mod_wsgi runs a file, and has the name of the callable from `WSGICallableObject`, which is `application` where nothing is said
(`mod_wsgi.c:wsgi_execute_script`; measured with mod_wsgi 4.9.4). `shop.wsgi:application` is what gunicorn and uWSGI take, and
`shop.wsgi.application` stands in the settings of Django.

## Left alone

There is no fix: whether there is such a file is not known. The help names the path without the callable, where there is one. With `--root`, a file that has
this name is not reported.

## See also

mod_wsgi's own message is *Target WSGI script not found or unable to stat*. Rules `script-path-relative` and
`callable-object-not-bound`.

## Examples

Reported without a fix:

    ```apache
    WSGIScriptAlias / /srv/shop/shop/wsgi.py:application
    #                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    WSGIScriptAlias /blog blog.wsgi:app
    #                     ^^^^^^^^^^^^^
    WSGIScriptAlias /wiki "wiki:create_app()"
    #                     ^^^^^^^^^^^^^^^^^^^
    WSGIScriptAlias /news news.wsgi.application
    #                     ^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    WSGIScriptAlias / /srv/shop/shop/wsgi.py
    WSGIScriptAlias /blog D:blog.wsgi
    WSGIScriptAlias /wiki ${SITE}:application
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_rules.urls._shared import callable_in, scripts_named


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def script_names_a_callable(config: Config) -> Iterator[Diagnostic]:
    for item, script in scripts_named(config):
        name = callable_in(script.value)
        if not name or (config.disk is not None and config.disk.is_file(script.value)):
            continue
        sign = script.value[-len(name) - 1]
        yield Diagnostic(
            item.path,
            script.span,
            f"mod_wsgi runs a file, and takes {sign}{name} for a part of its name",
            help=_advice(script.value.removesuffix(sign + name), name),
        )


def _advice(path: str, name: str) -> str:
    if not path.startswith("/"):
        return "write the whole path of the script, from the root"
    if name == "application":
        return f"write {path}"
    return f"write {path}, and " + (
        f"set application = {name} in it" if name.endswith(")") else f"WSGICallableObject {name}"
    )
