"""``--only``: the findings of some files, virtual hosts or rules, so that all others are neither reported nor fixed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence

from modwsgi_fix.engine.job import New
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.servers import split_name
from modwsgi_fix.rule import Diagnostic, Rule
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.selection import close, matched


class Chosen(NamedTuple):
    """The words of ``--only``, told apart: names of ``rules``, paths of ``files``, names of ``hosts`` in lower case.

    A finding counts where it is of one of the rules, in one of the files and in one of the hosts; an empty field leaves
    the choice open.
    """

    rules: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def chosen(words: Iterable[str], rules: Mapping[str, Rule]) -> Chosen:
    """Return what words choose: rules and families by name, files and directories that exist, else virtual hosts.

    Raises ``Stop`` for a path that does not exist.
    """
    families = {rule.family for rule in rules.values()}
    names, files, hosts = list[str](), list[str](), list[str]()
    for word in words:
        if word in rules or word in families:
            names.append(word)
        elif os.path.lexists(word):
            files.append(word)
        elif "/" in word:
            raise Stop(f"--only {word}: no such file")
        else:
            hosts.append(word.lower())
    return Chosen(matched(names, rules), tuple(files), tuple(hosts))


def selecting(choice: Chosen, key: Callable[[str], str]) -> New | None:
    """Return a function that selects the chosen findings of a server, whose files have these keys; None to select all."""
    if choice == Chosen():
        return None
    paths = [key(path).rstrip("/") for path in choice.files]

    def select(config: Config, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
        regions = _regions(config, choice.hosts)
        return [
            one
            for one in diagnostics
            if (not choice.rules or one.rule in choice.rules)
            and (not paths or any(one.path == path or one.path.startswith(path + "/") for path in paths))
            and (not choice.hosts or any(one.span.start in region for region in regions.get(one.path, ())))
        ]

    return select


def check_hosts(choice: Chosen, configs: Iterable[Config]) -> None:
    """Raise ``Stop`` for a virtual host that no server has."""
    if not choice.hosts:
        return
    known = {name for config in configs for host in config.hosts for name in _names(host)}
    for name in choice.hosts:
        if name not in known:
            raise Stop(f"--only {name}: is not a file, a rule or a virtual host that is read{close(name, known)}")


def _regions(config: Config, names: Sequence[str]) -> dict[str, list[Span]]:
    """Return where the text of these virtual hosts stands, by the key of the file: their sections, and what they include."""
    if not names:
        return {}

    def compute() -> dict[str, list[Span]]:
        regions: dict[str, list[Span]] = {}
        for host in config.hosts:
            if host.item is not None and not _names(host).isdisjoint(names):
                regions.setdefault(host.item.path, []).append(host.item.node.span)
                for item in host.walk():
                    if item.path != host.item.path:
                        regions.setdefault(item.path, []).append(item.node.span)
        return regions

    return config.once((_regions, tuple(names)), compute)


def _names(host: Server) -> set[str]:
    """Return the names of a virtual host in lower case: those of ServerName and ServerAlias."""
    named = [split_name(item.value)[0] for item in host.all("servername")]
    return {name.lower() for name in (*named, *(value for item in host.all("serveralias") for value in item.values))}
