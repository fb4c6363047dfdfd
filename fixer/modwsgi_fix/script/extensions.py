"""Extension modules in C or Rust that one process can load into one interpreter only, and the packages that import them.

There are two kinds, with these errors when another interpreter of the process loads one:

``numpy`` from 2.0 on: *ImportError: cannot load module more than once per process* (measured with numpy 2.4.6 and mod_wsgi
4.9.4; numpy issue 27192: sub-interpreters are not supported, and before 2.0 a warning says so). Packages that compute with
numpy import it at the top.

Extensions that are made with PyO3 0.17 or later: *ImportError: PyO3 modules do not yet support subinterpreters* (PyO3 issue
576): ``cryptography`` from 41 on (mod_wsgi issue 940, cryptography issue 9016), ``bcrypt`` from 4.1 on (bcrypt issue 694),
``pydantic_core``, ``polars`` and ``tokenizers``.

A package whose import of such a module depends on what is installed (PyJWT) is not among them.
"""

from __future__ import annotations

import ast
from types import MappingProxyType

from modwsgi_fix.script.loading import runs_at_load

#: The extension that is loaded, by the name that a script imports.
EXTENSIONS = MappingProxyType({
    **dict.fromkeys(("numpy", "pandas", "scipy", "sklearn", "matplotlib", "statsmodels", "geopandas", "xarray"), "numpy"),
    **dict.fromkeys(("seaborn", "skimage", "cv2", "h5py", "netCDF4", "numba"), "numpy"),
    **dict.fromkeys(("cryptography", "OpenSSL", "paramiko"), "cryptography"),
    "bcrypt": "bcrypt",
    "pydantic_core": "pydantic_core",
    "polars": "polars",
    "tokenizers": "tokenizers",
})  # fmt: skip


def extensions_of(tree: ast.Module) -> dict[str, ast.stmt]:
    """Return the extensions that a script loads at its top, with their imports; not those that a ``try`` guards."""
    found: dict[str, ast.stmt] = {}
    for node, is_caught in runs_at_load(tree):
        if is_caught:
            continue
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            extension = EXTENSIONS.get(name.partition(".")[0])
            if extension is not None and isinstance(node, ast.stmt):
                found.setdefault(extension, node)
    return found
