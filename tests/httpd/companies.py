"""A configuration is seldom alone on its server: what else is enabled there must be served as it was.

``company/*.conf`` are the other sites, written for no configuration in particular: whatever they name is made up for the
guest, and occurs in none of its texts. A line ``#-`` says where the site stands, and what is asked of it.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from modwsgi_fix.edits import Applicability
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.urls import mounts

from . import fixing, real
from .application import app
from .case import Case
from .effects import Difference, Pair, admits, aligned, differences
from .fixing import LEVELS, Texts, Version
from .probe import Probe
from .root import CONF, SITE, Tree
from .server import Base, Run, Setup

DIRECTORY = Path(__file__).parent / "company"

# -- guests ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Guest:
    """A configuration that is put into company. ``setup`` is the server for a version of its texts, under a base."""

    texts: Texts
    probes: tuple[Probe, ...]
    setup: Callable[[Texts, Base], Setup]
    read: Callable[[Texts], Config]

    @property
    def bases(self) -> tuple[Base, ...]:
        """Both denies; a whole server has what it has."""
        return (None,) if fixing.is_whole(self.texts) else ("2.4", "2.2")


def of_case(case: Case) -> Guest | None:
    """A case as a guest; None for one that is about scripts, or about other versions than those that run here."""
    written = {name: text.replace("@ROOT@", SITE) for name, text in case.before.items()}
    texts = {f"{CONF}/{name}": text for name, text in written.items() if re.fullmatch(r"[^/]+\.(?:conf|inc)", name)}
    scripts = {name: text for name, text in written.items() if name.startswith("/")}
    if not texts or case.arguments or len(texts) + len(scripts) < len(written):
        return None

    def setup(texts: Texts, base: Base) -> Setup:
        made = case.setup(texts, base, case.mpms[0])
        include = fixing.entries(texts) if fixing.is_whole(texts) else tuple(texts)
        return replace(made, tree={**made.tree, **scripts}, include=include)

    return Guest(texts, case.probes, setup, fixing.read)


def of_public(path: Path) -> Guest:
    """A public configuration as a guest: as a piece of a server, or as the whole one that it is."""
    subject = real.prepare(path)
    texts = subject.readings[0].versions["before"].texts
    return Guest(texts, subject.probes, lambda texts, base: real.setup(subject, texts, base), real.read)


# -- companies ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Company:
    """One of the other sites, made for a guest. ``words`` say how it is enabled."""

    name: str
    text: str
    tree: Tree
    probes: tuple[Probe, ...]
    words: frozenset[str]

    @property
    def path(self) -> str:
        return f"{CONF}/{self.name}.conf"

    def beside(self, setup: Setup) -> Setup:
        """The guest's server with this site enabled in it, and what it is asked for."""
        listen = tuple(sorted({*setup.listen, *(probe.port for probe in self.probes)}))
        setup = replace(setup, listen=listen, tree={**setup.tree, **self.tree})
        if "seen" in self.words:
            return setup
        include = (self.path, *setup.include) if "before" in self.words else (*setup.include, self.path)
        return replace(setup, files={**setup.files, self.path: self.text}, include=include)

    def texts(self, guest: Texts) -> Texts:
        """What the product is given: the guest's texts, and this one where it sees it."""
        if "seen" not in self.words:
            return guest
        if not fixing.is_whole(guest):
            return {**guest, self.path: self.text}
        (entry,) = fixing.entries(guest)
        return {**guest, entry: f"{guest[entry].rstrip()}\nIncludeOptional {self.path}\n", self.path: self.text}


def companies(guest: Guest) -> Iterator[Company]:
    """Every company for this guest; one that needs a script's directory only where the guest has a script."""
    name = next(name for name in map("neighbour{}".format, itertools.count(1)) if not _occurs(name, guest.texts))
    port = next((probe.port for probe in guest.probes if not probe.encrypted), 80)
    values = {"PORT": str(port), "NAME": name, "HOST": f"{name}.invalid", "DIRECTORY": f"/srv/{name}"}
    tree: dict[str, str] = {f"/srv/{name}/page.txt": "neighbour\n", f"/srv/{name}/app.wsgi": app(name)}
    beside = _script_directory(guest.read(guest.texts))
    if beside is not None:
        values["BESIDE"] = beside
        tree[f"{beside}/{name}.wsgi"] = app(name)
    for path in sorted(DIRECTORY.glob("*.conf")):
        text = path.read_text()
        for word, value in values.items():
            text = text.replace(f"@{word}@", value)
        if "@BESIDE@" not in text:
            said = re.findall(r"^#- (?:(asks) )?(.*)$", text, re.MULTILINE)
            urls = [url for asks, rest in said if asks for url in rest.split()]
            words = frozenset(word for asks, rest in said if not asks for word in rest.split(", "))
            probes = tuple(Probe(values["HOST"], url, port, tls=False) for url in urls)
            yield Company(path.stem, re.sub(r"^#-.*\n", "", text, flags=re.MULTILINE), tree, probes, words)


def _occurs(word: str, texts: Texts) -> bool:
    return any(word in text for text in texts.values())


def _script_directory(config: Config) -> str | None:
    """The directory of the first script that a configuration mounts."""
    found = (mount.target for server in config.servers for mount in mounts(config, server) if not mount.is_regex)
    return next(
        (posixpath.dirname(target) for target in found if re.fullmatch(r"/[\w./-]+/\w+\.(?:wsgi|py)", target)), None
    )


# -- judging --------------------------------------------------------------------------------------------------------

Serve = Callable[[Setup, Sequence[Probe]], Run]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one company: answers that are equal, those that changed as declared, contradictions."""

    equal: int = 0
    declared: int = 0
    violations: tuple[str, ...] = ()


def versions(guest: Guest, company: Company) -> dict[Applicability, Version]:
    """What each level makes of the guest in this company, where it makes anything else of it than the one before."""
    texts = company.texts(guest.texts)
    found: dict[Applicability, Version] = {}
    for level in LEVELS.values():
        version = fixing.fixed(texts, level, None)
        if version.texts != texts and version.texts not in [one.texts for one in found.values()]:
            found[level] = version
    return found


def judge(guest: Guest, company: Company, serve: Serve) -> Verdict:
    """Start the guest in this company before and after its fixes, and afterwards without a company that is disabled."""
    given = company.texts(guest.texts)
    equal, declared = 0, 0
    violations: list[str] = []
    made = versions(guest, company)
    for base in guest.bases if made else ():
        for without in (False, True) if "disabled" in company.words else (False,):
            then = Version(given)
            for level, version in made.items():
                heading = f"{company.name}{', disabled' * without}, {base}, {level.label} by {', '.join(map(str, version.applied))}"
                texts = [_enabled(one.texts, company, without=without) for one in (then, version)]
                setups = [company.beside(guest.setup(each, base)) for each in texts]
                old, new = (serve(setup, (*guest.probes, *company.probes)) for setup in setups)
                if old.started and not new.started:
                    violations.append(f"{heading}: httpd does not start any more: {' / '.join(new.messages)}")
                if not new.started or not old.started:
                    # One that httpd refused is measured from where it first starts.
                    then = version if new.started else then
                    continue
                before, after = (guest.read(each) for each in texts)
                # A program that writes a log is killed with the server, at any line.
                logs = not any(item.value.startswith("|") for item in before.named("errorlog"))
                pairs = list(aligned(old, new, logs=logs))
                bad = _undeclared(pairs, before, after, setups[0].tree, version, company)
                equal += sum(was == now for _, was, now in pairs)
                declared += sum(was != now for _, was, now in pairs) - len(bad)
                violations += [f"{heading}: {one}" for one in bad]
    return Verdict(equal, declared, tuple(violations))


def _enabled(texts: Texts, company: Company, *, without: bool) -> Texts:
    return {name: text for name, text in texts.items() if not (without and name == company.path)}


def _undeclared(
    pairs: Sequence[Pair], before: Config, after: Config, tree: Tree, version: Version, company: Company
) -> list[Difference]:
    """What became of the guest's URLs, and is not declared.

    A site that the fixes were not shown has its answers as before; but it is given back what lines of the main server had
    taken from it.
    """
    return [
        one
        for one in differences(pairs, before, after, tree)
        if not any(admits(fix, one) for fix in version.applied)
        or ("seen" not in company.words and one.probe in company.probes and one.effect != "regained")
    ]
