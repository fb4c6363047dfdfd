"""Lists what the rules about WSGI scripts report in the scripts of a corpus, to be read one by one.

    python tools/precision_scripts.py             # every finding as a row, with the verdict that docs/precision-scripts.md has
    python tools/precision_scripts.py --unread    # only those that have none there
    python tools/precision_scripts.py --count     # by rule: findings, with a fix, files
    python tools/precision_scripts.py --kinds     # by what an expert raises: in how many scripts it is found
    python tools/precision_scripts.py --corpus DIRECTORY

Each script is run by itself, as ``modwsgi-fix FILE`` runs it without a settings file. A file is named by the beginning of its
SHA-256, so that nothing of it is copied. What is only seen once another line is repaired counts as well.

``--kinds`` reads the page's list of what an expert raises in which scripts, and counts each script in which a rule says so:
where it is named by itself, and where a small configuration mounts it in a process group, with a second site beside it in the
same group, and sets by ``SetEnv`` what the script reads of ``os.environ``.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
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
    parser.add_argument("--kinds", action="store_true", help="count by what an expert raises, and list nothing")
    arguments = parser.parse_args()
    files = sorted(path for path in (arguments.corpus.resolve() / "scripts").glob("*") if path.is_file())
    ours = {rule.name for rule in all_rules().values() if rule.family == "scripts"}
    if arguments.kinds:
        with ProcessPoolExecutor(arguments.jobs) as pool:
            _print_kinds(dict(zip(map(_digest, files), pool.map(rules_of, files, chunksize=4), strict=True)))
        return
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


# -- what an expert raises --------------------------------------------------------------------------------------------------

#: The rules that say so, by the kinds of the page.
_KINDS: Mapping[str, frozenset[str]] = {
    "names and syntax of Python 2": frozenset({"python-2-name", "python-2-syntax", "not-python-3"}),
    "Django's `WSGIHandler()`": frozenset({"django-old-handler"}),
    "settings of Django in `os.environ`": frozenset({"settings-of-two-sites"}),
    "`site.addsitedir`": frozenset({"process-set-up-in-script", "sys-path-in-script", "activate-this"}),
    "`sys.path`": frozenset({"process-set-up-in-script", "sys-path-in-script", "activate-this"}),
    "`PYTHON_EGG_CACHE`": frozenset(
        {"process-set-up-in-script", "egg-cache-in-script", "request-environ-in-os-environ"}
    ),
    "`sys.stdout`": frozenset({"stdout-workaround"}),
    "`SCRIPT_NAME` overwritten": frozenset({"script-name-overwritten"}),
    "`pkg_resources`": frozenset({"import-that-is-gone"}),
    "`activate_this.py`": frozenset({"activate-this"}),
    "commands of Django that are gone": frozenset({"framework-name-gone"}),
    "loaders of Celery": frozenset({"import-that-is-gone"}),
    "environ of a request in `os.environ`": frozenset({"request-environ-in-os-environ"}),
    "`SetEnv` read from `os.environ`": frozenset({"setenv-not-in-os-environ"}),
    "relative paths": frozenset({"relative-path-in-script"}),
    "entry points of CherryPy 2 and MoinMoin 1.8": frozenset({"framework-name-gone"}),
    "no `application`": frozenset({"missing-application", "application-under-main-guard"}),
    "text as a body": frozenset({"str-body"}),
    "a debugger": frozenset({"debugger-left-on"}),
    "modules that later Pythons dropped": frozenset({"module-gone-from-python"}),
    "scripts that refuse threads": frozenset({"script-refuses-concurrency"}),
}
_KIND = re.compile(r"^\| (?P<kind>[^|]+) \| (?P<digests>(?:`[0-9a-f]{8}`(?:, )?)+) \|$", re.M)
_READ = re.compile(r"""os\.environ(?:\.get\(|\[)\s*["'](\w+)["']""")
_CONFIGURATION = """\
WSGIDaemonProcess site threads=5
WSGIProcessGroup site
WSGIApplicationGroup %{{GLOBAL}}
WSGIScriptAlias /other {other}
WSGIScriptAlias / {script}
"""
_OTHER = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "other.settings")\nfrom other import application\n'


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:_DIGITS]


def rules_of(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """The rules that report a script that is named by itself, and those where a configuration mounts it."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name).resolve()
        script, other = directory / "site" / path.name, directory / "other/app.wsgi"
        for place in (script, other):
            place.parent.mkdir()
        shutil.copy(path, script)
        other.write_text(_OTHER)
        text = _CONFIGURATION.format(script=script, other=other)
        names = sorted(set(_READ.findall(path.read_text("utf-8", "surrogateescape"))) - {"DJANGO_SETTINGS_MODULE"})
        (directory / "site.conf").write_text(text + "".join(f"SetEnv {one} /srv/value\n" for one in names))
        mounted = findings_of(directory / "site.conf", script)
        return frozenset(one.rule for one in findings_of(script)), frozenset(one.rule for one in mounted)


def _print_kinds(found: Mapping[str, Sequence[frozenset[str]]]) -> None:
    print("| kind | scripts | found by itself | found where it is mounted |\n|---|---|---|---|")
    totals = [0, 0, 0]
    for row in _KIND.finditer(_PAGE.read_text("utf-8")):
        rules = _KINDS[row["kind"].strip()]
        digests = re.findall(r"`(\w+)`", row["digests"])
        counts = [len(digests), *(sum(bool(found[one][at] & rules) for one in digests) for at in (0, 1))]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        print(f"| {row['kind']} | {' | '.join(map(str, counts))} |")
    print(f"| all | {' | '.join(map(str, totals))} |")


if __name__ == "__main__":
    main()
