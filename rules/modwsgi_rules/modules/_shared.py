"""What is said of a module that is not loaded, and that a line needs."""

from __future__ import annotations


def lacking(word: str, module: str) -> str:
    """Return the message on a word that needs a module, given by its name without ``_module``."""
    return f"{word} needs {module}_module, which is not loaded, so httpd does not start"


def loading(module: str) -> str:
    """Return the advice on how to load a module, given by its name without ``_module``."""
    return f"a2enmod {module}, or LoadModule {module}_module modules/mod_{module}.so"
