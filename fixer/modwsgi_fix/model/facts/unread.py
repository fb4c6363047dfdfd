"""The scripts that Python refuses, and those that could not be read in full: none of them counts as clean."""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import NAMES_SCRIPT
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.running import python_of
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts, module_of, path_of
from modwsgi_fix.model.items import File, Script
from modwsgi_fix.placeholders import is_code_to_fill_in
from modwsgi_fix.script.faults import Fault, fault_of
from modwsgi_fix.script.source import source_of
from modwsgi_fix.tuples import NamedTuple


class Unread(NamedTuple):
    """A script that was not understood: the line (from 1) in it or in the file that names it, and the reason."""

    file: Script | File
    line: int
    reason: str


def refusal(config: Config, script: WsgiScript) -> Fault | None:
    """Return why the Python that runs a script refuses it; None where it accepts it, or where that cannot be told.

    A template is not Python before it is filled in, and what Python 2 accepts is not known here.
    """
    text, version = script.script.text, python_of(config, script)
    if is_code_to_fill_in(text) or (version is not None and version < (3,)):
        return None
    return fault_of(text, version)


def unread_scripts(config: Config) -> Iterator[Unread]:
    """Yield the scripts that cannot be read, that Python refuses, or that libcst could not read for a rule."""
    for script in loaded_scripts(config):
        if is_code_to_fill_in(script.script.text):
            yield Unread(script.script, 1, "a template of a script is not understood before it is filled in")
        elif (fault := fault_of(script.script.text)) is not None and (python_of(config, script) or (3,)) < (3,):
            yield Unread(script.script, fault.line, "a script for Python 2 is not understood")
        elif fault is not None:
            yield Unread(script.script, fault.line, f"Python does not take the script: {fault}")
        elif script.script.not_read or (source_of(script.script.text) is None and module_of(script) is None):
            yield Unread(script.script, 1, f"the script is not checked in full: {script.script.not_read}")
    for item in config.named(*NAMES_SCRIPT) if config.unreadable else ():
        if (reason := config.unreadable.get(path_of(config, item))) is not None:
            yield Unread(item.file, item.line, f"the script cannot be read: {reason}")
