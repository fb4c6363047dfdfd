"""What ``<IfModule>`` and ``<IfVersion>`` ask for."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.model.config import Target

#: Modules that are compiled in wherever httpd is packaged, so that no LoadModule names them.
STATIC_MODULES = frozenset({"core", "http", "so", "log_config", "logio", "unixd", "version", "watchdog"})

#: Modules of httpd whose source is not ``mod_`` and their name.
_MODULES_BY_FILE = {
    "core.c": "core", "http_core.c": "http", "event.c": "mpm_event", "worker.c": "mpm_worker", "prefork.c": "mpm_prefork",
    "mpm_winnt.c": "mpm_winnt", "util_ldap.c": "ldap",
}  # fmt: skip


def module_asked(test: str) -> str | None:
    """The module that ``<IfModule>`` asks for, without ``_module``; None where that cannot be told from the test."""
    if test.endswith("_module"):
        return test.removesuffix("_module")
    if test.startswith("mod_") and test.endswith(".c"):
        short = test[4:-2]
        return None if short in _MODULES_BY_FILE.values() else short
    return _MODULES_BY_FILE.get(test)


def compare_version(target: Target, words: Sequence[str]) -> bool | None:
    """Weigh ``<IfVersion [!]operator version>`` (mod_version.c:compare_version) against the target.

    The target may leave the patch level open: 2.4 is then some 2.4.x with x of 1 or more.
    """
    operator, wanted = (words[0], words[1]) if len(words) > 1 else ("=", words[0] if words else "")
    negated = operator.startswith("!")
    operator = operator.removeprefix("!") or "="
    if operator in ("~",) or wanted.startswith("/"):
        return None
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
