"""What httpd accepts, it accepts after every safe fix, too: made and mutated servers, asked of ``apache2 -t`` before and after."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from modwsgi_fix import second_reader
from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Fixed, Job, fix, gate
from modwsgi_fix.files import Disk
from modwsgi_fix.model.config import Target
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import all_rules

from . import install
from .habits import Servers
from .install import Install
from .proofs import everything

#: So many fixes are asked about.
FIXES = 2000 if everything() else 60


@pytest.mark.timeout(3600)
def test_what_httpd_accepts_it_accepts_after_safe_fixes(
    httpd: Path, record_property: Callable[[str, object], None]
) -> None:
    there = install.find()
    assert isinstance(there, Install)
    directory = httpd / "safe"
    directory.mkdir()
    asked: Counter[str] = Counter()
    refused: list[str] = []
    by_rule: Counter[str] = Counter()

    def refusal(text: str) -> str:
        asked["questions"] += 1
        (directory / "apache2.conf").write_text(_placed(text, there, directory), "utf-8", "surrogateescape")
        return _refusal(there, directory)

    servers, seed = Servers(lambda text: not refusal(text)), 0
    while by_rule.total() < FIXES and len(refused) < 20:
        text, seed = servers.made(seed), seed + 1
        if text is None:
            continue
        assert not refusal(text)
        done = _fixed(there, directory)
        if not done.files:
            continue
        by_rule.update(one.rule for one in done.applied)
        asked["servers"] += 1
        (file,) = done.files
        if reason := refusal(file.after):
            rules = ", ".join(dict.fromkeys(one.rule for one in done.applied))
            refused.append(f"seed {seed - 1}: {reason}\n    after {rules}")
    shutil.rmtree(directory)
    record_property("safe_fixes", by_rule.total())
    record_property("safe_servers", asked["servers"])
    record_property("safe_rules", len(by_rule))
    print(
        f"{by_rule.total()} safe fixes of {len(by_rule)} rules in {asked['servers']} servers, {asked['questions']} questions"
    )
    assert not refused, "\n".join(refused)


def _placed(text: str, there: Install, directory: Path) -> str:
    return text.replace("{root}", str(directory)).replace("{modules}", str(there.modules))


def _fixed(there: Install, directory: Path) -> Fixed:
    (source,) = find_sources(Disk(), [str(directory)])
    rules = [rule for rule in all_rules().values() if rule.default]
    release = (2, 4, int(re.findall(rb"2\.4\.(\d+)", _said(there, "-v"))[0]))
    job = Job(source, rules, Target(release, install.mod_wsgi_version(there)))
    return fix(job, Applicability.SAFE, second_reader.objection, proof=gate.objection)


def _said(there: Install, *words: str) -> bytes:
    done = subprocess.run([str(there.server), *words], capture_output=True, env={"LANG": "C"}, check=False)
    return done.stdout + done.stderr


def _refusal(there: Install, directory: Path) -> str:
    """What httpd says where it refuses, else nothing."""
    words = [str(there.server), "-t", "-f", str(directory / "apache2.conf"), "-d", str(directory)]
    done = subprocess.run(words, capture_output=True, env={"LANG": "C"}, check=False, stdin=subprocess.DEVNULL)
    return done.stderr.decode("utf-8", "replace").strip() if done.returncode else ""
