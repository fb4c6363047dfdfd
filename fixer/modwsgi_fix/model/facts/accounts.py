"""The users and groups of a server (``--root``), as in ``/etc/passwd`` and ``/etc/group``, and the users that httpd runs as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes
from modwsgi_fix.model.items import Item
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.text import Span, whole_number
from modwsgi_fix.tuples import NamedTuple

#: Services with further users, beside the files (nsswitch.conf(5)).
_ELSEWHERE = frozenset({"db", "ldap", "nis", "nisplus", "sss", "winbind", "hesiod", "extrausers"})


class Accounts(NamedTuple):
    """The accounts: ``users`` are (number, number of the group) by name, ``groups`` are numbers by name.

    ``members`` are the names of a group's users, by its name; ``homes`` the directories of users. ``is_whole`` is False where the
    system may have other accounts.
    """

    users: Mapping[str, tuple[int, int]]
    groups: Mapping[str, int]
    members: Mapping[str, frozenset[str]]
    homes: Mapping[str, str]
    is_whole: bool


class Identity(NamedTuple):
    """The identity of a process: the user's name for messages, the user's number, and the numbers of all groups."""

    name: str
    user: int
    groups: frozenset[int]


@derived
def accounts(config: Config) -> Accounts | None:
    """Return the users and groups; None where the disk does not have both files."""
    disk = config.disk
    passwd, group = _lines(disk, "/etc/passwd"), _lines(disk, "/etc/group")
    if passwd is None or group is None:
        return None
    users, groups, members = {}, {}, {}
    for name, _, user, own, *_ in (line for line in passwd if len(line) >= 4):
        numbers = whole_number(user), whole_number(own)
        if numbers[0] is not None and numbers[1] is not None:
            users[name] = numbers[0], numbers[1]
    for name, _, number, others, *_ in (line for line in group if len(line) >= 4):
        if (known := whole_number(number)) is not None:
            groups[name] = known
            members[name] = frozenset(one.strip() for one in others.split(","))
    compat = any(line[0][:1] in ("+", "-") for line in (*passwd, *group))
    homes = {line[0]: line[5] for line in passwd if len(line) > 5}
    return Accounts(users, groups, members, homes, not compat and not _has_others(disk))


class Unknown(NamedTuple):
    """A line with a user or group (``kind``) that the server does not have; ``refusal`` is httpd's own message."""

    item: Item
    span: Span
    kind: str
    name: str
    refusal: str


@derived
def unknown_accounts(config: Config) -> list[Unknown]:
    """Return every name that httpd certainly looks up in vain when it starts (unixd.c:ap_uname2id, ap_gname2id)."""
    known = accounts(config)
    return [] if known is None or not known.is_whole else list(_unknown(config, known))


def _unknown(config: Config, known: Accounts) -> Iterator[Unknown]:
    names = {"user": known.users.keys(), "group": known.groups.keys()}
    codes = {"user": "AH00543", "group": "AH00544"}
    for item, kind, name, span in _named(config):
        if name and name not in names[kind] and is_settled(name) and not name.startswith("#") and not item.in_doubt:
            yield Unknown(item, span, kind, name, f"{codes[kind]}: bad {kind} name {name}")


def _named(config: Config) -> Iterator[tuple[Item, str, str, Span]]:
    """Yield where users and groups are named: the line, ``user`` or ``group``, the name, its span."""
    for item in config.named("user", "group"):
        if item.args and item.args[0].known:
            yield item, item.key, item.value, item.args[0].span
    for process in daemon_processes(config):
        for option in process.options:
            if option.name in ("user", "group") and option.known:
                yield process.directive, option.name, option.value, option.value_span


def _lines(disk: Files | None, path: str) -> list[list[str]] | None:
    """Return the fields of each line of an account file; None where it cannot be read."""
    try:
        text = disk.read(path) if disk is not None else None
    except FileProblem:
        return None
    if text is None:
        return None
    return [line.rstrip("\r").split(":") for line in text.split("\n") if line.strip() and not line.startswith("#")]


def _has_others(disk: Files | None) -> bool:
    """Whether there may be accounts besides those of the files, also where nobody looked."""
    if _is_unknown(disk, "/etc/nsswitch.conf"):
        return True
    words: set[str] = set()
    for line in _lines(disk, "/etc/nsswitch.conf") or ():
        if line[0].strip() in ("passwd", "group", "initgroups"):
            words |= set(":".join(line[1:]).split())
    is_unknown = _is_unknown(disk, "/etc/sssd/sssd.conf")
    if disk is not None and not is_unknown and not disk.is_file("/etc/sssd/sssd.conf"):
        words.discard("sss")  # Red Hat lists it whether it is set up or not
    return bool(words & _ELSEWHERE)


def _is_unknown(disk: Files | None, path: str) -> bool:
    """Whether nobody looked for a file, in a copy that was fetched in part."""
    return disk is not None and not disk.is_file(path) and not disk.is_known(path)


def httpd_identity(config: Config) -> Identity | None:
    """Return the identity of httpd's own processes; None where the files do not say."""
    found = accounts(config)
    user, group = _own(config, "user"), _own(config, "group")
    return None if found is None else _identity(found, user, group)


def daemon_identity(config: Config, process: DaemonProcess) -> Identity | None:
    """Return the identity of a process group: its own user and group, or httpd's where they are not given."""
    found = accounts(config)
    if found is None or process.option("supplementary-groups") is not None:
        return None
    words = [process.option(name) for name in ("user", "group")]
    said = [
        None if option is not None and not option.known else option.value if option is not None else _own(config, name)
        for option, name in zip(words, ("user", "group"), strict=True)
    ]
    return _identity(found, *said)


def home_of_user(config: Config, process: DaemonProcess) -> str:
    """Return the directory that a process group begins in because of its user; empty where it is another, or not known.

    It is the user's home, where that is another user than httpd's and no ``home`` is given (wsgi_daemon.c: wsgi_setup_access;
    measured with mod_wsgi 4.9.4).
    """
    found, user = accounts(config), process.option("user")
    if found is None or user is None or process.option("home") is not None or user.value not in found.homes:
        return ""
    own, httpd = daemon_identity(config, process), httpd_identity(config)
    return found.homes[user.value] if own is not None and httpd is not None and own.user != httpd.user else ""


@derived
def identities(config: Config) -> Mapping[str, Identity | None]:
    """Return the identity of each process group by its name, that of httpd's own processes by ``""``; None where unknown."""
    found: dict[str, Identity | None] = {"": httpd_identity(config)}
    for process in daemon_processes(config):
        own = daemon_identity(config, process)
        known = found.setdefault(process.name, own)
        found[process.name] = own if known == own else None
    return found


def _own(config: Config, name: str) -> str | None:
    """Return the value of httpd's own ``User`` or ``Group``; None without one, or where a condition or variable decides."""
    items: list[Item] = config.main.all(name)
    if not items or any(item.in_doubt for item in items) or not items[-1].known:
        return None
    return items[-1].value if is_settled(items[-1].value) else None


def _identity(found: Accounts, user: str | None, group: str | None) -> Identity | None:
    """Return the identity of a user and group, with all groups of the user (unixd.c, wsgi_daemon.c: initgroups)."""
    if user is None or group is None:
        return None
    name = next((one for one, (number, _) in found.users.items() if f"#{number}" == user), user)
    number = found.groups.get(group) if not group.startswith("#") else whole_number(group[1:])
    if name not in found.users or number is None or not found.is_whole:
        return None
    others = {found.groups[one] for one, members in found.members.items() if name in members}
    return Identity(name, found.users[name][0], frozenset({number, *others}))
