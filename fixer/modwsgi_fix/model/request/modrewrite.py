"""mod_rewrite at the level of a server: the common part of its language (mod_rewrite.c:hook_uri2file).

What is outside of it (maps, ``[N]``, ``[CO]``, ``[B]`` ...) is unknown as soon as such a rule is reached.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.merge.world import DIRECTORY, FILE, Beyond, normal
from modwsgi_fix.model.patterns import Match, Unknown, search
from modwsgi_fix.model.request.hosts import server_port
from modwsgi_fix.model.request.outcome import Kind
from modwsgi_fix.model.request.state import State, escaped, location_url, server_name
from modwsgi_fix.text import decode, encode, whole_number

_FLAGS = frozenset({
    "l", "last", "end", "nc", "nocase", "r", "redirect", "pt", "passthrough", "f", "forbidden", "g", "gone", "p",
    "proxy", "qsa", "qsappend", "qsd", "qsdiscard", "ne", "noescape", "ns", "nosubreq", "e", "env", "c", "chain", "s", "skip",
    "unsafeallow3f", "unsafeprefixstat",
})  # fmt: skip
_ABSOLUTE = re.compile(r"(?:https?|ftp|ldap|mailto|news|nntp|ajp|balancer|wss?|h2c?|fcgi|scgi|uwsgi)://", re.IGNORECASE)
_PLACE = re.compile(r"\\(.)|\$(\d)|%(\d)|%\{([^}]*)\}|\$\{([^}]*)\}")
_STATUS = {"permanent": 301, "temp": 302, "seeother": 303, "": 302}


class Rule(NamedTuple):
    """One RewriteRule with the RewriteConds before it."""

    item: Item
    conditions: tuple[Item, ...]
    pattern: str
    negated: bool
    target: str
    flags: dict[str, str]


def _flags(text: str) -> dict[str, str]:
    found = {}
    for word in text.strip().removeprefix("[").removesuffix("]").split(","):
        name, _, value = word.strip().partition("=")
        if name:
            found[name.lower()] = value
    return found


def rules_of(server: Server) -> list[Rule]:
    """The rules at a server's own level."""
    found: list[Rule] = []
    conditions: list[Item] = []
    for item in server.items:
        if item.key == "rewritecond":
            conditions.append(item)
        elif item.key == "rewriterule" and len(item.args) >= 2:
            values = item.values
            flags = _flags(values[2]) if len(values) > 2 else {}
            pattern = values[0]
            negated = pattern.startswith("!")
            found.append(Rule(item, tuple(conditions), pattern[negated:], negated, values[1], flags))
            conditions = []
    return found


def _cache(config: Config) -> dict[int, list[Rule]]:
    return {}


def rewrite(state: State) -> bool:
    """Apply the rules; True when they mapped the URL to a file."""
    cache = state.config.derived(_cache)
    server = state.site.server
    rules = cache.get(id(server))
    if rules is None:
        rules = cache[id(server)] = rules_of(server)
    options = [(layer, item) for layer in state.site.base for item in layer.by_key.get("rewriteoptions", ())]
    inherits = [
        item
        for layer, item in options
        if ("inherit" if layer is state.site.base[-1] else "inheritdown") in " ".join(item.values).lower()
    ]
    engine = state.site.last("rewriteengine", state.world)
    if engine is None or engine.value.lower() != "on":
        return False
    if inherits and not server.is_main:
        raise Beyond("RewriteOptions Inherit is not modelled", inherits[0])
    if not rules:
        return False
    return _Run(state, engine).apply(rules)


class _Run:
    def __init__(self, state: State, engine: Item) -> None:
        self.state = state
        self.filename = state.uri
        self.engine = engine
        self.groups: Match | None = None
        self.negated = False
        self.condition_groups: Match | None = None

    def apply(self, rules: list[Rule]) -> bool:
        state = self.state
        changed = False
        at = 0
        while at < len(rules):
            rule = rules[at]
            at += 1
            if rule.item.guards and not state.world.active(rule.item):
                continue
            if not self.matches(rule):
                while rules[at - 1].flags.keys() & {"c", "chain"} and at < len(rules):
                    at += 1
                continue
            flags = rule.flags
            if odd := flags.keys() - _FLAGS:
                raise Beyond(f"RewriteRule with [{', '.join(sorted(odd))}] is not modelled", rule.item)
            if flags.keys() & {"f", "forbidden"}:
                state.step("mapping", "RewriteRule forbids it", rule.item)
                raise state.done(Kind.REFUSED, 403, "a RewriteRule forbids it")
            if flags.keys() & {"g", "gone"}:
                state.step("mapping", "RewriteRule says it is gone", rule.item)
                raise state.done(Kind.ERROR, 410, "a RewriteRule says it is gone")
            self.environment(flags)
            if rule.target == "-":
                if self.last(flags):
                    break
                at += self.skipped(flags)
                continue
            changed = True
            self.substitute(rule)
            state.step("mapping", f"RewriteRule {rule.pattern} makes it {self.filename}", rule.item)
            if flags.keys() & {"r", "redirect"}:
                self.redirect(rule)
            elif flags.keys() & {"p", "proxy"}:
                raise Beyond(f"{self.filename} answers, if access is granted", rule.item)
            if flags.keys() & {"pt", "passthrough"}:
                state.uri = self.filename
                return False
            if _ABSOLUTE.match(self.filename):
                self.redirect(rule)
            if self.last(flags):
                break
            at += self.skipped(flags)
        return changed and self.local(rules)

    @staticmethod
    def last(flags: dict[str, str]) -> bool:
        return bool(flags.keys() & {"l", "last", "end"})

    @staticmethod
    def skipped(flags: dict[str, str]) -> int:
        number = flags.get("s") or flags.get("skip") or "0"
        return whole_number(number) or 0

    def environment(self, flags: dict[str, str]) -> None:
        value = flags.get("e") or flags.get("env")
        if value:
            name, _, content = value.partition(":")
            self.state.environment[name.lstrip("!")] = None if name.startswith("!") else self.expand(content, None)

    def matches(self, rule: Rule) -> bool:
        if not rule.item.known:
            raise Beyond("a RewriteRule holds a variable that is not defined here", rule.item)
        found = search(rule.pattern, self.filename, nocase=bool(rule.flags.keys() & {"nc", "nocase"}))
        if isinstance(found, Unknown):
            raise Beyond(found.reason, rule.item)
        if (found is None) is not rule.negated:
            return False
        self.groups = found
        self.condition_groups = None
        return self.conditions_hold(rule)

    def conditions_hold(self, rule: Rule) -> bool:
        either = False
        for item in rule.conditions:
            flags = _flags(item.values[2]) if len(item.args) > 2 else {}
            alternative = bool(flags.keys() & {"or", "ornext"})
            if either:
                either = alternative
                continue
            holds = self.condition(item, flags)
            if alternative:
                either = holds
            elif not holds:
                return False
        return True

    def condition(self, item: Item, flags: dict[str, str]) -> bool:
        if len(item.args) < 2:
            raise Beyond("a RewriteCond without a pattern", item)
        subject, pattern = item.values[0], item.values[1]
        said = f"RewriteCond {subject} {pattern} holds ({item.file.name}:{item.line})"
        if not item.known or (item.guards and not self.state.world.active(item)):
            return self.state.world.holds(said)
        if subject.lower() == "expr":
            return self.state.world.holds(said)
        text = self.expand(subject, item)
        if text is None:
            return self.state.world.holds(said)
        negated = pattern.startswith("!")
        pattern = pattern[negated:]
        nocase = bool(flags.keys() & {"nc", "nocase"})
        if pattern.startswith("-") and len(pattern) <= 3:
            return self.test(pattern, text, said) is not negated
        if pattern.startswith("=") and not pattern.startswith("=="):
            wanted = pattern[1:].removeprefix('"').removesuffix('"')
            same = text.lower() == wanted.lower() if nocase else text == wanted
            return same is not negated
        if pattern[:1] in ("<", ">"):
            return self.state.world.holds(said)
        found = search(pattern, text, nocase=nocase)
        if isinstance(found, Unknown):
            raise Beyond(found.reason, item)
        if not negated and found:
            self.condition_groups = found
        return (found is not None) is not negated

    def test(self, pattern: str, text: str, said: str) -> bool:
        if pattern in ("-f", "-d"):
            if not text.startswith("/"):
                return False
            kind = self.state.world.type_of(normal(text).rstrip("/") or "/")
            return kind == {"-f": FILE, "-d": DIRECTORY}[pattern]
        return self.state.world.holds(said)

    # -- values ----------------------------------------------------------------

    def expand(self, text: str, item: Item | None) -> str | None:
        """With ``$N``, ``%N`` and ``%{VARIABLE}`` put in; None where one is not known before the request comes."""
        unknown = False

        def put(found: re.Match[str]) -> str:
            nonlocal unknown
            escaped, group, condition, variable, table = found.groups()
            if escaped is not None:
                return escaped
            if group is not None:
                return self.groups.group(int(group)) if self.groups else ""
            if condition is not None:
                return self.condition_groups.group(int(condition)) if self.condition_groups else ""
            value = self.variable(variable) if variable is not None else None
            if table is not None or value is None:
                unknown = True
                return ""
            return value

        result = _PLACE.sub(put, text)
        # What was found may begin or end within a character.
        return None if unknown else decode(encode(result))

    def variable(self, name: str) -> str | None:
        state = self.state
        request, upper = state.request, name.upper()
        if upper in ("REQUEST_FILENAME", "SCRIPT_FILENAME"):
            return self.filename
        if upper == "REQUEST_URI":
            return state.uri
        if upper == "HTTPS":
            return "on" if request.tls else "off"
        if upper == "REQUEST_SCHEME":
            return "https" if request.tls else "http"
        if upper == "HTTP_HOST" or name.lower() == "http:host":
            return request.host_header
        if upper == "SERVER_PORT":
            canonical = state.site.last("usecanonicalname", state.world)
            return str(server_port(state.config, state.site.server, request, canonical, sub=state.sub))
        if upper == "SERVER_NAME":
            return server_name(state)
        if upper == "REQUEST_METHOD":
            return request.method
        if upper == "QUERY_STRING":
            return state.query
        if upper == "DOCUMENT_ROOT":
            root = state.site.last("documentroot", state.world)
            return root.value if root is not None else None
        if upper == "REMOTE_ADDR":
            return request.client
        if upper.startswith("ENV:"):
            return state.environment.get(name[4:]) if name[4:] in state.environment else None
        if upper.startswith(("HTTP_", "HTTP:")):
            return request.header(name[5:].replace("_", "-"))
        return None

    # -- results ---------------------------------------------------------------

    def substitute(self, rule: Rule) -> None:
        target = self.expand(rule.target, rule.item)
        if target is None:
            raise Beyond("a RewriteRule puts in a value that only a request has", rule.item)
        path, question, query = target.partition("?")
        flags = rule.flags
        if question:
            appended = flags.keys() & {"qsa", "qsappend"} and self.state.query
            self.state.query = "&".join(part for part in (query, self.state.query if appended else "") if part)
        elif flags.keys() & {"qsd", "qsdiscard"}:
            self.state.query = ""
        self.filename = path

    def redirect(self, rule: Rule) -> None:
        state, flags = self.state, rule.flags
        word = flags.get("r", flags.get("redirect", ""))
        status = _STATUS.get(word.lower()) or whole_number(word) or 302
        if not 300 <= status < 400:
            kind = {403: Kind.REFUSED, 404: Kind.NOT_FOUND}.get(status, Kind.ERROR)
            raise state.done(kind, status, "a RewriteRule says so")
        if not _ABSOLUTE.match(self.filename):
            path = self.filename if self.filename.startswith("/") else f"/{self.filename}"
            self.filename = location_url(state, path)
        if not self.last(flags) and not flags.keys() & {"p", "proxy"} and self.follows(rule):
            return
        self.send(rule, status)

    def follows(self, rule: Rule) -> bool:
        """Whether a rule behind it would see the URL: without [L] they go on."""
        rules = self.state.config.derived(_cache)[id(self.state.site.server)]
        later = rules[rules.index(rule) + 1 :]
        if later:
            raise Beyond("a redirect without [L], and more rules behind it, are not modelled", rule.item)
        return False

    def send(self, rule: Rule, status: int) -> None:
        url = self.filename
        if not rule.flags.keys() & {"ne", "noescape"}:
            # What stands behind the host, a "%" included (mod_rewrite.c:escape_absolute_uri).
            scheme, separator, rest = url.partition("://")
            host, slash, path = rest.partition("/")
            url = f"{scheme}{separator}{host}{slash}{escaped(path)}"
        url += f"?{self.state.query}" if self.state.query else ""
        raise self.state.done(Kind.REDIRECT, status, location=url)

    def local(self, rules: list[Rule]) -> bool:
        """A path: of the filesystem where its first component exists there, else below DocumentRoot (prefix_stat)."""
        state = self.state
        path = self.filename
        if not path.startswith("/"):
            raise state.done(Kind.ERROR, 400, "a RewriteRule made a path that does not begin with a slash")
        first = "/" + path[1:].partition("/")[0]
        root = state.site.last("documentroot", state.world)
        below = root is None or not path.startswith(root.value.rstrip("/") + "/")
        if (first == "/" or (below and state.world.type_of(first) != DIRECTORY)) and root is not None:
            path = root.value.rstrip("/") + path
        elif root is None and first == "/":
            raise Beyond("DocumentRoot is not in sight")
        state.filename = path
        state.anchor = normal(path).rstrip("/") or "/"
        return True
