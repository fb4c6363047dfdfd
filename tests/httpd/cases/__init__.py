"""The cases of the rules: one module per family or part of one, each with a tuple ``CASES``; dropping a module in
registers it. What several of them share is in a module whose name begins with an underscore.
"""

from __future__ import annotations

import importlib
import pkgutil

from ..case import Case


def opened(*directories: str) -> str:
    """Sections that open directories, whichever of the two dialects had closed the file system."""
    return "".join(f"<Directory {path}>\n{_granted(4)}</Directory>\n" for path in directories)


def opened_file(directory: str, name: str) -> str:
    """The same for one file of a directory."""
    return f"<Directory {directory}>\n    <Files {name}>\n{_granted(8)}    </Files>\n</Directory>\n"


def _granted(indent: int) -> str:
    return "".join(f"{' ' * indent}{line}\n" for line in ("Require all granted", "Order allow,deny", "Allow from all"))


def all_cases() -> list[Case]:
    """Every case of every module here, in order of module and place."""
    names = [found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")]
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    return [case for module in modules for case in module.CASES]
