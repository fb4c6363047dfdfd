"""
A script names a file by a relative path, which leads somewhere else under mod_wsgi.

## What happens

The file is looked for in the directory of the process: `/` in embedded mode, the home directory of its user in a process group of
another user. Where it is not there, the script fails when it is loaded, and each request is an error 500.

## Why

mod_wsgi does not change to the directory of the script, because several scripts share a process ("Application Issues" of the mod_wsgi
manual, "Application Working Directory").

## The fix

It writes a path that begins at `os.path.dirname(__file__)`, for every file that the script opens so while it is loaded. It is unsafe,
because the file is taken to lie beside the script, and nothing in sight says so.

## Left alone

There is no fix of a path that leads to code or to a file that is written, nor with `--root`, which shows that nothing of the name lies
beside the script: write the whole path. A script that changes the directory itself is not reported, nor one whose process group has
`home=`. Where `--root` shows the file beside the script, rule `working-directory-in-script` says so.

## See also

Python's own message is *FileNotFoundError: [Errno 2] No such file or directory*. Rules `working-directory-in-script` and
`module-beside-script`.

## Examples

Reported without a fix, because code is loaded from there:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import sys
    sys.path.insert(0, "lib")
    #                  ^^^^^
    from shop import application
    ```

Fixed:

    ```diff unsafe
     #- site.conf
     WSGIScriptAlias / /app.wsgi
     #- app.wsgi
    +import os
     from pyramid.paster import get_app, setup_logging
     path = "production.ini"
    -setup_logging(path)
    -application = get_app("config:production.ini", "main")
    +setup_logging(os.path.join(os.path.dirname(__file__), path))
    +application = get_app("config:" + os.path.join(os.path.dirname(__file__), "production.ini"), "main")
    ```

Not reported:

    ```python
    #- site.conf
    WSGIDaemonProcess site home=/srv/site
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    LINES = open("lines.txt").read()
    from shop import application
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import loaded_scripts
from modwsgi_fix.rewriting.scripts import python_of_script
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.scripts._relative_paths import beside, from_script, has_home, opened


@rule(severity=Severity.WARNING)
def relative_path_in_script(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        read = python_of_script(script)
        paths = opened(read) if read is not None and not has_home(config, script) else []
        elsewhere = [one for one in paths if not beside(config, script, one.path)]
        if read is None or not elsewhere:
            continue
        fix = None
        files = [one for one in elsewhere if one.is_read] if config.disk is None else []
        if files and elsewhere[0] in files and (edits := from_script(read, script.path, files)):
            reason = "the file is taken to lie beside the script, which only --root can show"
            fix = Fix.unsafe("Let the path begin at the script", *edits, reason=reason)
        yield Diagnostic(
            script.path,
            read.source.head(elsewhere[0].node),
            f"{elsewhere[0].path} is looked for in the directory of the process, which is not the script's",
            fix,
            severity=Severity.INFO if script.item is None else None,
            help="" if fix else "write the whole path, or one from os.path.dirname(os.path.abspath(__file__))",
        )
