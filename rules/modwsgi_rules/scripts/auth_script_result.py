"""
A script that decides over access gives mod_wsgi something else than what it takes.

## What happens

Text from `check_password` lets everybody in, whatever the password, under the name that the text is. A number is an error 500.
Text from `groups_for_user` is a group for each of its letters. All but `True`, `False` and `None` from `allow_access` refuses
everybody.

## Why

`check_password(environ, user, password)` returns `True`, `False`, `None` for a user that is not known, or the name to log in as;
`get_realm_hash(environ, user, realm)` a hash in text or `None`; `groups_for_user(environ, user)` a list of names;
`allow_access(environ, host)` `True`, `False` or `None` (mod_wsgi's manual, "Access Control Mechanisms"; `wsgi_check_password`,
`wsgi_get_realm_hash`, `wsgi_groups_for_user`, `wsgi_allow_access`).

## The fix

An unsafe fix: it writes `True` and `False` for `1` and `0`, and a list of one group for its name. Who is let in changes.

## Left alone

A function that is missing, or that takes another number of arguments, is reported without a fix, and so is other text. What a
name or a call may be is not reported.

## See also

mod_wsgi's own messages are *Basic auth provider must return True, False None or user name as string* and *does not provide 'Basic'
auth provider*. Rule `log-in-incomplete`.

## Examples

    ```diff unsafe
     #- site.conf
     WSGIAuthUserScript /srv/site/auth.py
     WSGIAuthGroupScript /srv/site/groups.py
     #- /srv/site/auth.py
     def check_password(environ, user, password):
    -    return 1 if user == password else 0
    +    return True if user == password else False
     #- /srv/site/groups.py
     def groups_for_user(environ, user):
    -    return "staff"
    +    return ["staff"]
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIAuthUserScript /srv/site/auth.py
    #- /srv/site/auth.py
    def check_password(environ, user, password):
        if user != "spy":
            return "wrong password"
    #              ^^^^^^^^^^^^^^^^
        return True
    ```

Not reported:

    ```python
    #- site.conf
    WSGIAuthUserScript /srv/site/auth.py
    WSGIAuthGroupScript /srv/site/groups.py
    WSGIAccessScript /srv/site/access.py
    #- /srv/site/auth.py
    def check_password(environ, user, password):
        return user if user == password else None
    #- /srv/site/groups.py
    from site import groups_for_user
    #- /srv/site/access.py
    def allow_access(environ, host):
        return host == "127.0.0.1"
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import MappingProxyType

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import Role, loaded_scripts
from modwsgi_fix.model.items import Script
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule
from modwsgi_fix.script.source import Source, dotted, own, source_of
from modwsgi_fix.script.values import Scope, bindings_of, kind_of, module_scope
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._shared import takes


class _Asked(NamedTuple):
    """The functions of a script that mod_wsgi calls, of which one is enough, and the number of arguments."""

    names: tuple[str, ...]
    arguments: int


_ASKED = MappingProxyType({
    "wsgiauthuserscript": _Asked(("check_password", "get_realm_hash"), 3),
    "wsgiauthgroupscript": _Asked(("groups_for_user",), 2),
    "wsgiaccessscript": _Asked(("allow_access",), 2),
})  # fmt: skip
#: The directive that a script is for, by role.
_DIRECTIVES = MappingProxyType({
    Role.AUTH_USER: "wsgiauthuserscript", Role.AUTH_GROUP: "wsgiauthgroupscript", Role.ACCESS: "wsgiaccessscript",
})  # fmt: skip
_ADVICE = MappingProxyType({
    "check_password": "return True, False, None or the name of the user",
    "get_realm_hash": "return the hash as text, as hexdigest() gives it, or None",
    "groups_for_user": "return a list of the names of groups",
    "allow_access": "return True, False or None",
})  # fmt: skip


_ENCODE = 'encode it, as in text.encode("utf-8")'
_HASH = "a hash is made of bytes and not of text, so the request is an error 500"


class _Fault(NamedTuple):
    """A value that mod_wsgi refuses: where, what happens, and what to write instead, where that is certain."""

    node: ast.expr
    message: str
    instead: str = ""


@rule(severity=Severity.ERROR, rank=Rank.EXPOSED)
def auth_script_result(config: Config) -> Iterator[Diagnostic]:
    for key, script, related in _asked(config):
        source = source_of(script.text)
        if source is None:
            continue
        asked, scope = _ASKED[key], module_scope(source)
        functions = [node for node in source.top if isinstance(node, ast.FunctionDef) and node.name in asked.names]
        if not any(scope.of(name) for name in asked.names) and not _is_open(source) and source.tree.body:
            message = f"the script does not have {' or '.join(asked.names)}, so every request is refused or fails"
            head = source.head(source.tree.body[0])
            yield Diagnostic(script.path, head, message, related=related, help=f"define {asked.names[0]}")
        for function in functions:
            if not takes(function.args, asked.arguments):
                message = f"mod_wsgi calls {function.name} with {asked.arguments} arguments, which it does not take"
                advice = f"give it {asked.arguments} parameters"
                yield Diagnostic(script.path, source.head(function), message, related=related, help=advice)
            for fault in _faults(source, function, scope):
                fix = None
                if fault.instead:
                    edit = Edit(script.path, source.span(fault.node), fault.instead)
                    fix = Fix.unsafe("Return what mod_wsgi takes", edit, reason="who is let in changes")
                advice = _ENCODE if fault.message == _HASH else _ADVICE[function.name]
                yield Diagnostic(
                    script.path, source.head(fault.node), fault.message, fix, related, help="" if fix else advice
                )


def _asked(config: Config) -> Iterator[tuple[str, Script, tuple[Related, ...]]]:
    """Yield the scripts that decide about visitors, each once by directive; unnamed ones are told by their functions."""
    seen: set[tuple[str, str]] = set()
    for item in config.named(*_ASKED):
        known = bool(item.args) and item.args[0].known and item.value.startswith("/")
        script = config.script(item.value) if known else None
        if script is not None and (script.path, item.key) not in seen:
            seen.add((script.path, item.key))
            yield item.key, script, (Related(item.path, item.span, "the script is named here"),)
    for loaded in loaded_scripts(config):
        if loaded.item is None and loaded.role in _DIRECTIVES:
            yield _DIRECTIVES[loaded.role], loaded.script, ()


def _faults(source: Source, function: ast.FunctionDef, outer: Scope) -> Iterator[_Fault]:
    scope = Scope(function, bindings_of(function), outer.bindings, outer.imports)
    for node in own(function):
        if isinstance(node, ast.Return) and node.value is not None:
            for value in _values(node.value):
                yield from _fault(source, function.name, value, scope)
        elif isinstance(node, ast.Call) and node.args and kind_of(node.args[0], scope) == "text":
            made = scope.only(_updated(node.func))
            called = made.func if isinstance(made, ast.Call) else node.func
            if scope.resolve(called).startswith(("hashlib.", "hmac.")):
                yield _Fault(node.args[0], _HASH)


def _values(node: ast.expr) -> list[ast.expr]:
    """Yield the values that an expression may have, branch by branch."""
    found: list[ast.expr] = []
    left = [node]
    while left:
        value = left.pop()
        if isinstance(value, ast.IfExp):
            left += [value.orelse, value.body]
        else:
            found.append(value)
    return found


def _fault(source: Source, name: str, value: ast.expr, scope: Scope) -> Iterator[_Fault]:
    kind = kind_of(value, scope)
    number = value.value if isinstance(value, ast.Constant) and type(value.value) is int else None
    boolean = {0: "False", 1: "True"}.get(number, "") if number is not None else ""
    match name:
        case "check_password" if kind == "text":
            yield _Fault(value, "any text lets the user in, whatever the password")
        case "check_password" if kind:
            yield _Fault(value, "mod_wsgi does not take this for an answer, so the request is an error 500", boolean)
        case "get_realm_hash" if kind in ("number", "bytes") or _is_boolean(value) or _is_digest(value):
            yield _Fault(value, "mod_wsgi does not take this for a hash, so the request is an error 500")
        case "groups_for_user" if kind == "text":
            is_one = isinstance(value, ast.Constant) and str(value.value).replace("-", "_").isidentifier()
            yield _Fault(value, "each letter of this is a group", f"[{source.code(value)}]" if is_one else "")
        case "groups_for_user" if kind == "number" or _is_boolean(value) or _is_none(value):
            yield _Fault(value, "this is not a list of groups, so the user is refused")
        case "allow_access" if kind:
            yield _Fault(value, "this is neither True, False nor None, so everybody is refused", boolean)


def _is_boolean(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, bool)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _updated(called: ast.expr) -> str:
    """Return the name whose ``update`` is called; empty for any other call."""
    return (
        dotted(called).removesuffix(".update") if isinstance(called, ast.Attribute) and called.attr == "update" else ""
    )


def _is_digest(value: ast.expr) -> bool:
    """Whether an expression is ``.digest()``, which gives bytes where ``.hexdigest()`` gives text."""
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "digest"


def _is_open(source: Source) -> bool:
    """Whether the script may bind names that cannot be seen."""
    return "import *" in source.text or "globals(" in source.text or "exec" in source.text
