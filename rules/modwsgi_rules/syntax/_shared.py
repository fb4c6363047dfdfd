"""Helpers of rules of this family: the lines that are options of the line above, and fixes that leave a sound file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from modwsgi_fix import directives
from modwsgi_fix.edits import Fix, apply
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import lines_with, locate, takes_options
from modwsgi_fix.syntax import Directive, Section, parse
from modwsgi_fix.tuples import NamedTuple

_ASSIGNED = expression(r"^[ \t]*([\"']?)([A-Za-z]+(?:[-_][A-Za-z]+)*)([ \t]*)=", re.M)


#: The most fixes of one rule in one file that are weighed one by one; the file is parsed for each.
_ONE_BY_ONE = 20
_DAEMON = "WSGIDaemonProcess"

#: What to do about a dead section that would only grant access by URL.
ONLY_GRANTS = "take the section away: it would only grant access by URL"


class WrappedLine(NamedTuple):
    """A line ``name=value`` that httpd takes for a directive."""

    node: Directive
    name: str
    #: The directive of mod_wsgi above, with only such lines in between; None where there is none with options.
    owner: Directive | None
    parents: tuple[Section, ...]
    #: One word, as an option must be: no blank before the ``=``, no quote before the name.
    is_word: bool


def wrapped_lines(file: File) -> Iterator[WrappedLine]:
    """Yield the lines that begin with an option of mod_wsgi, and those where one is to be expected.

    Directly below a WSGIDaemonProcess that is every ``name=value`` whose name is not exactly a directive's: ``timeout=60``,
    ``User=www-data``. Elsewhere it is only an option that mod_wsgi knows, without a blank before its ``=``.
    """
    owners: dict[int, Directive] = {}
    for node, parents in lines_with(file, _ASSIGNED, ("=",)):
        match = _ASSIGNED.match(node.text, node.start)
        if type(node) is not Directive or match is None:
            continue
        above = locate(file.tree, node.start - 1)[0] if node.start else None
        owner = owners.get(above.start) if above is not None else None
        if owner is None and type(above) is Directive and (takes_options(above) or _is_misspelt(above)):
            owner = above
        name, is_word = match[2], not match[1] and not match[3]
        if (is_word or owner is not None) and _is_option(name, owner):
            if owner is not None:
                owners[node.start] = owner
            yield WrappedLine(node, name, owner, parents, is_word)


def starts_of_wrapped_lines(file: File) -> frozenset[int]:
    """Return the offsets of these lines, which no other rule may read as something else."""
    return frozenset(line.node.start for line in wrapped_lines(file))


def _is_misspelt(node: Directive) -> bool:
    """Whether a name is like ``WSGIDeamonProcess``, so that the options below it are still meant for it."""
    if not node.key.startswith("wsgi") or directives.find(node.key) is not None:
        return False
    return any(
        directives.script_options(name) or name == _DAEMON for name in directives.candidates(node.name, sections=False)
    )


def _is_option(name: str, owner: Directive | None) -> bool:
    if directives.option_at_start(f"{name}="):
        return True
    if owner is None or directives.script_options(owner.key):
        return False
    known = directives.find(name)
    return known is None or known.name != name or bool(directives.option_at_start(f"{name.lower()}="))


def sound(file: File, fixes: Sequence[Fix | None]) -> list[Fix | None]:
    """Return the fixes, which edit this file only, with None for each that would leave more problems than there are.

    A half-typed line may turn out to be a tag whose rest is missing, which is not known yet.
    """
    offered = [fix for fix in fixes if fix is not None]
    if len(offered) > _ONE_BY_ONE and _is_sound(file, offered):
        return list(fixes)
    kept = {id(fix) for fix in offered[:_ONE_BY_ONE] if _is_sound(file, [fix])}
    return [fix if id(fix) in kept else None for fix in fixes]


def _is_sound(file: File, fixes: Sequence[Fix]) -> bool:
    after = apply(file.text, [edit for fix in fixes for edit in fix.edits])
    return len(parse(after).problems) <= len(file.tree.problems)
