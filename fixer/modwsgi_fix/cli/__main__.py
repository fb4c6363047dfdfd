"""``python -m modwsgi_fix.cli``."""

import sys
from os import getcwd

if __name__ == "__main__" and not sys.flags.safe_path and sys.path[0] in ("", getcwd()):
    # Python puts the working directory first (-m), which may be a stranger's checkout.
    del sys.path[0]

from modwsgi_fix.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
