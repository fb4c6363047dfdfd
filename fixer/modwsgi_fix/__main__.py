"""``python -m modwsgi_fix``."""

from modwsgi_fix.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
