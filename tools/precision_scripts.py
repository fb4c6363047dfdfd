"""Lists what the rules about WSGI scripts report in the scripts of a corpus, to be read one by one.

    python tools/precision_scripts.py             # every finding as a row, with the verdict that docs/precision-scripts.md has
    python tools/precision_scripts.py --unread    # only those that have none there
    python tools/precision_scripts.py --count     # by rule: findings, with a fix, files
    python tools/precision_scripts.py --corpus DIRECTORY

Each script is run by itself, as ``modwsgi-fix FILE`` runs it without a settings file. A file is named by the beginning of its
SHA-256, so that nothing of it is copied. What is only seen once another line is repaired counts as well.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from precision import CORPUS, Found, findings_of

from modwsgi_fix.rule import all_rules

_PAGE = Path(__file__).resolve().parents[1] / "docs/precision-scripts.md"
_ROW = re.compile(
    r"^\| (?P<rule>\S+) \| `(?P<digest>\w+)` \| (?P<line>\d+) \| [\w-]+ \| (?P<verdict>[^|]*) \| (?P<reason>[^|]*) \|$",
    re.M,
)
#: How much of the digest names a file.
_DIGITS = 8

#: What names a finding in the page: rule, file, line.
Key = tuple[str, str, int]


def main() -> None:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--unread", action="store_true", help="only the findings without a verdict")
    parser.add_argument("--count", action="store_true", help="count by rule, and list nothing")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    files = sorted(path for path in (arguments.corpus.resolve() / "scripts").glob("*") if path.is_file())
    ours = {rule.name for rule in all_rules().values() if rule.family == "scripts"}
    with ProcessPoolExecutor(arguments.jobs) as pool:
        found = [one for findings in pool.map(findings_of, files, chunksize=8) for one in findings if one.rule in ours]
    if arguments.count:
        _print_counts(found)
        return
    verdicts = verdicts_of(_PAGE.read_text("utf-8") if _PAGE.exists() else "")
    for one in sorted(found, key=lambda one: (one.rule, one.digest, one.line)):
        verdict, reason = verdicts.get((one.rule, one.digest[:_DIGITS], one.line), ("", ""))
        if not (arguments.unread and verdict):
            print(f"| {one.rule} | `{one.digest[:_DIGITS]}` | {one.line} | {one.level or '-'} | {verdict} | {reason} |")


def verdicts_of(page: str) -> Mapping[Key, tuple[str, str]]:
    """The verdict and the reason of each row of the page."""
    return {
        (row["rule"], row["digest"], int(row["line"])): (row["verdict"].strip(), row["reason"].strip())
        for row in _ROW.finditer(page)
    }


def _print_counts(found: list[Found]) -> None:
    print("| rule | findings | with a fix | files |\n|---|---|---|---|")
    for rule, count in sorted(Counter(one.rule for one in found).items()):
        of_rule = [one for one in found if one.rule == rule]
        print(
            f"| {rule} | {count} | {sum(bool(one.level) for one in of_rule)} | {len({one.file for one in of_rule})} |"
        )


if __name__ == "__main__":
    main()
