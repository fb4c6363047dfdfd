"""The build of httpd that reads a configuration, as far as the files tell, and the modules compiled into it.

``apache2 -l`` of Debian (measured: 2.4.71), ``httpd -l`` of RHEL and its like from 7 on (core.c, mod_so.c, http_core.c; its
conf.modules.d/00-base.conf and 00-mpm.conf load the others). Other builds may have any modules compiled in.
"""

from __future__ import annotations

from enum import Enum

#: Modules without which httpd does not read anything.
_ALWAYS = frozenset({"core", "http", "so"})
#: Modules that Debian compiles in; other builds may load them from files.
SOMETIMES = frozenset({"log_config", "logio", "unixd", "version", "watchdog"})


class Build(Enum):
    """Who built httpd."""

    DEBIAN = "debian"
    RHEL = "rhel"
    #: An unknown builder.
    OTHER = "other"


def build_of(file: str, module: str, root: str) -> Build:
    """Return the build that a LoadModule line is for, by the line's file, the path that it loads, and the ServerRoot."""
    if "/usr/lib/apache2/modules/" in module or "/mods-enabled/" in f"/{file}":
        return Build.DEBIAN
    # RHEL 6 has all lines in its main file; modules/ is a link there.
    if "/etc/httpd/conf" in f"/{file}" and module.startswith("modules/"):
        return Build.RHEL
    # Where the files are a copy, their place says nothing, and the ServerRoot does.
    path = module if module.startswith("/") else f"{root.rstrip('/')}/{module}"
    if "/conf.modules.d/" in f"/{file}" or path.startswith(("/usr/lib64/httpd/modules/", "/etc/httpd/modules/")):
        return Build.RHEL
    return Build.OTHER


def is_compiled_in(module: str, build: Build, others: frozenset[str] | set[str]) -> bool | None:
    """Whether a module needs no LoadModule, given the ``others`` that are loaded from files; None where that is not known.

    A build that loads one of ``SOMETIMES`` from a file has all of them in files.
    """
    if module in _ALWAYS:
        return True
    if module == "unixd" and build is Build.OTHER:
        # Without it httpd does not start on Unix (AH00136).
        return True
    if module not in SOMETIMES or build is Build.RHEL or others & SOMETIMES:
        return False
    return True if build is Build.DEBIAN else None
