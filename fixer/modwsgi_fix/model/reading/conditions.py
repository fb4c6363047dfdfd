"""The conditions of ``<IfModule>``, ``<IfDefine>``, ``<IfVersion>``, ``<IfFile>``, ``<IfDirective>`` and ``<IfSection>``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from modwsgi_fix.directives.table import find
from modwsgi_fix.model.builds import SOMETIMES, Build, is_compiled_in
from modwsgi_fix.model.config import Target
from modwsgi_fix.model.items import Guard
from modwsgi_fix.model.patterns import Unknown, search
from modwsgi_fix.model.reading.variables import Variables
from modwsgi_fix.syntax import Directive, Node

#: A server that loads at most so many modules from files has the others compiled in.
_FEW = 5
#: Modules of httpd whose source file is not called ``mod_`` and the module's name.
_MODULES_BY_FILE = {
    "core.c": "core", "http_core.c": "http", "event.c": "mpm_event", "worker.c": "mpm_worker", "prefork.c": "mpm_prefork",
    "mpm_winnt.c": "mpm_winnt", "util_ldap.c": "ldap",
}  # fmt: skip


def module_asked(test: str) -> str | None:
    """Return the module that ``<IfModule>`` asks for, without ``_module``; None where the test does not tell."""
    if test.endswith("_module"):
        return test.removesuffix("_module")
    if test.startswith("mod_") and test.endswith(".c"):
        short = test[4:-2]
        return None if short in _MODULES_BY_FILE.values() else short
    return _MODULES_BY_FILE.get(test)


class Modules:
    """The modules loaded so far, by their names without ``_module``."""

    def __init__(self, target: Target, *, is_complete: bool) -> None:
        #: The number of changes so far.
        self.changes = 0
        self.target = target
        self._is_complete = is_complete
        self.build = Build.OTHER
        self._loaded: set[str] = set()
        self._maybe: set[str] = set()
        self._state: tuple[object, ...] | None = None

    def load(self, name: str, guards: Sequence[Guard], build: Build = Build.OTHER) -> None:
        """Note a ``LoadModule`` under these undecided conditions, and the build of httpd that it shows."""
        self._state = None
        if self.build is Build.OTHER:
            self.build = build
        # A module that is loaded only where it is absent is there either way.
        is_certain = all(g.kind == "ifmodule" and g.negated and module_asked(g.test) == name for g in guards)
        modules = self._loaded if is_certain else self._maybe
        self.changes += name not in modules
        modules.add(name)

    @property
    def state(self) -> object:
        """What is loaded, as a value that is equal where the same is loaded."""
        if self._state is None:
            self._state = self.build, frozenset(self._loaded), frozenset(self._maybe)
        return self._state

    @property
    def named(self) -> set[str]:
        """Return all modules that LoadModule names, under any condition."""
        return self._loaded | self._maybe

    def has(self, test: str) -> bool | None:
        """Whether a module is there, by its file or its name; False for any other spelling (core.c:start_ifmod)."""
        short = module_asked(test)
        if short is None:
            # The source file is not called after the module, as with PHP.
            return None if test.endswith(".c") and not test.startswith("mod_") else False
        if short in self._loaded or short == "wsgi":
            return True
        if short in self._maybe:
            return None
        is_whole = self._is_complete and len(self._loaded) > _FEW
        compiled_in = is_compiled_in(short, self.build, self.named)
        if compiled_in or (short in SOMETIMES and not is_whole):
            # In a fragment these are assumed to be there: every package has them.
            return True
        if compiled_in is None:
            return None
        if short == "authz_core":
            # New in 2.3; every 2.4 needs it, since no other module reads Require.
            return not self.target.is_22
        # A server that loads only a few modules has the others compiled in.
        return False if is_whole else None

    def knows(self, name: str) -> bool | None:
        """Whether httpd has a directive, or a section (``<name``), by now; None where that is open.

        Names count in any case (config.c:ap_exists_directive).
        """
        section = name.startswith("<")
        if name.startswith("<<"):
            return False
        info = find(name)
        if info is None or info.until or (info.since and (self.target.is_22 or info.since.count(".") > 1)):
            return None
        if info.section is not section:
            return False
        return self.has_any(info.modules)

    def has_any(self, tests: Iterable[str]) -> bool | None:
        """As ``has``, of several modules any one of which will do."""
        found = {self.has(test) for test in tests}
        return True if True in found else None if None in found else False


def weigh(
    key: str,
    words: Sequence[str],
    guards: tuple[Guard, ...],
    variables: Variables,
    modules: Modules,
    inside: Sequence[Node] = (),
    exists: Callable[[str], bool | None] = lambda path: None,
) -> bool | Guard:
    """Return whether a condition on the nodes holds, where the files decide it; else the guard, with its test not negated.

    ``exists`` says whether a path of the server exists, and None where that is not known. As in httpd, only the first word of
    a condition counts, except for ``<IfVersion>`` (core.c:start_ifmod, start_iffile, start_ifdirective, start_ifsection).
    """
    test = words[0] if words else ""
    name, negated = test.removeprefix("!"), test.startswith("!")
    verdict: bool | None = None
    if key == "ifdefine":
        verdict = variables.is_defined(name, guards)
    elif key == "ifmodule":
        verdict = modules.has(name)
        if verdict and negated and _is_first_to_load(name, inside, modules):
            return True
    elif key == "ifversion":
        found = compare_version(modules.target, words)
        return Guard(key, " ".join(words), negated) if found is None else found
    elif key == "iffile":
        verdict = exists(name)
    elif name:
        verdict = modules.knows(f"<{name}" if key == "ifsection" else name)
    return Guard(key, name, negated) if verdict is None else verdict is not negated


def _is_first_to_load(test: str, inside: Sequence[Node], modules: Modules) -> bool:
    """Whether a section for the absence of mod_wsgi loads it, as its packages do, and no line before it does.

    It is never compiled in.
    """
    if module_asked(test) != "wsgi" or "wsgi" in modules.named:
        return False
    loading = (node for node in inside if isinstance(node, Directive) and node.key == "loadmodule")
    return any("wsgi_module" in node.line_source.split() for node in loading)


#: More than httpd 2.4 has had.
_MOST_PATCHES = 100


def _matches_version(target: Target, pattern: str) -> bool | None:
    """Whether a regular expression matches the target's version; None where some version that it may be says otherwise."""
    named = ".".join(map(str, target.httpd))
    versions = [named] if len(target.httpd) > 2 else [f"{named}.{patch}" for patch in range(1, _MOST_PATCHES)]
    found = {search(pattern, version) for version in versions}
    verdicts = {None if isinstance(match, Unknown) else match is not None for match in found}
    return verdicts.pop() if len(verdicts) == 1 else None


def compare_version(target: Target, words: Sequence[str]) -> bool | None:
    """Weigh ``<IfVersion [!]operator version>`` (mod_version.c:compare_version) against the target.

    The target may leave the patch level open: 2.4 is then some 2.4.x with x of 1 or more.
    """
    operator, wanted = (words[0], words[1]) if len(words) > 1 else ("=", words[0] if words else "")
    negated = operator.startswith("!")
    operator = operator.removeprefix("!") or "="
    if operator == "~" or wanted.startswith("/"):
        found = _matches_version(target, wanted.strip("/") if operator != "~" else wanted)
        return None if found is None else found is not negated
    try:
        version = tuple(int(part) for part in wanted.split("."))
    except ValueError:
        return None
    version += (0,) * (3 - len(version))
    low = target.httpd + ((1,) if len(target.httpd) == 2 else ())
    high = target.httpd + ((9999,) if len(target.httpd) == 2 else ())
    orders = {(have > version) - (have < version) for have in (low, high)}
    if orders == {-1, 1}:
        orders.add(0)
    allowed = {"=": {0}, "==": {0}, ">": {1}, ">=": {0, 1}, "<": {-1}, "<=": {-1, 0}}.get(operator)
    if allowed is None or (orders & allowed and orders - allowed):
        return None
    return bool(orders & allowed) is not negated
