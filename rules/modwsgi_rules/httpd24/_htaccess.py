"""What ``.htaccess`` files say of access, and whether they go on to mean the same once the server around them is converted."""

from __future__ import annotations

import posixpath
from collections.abc import Collection

from modwsgi_fix.directives.families import OLD_ACCESS
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.htaccess import htaccess_files
from modwsgi_fix.model.facts.led_to import leads_past
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.access import access_of, grant
from modwsgi_fix.model.merge.sections import are_apart
from modwsgi_fix.model.paths import components
from modwsgi_fix.rewriting.dialects import DENIED, Clause, components_of, directory_of, merge
from modwsgi_fix.syntax import Directive
from modwsgi_fix.tuples import NamedTuple

_UNSEEN = ".htaccess files that AllowOverride admits may be written in the old way, and would be merged otherwise"


class _Spoken(NamedTuple):
    """A file with lines on access: a host that may read it, where it lies, and its directives by name in lower case."""

    server: Server
    path: str
    keys: frozenset[str]
    satisfies_any: bool

    @property
    def directory(self) -> str:
        return posixpath.dirname(self.path)


def obstacle(config: Config) -> str:
    """Why a conversion may change what is answered below an ``.htaccess`` file; empty where it does not.

    Old words in such a file are asked beside ``Require`` then, and its own ``Require`` takes the place of the one around
    it. Both come to the same where what is around admits everyone.
    """
    if not _admits(config):
        return ""
    spoken = _spoken(config)
    if spoken is None:
        return _UNSEEN
    wrong = next((one for one in spoken if not _is_kept(config, one)), None)
    return f"{wrong.path} sets access, and would be merged otherwise" if wrong else ""


def needs_compat(config: Config) -> bool:
    """Whether an ``.htaccess`` file has the old words, or may have them."""
    spoken = _spoken(config) if _admits(config) else ()
    return spoken is None or any(one.keys & {*OLD_ACCESS} for one in spoken)


def _admits(config: Config) -> bool:
    """Whether .htaccess files may hold access directives. Without an AllowOverride 2.4 reads none."""
    for item in config.named("allowoverride"):
        words = {value.lower().partition("=")[0] for value in item.values}
        if not item.known or words & {"all", "limit", "authconfig"}:
            return True
    return any(
        {value.lower() for value in item.values} & {*OLD_ACCESS, "require"}
        for item in config.named("allowoverridelist")
    )


@derived
def _spoken(config: Config) -> tuple[_Spoken, ...] | None:
    """The files with lines on access, as the disk shows them; None where not all of them are in sight."""
    found: list[_Spoken] = []
    for server in config.servers:
        files = htaccess_files(config, server)
        if files is None:
            return None
        for path, file in files:
            lines = [node for node in file.tree.walk() if isinstance(node, Directive)]
            keys = frozenset(node.key for node in lines)
            if keys & {*OLD_ACCESS, "require", "authmerging"}:
                satisfies = any(node.key == "satisfy" and "any" in _words(node) for node in lines)
                found.append(_Spoken(server, path, keys, satisfies))
    return tuple(found)


def _words(node: Directive) -> Collection[str]:
    return {arg.value.lower() for arg in node.args}


def _is_kept(config: Config, spoken: _Spoken) -> bool:
    """Whether the words of a file mean the same before and after."""
    if spoken.satisfies_any or "authmerging" in spoken.keys:
        return False
    around = grant(config, spoken.server, spoken.directory).by_22
    if around is None or access_of(around).satisfy_any or access_of(around).admits_22 is not True:
        return False
    return not any(_comes_later(config, clause, spoken) for clause in merge(config).beside(spoken.server, old=True))


def _comes_later(config: Config, clause: Clause, spoken: _Spoken) -> bool:
    """Whether old words that admit somebody may be merged after those of a file."""
    section = clause.section
    if clause.rank < 2 or (clause.hosts == DENIED and not clause.satisfy_any):
        return False
    if not section.server.is_main and section.server is not spoken.server:
        return False
    place = components(spoken.directory)
    if clause.rank == 3:
        return not leads_past(config, section, [spoken.server], place)
    around = components_of(directory_of(section))
    return around is None or not are_apart(around, place)
