"""mod_rewrite: the common part of its language, at server level (mod_rewrite.c:hook_uri2file) and by directory.

The outcome is unknown as soon as a rule outside of it is reached.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import last
from modwsgi_fix.model.merge.world import DIRECTORY, FILE, Beyond, normal
from modwsgi_fix.model.modules import is_loaded
from modwsgi_fix.model.patterns import Match, Unknown, search
from modwsgi_fix.model.request.expressions import truth
from modwsgi_fix.model.request.hosts import goes_by, scheme_of
from modwsgi_fix.model.request.lookups import is_answered
from modwsgi_fix.model.request.outcome import Done, Kind
from modwsgi_fix.model.request.proxied import is_sent_away, send_away
from modwsgi_fix.model.request.rewrite_maps import looked_up
from modwsgi_fix.model.request.rewrite_rules import (
    FLAGS,
    NO_FLAGS,
    ORDER,
    STATUSES,
    Rule,
    arguments,
    flags_of,
    in_substitution,
    is_in_order,
    status_of,
)
from modwsgi_fix.model.request.rewrite_settings import of_server
from modwsgi_fix.model.request.state import State, document_root, escaped, location_url
from modwsgi_fix.model.request.translate import below_server_path
from modwsgi_fix.model.request.variables import rewriting_value
from modwsgi_fix.text import decode, encode, whole_number

_ABSOLUTE = expression(r"(?:https?|ftp|ldap|mailto|news|nntp|ajp|balancer|wss?|h2c?|fcgi|scgi|uwsgi)://", re.IGNORECASE)
_PLACE = expression(
    r"\\(.)|\$(\d)|%(\d)|%\{([^}]{0,400})\}|\$\{([^{}:]{0,400}):((?:[^{}]|\{[^{}]{0,400}\}){0,400})\}|(\$\{)", re.S
)
#: The flags of rules that are passed over where httpd itself looks a URL up: a status of [R=404] is one, too, [F] is not.
_NOT_FOR_SUBREQUESTS = frozenset({"ns", "nosubreq", "r", "redirect"})
#: The most rounds of [N] that are followed; httpd gives up after 32,000.
_MOST_ROUNDS = 100


def rewrite(state: State) -> bool:
    """Apply the rules at server level, and return whether they mapped the URL to a file."""
    # Also a section that holds for the URL switches the engine: it is looked up by directory (mod_rewrite.c:hook_uri2file).
    switch = last(state.layers, "rewriteengine", state.world)
    if switch is None or switch.value.lower() != "on":
        return False
    settings = of_server(state.site, state.world)
    if settings is None or not settings.rules:
        return False
    run = Run(state, settings.rules)
    return run.apply() and (is_sent_away(state) or run.local())


class Run:
    """One pass of rules over a request. ``directory`` is that of rules by directory, with its slash, otherwise empty.

    ``filename`` is the text that the rules see and rewrite: the URL, or by directory the file.
    """

    def __init__(self, state: State, rules: Sequence[Rule], directory: str = "", base: Item | None = None) -> None:
        self.state = state
        #: The RewriteBase.
        self.base = base
        self.rules = rules
        self.directory = directory
        self.filename = (state.filename or "") if directory else state.uri
        self.path_info = state.path_info if directory else ""
        self.groups: Match | None = None
        self.condition_groups: Match | None = None
        #: The query of the request.
        self.asked = state.query
        self.rounds = 0
        #: The last rule that changed it.
        self.changing: Rule | None = None
        #: The status of a redirect that the rules behind it still see.
        self.sending: int | None = None

    def apply(self) -> bool:
        """Apply the rules, and return whether one changed the URL or file. Raises ``Done`` for a redirect or a status."""
        state, rules = self.state, self.rules
        changed = False
        at = 0
        while at < len(rules):
            rule = rules[at]
            at += 1
            if rule.item.guards and not state.world.active(rule.item):
                continue
            if state.sub and rule.flags.keys() & _NOT_FOR_SUBREQUESTS:
                continue
            if not self.matches(rule):
                while rules[at - 1].flags.keys() & {"c", "chain"} and at < len(rules):
                    at += 1
                continue
            flags = rule.flags
            if odd := flags.keys() - FLAGS:
                raise Beyond(f"RewriteRule with [{', '.join(sorted(odd))}] is not modelled", rule.item)
            self.environment(flags)
            self.types(flags)
            if (status := status_of(flags)) is not None:
                raise self.refusal(rule, status)
            if rule.target == "-":
                if self.last(flags):
                    break
                at = 0 if self.begins_again(rule) else at + self.skipped(flags)
                continue
            changed = True
            self.substitute(rule)
            if flags.keys() & {"dpi", "discardpath"}:
                self.path_info = ""
            state.step("mapping", f"RewriteRule {rule.pattern} makes it {self.filename}", rule.item)
            if flags.keys() & {"r", "redirect"}:
                self.redirect(rule, is_last=at == len(rules))
            elif flags.keys() & {"p", "proxy"}:
                return self.away(rule)
            if flags.keys() & {"pt", "passthrough"} and not self.directory:
                self.refuse_odd_query(rule.item)
                state.uri = self.filename
                return False
            if _ABSOLUTE.match(self.filename) and not flags.keys() & {"r", "redirect"}:
                self.redirect(rule, is_last=at == len(rules))
            elif self.sending is not None and not _ABSOLUTE.match(self.filename):
                raise Beyond(
                    "a rule behind a redirect without [L] takes the URL back, which is not modelled", rule.item
                )
            self.changing = rule
            if self.last(flags):
                break
            at = 0 if self.begins_again(rule) else at + self.skipped(flags)
        if self.sending is not None and self.changing is not None:
            self.send(self.changing, self.sending)
        if self.changing is not None and not self.directory:
            self.refuse_odd_query(self.changing.item)
        return changed

    def refuse_odd_query(self, item: Item) -> None:
        """Raise ``Done`` with 403 where a rule has put a blank or a control character into the query (AH10410)."""
        state = self.state
        if state.query != self.asked and any(char <= " " or char == "\x7f" for char in state.query):
            state.step("mapping", "a blank or a control character is in the new query, which httpd refuses", item)
            raise state.done(Kind.REFUSED, 403, "a blank or a control character in the query that a RewriteRule made")

    def begins_again(self, rule: Rule) -> bool:
        """Whether the first rule is next: [N]."""
        if not rule.flags.keys() & {"n", "next"}:
            return False
        self.rounds += 1
        most = whole_number(rule.flags.get("n") or rule.flags.get("next") or "")
        if most and self.rounds + 1 >= most:
            self.state.step("mapping", f"RewriteRule begins again, and may {most} times at most", rule.item)
            raise self.state.done(Kind.ERROR, 500, "a RewriteRule begins again too often")
        if self.rounds > _MOST_ROUNDS:
            raise Beyond(f"RewriteRule with [N] begins again more than {_MOST_ROUNDS} times", rule.item)
        return True

    def away(self, rule: Rule) -> bool:
        """Whether mod_proxy asks another server: [P]. Raises ``Done`` with 403 without it (mod_rewrite.c:hook_uri2file)."""
        state, url = self.state, self.filename
        if self.directory or not _ABSOLUTE.match(url):
            raise Beyond("RewriteRule with [P] by directory, or to a path of this server, is not modelled", rule.item)
        if is_loaded(state.config, "mod_proxy.c") is False:
            state.step("mapping", "RewriteRule with [P] needs mod_proxy, which is not loaded", rule.item)
            raise state.done(Kind.REFUSED, 403, "RewriteRule with [P] without mod_proxy")
        self.refuse_odd_query(rule.item)
        send_away(state, url, rule.item)
        return True

    def refusal(self, rule: Rule, status: int) -> Done:
        """Return the end of the request with a status: [F], [G], or [R] with a status that is not a redirect."""
        said = {403: "forbids it", 410: "says it is gone"}.get(status, f"answers {status}")
        if status < 400:
            raise Beyond(f"RewriteRule answers {status} with a page of httpd's own", rule.item)
        self.state.step("mapping", f"RewriteRule {said}", rule.item)
        if self.directory and self.sending is not None:
            self.state.filename = self.filename
        self.take_the_place_of_an_error()
        kind = {403: Kind.REFUSED, 401: Kind.REFUSED, 404: Kind.NOT_FOUND}.get(status, Kind.ERROR)
        return self.state.done(kind, status, f"a RewriteRule {said}")

    def take_the_place_of_an_error(self) -> None:
        """Note that a status or redirect answers, where the URL is that of an error's document.

        mod_rewrite sets the request's status to 200 (hook_uri2file, hook_fixup): a status has a document of its own.
        """
        if self.state.failing is not None:
            self.state.failing.is_replaced, self.state.failed = True, False

    def types(self, flags: dict[str, str]) -> None:
        """Note [T=] and [H=], which take effect after everything else."""
        for names, what in ((("t", "type"), "type"), (("h", "handler"), "handler")):
            value = next((flags[name] for name in names if flags.get(name)), None)
            if value is not None and value != "-":
                expanded = self.expand(value, None)
                if expanded is None:
                    raise Beyond(f"a RewriteRule sets a {what} that only a request has")
                self.state.forced[what] = expanded.lower()

    def last(self, flags: dict[str, str]) -> bool:
        """Whether later rules are not tried; [END] also ends all later passes."""
        self.state.is_done |= "end" in flags
        return bool(flags.keys() & {"l", "last", "end"})

    @staticmethod
    def skipped(flags: dict[str, str]) -> int:
        """Return how many rules [S] skips."""
        number = flags.get("s") or flags.get("skip") or "0"
        return whole_number(number) or 0

    def environment(self, flags: dict[str, str]) -> None:
        """Set and unset the variables of [E]."""
        value = flags.get("e") or flags.get("env")
        if value:
            name, _, content = value.partition(":")
            self.state.environment[name.lstrip("!")] = None if name.startswith("!") else self.expand(content, None)

    def matches(self, rule: Rule) -> bool:
        """Whether the pattern and all conditions of a rule hold."""
        if not rule.item.known:
            raise Beyond("a RewriteRule holds a variable that is not defined here", rule.item)
        found = search(rule.pattern, self.subject(), nocase=bool(rule.flags.keys() & {"nc", "nocase"}))
        if isinstance(found, Unknown):
            raise Beyond(found.reason, rule.item)
        if (found is None) is not rule.negated:
            return False
        self.groups = found
        self.condition_groups = None
        return self.conditions_hold(rule)

    def subject(self) -> str:
        """The text that a pattern is tried on; by directory the path below it, with the rest of the URL (apply_rewrite_rule)."""
        return (self.filename + self.path_info).removeprefix(self.directory) if self.directory else self.filename

    def conditions_hold(self, rule: Rule) -> bool:
        """Whether the conditions of a rule hold, with [OR] between neighbours."""
        either = False
        for item in rule.conditions:
            flags = flags_of(words[2]) if len(words := arguments(item)) > 2 else {}
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
        """Whether one RewriteCond holds."""
        words = arguments(item)
        if len(words) < 2:
            raise Beyond("a RewriteCond without a pattern", item)
        subject, pattern = words[0], words[1]
        said = f"RewriteCond {subject} {pattern} holds ({item.file.name}:{item.line})"
        if not item.known or (item.guards and not self.state.world.active(item)):
            return self.state.world.holds(said)
        if subject.lower() == "expr":
            found_true = truth(pattern, self.state)
            return self.state.world.holds(said) if found_true is None else found_true
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
        if (order := ORDER.fullmatch(pattern)) is not None:
            return is_in_order(order, text, nocase=nocase) is not negated
        found = search(pattern, text, nocase=nocase)
        if isinstance(found, Unknown):
            raise Beyond(found.reason, item)
        if not negated and found:
            self.condition_groups = found
        return (found is not None) is not negated

    def test(self, pattern: str, text: str, said: str) -> bool:
        """Whether a pattern of RewriteCond holds for a text; ``said`` names the text for a question to the world."""
        if pattern in ("-f", "-d"):
            if not text.startswith("/"):
                return False
            kind = self.state.world.type_of(normal(text).rstrip("/") or "/")
            # A file with a slash behind its name is none (stat: ENOTDIR).
            return kind == {"-f": FILE, "-d": DIRECTORY}[pattern] and not (kind == FILE and text.endswith("/"))
        if pattern == "-U":
            return is_answered(self.state, text)
        found = self.state.world.tells(pattern, text)
        return self.state.world.holds(said) if found is None else found

    # -- values ----------------------------------------------------------------

    def expand(self, text: str, item: Item | None, flags: Mapping[str, str] = NO_FLAGS) -> str | None:
        """Return a text with ``$N``, ``%N`` and ``%{VARIABLE}`` expanded; None where one is not known before a real request."""
        unknown = False

        def put(found: re.Match[str]) -> str:
            nonlocal unknown
            escaped, group, condition, variable, table, key, odd = found.groups()
            if escaped is not None:
                return escaped
            if group is not None:
                return in_substitution(self.groups.group(int(group)), flags) if self.groups else ""
            if condition is not None:
                text = self.condition_groups.group(int(condition)) if self.condition_groups else ""
                return in_substitution(text, flags)
            value = self.variable(variable) if variable is not None else None
            if table is not None:
                value = self.from_table(table, key)
            if odd or value is None:
                unknown = True
                return ""
            return value

        result = _PLACE.sub(put, text)
        # A match of bytes may begin or end within a character.
        return None if unknown else decode(encode(result))

    def from_table(self, table: str, text: str) -> str | None:
        """Return the value of ``${table:key|default}``; None where the key or the default is not known."""
        key, _, default = text.partition("|")
        expanded = self.expand(key, None)
        if expanded is None:
            return None
        found = looked_up(self.state, table, expanded)
        return self.expand(default, None) if found is None else found

    def variable(self, name: str) -> str | None:
        """Return the value of ``%{NAME}``; None where it is not known before a real request."""
        upper = name.upper()
        if upper in ("REQUEST_FILENAME", "SCRIPT_FILENAME"):
            return self.filename
        if upper == "REMOTE_USER" and not self.directory:
            # The user is found out only later.
            return ""
        return rewriting_value(name, self.state)

    # -- results ---------------------------------------------------------------

    def substitute(self, rule: Rule) -> None:
        """Replace the URL or file by the substitution of a rule."""
        flags = rule.flags
        target = self.expand(rule.target, rule.item, flags)
        if target is None:
            raise Beyond("a RewriteRule puts in a value that only a request has", rule.item)
        written = rule.target.partition("?")[0]
        if "?" in target and "unsafeallow3f" not in flags and "?" in (self.expand(written, rule.item, flags) or ""):
            self.state.step("mapping", "a question mark of the visitor's would begin the query (AH10508)", rule.item)
            raise self.state.done(Kind.REFUSED, 403, "a question mark that a RewriteRule has not written itself")
        path, question, query = target.partition("?")
        if path.startswith("/~") and not self.directory and path[2:3] not in ("", "/"):
            # The home of a user of that name takes its place (mod_rewrite.c:expand_tildepaths).
            raise Beyond("a RewriteRule makes a path that may be the home of a user", rule.item)
        if question and flags.keys() & {"qsl", "qslast"}:
            path, question, query = target.rpartition("?")
        if question:
            appended = flags.keys() & {"qsa", "qsappend"} and self.state.query
            self.state.query = "&".join(part for part in (query, self.state.query if appended else "") if part)
        elif flags.keys() & {"qsd", "qsdiscard"}:
            self.state.query = ""
        if self.directory and not path.startswith("/") and not _ABSOLUTE.match(path):
            path = self.directory + path
        if _ABSOLUTE.match(path) and not flags.keys() & {"r", "redirect", "p", "proxy"}:
            path = self.reduced(path)
        self.filename = path

    def reduced(self, url: str) -> str:
        """Return a URL of this very host without scheme and name, as it is answered here (mod_rewrite.c:reduce_uri)."""
        state = self.state
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        name, _, port = host.lower().partition(":")
        own, usual = scheme_of(state.site.server, state.request)
        if scheme.lower() != own:
            return url
        is_own = goes_by(state.config, state.site.server, name, whole_number(port) or usual, state.world)
        return slash + path or "/" if is_own else url

    def redirect(self, rule: Rule, *, is_last: bool) -> None:
        """Note or send the redirect of a rule. Raises ``Done`` where no later rule can change it."""
        state, flags = self.state, rule.flags
        word = flags.get("r", flags.get("redirect", ""))
        status = STATUSES.get(word.lower()) or whole_number(word) or 302
        if not _ABSOLUTE.match(self.filename):
            path = self.filename if self.filename.startswith("/") else f"/{self.filename}"
            self.filename = location_url(state, path)
        if self.last(flags) or (is_last and not flags.keys() & {"n", "next"}):
            self.send(rule, status)
        self.sending = status

    def send(self, rule: Rule, status: int) -> None:
        """Raise ``Done`` with a redirect to the present URL."""
        url = self.based(self.filename)
        if not rule.flags.keys() & {"ne", "noescape"}:
            # Everything after the host is escaped, a "%" included (mod_rewrite.c:escape_absolute_uri).
            scheme, separator, rest = url.partition("://")
            host, slash, path = rest.partition("/")
            url = f"{scheme}{separator}{host}{slash}{escaped(path)}"
        query = self.state.query
        if query != self.asked and not rule.flags.keys() & {"ne", "noescape"}:
            # The query of the request is as the visitor wrote it, any other is not.
            query = escaped(query)
        elif query != self.asked:
            self.state.filename = url
            self.refuse_odd_query(rule.item)
            if any(char < " " or char == "\x7f" for char in url):
                self.state.step("mapping", "a control character is in the target, which httpd does not send", rule.item)
                raise self.state.done(Kind.ERROR, 500, "a control character in the target of a redirect")
        url += f"?{query}" if query else ""
        self.take_the_place_of_an_error()
        raise self.state.done(Kind.REDIRECT, status, location=url)

    def based(self, url: str) -> str:
        """Return a URL with the directory in it replaced by RewriteBase (mod_rewrite.c:hook_fixup)."""
        base = self.base
        scheme, separator, rest = url.partition("://")
        host, _, path = rest.partition("/")
        if base is None or not f"/{path}".startswith(self.directory):
            return url
        return f"{scheme}{separator}{host}{base.value.rstrip('/')}/{path[len(self.directory) - 1 :]}"

    def local(self) -> bool:
        """A path: of the filesystem where its first component exists there, else below DocumentRoot (prefix_stat).

        Also below it where the last rule does not begin with that component itself, and has no [UnsafePrefixStat].
        """
        state = self.state
        path = self.filename
        # Of a text without a slash before it, httpd puts one there when it adds the DocumentRoot.
        first = "/" + path.lstrip("/").partition("/")[0] if path.startswith("/") else ""
        root = document_root(state)
        is_said = self.changing is None or self.changing.begins_with(first)
        is_whole = root is not None and path.startswith(f"{root}/")
        is_there = bool(first) and is_said and (first == "/" or state.world.type_of(first) == DIRECTORY)
        if path.startswith("//") and first != "/" and state.world.type_of(first) == DIRECTORY:
            raise Beyond("a RewriteRule made a path with two slashes at its beginning, which may be that of a file")
        if not is_whole and not is_there:
            if root is None:
                raise Beyond("DocumentRoot is not in sight")
            if not first and ".." in path:
                raise Beyond("a RewriteRule leads above the DocumentRoot, which is not modelled")
            path = root + below_server_path(state, path)
        state.filename = path
        state.anchor = normal(path).rstrip("/") or "/"
        return True
