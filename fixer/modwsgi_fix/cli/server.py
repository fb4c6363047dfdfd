"""``modwsgi-fix server``: a language server on standard input and output."""

from __future__ import annotations

import gc
from importlib.util import find_spec

from modwsgi_fix.workspace.errors import Stop


def run() -> int:
    """A language server for editors, on standard input and output. docs/editors.md shows how each is set up."""
    if find_spec("pygls") is None:
        raise Stop("the language server needs pygls: pip install 'modwsgi-fix[lsp]'")
    # The command line does without, as it ends soon.
    gc.enable()
    from modwsgi_fix.lsp.server import serve

    return serve()
