"""How a diff from known edits compares with one that difflib searches for.

10,000 lines, the same fifty sections over and over, every hundredth line changed. Prints both times and their ratio;
run with ``PYTHONPATH=fixer python benchmarks/diff.py``.
"""

import difflib
import time
from collections.abc import Callable

from modwsgi_fix import diff
from modwsgi_fix.edits import Edit, apply
from modwsgi_fix.text import Span

LINES = [
    line
    for site in range(50)
    for line in (f"<Directory /srv/{site}>", f"  Require user {site}", f"  # {site}", f"</Directory {site}>")
]


def milliseconds(work: Callable[[], object]) -> float:
    """The best of three runs."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best * 1000


def main() -> None:
    text = "".join(LINES[number % len(LINES)] + "\n" for number in range(10_000))
    starts = [0]
    for line in diff.lines(text):
        starts.append(starts[-1] + len(line))
    edits = [Edit("f", Span(starts[n], starts[n + 1] - 1), "Require all granted") for n in range(50, 10_000, 100)]
    after = apply(text, edits)
    old, new = diff.lines(text), diff.lines(after)
    known = milliseconds(lambda: diff.unified(text, edits, "f"))
    searched = milliseconds(lambda: list(difflib.unified_diff(old, new)))
    checked = milliseconds(lambda: diff.check(diff.unified(text, edits, "f"), text, after))
    print(f"known edits {known:.1f} ms, read back too {checked:.1f} ms, difflib {searched:.0f} ms")
    print(f"ratio {searched / known:.0f}")


if __name__ == "__main__":
    main()
