"""The cases of the rules: one module per family, each with a tuple ``CASES``; dropping a module in registers it."""

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
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return [case for module in modules for case in module.CASES]
