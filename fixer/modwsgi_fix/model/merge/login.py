"""Log-ins: how a log-in is asked for, and its result for a name and a password (mod_auth_basic.c, mod_authn_file.c).

F-access. A missing part is an error: without AuthName 500, without AuthUserFile 401 and, with credentials, 500.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.files import FileProblem
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import Layer, last
from modwsgi_fix.model.merge.world import Beyond, World
from modwsgi_fix.model.modules import is_loaded
from modwsgi_fix.tuples import NamedTuple

_MODULES = {"basic": "mod_auth_basic.c", "digest": "mod_auth_digest.c", "form": "mod_auth_form.c"}


class LogIn(NamedTuple):
    """The result of a log-in: a status and reason, or the user who reaches the Require lines (empty for an unknown one)."""

    status: int = 0
    reason: str = ""
    user: str = ""


def log_in(
    layers: Sequence[Layer], world: World, config: Config | None, item: Item | None, authorization: str | None
) -> LogIn:
    """Return the result of a visitor's log-in, as the AuthType ``item`` asks for it.

    ``authorization`` is the request's header, None without one. For fragments, missing lines may stand elsewhere.
    """
    complete = config is not None and config.complete
    kind = item.value.lower() if item is not None else ""
    if item is None:
        return LogIn(500, "no AuthType says how") if complete else _asked(world, authorization)
    if config is not None and complete and kind in _MODULES and is_loaded(config, _MODULES[kind]) is False:
        return LogIn(500, f"no module is loaded that knows AuthType {item.value}")
    if kind not in ("basic", "digest"):
        raise Beyond(f"{item.name} {item.value} asks for the log-in, which is not modelled", item)
    if complete and last(layers, "authname", world) is None:
        return LogIn(500, "no AuthName is there")
    if authorization is None or authorization.partition(" ")[0].lower() != kind:
        return LogIn(401, "a log-in is required")
    if kind == "digest":
        return _asked(world, authorization)
    return _basic(layers, world, config, authorization, complete=complete)


def _asked(world: World, authorization: str | None) -> LogIn:
    if authorization is not None and world.holds("the log-in is accepted"):
        return LogIn()
    return LogIn(401, "a log-in is required")


def _basic(
    layers: Sequence[Layer], world: World, config: Config | None, authorization: str, *, complete: bool
) -> LogIn:
    given = _credentials(authorization)
    if given is None:
        return _asked(world, authorization)
    user, password = given
    if last(layers, "authbasicusedigestalgorithm", world) is not None:
        return _asked(world, authorization)._replace(user=user)
    found = LogIn(401, _NO_SUCH_USER)
    # The next provider is asked where one does not know the user (mod_auth_basic.c:authenticate_basic_user).
    for users in _providers(layers, world, config):
        if users is None or (users.item is None and not complete):
            return _asked(world, authorization)._replace(user=user)
        found = _checked(world, users, user, password)
        if found.reason != _NO_SUCH_USER:
            break
    authoritative = last(layers, "authbasicauthoritative", world)
    if found.reason == _NO_SUCH_USER and authoritative is not None and authoritative.value.lower() == "off":
        return LogIn(500, "no other module knows the user, and AuthBasicAuthoritative is Off")
    return found


_NO_SUCH_USER = "AuthUserFile has no such user"


class _Users(NamedTuple):
    """A provider of the kind ``file``, and its line of AuthUserFile; None where there is none."""

    item: Item | None


def _providers(layers: Sequence[Layer], world: World, config: Config | None) -> Iterator[_Users | None]:
    """Yield the providers of AuthBasicProvider; None for one that is not modelled."""
    provider = last(layers, "authbasicprovider", world)
    users = last(layers, "authuserfile", world)
    for name in provider.values if provider is not None else ("file",):
        alias = alias_of(config, "authnprovideralias", name, world)
        if alias is not None:
            own = [item for item in alias.children if item.key == "authuserfile" and world.active(item)]
            yield _Users(own[-1] if own else users) if alias.value == "file" else None
        else:
            yield _Users(users) if name.lower() == "file" else None


def alias_of(config: Config | None, key: str, name: str, world: World) -> Item | None:
    """Return the ``<AuthnProviderAlias>`` or ``<AuthzProviderAlias>`` that gives a provider another name; None without one."""
    sections = config.named(key) if config is not None else ()
    return next((item for item in sections if item.values[1:2] == (name,) and world.active(item)), None)


def _checked(world: World, users: _Users, user: str, password: str) -> LogIn:
    if users.item is None:
        return LogIn(500, "no AuthUserFile is there")
    known = _password_of(world, users.item, user)
    if isinstance(known, LogIn):
        return known
    accepted = None if known is None else _is_right(password, known)
    if accepted is None:
        accepted = world.holds("the log-in is accepted")
    return LogIn(user=user) if accepted else LogIn(401, "the log-in is not accepted")


def is_member(world: World, groups: Item | None, user: str, names: Sequence[str]) -> bool | None:
    """Whether a user is in one of these groups of AuthGroupFile (mod_authz_groupfile.c); None where that is not known."""
    if groups is None:
        return False
    lines = _lines_of(world, groups)
    if lines is None or isinstance(lines, LogIn):
        return None if lines is None else False
    split = (line.partition(":") for line in lines if not line.startswith("#"))
    return any(name.strip() in names and user in members.split() for name, _, members in split)


def _credentials(authorization: str) -> tuple[str, str] | None:
    from base64 import b64decode

    word = authorization.partition(" ")[2]
    try:
        text = b64decode(word.strip(), validate=True).decode("latin-1")
    except ValueError:
        return None
    user, colon, password = text.partition(":")
    return (user, password) if colon else None


def _password_of(world: World, users: Item, user: str) -> str | LogIn | None:
    """Return the word that AuthUserFile has for a user, or the refusal of an unknown user; None where it cannot be read."""
    lines = _lines_of(world, users)
    if lines is None or isinstance(lines, LogIn):
        return lines
    for line in lines:
        name, colon, word = line.strip().partition(":")
        if colon and name == user and not line.startswith("#"):
            return word.partition(":")[0]
    return LogIn(401, _NO_SUCH_USER)


def _lines_of(world: World, named: Item) -> list[str] | LogIn | None:
    """Return the lines of a file of users or groups, or the refusal where it is missing; None where it cannot be read."""
    path = named.value
    disk = world.disk
    if disk is None or not named.known or not path.startswith("/"):
        return None
    if not disk.is_file(path):
        # A file in a directory that was not given may exist all the same.
        above = disk.is_dir(path.rpartition("/")[0] or "/")
        return LogIn(500, f"{path} does not exist") if above else None
    try:
        return disk.read(path).split("\n")
    except FileProblem:
        return None


def _is_right(password: str, word: str) -> bool | None:
    """Whether a password is right; None for a digest that is not computed here (apr_password_validate)."""
    if not word.startswith("{SHA}"):
        return None
    from base64 import b64encode
    from hashlib import sha1

    digest = sha1(password.encode("latin-1"), usedforsecurity=False).digest()
    return b64encode(digest).decode("ascii") == word.removeprefix("{SHA}")
