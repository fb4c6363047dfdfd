"""The Python of mod_wsgi, and the one that made a virtual environment, as the disk (``--root``) shows them."""

from __future__ import annotations

import posixpath
import re

from modwsgi_fix.expressions import expression
from modwsgi_fix.files import FileProblem
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.modules import server_root

#: The name of mod_wsgi-express' module: mod_wsgi-py311.cpython-311-x86_64-linux-gnu.so.
_IN_NAME = expression(r"(?:-py|cpython-)(\d)(\d{1,2})(?=[.-])")
#: The library of Python that a module is linked with, as its dynamic section names it.
_IN_MODULE = expression(r"libpython(\d\.\d{1,2})[a-z]*\.so")
_IN_CFG = expression(r"^version(?:_info)?[ \t]*=[ \t]*(\d+\.\d+)", re.M)


@derived
def python_of_mod_wsgi(config: Config) -> str | None:
    """Return the Python that mod_wsgi was built for, as ``3.11``, by its module's name or library; None where unknown."""
    items = [item for item in config.named("loadmodule") if len(item.args) == 2 and item.value == "wsgi_module"]
    if not items or items[0].in_doubt or not items[0].known:
        return None
    path = items[0].values[1]
    if (found := _IN_NAME.search(posixpath.basename(path))) is not None:
        return f"{found[1]}.{found[2]}"
    text = _read(config, posixpath.join(server_root(config), path))
    versions = set(_IN_MODULE.findall(text))
    return versions.pop() if len(versions) == 1 else None


def python_of_environment(config: Config, home: str) -> str | None:
    """Return the Python that made a virtual environment, as ``3.11``; None where there is none, or it is not known."""
    found = _IN_CFG.search(_read(config, posixpath.join(home, "pyvenv.cfg")))
    return found[1] if found is not None else None


def has_no_python(config: Config, home: str) -> bool:
    """Whether the disk shows a directory that Python's library is not in (getpath.c: ``lib/pythonX.Y/os.py``)."""
    disk = config.disk
    if disk is None or not home.startswith("/") or not disk.is_dir(home):
        return False
    libraries = [f"{home}/lib", f"{home}/lib64"]
    if not all(map(disk.is_known, [f"{home}/pyvenv.cfg", *libraries])) or disk.is_file(f"{home}/pyvenv.cfg"):
        return False
    try:
        # An empty directory may be one that was not copied.
        names = [name for library in libraries if disk.is_dir(library) for name in disk.names(library)]
        return bool(disk.names(home)) and not any(name.startswith(("python", "pypy")) for name in names)
    except FileProblem:
        return False


#: What an environment has at its root.
_PARTS = frozenset({"bin", "include", "lib", "lib64", "local", "man", "pyvenv.cfg", "share", "src"})


def has_modules(config: Config, root: str) -> bool:
    """Whether modules of a project may lie at the root of an environment, beside what belongs to it."""
    try:
        names = config.disk.names(root) if config.disk is not None else []
    except FileProblem:
        return True
    return any(name not in _PARTS and (name.endswith(".py") or "." not in name) for name in names)


def _read(config: Config, path: str) -> str:
    """Return the text of a file on the disk; empty where it cannot be read."""
    try:
        return config.disk.read(path) if config.disk is not None and path.startswith("/") else ""
    except FileProblem:
        return ""
