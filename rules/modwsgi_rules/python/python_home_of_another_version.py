"""
A virtual environment was made by another Python than the one that mod_wsgi was built for.

## What happens

The application does not find its packages: it fails with *No module named 'django'*, and every request is an error 500.

## Why

mod_wsgi has one Python, which it was linked with, and looks for packages in `lib/python3.11/site-packages` of that
version only (the mod_wsgi manual, "Virtual Environments"; measured with 4.9.4).

## Left alone

There is no fix: make the environment anew with that Python, or install a mod_wsgi that was built for the other one.
Only `--root` shows an environment; which Python mod_wsgi has is taken from the name of its module, or from what that is
linked with.

## See also

`python-home-not-a-prefix`, `python-path-is-site-packages`.

## Examples

Reported without a fix:

    ```apache
    LoadModule wsgi_module /opt/wsgi/mod_wsgi-py311.cpython-311-x86_64-linux-gnu.so
    WSGIDaemonProcess shop python-home=/srv/shop/venv
    #                                  ^^^^^^^^^^^^^^
    #- /srv/shop/venv/pyvenv.cfg
    home = /usr/bin
    version = 3.9.2
    ```
    ```apache
    LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so
    WSGIPythonHome /srv/shop/venv
    #              ^^^^^^^^^^^^^^
    #- /usr/lib/apache2/modules/mod_wsgi.so
    ELF ... libpython3.11.so.1.0 ...
    #- /srv/shop/venv/pyvenv.cfg
    version_info = 3.12.1.final.0
    ```

Not reported:

    ```apache
    LoadModule wsgi_module /opt/wsgi/mod_wsgi-py311.cpython-311-x86_64-linux-gnu.so
    WSGIDaemonProcess shop python-home=/srv/shop/venv
    WSGIDaemonProcess blog python-home=/srv/blog/venv
    #- /srv/shop/venv/pyvenv.cfg
    version = 3.11.7
    ```
    ```apache
    LoadModule wsgi_module modules/mod_wsgi.so
    WSGIDaemonProcess shop python-home=/srv/shop/venv
    #- /srv/shop/venv/pyvenv.cfg
    version = 3.9.2
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.facts.pythons import python_of_environment, python_of_mod_wsgi
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def python_home_of_another_version(config: Config) -> Iterator[Diagnostic]:
    if config.disk is None:
        return
    for item, home, span in _homes(config):
        made, loaded = python_of_environment(config, home), python_of_mod_wsgi(config)
        if made is not None and loaded is not None and made != loaded and not item.in_doubt:
            yield Diagnostic(
                item.path,
                span,
                f"{home} was made by Python {made}, and mod_wsgi has {loaded}, so its packages are not found",
                help=f"make the environment anew with Python {loaded}",
            )


def _homes(config: Config) -> Iterator[tuple[Item, str, Span]]:
    """Yield the virtual environments that lines name, with the place of each."""
    for item in config.named("wsgipythonhome"):
        if item.args and item.known:
            yield item, item.value, item.args[0].span
    for process in daemon_processes(config):
        for option in process.options:
            if option.name == "python-home" and option.known:
                yield process.directive, option.value, option.value_span
