"""Settings: ``[tool.modwsgi-fix]`` of a ``pyproject.toml``, or a ``modwsgi-fix.toml``, found upward from the first path.

Any error in them ends the run with one line (``SettingsError``): a setting that is silently ignored is worse than none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from modwsgi_fix.edits import Applicability
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import FileProblem, absolute, read_bytes, working_directory
from modwsgi_fix.model.config import Target
from modwsgi_fix.rule import Rule
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import SettingsError
from modwsgi_fix.workspace.rules import known_rules
from modwsgi_fix.workspace.selection import Selection, check_selectors, close

_NONE: Mapping[str, Any] = MappingProxyType({})
_FILES = ("modwsgi-fix.toml", "pyproject.toml")
_BARE = expression(r"[\w-]+", re.ASCII)
_POSITION = expression(r"(.*) \(at line (\d+), column (\d+)\)$", re.S)
_ADDRESS = expression(r"https?://[!-~]+", re.ASCII)
_VERSION = expression(r"\d+(\.\d+){0,3}", re.ASCII)


class Key(NamedTuple):
    """A setting: its type in words, its default as TOML, and what it does."""

    type: str
    default: str
    text: str


#: The programs whose versions a target may name.
_TARGETS = ("httpd", "mod_wsgi", "python")
#: The values for how a server denies by default.
DENIES = ("2.2", "2.4", "none")

#: Every setting, for ``modwsgi-fix config`` and docs/settings.md.
KEYS = {
    "select": Key("list of names", "the rules that are on by default", "The rules to run: names, families or ALL."),
    "extend-select": Key("list of names", "[]", "Further rules to run."),
    "ignore": Key("list of names", "[]", "Rules not to run. The more specific of two selectors wins."),
    "fixable": Key("list of names", '["ALL"]', "Rules whose fixes may be applied."),
    "unfixable": Key("list of names", "[]", "Rules whose fixes may not be applied."),
    "fix-level": Key(
        '"safe", "repair" or "unsafe"', '"repair"', "How far a fix may go. Standard input and editors use safe."
    ),
    "target": Key("table of versions", '{ httpd = "2.4" }', "The versions that the configuration is for."),
    "root": Key("directory", "none", "The filesystem that the paths in the configuration mean."),
    "assume-deny": Key(
        '"2.2", "2.4" or "none"', "not known", "How the server around fragments denies by default, and in whose words."
    ),
    "directives": Key(
        "list of names",
        "[]",
        "Directives of modules that are not httpd's or mod_wsgi's, so that they are not taken for mistakes.",
    ),
    "docs-url": Key(
        "address",
        "none",
        "Where pages of rules are published, for links in SARIF and rdjson: a rule's name is put behind it.",
    ),
    "exclude": Key(
        "list of patterns", "[]", "Files which are read where others include them, not reported or changed."
    ),
    "plugins": Key("list of names", "[]", "Installed packages of other people's rules to load, which runs their code."),
    "per-file-ignores": Key("table of lists", "{}", "Rules to ignore in the files that match a pattern."),
    "rules": Key(
        "table of tables", "{}", "Settings of single rules, as their pages (modwsgi-fix rule NAME) list them."
    ),
}


class Settings(NamedTuple):
    """The settings of a file. ``base`` is the directory that patterns and paths in the file start from."""

    path: str = ""
    base: str = ""
    selection: Selection = Selection()
    fix_level: Applicability | None = None
    target: Mapping[str, str] = _NONE
    root: str | None = None
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = _NONE
    rules: Mapping[str, Mapping[str, object]] = _NONE
    #: As ``Source.denies``.
    denies: str = ""
    directives: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    docs_url: str = ""


def find(path: str) -> str | None:
    """Return the settings file of a path, the first one upward from it. A pyproject.toml counts where it has our table."""
    directory = absolute(path)
    if not os.path.isdir(directory):
        directory = os.path.dirname(directory)
    while True:
        for name in _FILES:
            candidate = os.path.join(directory, name)
            if os.path.isfile(candidate) and (name != "pyproject.toml" or _is_ours(candidate)):
                return candidate
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent


def _is_ours(path: str) -> bool:
    """Whether a pyproject.toml has our table; an unreadable one is taken for somebody else's."""
    try:
        return b"tool.modwsgi-fix" in read_bytes(path)
    except FileProblem:
        return False


def load(path: str, rules: Mapping[str, Rule]) -> Settings:
    """Return the settings in a file, checked against the known rules. Raises ``SettingsError``."""
    import tomllib

    shown = _shown(path)
    try:
        text = _read(path).decode("utf-8")
        read: dict[str, Any] = tomllib.loads(text)
    except UnicodeDecodeError:
        raise SettingsError(f"{shown}: is not UTF-8, as TOML must be") from None
    except tomllib.TOMLDecodeError as error:
        place = _POSITION.match(str(error))
        where, fault = (f":{place[2]}:{place[3]}", place[1]) if place else ("", str(error))
        raise SettingsError(f"{shown}{where}: {fault[:1].lower()}{fault[1:]}") from None
    table: tuple[str, ...] = ()
    if os.path.basename(path) == "pyproject.toml":
        table = ("tool", "modwsgi-fix")
        tool = read.get("tool", {})
        read = tool.get("modwsgi-fix", {}) if isinstance(tool, dict) else {}
        if not isinstance(read, dict):
            raise SettingsError(f"{shown}{_at(text, table)}: tool.modwsgi-fix must be a table")
    try:
        return _settings(path, os.path.dirname(absolute(path)), read, rules)
    except SettingsError as error:
        raise SettingsError(f"{shown}{_at(text, (*table, *error.keys)) if error.keys else ''}: {error}") from None


def _at(text: str, keys: tuple[str, ...]) -> str:
    """Return ``:LINE`` for the line where a setting begins in a TOML text; empty where it is not found.

    tomllib keeps no positions. A setting is on the line where the text up to the line before lacks it, and the text up to
    the end of the setting has it.
    """
    lines = text.splitlines(keepends=True)
    for at in (at for at, line in enumerate(lines) if keys[-1] in line and not _has("".join(lines[:at]), keys)):
        for end in range(at + 1, len(lines) + 1):
            if (has := _has("".join(lines[:end]), keys)) is not None:
                if has:
                    return f":{at + 1}"
                break
    return ""


def _has(text: str, keys: tuple[str, ...]) -> bool | None:
    """Whether a TOML text has a setting; None where the text ends within a value."""
    import tomllib

    try:
        value: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def _read(path: str) -> bytes:
    try:
        return read_bytes(path)
    except FileProblem as problem:
        raise SettingsError(f"{_shown(path)}: {problem.reason}") from None


def _shown(path: str) -> str:
    """Return a path below the working directory relative to it, any other path unchanged."""
    relative = os.path.relpath(path, working_directory())
    return path if relative.startswith("..") else relative


def read_table(table: Mapping[str, Any], rules: Mapping[str, Rule], base: str) -> Settings:
    """Return the settings in a table as in ``modwsgi-fix.toml``, with paths that start at ``base``. Raises ``SettingsError``."""
    return _settings("", base, table, rules)


def _settings(path: str, base: str, read: Mapping[str, Any], rules: Mapping[str, Rule]) -> Settings:
    for key in read:
        if key not in KEYS:
            raise SettingsError(f"unknown setting {key}{close(key, KEYS)}", (key,))
    plugins = _strings(("plugins",), read.get("plugins", []))
    if plugins:
        rules = {**rules, **known_rules(*plugins)}

    def names(key: str) -> tuple[str, ...] | None:
        return _selectors((key,), read[key], rules) if key in read else None

    selection = Selection(
        names("select"), names("extend-select") or (), names("ignore") or (), names("fixable"), names("unfixable") or ()
    )
    level = read.get("fix-level")
    root = read.get("root")
    if root is not None and not isinstance(root, str):
        raise SettingsError(f"root must be a directory, not {toml(root)}", ("root",))
    docs_url = read.get("docs-url", "")
    if "docs-url" in read and not (isinstance(docs_url, str) and _ADDRESS.fullmatch(docs_url)):
        raise SettingsError(
            f"docs-url must begin with https:// or http:// and have no blank, not {toml(docs_url)}", ("docs-url",)
        )
    denies = read.get("assume-deny", "")
    if denies not in ("", *DENIES):
        raise SettingsError(f'assume-deny must be "2.2", "2.4" or "none", not {toml(denies)}', ("assume-deny",))
    return Settings(
        path,
        base,
        selection,
        None if level is None else parse_level(level),
        {name: _version(name, value) for name, value in _table(("target",), read.get("target", {})).items()},
        None if root is None else os.path.join(base, root),
        _strings(("exclude",), read.get("exclude", [])),
        {
            pattern: _selectors(("per-file-ignores", pattern), value, rules)
            for pattern, value in _table(("per-file-ignores",), read.get("per-file-ignores", {})).items()
        },
        {name: _options(name, value, rules) for name, value in _table(("rules",), read.get("rules", {})).items()},
        denies,
        _strings(("directives",), read.get("directives", [])),
        plugins,
        docs_url,
    )


def _named(keys: tuple[str, ...]) -> str:
    """Return the name of a setting as TOML writes it: ``per-file-ignores."*.conf"``."""
    return ".".join(key if _BARE.fullmatch(key) else toml(key) for key in keys)


def _table(keys: tuple[str, ...], value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{_named(keys)} must be a table, not {toml(value)}", keys)
    return value


def _strings(keys: tuple[str, ...], value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SettingsError(f"{_named(keys)} must be a list of strings, not {toml(value)}", keys)
    return tuple(value)


def _selectors(keys: tuple[str, ...], value: object, rules: Mapping[str, Rule]) -> tuple[str, ...]:
    try:
        return check_selectors(_strings(keys, value), rules)
    except SettingsError as error:
        raise SettingsError(str(error), keys) from None


def _options(name: str, value: object, rules: Mapping[str, Rule]) -> Mapping[str, object]:
    if name not in rules:
        raise SettingsError(f"rules.{name}: there is no such rule{close(name, rules)}", ("rules", name))
    rule = rules[name]
    table = _table(("rules", name), value)
    for key, given in table.items():
        setting = rule.setting(key)
        if setting is None:
            names = [one.name for one in rule.settings]
            has = close(key, names) if names else "; it has none"
            raise SettingsError(f"rules.{name}: the rule has no setting {key}{has}", ("rules", name, key))
        if not setting.accepts(given):
            said = f"rules.{name}.{key} must be {setting.type}, not {toml(given)}"
            raise SettingsError(said, ("rules", name, key))
    return table


def parse_level(level: object) -> Applicability:
    """Return a level by its name. Raises ``SettingsError``."""
    found = next((one for one in Applicability if one.label == level), None)
    if found is None:
        raise SettingsError(f"fix-level must be safe, repair or unsafe, not {toml(level)}", ("fix-level",))
    return found


def _version(name: str, value: object) -> str:
    if name not in _TARGETS:
        raise SettingsError(f"unknown target {name}: expected httpd, mod_wsgi or python", ("target", name))
    if not isinstance(value, str) or not _VERSION.fullmatch(value):
        said = f'target.{name} must be a version such as "2.4", not {toml(value)}'
        raise SettingsError(said, ("target", name))
    return value


def parse_target(words: Iterable[str], base: Mapping[str, str]) -> Target:
    """Return the target of ``name=version`` words, which override those of the settings. Raises ``SettingsError``."""
    versions = dict(base)
    for word in words:
        name, _, version = word.partition("=")
        if not version:
            raise SettingsError(f"--target {word}: expected httpd=VERSION, mod_wsgi=VERSION or python=VERSION")
        versions[name] = _version(name, version)
    numbers = {name: tuple(map(int, version.split("."))) for name, version in versions.items()}
    httpd = numbers.get("httpd", (2, 4))
    # A major version alone is not enough for httpd: 2.0, 2.2 and 2.4 differ.
    if len(httpd) < 2:
        raise SettingsError(f"target.httpd must be a version such as 2.4, not {versions['httpd']}")
    return Target(httpd, numbers.get("mod_wsgi"), numbers.get("python"))


# -- as TOML -------------------------------------------------------------------


def as_toml(
    settings: Settings, target: Target, level: Applicability, root: str | None, on: Collection[str], denies: str
) -> str:
    """Return the settings that apply, as the text of a ``modwsgi-fix.toml``."""
    versions = {"httpd": ".".join(map(str, target.httpd))}
    if target.mod_wsgi:
        versions["mod_wsgi"] = ".".join(map(str, target.mod_wsgi))
    if target.python:
        versions["python"] = ".".join(map(str, target.python))
    lines = [f"# {_shown(settings.path)}" if settings.path else "# no settings file"]
    lines += [f"select = {toml(sorted(on))}", f"fix-level = {toml(level.label)}", f"target = {toml(versions)}"]
    lines += [f"root = {toml(root)}"] if root else []
    lines += [f"assume-deny = {toml(denies)}"] if denies else []
    lines += [f"directives = {toml(list(settings.directives))}"] if settings.directives else []
    lines += [f"plugins = {toml(list(settings.plugins))}"] if settings.plugins else []
    lines += [f"docs-url = {toml(settings.docs_url)}"] if settings.docs_url else []
    lines += [f"exclude = {toml(list(settings.exclude))}"] if settings.exclude else []
    if settings.per_file_ignores:
        lines += ["", "[per-file-ignores]"]
        lines += [f"{toml(pattern)} = {toml(list(names))}" for pattern, names in settings.per_file_ignores.items()]
    for name, options in settings.rules.items():
        lines += ["", f"[rules.{name}]", *(f"{key} = {toml(value)}" for key, value in options.items())]
    return "\n".join([*lines, ""])


def toml(value: object) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        import json

        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + " }"
    return str(value)
