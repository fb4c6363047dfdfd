"""The cases of the rules: one module per family or part of one, each with a tuple ``CASES``; dropping a module in
registers it. What several of them share is in a module whose name begins with an underscore.
"""

from __future__ import annotations

import importlib
import pkgutil

from ..case import Case


def opened(*directories: str) -> str:
    """Sections that open directories, whichever of the two dialects had closed the file system."""
    return "".join(
        f"<Directory {path}>\n    Require all granted\n    Order allow,deny\n    Allow from all\n</Directory>\n"
        for path in directories
    )


def all_cases() -> list[Case]:
    """Every case of every module here, in order of module and place."""
    names = [found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")]
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    return [case for module in modules for case in module.CASES]
