"""How fast a large file is parsed, and what its tree retains: a line for each size.

    python benchmarks/parse.py [LINES ...]

The goal is 2 us and 300 bytes a line, the same for every size.
"""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc

from figures import figure

from modwsgi_fix.syntax import parse

_HOST = """\
<VirtualHost *:80>
    ServerName host{n}.example.com
    # The application
    WSGIDaemonProcess host{n} threads=15 \\
        display-name=%{{GROUP}}
    WSGIProcessGroup host{n}
    WSGIScriptAlias / "/srv/host{n}/app.wsgi"

    <Directory /srv/host{n}>
        Require all granted
    </Directory>
    ErrorLog /var/log/apache2/host{n}.log
</VirtualHost>
"""


def text_of(lines: int) -> str:
    """A configuration of about so many lines."""
    per_host = _HOST.count("\n")
    return "".join(_HOST.format(n=n) for n in range(lines // per_host))


def measure(lines: int) -> tuple[float, float]:
    """Microseconds and bytes a line; the best of three, as other work on the machine only adds."""
    text = text_of(lines)
    count = text.count("\n")
    best = min(_seconds(text) for _ in range(3))
    gc.collect()
    tracemalloc.start()
    tree = parse(text)
    retained, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not tree.problems
    return best / count * 1e6, retained / count


def _seconds(text: str) -> float:
    started = time.process_time()
    parse(text)
    return time.process_time() - started


def main() -> None:
    for lines in [int(word) for word in sys.argv[1:]] or [200_000, 1_000_000]:
        microseconds, size = measure(lines)
        figure(f"parsing {lines:,} lines", microseconds, "us a line", 2)
        figure(f"what the tree of {lines:,} lines retains", size, "bytes a line", 300)


if __name__ == "__main__":
    main()
