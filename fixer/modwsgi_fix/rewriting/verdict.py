"""What httpd says to one line, and what a dead line does once it is mended.

``refusal`` covers only what httpd certainly refuses (tried with ``apache2 -t`` 2.4.71): mending such a line lets httpd
start. ``revival`` weighs a line that httpd accepts and that has no effect, as a path in typographic quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from modwsgi_fix import directives
from modwsgi_fix.directives.families import (
    APPLICATION_LINES,
    CONDITIONS,
    FILE_MAPPINGS,
    GRANTS,
    LOCATION_SECTIONS,
    MUST_EXIST,
    PATH_SECTIONS,
)
from modwsgi_fix.directives.values import fault_of_values, is_weighed
from modwsgi_fix.edits import Applicability
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.daemons import atoi
from modwsgi_fix.model.patterns import is_broken
from modwsgi_fix.model.request.rewrite_words import STATUSES_OF_HTTPD, fault_of_rewriting
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rewriting.proxying import PROXYING, fault_of_proxying
from modwsgi_fix.syntax import Directive, Section
from modwsgi_fix.text import whole_number
from modwsgi_fix.tuples import NamedTuple

_OPTIONS = frozenset(
    [
        "all",
        "none",
        "indexes",
        "includes",
        "includesnoexec",
        "followsymlinks",
        "symlinksifownermatch",
        "execcgi",
        "multiviews",
    ]
)
_OVERRIDES = frozenset(["all", "none", "limit", "options", "fileinfo", "authconfig", "indexes"])
_LEVELS = frozenset(["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"]) | {
    f"trace{n}" for n in range(1, 9)
}
_SENT_ELSEWHERE = frozenset(["permanent", "temp", "seeother"])
_STATUSES = _SENT_ELSEWHERE | {"gone"}
#: What httpd says of a Redirect without a target (mod_alias.c:add_redirect_internal).
NO_TARGET = "URL to redirect to is missing"
#: As httpd spells them in its messages.
_SPELT = {
    "browsermatch": "BrowserMatch",
    "browsermatchnocase": "BrowserMatchNoCase",
    "include": "Include",
    "includeoptional": "IncludeOptional",
    "setenvif": "SetEnvIf",
    "setenvifnocase": "SetEnvIfNoCase",
    "wsgiscriptalias": "WSGIScriptAlias",
    "wsgiscriptaliasmatch": "WSGIScriptAliasMatch",
}
_MAPS = {
    "wsgiscriptalias": "Map location to target WSGI script file",
    "wsgiscriptaliasmatch": "Map location pattern to target WSGI script file",
}
#: The number (from 0) of the word that is a regular expression, by directive.
_PATTERN_AT = {
    "aliasmatch": 0, "browsermatch": 0, "browsermatchnocase": 0, "proxypassmatch": 0, "redirectmatch": 0, "scriptaliasmatch": 0,
    "setenvif": 1, "setenvifnocase": 1, "wsgiscriptaliasmatch": 0,
}  # fmt: skip
#: Directives that judge their words themselves (``_grammar``); of all others httpd counts the words.
_JUDGES = frozenset({
    "allow", "allowmethods", "allowoverride", "balancermember", "deny", "errordocument", "include", "includeoptional",
    "listen", "loglevel", "options", "proxypass", "redirect", "require", "rewritecond", "rewritemap", "rewriteoptions",
    "rewriterule", "wsgidaemonprocess", "wsgiscriptalias", *_PATTERN_AT, *MUST_EXIST,
})  # fmt: skip
#: What httpd says of a number of words that it does not take (config.c:invoke_cmd); the purpose of the words follows there.
_TAKES = {
    "TAKE1": "takes one argument", "TAKE2": "takes two arguments", "TAKE3": "takes three arguments",
    "TAKE12": "takes 1-2 arguments", "TAKE23": "takes two or three arguments", "TAKE13": "takes one or three arguments",
    "TAKE123": "takes one, two or three arguments", "ITERATE": "requires at least one argument",
    "ITERATE2": "requires at least two arguments",
}  # fmt: skip
_HIGHEST_PORT = 65_535
#: A path that begins with one is in no directory.
_TYPOGRAPHIC = frozenset("“”„‟‘’‚«»")
_NO_REGEX = "Regular expression could not be compiled."
_METHOD = expression(r"[A-Za-z][A-Za-z_-]*")
_IP = expression(r"[0-9a-fA-F.:]+(?:/[0-9.]+)?")


def refusal(name: str, words: Sequence[str]) -> str:
    """Return why httpd refuses a directive or an opening line with these words; empty where it may accept them."""
    key = name.lower()
    info = directives.find(key)
    if info is None:
        return ""
    if info.section:
        has_tilde = tuple(words[:1]) == ("~",)
        if key in PATH_SECTIONS:
            most = 2 if has_tilde else 1
            if len(words) > most:
                return f"Multiple <{info.name}> arguments not (yet) supported."
        if key == "virtualhost" and (reason := next(filter(None, map(_no_address, words)), "")):
            return reason
        if key in ("if", "elseif") and words and "%{" in words[0] and "}" not in words[0].rpartition("%{")[2]:
            return "Cannot parse condition clause: Unterminated string or variable"
        is_regex = has_tilde or key.endswith("match")
        return "Regex could not be compiled" if is_regex and words and is_broken(words[-1]) else ""
    if info.arguments not in ("RAW_ARGS", "TAKE_ARGV", "FLAG", "NO_ARGS") and not info.takes(words):
        return f"{info.name} {_TAKES[info.arguments]}"
    first = words[0].lower() if words else ""
    if info.arguments == "FLAG" and first not in ("on", "off"):
        # Further words are not looked at (config.c:invoke_cmd).
        return f"{info.name} must be On or Off"
    if info.values and len(words) == 1 and first not in map(str.lower, info.values):
        return f"{info.name} must be one of: {' | '.join(info.values)}"
    return fault_of_values(info.name, words) or _grammar(key, list(words), first)


def _no_address(word: str) -> str:
    """Return why httpd refuses an address of a virtual host; empty where it may take it (measured with 2.4.71)."""
    host, colon, port = word.rpartition(":")
    number = whole_number(port) if port.isascii() and port.isdigit() else None
    if number is None:
        return ""
    if number > _HIGHEST_PORT or not number or (colon and not host):
        return "The address or port is invalid"
    return "" if colon else "Missing address for VirtualHost"


def counts_words(name: str) -> bool:
    """Whether httpd can refuse a directive for the number of its words alone; never of an opening line."""
    key = name.lower()
    info = directives.find(key)
    if info is not None and (info.section or info.values):
        return False
    return (
        key not in _JUDGES
        and key not in _STRICTER
        and not is_weighed(key)
        and directives.words_before_options(key) is None
    )


#: Directives that took words in 2.2 which 2.4 refuses.
_STRICTER = frozenset({"options", "sslprotocol", "sslproxyprotocol", "sslsessioncache", "ssloptions", "charsetoptions"})


def refusal_of_24(name: str, words: Sequence[str]) -> str:
    """Why httpd 2.4 refuses words that 2.2 took; empty where it may take them (tried on 2.4.71 with OpenSSL 3.0)."""
    key = name.lower()
    if key not in _STRICTER:
        return ""
    bare = [word.lower().lstrip("+") for word in words]
    if key == "options" and unsigned_options(words):
        return "Either all Options must start with + or -, or no Option may."
    if key in ("sslprotocol", "sslproxyprotocol"):
        if "sslv2" in bare:
            return "SSLProtocol: SSLv2 is no longer supported"
        return "SSLv3 not supported by this version of OpenSSL" if "sslv3" in bare else ""
    kind = bare[0].partition(":")[0] if bare and ":" in bare[0] else ""
    if key == "sslsessioncache" and kind in ("shm", "shmht", "dc"):
        return f"SSLSessionCache: '{kind}' session cache not supported"
    if key == "ssloptions" and "compatenvvars" in bare:
        return "SSLOptions: Illegal option 'CompatEnvVars'"
    if key == "charsetoptions" and (level := next((w for w in words if w.lower().startswith("debuglevel=")), "")):
        return f"Invalid CharsetOptions option: {level}"
    return ""


def unsigned_options(words: Sequence[str]) -> list[int]:
    """Return the numbers of the words of ``Options`` without the sign that httpd 2.4 requires (core.c:set_options).

    ``All`` or ``None`` may come first, then words with signs; a word without a sign must not follow these. httpd 2.2 accepts
    any mixture.
    """
    signed = [at for at, word in enumerate(words) if word[:1] in ("+", "-")]
    plain = [at for at, word in enumerate(words) if word[:1] not in ("+", "-")]
    if signed and plain and words[0].lower() in ("all", "none"):
        plain = [at for at in plain if at > signed[0]]
    return plain if signed else []


def _grammar(key: str, words: list[str], first: str) -> str:
    """Return why a directive that checks its words itself refuses them; empty where it may accept them."""
    if key not in _JUDGES:
        return _wsgi_options(key, words)
    if key == "options":
        bad = next((w for w in words if w.lstrip("+-").lower() not in _OPTIONS), None)
        return f"Illegal option {bad}" if bad is not None else ""
    if key == "allowoverride":
        bad = next((w for w in words if w.partition("=")[0].lower() not in _OVERRIDES | {"nonfatal"}), None)
        return f"Illegal override option {bad}" if bad is not None else ""
    if key == "errordocument" and atoi(first) not in STATUSES_OF_HTTPD:
        return f"Unsupported HTTP response code {words[0]}"
    if key in ("allow", "deny"):
        return "No comments are allowed here" if any(w.startswith("#") for w in words) else ""
    if key == "require" and words:
        if words[0] == "all":
            wrong = [w.lower() for w in words[1:]] not in (["granted"], ["denied"])
            return "Argument for 'Require all' must be 'granted' or 'denied'" if wrong else ""
        if words[0] in ("granted", "denied"):
            return f"Unknown Authz provider: {words[0]}"
        if words[0] == "method" and (bad := _no_method(words[1:])):
            return f"Invalid Method '{bad}'"
        if words == ["ip"]:
            return "'require ip' requires an argument"
        if words[0] == "ip":
            bad = next((w for w in words[1:] if not _IP.fullmatch(w)), None)
            return f"ip address '{bad}' appears to be invalid" if bad is not None else ""
    if key == "allowmethods" and (bad := _no_method(words)):
        return f"AllowMethods: Invalid Method '{bad}'"
    if key == "loglevel":
        bad = next((w for w in words if w.rpartition(":")[2].lower() not in _LEVELS), None)
        return "Log level keyword must be one of emerg, alert, crit, error, warn" if bad is not None else ""
    if key == "listen" and not 1 <= len(words) <= 2:
        return "Listen requires 1 or 2 arguments."
    if key == "listen" and not re.fullmatch(r"\d+|\S*:\d+", words[0]):
        return "Port must be specified"
    if reason := fault_of_rewriting(key, words):
        return reason
    if key in ("include", "includeoptional") and not first:
        return f"{_SPELT[key]} takes one argument"
    at = _PATTERN_AT.get(key)
    if at is not None and (pattern := _pattern(key, words[at:])) and is_broken(pattern):
        return f"{_SPELT[key]} regex could not be compiled." if key in _SPELT and key not in _MAPS else _NO_REGEX
    if key in PROXYING and (reason := fault_of_proxying(key, words)):
        return reason
    if key in ("browsermatch", "browsermatchnocase") and len(words) < 2:
        return f"Missing {'envariable' if words else 'regular'} expression for {_SPELT[key]}"
    if key in ("setenvif", "setenvifnocase") and len(words) < 3:
        missing = ("header-field name", "regular expression", "envariable expression")[len(words)]
        return f"Missing {missing} for {_SPELT[key]}"
    if key in ("wsgiscriptalias", "wsgiscriptaliasmatch") and len(words) < 2:
        return f"{_SPELT[key]} requires at least two arguments, {_MAPS[key]}."
    if key == "wsgidaemonprocess" and not words:
        return "Name of WSGI daemon process not supplied."
    if key in MUST_EXIST:
        path = words[key == "loadmodule" :][:1]
        if path and path[0][:1] in _TYPOGRAPHIC:
            return f"{path[0]} is not there"
    if key == "redirect" and len(words) == 1 and (first in _SENT_ELSEWHERE or re.fullmatch("3[0-9][0-9]", first)):
        return NO_TARGET
    return _wsgi_options(key, words)


def _no_method(words: Sequence[str]) -> str:
    """Return the first word that no module and no ``<Limit>`` makes a method of; empty where there is none."""
    return next((word for word in words if is_settled(word) and not _METHOD.fullmatch(word)), "")


def _pattern(key: str, words: list[str]) -> str:
    """Return the regular expression of a directive; empty where it has none."""
    if key == "redirectmatch" and words and (words[0].isdigit() or words[0].lower() in _STATUSES):
        words = words[1:]
    return words[0].removeprefix("!") if words else ""


def _wsgi_options(key: str, words: list[str]) -> str:
    before = directives.words_before_options(key)
    if before is None:
        return ""
    given = list(_options(words[before:]))
    if key == "wsgidaemonprocess":
        return _daemon_options(given)
    for name, value in given:
        if value is None or not directives.takes_option(key, name):
            return directives.script_directives()[key].invalid
        if not value or (name == "pass-authorization" and is_settled(value) and value.lower() not in ("on", "off")):
            return directives.script_options(key)[name].error
    if key == "wsgiimportscript" and len(words) >= before and "application-group" not in dict(given):
        return "Name of WSGI application group required."
    return ""


def _daemon_options(given: Sequence[tuple[str, str | None]]) -> str:
    for name, value in given:
        option = directives.daemon_option(name)
        if value is None or option is None:
            return "Invalid option to WSGI daemon process definition."
        if not is_settled(value):
            continue
        if option.refusal(value):
            # Of users with a name only root is refused.
            return "WSGI process blocked from running as root." if name == "user" and value else option.error
        if name in ("user", "group") and not re.fullmatch(r"#?[\w.@$-]+", value):
            return f"bad {name} name {value}"
    if {"script-user", "script-group"} <= dict(given).keys():
        return "Only one of script-user and script-group allowed."
    return ""


def _options(words: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield words as options with values (wsgi_config.c:wsgi_parse_option); None for the value where a word has no ``=``.

    The value is the next word where blanks follow the ``=``.
    """
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        yield name, (value or next(rest, "")) if equals else None


class Revival(NamedTuple):
    """The level of a fix that brings a dead line to life, by what the line does then, and why."""

    level: Applicability
    reason: str
    #: Whether the line only grants by URL, so that it is better left dead.
    only_grants: bool = False


def revival(node: Directive) -> Revival:
    """Return what happens when a line with a wrong name or path gets the right one."""
    if isinstance(node, Section):
        return _section(node)
    key = node.key
    words = [word.value for word in node.args]
    if key in APPLICATION_LINES:
        return Revival(Applicability.REPAIR, "the application answers where it was not found before")
    if (
        key == "rewriterule"
        and words[2:]
        and words[1] in ("-", "–")
        and re.search(r"\b(?:F|G|forbidden|gone)\b", words[2])
    ):
        return Revival(Applicability.REPAIR, "what the rule forbids is closed from now on")
    if key == "redirectmatch" and words[:1] and words[0].lower() in ("403", "404", "410", "gone"):
        return Revival(Applicability.REPAIR, "what the rule forbids is closed from now on")
    if key == "deny":
        return Revival(Applicability.REPAIR, "what it denies is closed from now on")
    if key in FILE_MAPPINGS:
        return Revival(Applicability.UNSAFE, "files are served which could not be asked for before")
    return Revival(Applicability.UNSAFE, "httpd accepts the line as it is, so its meaning changes")


def _section(section: Section) -> Revival:
    if section.key not in PATH_SECTIONS:
        return Revival(Applicability.UNSAFE, "all that it holds comes into force")
    held = _held(section)
    if not held:
        return Revival(Applicability.SAFE, "it holds nothing")
    if all(_closes(node, held) for node in held):
        return Revival(Applicability.REPAIR, "what it denies is closed from now on")
    if all(node.key in GRANTS for node in held) and any(_admits_all(node) for node in held):
        by_url = section.key in LOCATION_SECTIONS and not any(node.key == "deny" for node in held)
        return Revival(Applicability.UNSAFE, "what it allows is open from now on", only_grants=by_url)
    return Revival(Applicability.UNSAFE, "all that it holds comes into force, and that may open something")


def _admits_all(node: Directive) -> bool:
    words = [word.value.lower() for word in node.args]
    return (node.key, words) in (("allow", ["from", "all"]), ("require", ["all", "granted"]))


def _held(section: Section) -> list[Directive]:
    held: list[Directive] = []
    for node in section.children:
        if isinstance(node, Section) and node.key in CONDITIONS:
            held += _held(node)
        elif isinstance(node, Directive):
            held.append(node)
    return held


def _closes(node: Directive, held: list[Directive]) -> bool:
    """Whether a line can only close something: it takes effect in addition to everything else, or admits nobody."""
    words = [word.value.lower() for word in node.args]
    others = {other.key for other in held}
    if node.key in ("sslrequiressl", "sslrequire"):
        return True
    if node.key == "sslverifyclient":
        return words == ["require"]
    if node.key == "require":
        return words == ["all", "denied"] and not others & GRANTS - {"require"}
    if node.key in ("order", "deny"):
        everyone = any(
            other.key == "deny" and [w.value.lower() for w in other.args] == ["from", "all"] for other in held
        )
        return everyone and not others & GRANTS - {"order"}
    return node.key == "options" and bool(words) and all(word in ("-indexes", "-followsymlinks") for word in words)
