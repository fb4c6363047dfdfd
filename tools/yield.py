"""Counts what is fixed: applied and withheld fixes, rule by rule, over configurations.

    python tools/yield.py corpus/*/conf                    # each directory as the command line reads it
    python tools/yield.py --each DIRECTORY ...             # each file below by itself, as a fragment
    python tools/yield.py --json ... > before.json         # to compare two states of the project

Everything is as with ``--diff``: the fixes of the level (``--level``, repair by default) are applied until nothing changes,
and their effect is measured. Where ``root`` lies beside a path, it is the filesystem that the paths in it mean. The same
files give the same output, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from modwsgi_fix import second_reader
from modwsgi_fix.edits import Applicability
from modwsgi_fix.effect.classes import Effect
from modwsgi_fix.engine import Job, fix, gate
from modwsgi_fix.files import Disk
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.model.reading.source import discover
from modwsgi_fix.rule import all_rules

#: What a configuration file is called; what else lies beside it is no input.
_ENDINGS = (".conf", ".j2", ".erb", ".in", ".tmpl", ".template", ".tpl", ".jinja", ".htaccess")


class Yield(NamedTuple):
    """What came of one path: rule and level of each fix that was applied, rule and effect of each that was withheld."""

    applied: tuple[tuple[str, str], ...]
    withheld: tuple[tuple[str, str], ...]


def main() -> None:
    arguments = _arguments()
    paths = _inputs(arguments.paths, each=arguments.each)
    one = partial(yield_of, level=Applicability[arguments.level.upper()])
    if arguments.jobs > 1:
        with ProcessPoolExecutor(arguments.jobs) as pool:
            found = list(pool.map(one, paths, chunksize=4))
    else:
        found = [one(path) for path in paths]
    applied = Counter(pair for each in found for pair in each.applied)
    withheld = Counter(pair for each in found for pair in each.withheld)
    if arguments.json:
        told = {"inputs": len(paths), "applied": _nested(applied), "withheld": _nested(withheld)}
        print(json.dumps(told, indent=1))
    else:
        print(f"{len(paths)} inputs, {applied.total()} fixes applied, {withheld.total()} withheld")
        for title, counted in (("applied", applied), ("withheld", withheld)):
            print(f"\n| {title} | | |\n|---|---|---|")
            for (rule, what), count in sorted(counted.items()):
                print(f"| {rule} | {what} | {count} |")


def _arguments() -> argparse.Namespace:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--each", action="store_true", help="take each file below a directory by itself")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--level", default="repair", choices=[level.label for level in Applicability])
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args()


def _inputs(paths: Iterable[Path], *, each: bool) -> list[Path]:
    found = [file for path in paths for file in ([path] if path.is_file() or not each else _files(path))]
    return sorted(dict.fromkeys(found))


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file() and path.name.endswith(_ENDINGS))


def yield_of(path: Path, level: Applicability) -> Yield:
    """What is applied to one path, and what is withheld there."""
    root = path.parent / "root"
    disk = Rooted(Disk(), str(root)) if root.is_dir() else None
    rules = [rule for rule in all_rules().values() if rule.default]
    applied: list[tuple[str, str]] = []
    withheld: list[tuple[str, str]] = []
    for source in discover(Disk(), [str(path)]).sources:
        fixed = fix(Job(source, rules, disk=disk), level, second_reader.objection, proof=gate.objection)
        applied += [(one.rule, one.fix.applicability.label) for one in fixed.applied]
        withheld += [(one.rule, _why(one.reason)) for one in fixed.withheld]
    return Yield(tuple(applied), tuple(withheld))


def _why(reason: str) -> str:
    """The effect that a fix must not have; ``other`` where another thing stands against it."""
    word = reason.partition(":")[0]
    return word if word in set(Effect) else "other"


def _nested(counted: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    return {
        rule: {what: counted[rule, what] for _, what in pairs}
        for rule, pairs in groupby(sorted(counted), key=lambda pair: pair[0])
    }


if __name__ == "__main__":
    sys.exit(main())
