"""The start of the language server, without Typer: an editor waits for it."""

from __future__ import annotations

import gc
from importlib.util import find_spec

from modwsgi_fix.workspace.errors import Stop


def start() -> int:
    """Serve an editor until it leaves, and return the exit code. Raises ``Stop`` where pygls is not installed."""
    if find_spec("pygls") is None:
        raise Stop("the language server needs pygls: pip install 'modwsgi-fix[lsp]'")
    # The command line, which ends soon, leaves the collector off.
    gc.enable()
    from modwsgi_fix.lsp.server import serve

    return serve()
