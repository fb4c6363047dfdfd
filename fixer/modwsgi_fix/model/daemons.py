"""Process groups: where they are defined, with which options, and which lines select them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from modwsgi_fix import directives
from modwsgi_fix.directives.families import MOUNTS
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, derived, grouped
from modwsgi_fix.model.gaps import whole_text
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.lines import wrapped_end
from modwsgi_fix.model.reading.variables import put_in
from modwsgi_fix.model.servers import same_name, split_name
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.syntax import Directive, split_words
from modwsgi_fix.syntax.words import WORDS
from modwsgi_fix.text import WHITESPACE, Span, whole_number
from modwsgi_fix.tuples import NamedTuple

_OPTION = expression(r"[ \t\n\v\f\r]*+([^= \t\n\v\f\r]++)=")
_WORD = expression(r"[^ \t\n\v\f\r]++")
_CLOSED = expression(r""" "(?:\\["\\]|[^"])*+" | '(?:\\['\\]|[^'])*+' """, re.X)


def in_template(item: Item) -> bool:
    """Whether an item's file has the conditions of a template language, so that not all of its lines need be there together."""
    return item.file.tree.is_template


def atoi(value: str) -> int:
    """Return a value as C's ``atoi`` reads it: the digits at its start, with or without a sign, else 0."""
    found = re.match(r"[ \t\n\v\f\r]*([+-]?)([0-9]+)", value)
    number = whole_number(found[2]) if found is not None else None
    return (number or 0) * (-1 if found is not None and found[1] == "-" else 1)


class Option(NamedTuple):
    """``name=value`` as ``wsgi_config.c:wsgi_parse_option`` reads it: the value may be quoted, the whole word not.

    ``span`` covers the word; ``value_span`` the value with its quotes.
    """

    name: str
    value: str
    span: Span
    value_span: Span

    @property
    def known(self) -> bool:
        """Whether the value is known: it has no undefined variable and no placeholder."""
        return is_settled(self.value)


class DaemonProcess(NamedTuple):
    """One reading of a WSGIDaemonProcess.

    ``stray`` are the words that are not options, at which httpd stops; also the lines below that begin with an option.
    """

    name: str
    directive: Item
    options: tuple[Option, ...]
    stray: tuple[Span, ...]

    @property
    def server(self) -> Server:
        """The server that the line belongs to."""
        return self.directive.server

    def option(self, name: str) -> Option | None:
        """Return the option that counts, the last of its name; None where it is not given."""
        return next((option for option in reversed(self.options) if option.name == name), None)

    @property
    def settings(self) -> dict[str, str]:
        """The values of the options that count, by name."""
        return {option.name: option.value for option in self.options}

    def integer(self, name: str, default: int) -> int:
        """Return an option's number, or the default where the option is not given."""
        option = self.option(name)
        return default if option is None else atoi(option.value)

    @property
    def capacity(self) -> int:
        """The number of requests served at once: processes (1 by default) times threads (15 by default)."""
        return self.integer("processes", 1) * self.integer("threads", 15)


Options = tuple[tuple[Option, ...], tuple[Span, ...]]


def options_of(config: Config, item: Item, skip: int) -> Options:
    """Return the options of a mod_wsgi directive after its first ``skip`` words, and the words that are not options."""
    # Without a variable the line alone says them.
    remembering = config if item.foreign or "$" in item.node.line_source else item.server
    return remembering.once(
        (options_of, item, skip), lambda: _plain_options(item, skip) or _options_of(config, item, skip)
    )


def _plain_options(item: Item, skip: int) -> Options | None:
    """Return the options of a line without quotes, variables and continuations in which all words are options; else None."""
    node = item.node
    if item.foreign or type(node) is not Directive or not node.is_plain or "$" in node.line_source:
        return None
    options: list[Option] = []
    for word in list(WORDS(node.text, node.start, node.end))[1 + skip :]:
        name, _, value = word[0].partition("=")
        if not name or not value:
            return None
        start, end = word.span()
        options.append(Option(name, value, Span(start, end), Span(end - len(value), end)))
    return tuple(options), ()


def _options_of(config: Config, item: Item, skip: int) -> Options:
    logical, start, end = item.node.args_range
    words = split_words(logical, start, end)
    if len(words) <= skip:
        return (), ()
    text = logical.text
    # Words and options are split at the same blanks, but a quote inside a word matters only to an option's value.
    at = start
    bound = {arg.span: arg.value for arg in item.args}
    for _ in range(skip):
        at = _after_word(text, at, end)
    options: list[Option] = []
    stray: list[Span] = []
    while at < end:
        found = _OPTION.match(text, at, end)
        if found is None:
            while at < end and text[at] in WHITESPACE:
                at += 1
            stop = _after_word(text, at, end)
            if stop > at:
                stray.append(logical.span(at, stop))
            at = max(stop, at + 1)
            continue
        begin, value_at = found.start(1), found.end()
        value, stop = "", value_at
        value_span = logical.span(value_at, value_at)
        # The value is the next word, after any blanks (ap_getword_conf).
        if value_at < end and (values := split_words(logical, value_at, _after_word(text, value_at, end))):
            value, value_span = values[0]
            stop = _after_word(text, value_at, end)
        span = logical.span(begin, max(stop, value_at))
        if bound.get(span, "").startswith(found[1] + "=") and text[value_at : value_at + 1] not in "\"'":
            # The reader knows the values of variables and macro parameters at the time the line was read.
            value = bound[span][len(found[1]) + 1 :]
        with suppress(OverflowError):
            value = put_in(value, config.variables)
        options.append(Option(found[1], value, span, value_span))
        at = max(stop, value_at)
    return tuple(options), tuple(stray)


def left_open(item: Item) -> str:
    """Return the text to write after a directive's last character so that another word can follow.

    That is the quote that is open to the end of the line, or the empty value of an option; mostly it is empty. mod_wsgi
    reads the line with it as before.
    """
    logical, at, end = item.node.args_range
    text = logical.text
    for _ in range(directives.words_before_options(item.key) or 0):
        start, at = at, _after_word(text, at, end)
        if opened := _open_quote(text[start:at].lstrip(WHITESPACE)):
            return opened
    while at < end:
        option = _OPTION.match(text, at, end)
        start = option.end() if option else at
        if option and start == end:
            return '""'
        at = max(_after_word(text, start, end), start + 1)
        if opened := _open_quote(text[start:at].lstrip(WHITESPACE)):
            return opened
    return ""


def words_as_split(node: Directive) -> Iterator[Span]:
    """Yield the words of a directive of mod_wsgi as mod_wsgi splits them: an option with its value is one word.

    httpd itself splits at a blank in ``home="/srv/my shop"``, because the quote does not begin the word.
    """
    logical, at, end = node.args_range
    text, before = logical.text, directives.words_before_options(node.key) or 0
    while at < end:
        option = _OPTION.match(text, at, end) if before <= 0 else None
        found = option or _WORD.search(text, at, end)
        if found is None:
            return
        start = option.start(1) if option else found.start()
        at = _after_word(text, option.end() if option else start, end)
        before -= 1
        yield logical.span(start, at)


def _open_quote(word: str) -> str:
    """Return what closes an open quoted word; after a backslash the quote would be a character of the word."""
    quote = word[:1]
    if quote not in ("'", '"') or _CLOSED.fullmatch(word):
        return ""
    return quote if _CLOSED.fullmatch(word + quote) else "\\" + quote


def _after_word(text: str, at: int, end: int) -> int:
    while at < end and text[at] in WHITESPACE:
        at += 1
    if at < end and text[at] in "\"'":
        quote, at = text[at], at + 1
        while at < end and text[at] != quote:
            at += 2 if text[at] == "\\" and text[at + 1 : at + 2] in (quote, "\\") else 1
        return min(at + 1, end)
    found = _WORD.match(text, at, end)
    return found.end() if found else at


@derived
def daemon_processes(config: Config) -> list[DaemonProcess]:
    """Return every WSGIDaemonProcess that is or may be read, in reading order."""
    found = [process for name in defined_names(config) for process in definitions(config, name)]
    return sorted(found, key=lambda process: process.directive.index)


def definitions(config: Config, name: str) -> list[DaemonProcess]:
    """Return those of ``daemon_processes`` with a name: httpd stops at the second one."""
    lines = defined_names(config).get(name, ())
    return config.once((definitions, name), lambda: [_defined_by(config, item) for item in lines])


@derived
def defined_names(config: Config) -> dict[str, list[Item]]:
    """Return the names of ``daemon_processes``, each with its lines, whose options are not looked at yet."""
    found: dict[str, list[Item]] = {}
    for item in config.named("wsgidaemonprocess"):
        if values := item.values:
            found.setdefault(values[0], []).append(item)
    return found


def _defined_by(config: Config, item: Item) -> DaemonProcess:
    options, stray = options_of(config, item, 1)
    if (end := wrapped_end(item.node)) > item.node.end:
        stray = (*stray, Span(item.node.end, end))
    return DaemonProcess(item.value, item, options, stray)


class GroupUse(NamedTuple):
    """A place that selects a process group.

    ``name`` is as written; ``%{ENV:...}`` is decided per request, any other ``%{...}`` is a name. ``arg_span`` is the
    name's span. ``at_start`` says that mod_wsgi looks the group up while it reads the configuration, so that the
    definition must come earlier (wsgi_config.c:wsgi_add_script_alias, wsgi_add_import_script; F-daemon-4).
    """

    name: str
    item: Item
    arg_span: Span
    at_start: bool

    @property
    def is_fixed(self) -> bool:
        """Whether it is the name of a process group, the same for every request (wsgi_config.c:wsgi_process_group)."""
        return self.name != "%{GLOBAL}" and not self.name.startswith("%{ENV:")


@derived
def group_uses(config: Config) -> list[GroupUse]:
    """Return every selection of a process group, in reading order; ``%{GLOBAL}`` (embedded mode) included."""
    return sorted(_uses(config), key=lambda use: use.item.index)


def uses_of(config: Config, name: str) -> list[GroupUse]:
    """Return the selections of one process group, in reading order."""
    return _uses_by_name(config).get(name, [])


@derived
def _uses_by_name(config: Config) -> dict[str, list[GroupUse]]:
    return grouped(group_uses(config), lambda use: use.name)


def uses_in(config: Config, server: Server) -> list[GroupUse]:
    """Return the selections of process groups in one server, in reading order."""
    return _uses_by_server(config).get(server, [])


@derived
def _uses_by_server(config: Config) -> dict[Server, list[GroupUse]]:
    return grouped(group_uses(config), lambda use: use.item.server)


def _uses(config: Config) -> Iterator[GroupUse]:
    for item in config.named("wsgiprocessgroup"):
        if item.args:
            yield GroupUse(item.value, item, item.args[0].span, at_start=False)
    for item in config.named(*directives.group_directives()):
        options, _ = options_of(config, item, directives.words_before_options(item.key) or 0)
        settings = {option.name: option for option in options}
        if group := settings.get("process-group"):
            application = settings.get("application-group")
            literal = application is not None and (application.value == "%{GLOBAL}" or "%{" not in application.value)
            start = item.key == "wsgiimportscript" or (item.key in MOUNTS and literal and "%{" not in group.value)
            yield GroupUse(group.value, item, group.value_span, at_start=start and group.value != "%{GLOBAL}")


def may_use(config: Config, server: Server, process: DaemonProcess) -> bool | None:
    """Whether requests of ``server`` may be delegated to ``process`` (F-daemon-2); None where unknown."""
    if process.server.is_main or process.server is server:
        return True
    return same_name(config, server, process.server)


class RefusedUse(NamedTuple):
    """A use of a group that mod_wsgi refuses while it reads the configuration, because the group is another host's.

    ``name`` is the ServerName of the host, where that stands further down; ``message`` is mod_wsgi's own.
    """

    use: GroupUse
    process: DaemonProcess
    name: Item | None
    message: str


@derived
def refused_uses(config: Config) -> list[RefusedUse]:
    """Return the uses at which httpd stops: names count as far as they have been read (wsgi_config.c:wsgi_add_script_alias)."""
    found = []
    for use in group_uses(config):
        if not use.at_start:
            continue
        process, host = next(iter(definitions(config, use.name)), None), use.item.server
        if process is None or process.directive.index > use.item.index:
            continue
        if host.is_main or process.server.is_main or process.server is host:
            continue
        mine, theirs = (_name_at(server, use.item.index) for server in (host, process.server))
        if mine == theirs or any(name is not None and not is_settled(name) for name in (mine, theirs)):
            continue
        message = f"WSGI process group not {'matchable' if mine is None or theirs is None else 'accessible'}."
        later = next((item for item in host.all("servername") if item.index > use.item.index), None)
        found.append(RefusedUse(use, process, later if mine is None else None, message))
    return found


def _name_at(server: Server, index: int) -> str | None:
    """Return the name of a host when the item with this index is read; None where it has none yet."""
    names = [item for item in server.all("servername") if item.index < index and item.args]
    return split_name(names[-1].value)[0] if names else None


@derived
def embedded_mode_off(config: Config) -> Item | None:
    """Return the line that lets no application run in httpd's own processes; None without one, and where a condition decides.

    Source: mod_wsgi.c:wsgi_hook_handler.
    """
    lines = config.named("wsgirestrictembedded")
    return lines[-1] if lines and not lines[-1].guards and lines[-1].value.lower() == "on" else None


@derived
def all_groups_known(config: Config) -> bool:
    """Whether a process group that is not defined in sight is not defined at all.

    The whole server was read, every Include, macro and ``<Perl>`` of it, and no definition hides behind a variable.
    """
    return whole_text(config) and all(item.args[0].known for each in defined_names(config).values() for item in each)
