"""``.htaccess`` files: where one is read, and whether httpd accepts its lines (config.c:ap_parse_htaccess, invoke_cmd).

A single line that httpd refuses makes it answer 500 for everything below the directory.
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import Context, DirectiveInfo, find
from modwsgi_fix.directives.families import CONDITIONS, FILES_SECTIONS, REQUIRE_SECTIONS
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.containers import container_fault
from modwsgi_fix.model.items import File, Item
from modwsgi_fix.model.merge.layers import Layer, Site
from modwsgi_fix.model.merge.options import OPTIONS, Override
from modwsgi_fix.model.merge.world import DIRECTORY, FILE, Beyond, World
from modwsgi_fix.model.modules import has_module, is_of_php, loaded_modules, loads_php, loads_unknown_modules
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.model.request.arguments import UnclearError, fault_of_words
from modwsgi_fix.model.request.outcome import Done, Kind, Outcome
from modwsgi_fix.syntax import Section

#: The reason of an error 500 for an .htaccess file.
_REFUSES = "httpd refuses "
_LAST_PATCH = 9999
#: The reason of an unknown outcome where an .htaccess file decides.
_UNSEEN, _PARTLY = " decides, and is not in sight", " is read, and what it says is not understood"


def is_by_htaccess(reason: str) -> bool:
    """Whether an outcome is unknown because an .htaccess file decides, which may have any access lines."""
    return reason.endswith(_UNSEEN) or _PARTLY in reason


def htaccess(site: Site, directory: str, override: Override, anchor: str, world: World) -> Layer | None:
    """Return the layer of a directory's .htaccess; None where there is none. Raises ``Done`` with 500 for a refused file.

    ``directory`` has no slash at its end; ``anchor`` is the path that a mapping names: all directories above share one answer.
    """
    item = site.last("accessfilename", world)
    for name in item.values if item else (".htaccess",):
        path = f"{directory}/{name}"
        if world.disk is not None and world.type_of(directory or "/") != DIRECTORY:
            return None
        if not world.is_seen(path):
            _assumed_absent(name, directory, anchor, world)
        elif world.type_of(path) == FILE:
            return _allowed(site.config, path, directory, override, world)
    return None


def _assumed_absent(name: str, directory: str, anchor: str, world: World) -> None:
    path = f"{directory}/{name}"
    if not (directory + "/").startswith(anchor.rstrip("/") + "/"):
        # There is one answer for all directories above those that the configuration names.
        path = f"{anchor.rstrip('/')} or above it"
    absent = f"no {name} in {path.removesuffix('/' + name)}"
    if world.ask(f"{name}: {path}", ("no", absent), ("yes", f"{path} exists")) == "yes":
        raise Beyond(f"{path}{_UNSEEN}")


def _allowed(config: Config, path: str, directory: str, override: Override, world: World) -> Layer:
    found = _read(config)(path)
    if found.unread:
        raise Beyond(f"{path}{_UNSEEN}")
    fault = next(_faults_of_writing(found), None)
    if fault is not None:
        world.step("directory", f"httpd refuses {path}: {fault}")
        raise _refused(path, directory)
    if (name := _condition(found, override)) is not None:
        world.step("directory", f"httpd refuses {path}: <{name}> is not allowed here")
        raise _refused(path, directory)
    read = [item for item in found.main.items if not item.guards or world.active(item)]
    reading = _Reading(config, override, path, directory, world)
    for item in read:
        reading.read(item)
    layer = Layer(None, read, directory=directory)
    layer.pass_over(reading.passed_over)
    return layer


def _refused(path: str, directory: str) -> Done:
    return Done(Outcome(Kind.ERROR, 500, file=directory + "/", reason=f"{_REFUSES}{path}"))


def refused_by(outcome: Outcome) -> str | None:
    """Return the .htaccess file that is the reason of an error 500; None for any other outcome."""
    is_so = outcome.kind is Kind.ERROR and outcome.reason.startswith(_REFUSES)
    return outcome.reason.removeprefix(_REFUSES) if is_so else None


def _faults_of_writing(found: Config) -> Iterator[str]:
    """Yield the faults of syntax, at which httpd stops before it looks at any directive."""
    for file in found.files.values():
        yield from (
            f"{problem.message} (line {file.lines.position(problem.node.start).line})" for problem in file.tree.problems
        )


def _condition(found: Config, override: Override) -> str | None:
    """Return the first condition of a file that may not have any: conditions need some class of AllowOverride.

    ``Nonfatal`` does not help: httpd passes over the first line alone, and then refuses the last one.
    """
    if override.classes:
        return None
    nodes = (node for file in found.files.values() for node in file.tree.walk() if isinstance(node, Section))
    return next((node.name for node in nodes if node.key in CONDITIONS and node.key not in override.listed), None)


class _Reading:
    """Reads the lines of an ``.htaccess`` file; ``passed_over`` are those that httpd ignores (``Nonfatal``)."""

    def __init__(self, config: Config, override: Override, path: str, directory: str, world: World) -> None:
        self.config = config
        self.override = override
        self.path = path
        self.directory = directory
        self.world = world
        self.passed_over: set[Item] = set()

    def read(self, item: Item) -> None:
        """Read a line and its contents. Raises ``Done`` with 500 where httpd refuses it."""
        fault = _fault(item, self.config, self.override)
        if fault is None:
            for child in item.children:
                if not child.guards or self.world.active(child):
                    self.read(child)
        elif fault in self.override.nonfatal and not _is_required(item):
            self.passed_over.add(item)
        else:
            reason = {
                "unknown": f"{item.name} is not a directive of httpd or a module that it loads",
                "override": f"{item.name} is not allowed here",
            }.get(fault, fault)
            self.world.step("directory", f"httpd refuses {self.path}: {reason}", item)
            raise _refused(self.path, self.directory)


def _is_required(item: Item) -> bool:
    """Whether a line stands in a container of Require, in which ``Nonfatal`` does not hold (measured)."""
    return item.parent is not None and item.parent.key in REQUIRE_SECTIONS


def _fault(item: Item, config: Config, override: Override) -> str | None:
    """Return why httpd refuses a line: ``unknown``, ``override``, or what is wrong with its arguments; None where it does not."""
    info = find(f"<{item.name}" if item.is_section else item.name)
    if info is None or info.section is not item.is_section:
        if is_of_php(item.name) and loads_php(config):
            return None
        if loads_unknown_modules(config) or not config.complete:
            raise Beyond(f"{item.name} of {item.file.name} is not known here{_PARTLY}", item)
        return "unknown"
    if has_module(config, info) is False or not (info.of_mod_wsgi or info.exists_in(_release(config))):
        return "unknown"
    classes = {name.lower() for name in info.overrides}
    if Context.HTACCESS not in info.contexts or not classes:
        return "override"
    if not classes & (override.classes or frozenset()) and item.node.name.lower() not in override.listed:
        return "override"
    return _fault_of_words(item, info, override)


def _release(config: Config) -> str:
    """Return the release of httpd; where its patch level is not known, the last one."""
    release = config.target.httpd
    return ".".join(map(str, release if len(release) > 2 else (*release, _LAST_PATCH)))


def _fault_of_words(item: Item, info: DirectiveInfo, override: Override) -> str | None:
    """Return what is wrong with the arguments, as far as the tables tell; None where nothing is."""
    if not info.section and not info.takes(item.values):
        return f"{item.name} does not take {len(item.args)} words"
    if not item.known:
        return None
    if info.values and item.value.lower() not in {value.lower() for value in info.values}:
        return f"{item.name} does not take {item.value}"
    if fault := container_fault(item):
        return fault
    if item.key == "options":
        return _fault_of_options(item, override)
    if item.key in FILES_SECTIONS and not item.args:
        return f"<{item.name}> names nothing"
    try:
        return fault_of_words(item)
    except UnclearError:
        raise Beyond(f"{item.name} of {item.file.name}{_PARTLY}", item) from None


def _fault_of_options(item: Item, override: Override) -> str | None:
    signs = {value[:1] in "+-" for value in item.values}
    if len(signs) > 1 and item.value.lower() not in ("all", "none"):
        return "Options mixes words with and without a sign"
    for value in item.values:
        word = value.lstrip("+-").lower()
        if word not in OPTIONS:
            return f"{value} is not an option"
        if override.options is not None and not OPTIONS[word] <= override.options:
            return f"{value} is not allowed here"
    return None


def htaccess_file(config: Config, path: str) -> File | None:
    """Return an .htaccess file as it was read for a server; None where it is not there."""
    return next(iter(_read(config)(path).files.values()), None)


@derived
def _read(config: Config) -> _Reader:
    return _Reader(config)


class _Reader:
    """Reads each .htaccess file of a server once."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.found: dict[str, Config] = {}

    def __call__(self, path: str) -> Config:
        """Return the file as a configuration of its own, with the modules and variables of the server."""
        config, known = self.config, self.found.get(path)
        if known is None:
            assert config.disk is not None
            source = Source(
                config.disk, (path,), (), ("/",), complete=False, variables=config.variables,
                shown_within=config.shown_within, modules=loaded_modules(config),
            )  # fmt: skip
            known = self.found[path] = load(source, target=config.target, disk=config.disk)
        return known
