"""``python -m modwsgi_fix.cli``."""

from modwsgi_fix.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
