"""``python -m modwsgi_fix``."""

import sys
from contextlib import suppress
from os import getcwd

if __name__ == "__main__" and not sys.flags.safe_path:
    # Python puts the working directory first (-m), which may be a stranger's checkout, or gone.
    with suppress(OSError):
        if sys.path[0] in ("", getcwd()):
            del sys.path[0]

from modwsgi_fix.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
