# -*- coding: utf-8 -*-
# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""The command modwsgi-fix: where it is, its words for the options of a task, and what its JSON says.

A module of this collection is sent to targets with an old Python, too, where it must at least be able to say that the
program is not there. So this is written for Python 3.6.
"""

from __future__ import absolute_import, division, print_function

import json
import sys

__metaclass__ = type

try:
    from importlib.util import find_spec
except ImportError:
    find_spec = None

#: The oldest Python that the program runs on.
OLDEST = (3, 11)
#: The key by which a module says that the program is not on the target.
ABSENT = "modwsgi_fix_absent"

SERVER = {
    "paths": {"type": "list", "elements": "path", "required": True},
    "root": {"type": "path"},
    "assume_deny": {"type": "str", "choices": ["2.2", "2.4", "none"]},
    "executable": {"type": "path"},
    "where": {"type": "str", "choices": ["auto", "target", "controller"], "default": "auto"},
}
FIX = dict(
    SERVER,
    fix_level={"type": "str", "choices": ["safe", "repair", "unsafe"], "default": "repair"},
    select={"type": "list", "elements": "str", "default": []},
    ignore={"type": "list", "elements": "str", "default": []},
    target={"type": "list", "elements": "str", "default": []},
    verify={"type": "str"},
    baseline={"type": "path"},
    allow_shared_tree={"type": "bool", "default": False},
    templates={"type": "bool", "default": False},
)
TRACE = dict(
    SERVER,
    urls={"type": "list", "elements": "str", "default": []},
    client={"type": "str"},
    address={"type": "str"},
)
TRACE["assert"] = {"type": "dict", "default": {}}
UNDO = {
    "undo_id": {"type": "str", "required": True},
    "allow_shared_tree": {"type": "bool", "default": False},
    "executable": {"type": "path"},
}


def beside_this_python():
    """Return the words that run the program by this very interpreter, or an empty list where it is not installed there."""
    if sys.version_info < OLDEST or find_spec is None or find_spec("modwsgi_fix") is None:
        return []
    return [sys.executable, "-P", "-m", "modwsgi_fix"]


def why_absent():
    """Return why ``beside_this_python`` has nothing, in words."""
    version = ".".join(str(part) for part in sys.version_info[:2])
    if sys.version_info < OLDEST:
        return "modwsgi-fix needs Python 3.11 or later, and %s is Python %s" % (sys.executable, version)
    return "modwsgi-fix is neither installed beside %s nor on PATH" % sys.executable


def _of_server(params):
    words = []
    for option in ("root", "assume_deny"):
        if params.get(option) is not None:
            words += ["--" + option.replace("_", "-"), params[option]]
    return words


def _chosen(params):
    words = []
    for option in ("select", "ignore"):
        if params.get(option):
            words += ["--" + option, ",".join(params[option])]
    for target in params.get("target") or ():
        words += ["--target", target]
    return words


def fix_words(params, mode):
    """Return the words of a run of ``mode``, which is ``--diff`` or ``--write``."""
    words = [mode, "--output-format", "json", "--quiet", "--no-impact", "--fix-level", params["fix_level"]]
    words += _of_server(params) + _chosen(params)
    if params.get("baseline") is not None:
        words += ["--baseline", params["baseline"]]
    if mode == "--write":
        if params.get("verify") is not None:
            words += ["--verify", params["verify"]]
        if params.get("allow_shared_tree"):
            words.append("--allow-shared-tree")
    return words + ["--"] + list(params["paths"])


def trace_words(params):
    """Return the words of ``trace``, for the URLs of a task."""
    words = ["trace", "--output-format", "json"] + _of_server(params)
    for option in ("client", "address"):
        if params.get(option) is not None:
            words += ["--" + option, params[option]]
    return words + ["--"] + asked(params) + list(params["paths"])


def asked(params):
    """Return the URLs of a task, each once."""
    urls = list(params.get("urls") or ())
    return urls + [url for url in params.get("assert") or {} if url not in urls]


def report_words(params):
    """Return the words of a report."""
    words = ["--output-format", "json", "--quiet", "--exit-zero"] + _of_server(params) + _chosen(params)
    return words + ["--"] + list(params["paths"])


def show_words(params):
    """Return the words of ``show``, which knows no fragments."""
    root = ["--root", params["root"]] if params.get("root") is not None else []
    return ["show", "--output-format", "json"] + root + ["--"] + list(params["paths"])


class Said(object):
    """What a run of the program said: its exit code, its JSON (an empty dictionary where there is none), its messages."""

    def __init__(self, code, out, err):
        self.code = code
        self.lines = [line for line in plain(err).splitlines() if line.strip()]
        try:
            self.report = plain(json.loads(plain(out)))
        except ValueError:
            self.report = {}
        if not isinstance(self.report, dict):
            self.report = {}

    @property
    def problem(self):
        """Why the task fails, or an empty string: the exit code is another one than 0 and 1, or there is no report."""
        if self.code in (0, 1) and self.report and "error" not in self.report:
            return ""
        told = self.report.get("error", {}).get("message")
        return told or "; ".join(self.lines) or "modwsgi-fix ended with exit code %s" % self.code


def plain(value):
    """Return a value whose texts are UTF-8; bytes of other encodings become U+FFFD, because Ansible hands on no others."""
    if isinstance(value, dict):
        return {plain(key): plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


#: The keys of a report that a task returns.
_KEPT = ("findings", "fixed", "withheld", "not_understood", "starts", "start_fault")


def result_of(said):
    """Return what a task returns of a report of ``--diff`` or ``--write``."""
    report = said.report
    changed = report.get("changed", [])
    found = {key: report[key] for key in _KEPT if key in report}
    found.setdefault("findings", [])
    found["changed"] = bool(changed)
    found["changed_files"] = [one["file"] for one in changed]
    found["undo_id"] = report.get("undo")
    return found


def diff_of(said):
    """Return a diff for each file, in the form in which Ansible shows one."""
    return [prepared(one["file"], one["hunks"]) for one in said.report.get("changed", [])]


def prepared(name, hunks):
    """Return the diff of one file."""
    text = "".join("%s\n%s" % (hunk["header"], hunk.get("text", "")) for hunk in hunks)
    return {"prepared": "--- before: %s\n+++ after: %s\n%s" % (name, name, text)}


def failures_of(params, said):
    """Return a sentence for each URL that is not answered as the task asserts."""
    traces = {trace["url"]: trace for trace in said.report.get("traces", [])}
    failures = []
    for url, wanted in sorted((params.get("assert") or {}).items()):
        trace = traces.get(url)
        if trace is None:
            failures.append("%s: was not traced" % url)
            continue
        # What the files leave open must hold in each branch.
        outcomes = [trace["outcome"]]
        if trace["outcome"]["kind"] == "unknown" and trace["branches"]:
            outcomes = [branch["outcome"] for branch in trace["branches"]]
        wrong = [one for one in outcomes if not _is_as(one, wanted)]
        if wrong:
            failures.append("%s: %s is wanted, and it is %s" % (url, _in_words(wanted), _told(wrong[0])))
    return failures


def _wanted(wanted):
    if isinstance(wanted, dict):
        return wanted
    text = str(wanted)
    return {"status": text} if text.isdigit() else {"kind": text}


def _is_as(outcome, wanted):
    return all(str(outcome.get(key)) == str(value) for key, value in _wanted(wanted).items())


def _in_words(wanted):
    return ", ".join("%s %s" % pair for pair in sorted(_wanted(wanted).items()))


def _told(outcome):
    words = [outcome["kind"]]
    if outcome.get("status") is not None:
        words.append("with status %s" % outcome["status"])
    if outcome.get("host"):
        words.append("of %s" % outcome["host"])
    text = " ".join(words)
    return "%s (%s)" % (text, outcome["reason"]) if outcome.get("reason") else text


#: What a task may assert of an answer.
_OF_OUTCOME = (
    "kind",
    "status",
    "host",
    "file",
    "path_info",
    "handler",
    "process_group",
    "application_group",
    "script_name",
    "user",
    "location",
)


def trace_problem(params):
    """Return what is wrong with the options of a trace, or an empty string."""
    if not asked(params):
        return "nothing to trace: give urls or assert"
    for url, wanted in sorted((params.get("assert") or {}).items()):
        for key in _wanted(wanted):
            if key not in _OF_OUTCOME:
                return "assert: %s: %s is not one of %s" % (url, key, ", ".join(_OF_OUTCOME))
    return ""


def traced(params, said):
    """Return what a task of modwsgi_trace comes to."""
    if said.problem:
        return {"failed": True, "msg": said.problem}
    result = {"changed": False, "traces": said.report.get("traces", [])}
    failures = failures_of(params, said)
    if failures:
        result.update(failed=True, failures=failures, msg="; ".join(failures))
    return result


def facts_of(shown, checked):
    """Return what a task of modwsgi_facts comes to: hosts and groups, whether httpd starts, and how much is found."""
    for said in (shown, checked):
        if said.problem:
            return {"failed": True, "msg": said.problem}
    report = checked.report
    counts = {"error": 0, "warning": 0, "info": 0}
    for finding in report.get("findings", []):
        counts[finding["severity"]] += 1
    for more in report.get("more", []):
        counts[more["severity"]] += more["count"]
    facts = {
        "version": report.get("version"),
        "starts": report.get("starts"),
        "start_fault": report.get("start_fault"),
        "start_unknown": report.get("start_unknown"),
        "findings": counts,
        "servers": shown.report.get("servers", []),
    }
    return {"changed": False, "ansible_facts": {"modwsgi": facts}}
