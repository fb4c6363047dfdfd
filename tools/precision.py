"""Draws a sample of findings to be read one by one, for docs/precision.md: is each of them worth its line?

    python tools/precision.py 1                    # 200 findings, drawn by seed 1, each with the lines around it
    python tools/precision.py 2 50 --table         # 50, as rows of the table, the verdicts to be written in
    python tools/precision.py --count              # all findings, counted by rule and severity
    python tools/precision.py 1 --corpus DIRECTORY

Every configuration and script of the corpus (../shared/corpus by default) is run by itself, as ``modwsgi-fix FILE`` runs
it without a settings file; what cannot be read is skipped. Of one rule at most two findings of one file are eligible, and
files with the same bytes are one file, so that neither a long file nor a copied one fills the sample. Of these the seed
draws: each finding has a lot, a hash of the seed and of the finding, and the lowest lots are taken. So the same seed, files
and rules give the same sample, and where a rule falls silent the rest of the sample stays.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from hashlib import sha256
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

from modwsgi_fix.cli import main as modwsgi_fix
from modwsgi_fix.text import decode

CORPUS = Path(__file__).resolve().parents[1] / "../shared/corpus"
#: What is read of the corpus: configurations, templates of such, scripts, and the cases of question threads.
_INPUTS = ("configs/*", "templates/*", "scripts/*", "qa/*/*.conf")
#: How many findings of one rule in one file are eligible.
_OF_ONE_RULE = 2
#: How many lines are shown before and after the one of the finding.
_AROUND = 6


class Found(NamedTuple):
    """One finding. ``line`` counts from 1; ``digest`` is the beginning of the file's SHA-256; ``level`` that of its fix."""

    file: Path
    digest: str
    line: int
    rule: str
    severity: str
    message: str
    level: str


def main() -> None:
    arguments = _arguments()
    inputs = _inputs(arguments.corpus.resolve())
    with ProcessPoolExecutor(arguments.jobs) as pool:
        found = [one for findings in pool.map(findings_of, inputs, chunksize=8) for one in findings]
    if arguments.count:
        _print_counts(found, len(inputs))
        return
    sample = drawn(found, arguments.seed, arguments.number)
    for number, one in enumerate(sample, 1):
        print(_row(one) if arguments.table else _shown(number, one))
    print(f"{len(sample)} of {len(found)} findings in {len(inputs)} files, seed {arguments.seed}", file=sys.stderr)


def _arguments() -> argparse.Namespace:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("seed", nargs="?", type=int, default=1)
    parser.add_argument("number", nargs="?", type=int, default=200)
    parser.add_argument("--table", action="store_true", help="rows for docs/precision.md, without text of the files")
    parser.add_argument("--count", action="store_true", help="count all findings by rule and severity, and draw none")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def _inputs(corpus: Path) -> list[Path]:
    """The files of the corpus in order, those with the same bytes once."""
    files = sorted(path for pattern in _INPUTS for path in corpus.glob(pattern) if path.is_file())
    return sorted({_digest(path): path for path in reversed(files)}.values())


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]


def findings_of(path: Path, *beside: Path) -> list[Found]:
    """What the command reports of one file, and of others that are named with it; nothing where it cannot read it."""
    out, err = (TextIOWrapper(BytesIO(), "utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        modwsgi_fix(["--isolated", "--exit-zero", "--output-format", "json", str(path), *map(str, beside)])
    out.seek(0)
    told = out.read()
    findings = json.loads(told)["findings"] if told else []
    return [
        Found(path, _digest(path), one["line"], one["rule"], one["severity"], one["message"], one["fixable"] or "")
        for one in findings
    ]


def drawn(found: Sequence[Found], seed: int, number: int) -> list[Found]:
    """A sample by seed, in the order of files and lines: every eligible finding is as likely as any other."""

    def lot(one: Found) -> bytes:
        return sha256(f"{seed} {one.digest} {one.rule} {one.line} {one.message}".encode()).digest()

    of_rule: Counter[tuple[str, str]] = Counter()
    sample: list[Found] = []
    for one in sorted(found, key=lot):
        of_rule[one.digest, one.rule] += 1
        if of_rule[one.digest, one.rule] <= _OF_ONE_RULE:
            sample.append(one)
    return sorted(sample[:number])


def _row(one: Found) -> str:
    return f"| {one.rule} | `{one.digest}` | {one.line} | {one.severity} | | |"


def _shown(number: int, one: Found) -> str:
    lines = decode(one.file.read_bytes()).split("\n")
    first = max(0, one.line - 1 - _AROUND)
    around = enumerate(lines[first : one.line + _AROUND], first + 1)
    return "\n".join(
        [
            f"== {number}. {one.rule} ({one.severity}{', ' + one.level if one.level else ''}) {one.digest} line {one.line}",
            f"   {one.file}",
            f"   {one.message}",
            *(f"{'>' if at == one.line else ' '}{at:5} {text}" for at, text in around),
        ]
    )


def _print_counts(found: Sequence[Found], files: int) -> None:
    counted = Counter((one.rule, one.severity) for one in found)
    fixable = Counter((one.rule, one.severity) for one in found if one.level)
    print(
        f"{len(found)} findings in {files} files\n\n| rule | severity | findings | with a fix | files |\n|---|---|---|---|---|"
    )
    for key, count in sorted(counted.items()):
        print(f"| {' | '.join(key)} | {count} | {fixable[key]} | {_files(found, key)} |")


def _files(found: Sequence[Found], key: tuple[str, str]) -> int:
    return len({one.file for one in found if (one.rule, one.severity) == key})


if __name__ == "__main__":
    main()
