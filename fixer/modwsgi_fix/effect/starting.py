"""Whether httpd starts with a configuration, and which lines it refuses.

Only what was measured with ``apache2 -t`` and a start of 2.4.71 counts as refused. Where something else may be wrong, the
answer is that it cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix import directives
from modwsgi_fix.directives.families import CONDITIONS, EXPRESSION_SECTIONS, MAY_HAVE_EXPRESSION, READ_AT_ONCE
from modwsgi_fix.effect.refused import Fault, Stage, is_certain, refused, refused_containers, refused_lines
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.accounts import unknown_accounts
from modwsgi_fix.model.facts.certificates import without_certificate
from modwsgi_fix.model.facts.left_open import may_stay_open
from modwsgi_fix.model.facts.listening import clashes
from modwsgi_fix.model.facts.loaded import Standing, loaded, strangers
from modwsgi_fix.model.facts.missing import missing
from modwsgi_fix.model.facts.named_modules import NO_MPM, SECOND_MPM, second_mpms, unserved
from modwsgi_fix.model.facts.platform import without_daemon_mode
from modwsgi_fix.model.gaps import GapKind
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.requires import expression_of
from modwsgi_fix.model.reading.conditions import module_asked
from modwsgi_fix.model.request.expressions import is_understood
from modwsgi_fix.syntax import Section
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

#: The oldest mod_wsgi that is meant where no version is named (``Target.mod_wsgi``).
_OLDEST = (4, 9, 0)
#: Directives whose first word httpd checks when it reads the line.
_BY_WORD = READ_AT_ONCE | {"wsgidaemonprocess"}
#: The message of httpd where no line opens a port, which it says once all is read (AH00015, listen.c:open_listeners).
NO_LISTEN = "no listening sockets available, shutting down"
#: The end of httpd's message on a name that no module has.
_WHY_INVALID = "perhaps misspelled or defined by a module not included in the server configuration"


class Start(NamedTuple):
    """Whether httpd starts: False where it certainly refuses the configuration, None where that cannot be told.

    ``reason`` is httpd's own message, or why it cannot be told; ``file`` and ``line`` (from 1) are where it stops first; empty
    and None where no line is at fault, but one is missing.
    """

    starts: bool | None
    reason: str = ""
    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        if self.starts:
            return "httpd starts with this configuration, as far as these files say"
        if self.starts is None:
            return f"whether httpd starts cannot be told, because {self.reason}"
        place = f"{self.file}:{self.line}: " if self.line is not None else ""
        return f"httpd does not start with this configuration: {place}{self.reason}"


@derived
def verdict(config: Config) -> Start:
    """Return whether httpd starts with a configuration, as far as the files say."""
    order = {path: at for at, path in enumerate(config.files)}
    fault = min(faults(config), key=lambda fault: (fault.stage, order[fault.path], fault.span), default=None)
    if fault is not None:
        file = config.files[fault.path]
        return Start(False, fault.message, file.name, file.lines.position(fault.span.start).line)
    if doubt := next(_doubts(config), ""):
        return Start(None, doubt)
    return Start(True) if config.named("listen") else Start(False, NO_LISTEN)


@derived
def faults(config: Config) -> list[Fault]:
    """Return all that httpd certainly refuses, each reason once."""
    return list(dict.fromkeys(_faults(config)))


def _faults(config: Config) -> Iterator[Fault]:
    for file in config.files.values():
        for problem in file.tree.problems:
            if may_stay_open(config, file, problem) is not False:
                continue
            yield Fault(file.path, Span(problem.node.start, problem.node.start), problem.message, Stage.READING)
        for node in file.tree.children:
            if isinstance(node, Section) and node.key in CONDITIONS and not node.args:
                reason = f"<{node.name}> directive requires additional arguments"
                yield Fault(file.path, Span(node.start, node.start), reason, Stage.READING)
    names: set[str] = set()
    for item in filter(is_certain, config.named("wsgidaemonprocess")):
        if item.value in names:
            yield Fault(item.path, item.span, "Name duplicates previous WSGI daemon definition.")
        names.add(item.value)
    yield from refused(config)
    for lacking_module in unserved(config):
        stage = Stage.READ if lacking_module.message == NO_MPM else Stage.PROCESSING
        yield Fault(lacking_module.item.path, lacking_module.item.span, lacking_module.message, stage)
    for item, _ in second_mpms(config):
        yield Fault(item.path, item.span, SECOND_MPM, Stage.READ)
    for item, standing in strangers(config):
        if standing in (Standing.NOWHERE, Standing.NOT_LOADED) and not item.guards:
            name = f"<{item.name}" if item.is_section else item.name
            yield Fault(item.path, item.span, f"Invalid command '{name}', {_WHY_INVALID}")
    for lacking in missing(config):
        if lacking.refusal:
            stage = Stage.READING if lacking.item.key in READ_AT_ONCE else Stage.PROCESSING
            yield Fault(lacking.item.path, lacking.span, lacking.refusal, stage)
    for unknown in unknown_accounts(config):
        if not unknown.item.guards:
            yield Fault(unknown.item.path, unknown.span, unknown.refusal)
    for item in without_daemon_mode(config):
        yield Fault(item.path, item.span, f"Invalid command '{item.name}', {_WHY_INVALID}")
    for engine in without_certificate(config):
        reason = "AH02572: Failed to configure at least one certificate and key"
        yield Fault(engine.path, engine.span, reason, Stage.STARTING)
    for clash in clashes(config):
        if clash.is_same:
            yield Fault(
                clash.later.item.path, clash.later.item.span, "Cannot define multiple Listeners on the same IP:port"
            )


def _is_left_out(config: Config, item: Item) -> bool:
    """Whether a line is read only with a name that none of these files defines: ``-D`` would have to define it."""
    defined = _defined(config)
    return any(g.kind == "ifdefine" and not g.negated and g.test not in defined for g in item.guards)


def _asks_for_its_module(item: Item) -> bool:
    """Whether a line is read only where the module that has it is loaded: a condition around it asks for just that."""
    info = directives.find(f"<{item.name}" if item.is_section else item.name)
    names = {module_asked(file) or file for file in info.modules} if info is not None else set()
    return any(g.kind == "ifmodule" and not g.negated and module_asked(g.test) in names for g in item.guards)


@derived
def _defined(config: Config) -> set[str]:
    return {one.value for one in config.named("define")} | config.variables.keys()


def _doubts(config: Config) -> Iterator[str]:
    """Yield the reasons why it cannot be told whether httpd starts, the weightiest first."""
    if not config.complete:
        yield "these files are not a whole server"
    for gap in config.gaps:
        if gap.kind is not GapKind.VARIABLE:
            yield f"not all of it was understood ({config.files[gap.path].name}: {gap.reason})"
    for file in config.files.values():
        if file.template:
            yield f"{file.name} is a template"
        for problem in file.tree.problems:
            if may_stay_open(config, file, problem) is None:
                yield f"{file.name}: {problem.message}, and httpd takes that where the condition holds"
    if loaded(config) is None:
        yield "the modules that it loads are not all in sight"
    for item, standing in strangers(config):
        if not _is_left_out(config, item) and not _asks_for_its_module(item):
            yield f"{item.file.name}:{item.line}: {item.name} is a directive of a module that is not known ({standing.value})"
    for item, _ in (*refused_lines(config), *refused_containers(config)):
        if _is_left_out(config, item):
            continue
        if not item.known:
            yield f"{item.file.name}:{item.line}: {item.name} has a variable whose value is not known"
        elif item.guards:
            yield f"{item.file.name}:{item.line}: {item.name} would be refused, and a condition decides whether it is read"
    for item in config.named(*(key for key in config.names if key in _BY_WORD or key.startswith("wsgi"))):
        # An undefined variable stays as it is written, with a warning (AH00111).
        if item.key in _BY_WORD and not item.known and (item.key in READ_AT_ONCE or not item.args[0].known):
            yield f"{item.file.name}:{item.line}: {item.name} has a variable whose value is not known"
        if config.target.mod_wsgi is None and (name := _recent(item)):
            yield f"{item.file.name}:{item.line}: not every mod_wsgi has {name}"
    for item in config.named(*MAY_HAVE_EXPRESSION):
        if (text := _expression(item)) and item.known and not is_understood(text):
            yield f"{item.file.name}:{item.line}: the expression of {item.name} is not understood"
    for clash in clashes(config):
        item = clash.later.item
        yield f"{item.file.name}:{item.line}: its address may be taken by another Listen"
    for file in config.files.values():
        if file.tags_left:
            yield f"{file.name} has tags of a template that were not filled in"


def _expression(item: Item) -> str:
    """Return the expression of a line that httpd compiles when it reads the line; empty where it has none."""
    words = item.values
    if item.key in EXPRESSION_SECTIONS:
        return " ".join(words)
    if item.key == "setenvifexpr":
        return words[0] if words else ""
    first = words[0].lower() if words else ""
    if first != "expr":
        return ""
    return expression_of(item) if item.key == "require" else " ".join(words[1:2])


def _recent(item: Item) -> str:
    """Return the part of a line of mod_wsgi that some version since 4.9 does not know; empty where all know the line."""
    if not item.key.startswith("wsgi"):
        return ""
    info = directives.find(f"<{item.name}" if item.is_section else item.name)
    if info is not None and (directives.is_later(info.since, _OLDEST) or info.until):
        return info.name
    names = [word.partition("=")[0] for word in item.values if "=" in word]
    if item.key == "wsgidaemonprocess":
        options = (directives.daemon_option(name) for name in names)
        recent = (one for one in options if one is not None and (directives.is_later(one.since, _OLDEST) or one.until))
        return next((one.name for one in recent), "")
    known = directives.script_options(item.key)
    return next((name for name in names if name in known and directives.is_later(known[name].since, _OLDEST)), "")
