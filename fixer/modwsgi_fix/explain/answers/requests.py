"""Messages about a request: the URL whose file the message names is traced, and the lines that decided are the cause."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator
from itertools import islice

from modwsgi_fix.directives.families import ASKING_AGAIN, PROGRAM_MAKERS
from modwsgi_fix.explain import modes
from modwsgi_fix.explain.answers.reading import words
from modwsgi_fix.explain.asked import (
    Asked,
    cause_of,
    findings_of,
    shown,
    spot,
    trace_command,
)
from modwsgi_fix.explain.gathering import Occurrence
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.request import Request, trace
from modwsgi_fix.model.request.state import escaped
from modwsgi_fix.model.request.visits import authority_of, visits
from modwsgi_fix.model.request.walk import ABSENT
from modwsgi_fix.model.urls import aliases, document_root, mounts
from modwsgi_fix.records import Branch, Cause, Finding, Outcome, Spot, Trace
from modwsgi_fix.reports.trace import sentence
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace import discretion

#: The most URLs of one file that are traced, hosts that are searched for them, and requests that are tried for a pattern.
_MOST_URLS, _MOST_HOSTS, _MOST_TRIED = 3, 2_000, 40
_LIMIT = 5
_FAILED = ("refused", "not-found", "error")
#: Denials, which name the topmost directory that nothing opens, and which mod_wsgi before 6 may cause itself (by its subrequest
#: for ``PATH_TRANSLATED``).
_DENIALS = ("AH01630", "AH01797")


class Asking(NamedTuple):
    """A request that leads to a file, and the directive that maps it there.

    ``aside`` says that httpd only looks at the file, while an application answers the request; ``above`` that the file is a
    directory on the way to what the directive names.
    """

    config: Config
    server: Server
    request: Request
    item: Item | None
    aside: bool = False
    above: bool = False


def access(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the lines that refuse the file that the message names."""
    path = occurrence.fields.get("path", "")
    if not path.startswith("/"):
        return words(occurrence, asked)
    every = asking_for(asked, path)
    if occurrence.message.code not in _DENIALS:
        every = (one for one in every if not one.aside and not one.above)
    answers = [_traced(occurrence, asked, asking) for asking in islice(every, _MOST_URLS)]
    # What is answered now is not what the message is about, where another URL of the file is refused still.
    answers = [one for one in answers if not one.is_over] or answers
    return list(dict.fromkeys(cause for one in answers for cause in one.causes))


class _Answer(NamedTuple):
    """What one request says of a message; ``is_over`` where the request is not refused as the files are now."""

    causes: list[Cause]
    is_over: bool = False


def _traced(occurrence: Occurrence, asked: Asked, asking: Asking) -> _Answer:
    record = discretion.trace(trace(asking.config, asking.request), asking.config)
    outcome = _likeliest(record, occurrence.fields.get("path", ""))
    if asking.aside and outcome.kind != "application":
        return _Answer([])
    command = trace_command(asked, shlex.quote(record.url))
    spots = [
        *([spot(asking.item, "the URL leads to the file by this line")] if asking.item else []),
        *_decided(asked, outcome),
    ]
    spots = _distinct(spots)
    if outcome.kind == "application" and occurrence.message.code in _DENIALS and _by_root(asking):
        root = document_root(asking.config, asking.server)
        text = (
            f"{record.url} reaches the application, so this line is harmless: mod_wsgi before 6 also asks httpd what the rest of "
            "the URL would be in the DocumentRoot, which is refused"
        )
        more = [spot(root, "the DocumentRoot")] if root is not None else []
        help_ = "nothing need change; mod_wsgi 6 no longer asks"
        decided = tuple(_distinct([*_decided(asked, outcome), *more]))
        return _Answer([Cause(shown(asked, text, occurrence), decided, help=help_, commands=(command,))])
    findings = _findings(occurrence, asked, spots)
    if _absent(outcome):
        # A grant does not hold for what is not there, so what rules say of grants comes second to that.
        findings = [one for one in findings if one.rule == "missing-on-disk"]
    found = [cause_of(asked, one) for one in findings]
    found = [one._replace(commands=(*one.commands, command), spots=_with(one.spots, spots)) for one in found]
    if found:
        return _Answer(found[:_LIMIT])
    if outcome.kind in _FAILED:
        text = f"{record.url}: {sentence(outcome)}"
        help_ = _help(occurrence, asking, outcome)
        return _Answer([Cause(shown(asked, text, occurrence), tuple(spots), help=help_, commands=(command,))])
    text = (
        f"as these files are now, {record.url} is not refused ({sentence(outcome)}); httpd may not have read them since, or an "
        ".htaccess file that is not seen decides"
    )
    return _Answer([Cause(shown(asked, text, occurrence), tuple(spots), commands=(command,))], is_over=True)


def _by_root(asking: Asking) -> bool:
    """Whether the file is what a URL would be in the DocumentRoot, where mod_wsgi before 6 looks for it."""
    return asking.aside or (asking.item is not None and asking.item.key == "documentroot")


def _help(occurrence: Occurrence, asking: Asking, outcome: Outcome) -> str:
    """Return what to do about a request that is refused. A baseline that denies is never what to change."""
    if occurrence.message.code == "AH01276":
        mounted = [one.url for one in mounts(asking.config, asking.server) if not one.is_regex and one.item.known]
        ask = f"ask for the application where it is mounted, {' or '.join(mounted[:_MOST_URLS])}; " if mounted else ""
        return f"{ask}or mount it there, or put an index file there; Options Indexes would show visitors all file names"
    if absent := _absent(outcome):
        return f"write the path that is meant: {absent} is not there, so no grant for it would hold"
    if any(step.phase == "access" and "<Directory />" in step.text for step in outcome.because[-1:]):
        directory = posixpath.dirname(outcome.file) if outcome.file else ""
        return (
            f"if visitors should get it, grant it in <Directory {directory or 'of the file'}>, and leave <Directory /> as it "
            "is; otherwise httpd does as configured"
        )
    return "if visitors should get it, change the last of these lines; otherwise httpd does as configured"


def _absent(outcome: Outcome) -> str:
    """Return the directory on the way to the file that is not there, where the disk shows that; else an empty string."""
    steps = (step.text for step in outcome.because if step.phase == "directory")
    return next((text.partition(ABSENT)[0] for text in steps if ABSENT in text), "")


def _likeliest(record: Trace, path: str) -> Outcome:
    """Return the outcome that the message is about: that of a branch in which the file or directory exists and is not served."""
    if record.outcome.kind != "unknown":
        return record.outcome
    order = ("refused", "application", "error", "not-found")

    def unlikely(branch: Branch) -> tuple[int, int]:
        kind = branch.outcome.kind
        absent = sum(condition.endswith("does not exist") for condition in branch.provided)
        absent -= f"{path} is a file" in branch.provided
        # A path with a slash at its end is that of a directory.
        absent -= 2 * (path.endswith("/") and f"{path.rstrip('/')} is a directory" in branch.provided)
        return order.index(kind) if kind in order else len(order), absent

    return min(record.branches, key=unlikely).outcome


def _with(own: tuple[Spot, ...], more: list[Spot]) -> tuple[Spot, ...]:
    places = {one.place for one in own}
    return (*own, *(one for one in more if one.place not in places))


def _findings(occurrence: Occurrence, asked: Asked, spots: list[Spot]) -> list[Finding]:
    findings = findings_of(asked, occurrence.message.rules, spots)
    if findings:
        return findings
    path = posixpath.dirname(occurrence.fields.get("path", "").rstrip("/"))
    return [one for one in findings_of(asked, occurrence.message.rules) if len(path) > 1 and path in one.text]


def _decided(asked: Asked, outcome: Outcome) -> list[Spot]:
    """Return the lines that decided, phase by phase."""
    found = []
    for step in outcome.because:
        if step.file and step.line is not None and step.phase != "host":
            found.append(Spot(step.file, step.line, _quoted(asked, step.file, step.line), f"{step.phase}: {step.text}"))
    return found


def _quoted(asked: Asked, name: str, line: int) -> str:
    for config in asked.configs:
        for file in (*config.files.values(), *config.htaccess.values()):
            if file.name == name and file.quotable:
                return file.shown.line_text(line).strip()
    return ""


def _distinct(spots: list[Spot]) -> list[Spot]:
    found: dict[str, Spot] = {}
    for entry in spots:
        found[entry.place] = entry if entry.place not in found else found[entry.place]._replace(note=entry.note)
    return list(found.values())


# -- which URL leads to a file --------------------------------------------------------------------------------------------


def asking_for(asked: Asked, path: str) -> Iterator[Asking]:
    """Yield requests that lead to a file: by a mount, an alias, a pattern of either, or the DocumentRoot; hosts first."""
    for config in asked.configs:
        servers = [*config.hosts, config.main][:_MOST_HOSTS]
        for by_pattern in (False, True):
            found = False
            for server in servers:
                ways = _by_pattern(config, server, path) if by_pattern else _by_prefix(config, server, path)
                for way in ways:
                    found = True
                    yield way
            if found:
                return


def _by_prefix(config: Config, server: Server, path: str) -> Iterator[Asking]:
    authority = authority_of(config, server)
    if authority is None:
        return
    for mapping in [*mounts(config, server), *aliases(config, server)]:
        if mapping.is_regex or not mapping.item.known:
            continue
        target = mapping.target.rstrip("/")
        rest = _below(path, target)
        # httpd names the topmost directory of the path that nothing opens.
        above = rest is None and _below(target, path.rstrip("/")) is not None and len(path) > 1
        if rest is not None or above:
            url = mapping.url if not rest else mapping.url.rstrip("/") + rest
            yield Asking(config, server, authority.request(escaped(url)), mapping.item, above=above)
    root = document_root(config, server)
    if root is not None and root.known and (rest := _below(path, root.value.rstrip("/"))) is not None:
        yield Asking(config, server, authority.request(escaped(rest or "/")), root)
        # mod_wsgi before 6 also looks for the rest of the URL after a mount in the DocumentRoot.
        for mapping in mounts(config, server):
            if not mapping.is_regex and mapping.item.known and mapping.url.rstrip("/"):
                request = authority.request(escaped(mapping.url.rstrip("/") + rest))
                yield Asking(config, server, request, mapping.item, aside=True)


def _below(path: str, directory: str) -> str | None:
    """Return the part of a path below a directory, with its slash; an empty string for the directory itself."""
    if path.rstrip("/") == directory:
        return path[len(directory) :]
    return path[len(directory) :] if path.startswith(directory + "/") else None


def _by_pattern(config: Config, server: Server, path: str) -> Iterator[Asking]:
    every = [*mounts(config, server), *aliases(config, server)]
    # The text before the first group is the beginning of the path of every file that a pattern leads to.
    patterns = [one for one in every if one.is_regex and path.startswith(one.target.partition("$")[0])]
    if not patterns:
        return
    for visit in visits(config, server)[:_MOST_TRIED]:
        by = next((one for one in patterns if (one.maps(visit.request.path) or "") == path), None)
        if by is not None:
            yield Asking(config, server, visit.request, by.item)
            return


# -- other messages about requests ----------------------------------------------------------------------------------------


def root(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the DocumentRoot that does not exist."""
    path = occurrence.fields.get("path", "")
    causes = [cause for cause in words(occurrence, asked) if any(path in one.quote for one in cause.spots)]
    if causes or not path:
        return causes
    found = []
    for config in asked.configs:
        for item in config.named("documentroot"):
            if item.value.rstrip("/") == path.rstrip("/") or path.endswith("/" + item.value):
                text = f"DocumentRoot names {item.value}, which was not there"
                help_ = f"make the directory, or write the one that is meant; {_there(config, item.value)}"
                found.append(Cause(shown(asked, text, occurrence), (spot(item),), help=help_))
    return found[:_LIMIT]


def _there(config: Config, path: str) -> str:
    """Return in words what the disk shows of a path."""
    if config.disk is None:
        return "with --root the disk is searched, too"
    above = path.rstrip("/")
    while above not in ("", "/") and not config.disk.is_dir(above):
        above = posixpath.dirname(above)
    return f"{above or '/'} is the nearest directory that is there"


def url(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the findings of the message's rules at the lines that decide over a URL, on any host."""
    found = [cause_of(asked, one) for one in findings_of(asked, occurrence.message.rules)]
    return found[:_LIMIT]


def words_of_24(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the findings about a log-in or a dialect; without any, the lines that httpd 2.2 takes for a log-in."""
    found = url(occurrence, asked)
    lines = [item for config in asked.configs for item in config.named("require") if item.value.lower() == "all"]
    if found or not lines:
        return found
    help_ = "move to httpd 2.4, or write Order and Allow for 2.2; --target httpd=2.2 finds what else is of 2.4"
    return [Cause(occurrence.message.about, tuple(spot(item) for item in lines[:_LIMIT]), help=help_)]


def htaccess(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the line of an .htaccess file that httpd refuses; where the file is not in sight, what lets it be read."""
    directory = occurrence.fields.get("file", "").split(" ")[-1].rstrip("/")
    path = f"{directory}/.htaccess"
    found = [cause_of(asked, one) for one in findings_of(asked, occurrence.message.rules)]
    meant = [one for one in found if one.spots and one.spots[0].file.endswith(path.lstrip("/"))]
    if meant:
        return meant
    causes = []
    for asking in islice(asking_for(asked, directory + "/"), 1):
        record = discretion.trace(trace(asking.config, asking.request), asking.config)
        spots = [spot(item) for item in asking.config.named("allowoverride") if _holds(item, directory)]
        text = f"{path} is not seen; httpd reads it because AllowOverride lets it"
        help_ = "give --root to have the file read, or move its lines into <Directory> and write AllowOverride None"
        causes.append(
            Cause(text, tuple(spots[-2:]), help=help_, commands=(trace_command(asked, shlex.quote(record.url)),))
        )
    return causes


def _holds(item: Item, directory: str) -> bool:
    section = item.section("directory")
    return section is not None and _below(directory, section.value.rstrip("/")) is not None


def program(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the handler that takes a script for a CGI program."""
    causes = [cause_of(asked, one) for one in findings_of(asked, occurrence.message.rules)]
    if causes:
        return causes[:_LIMIT]
    lines = [item for config in asked.configs for item in config.named(*PROGRAM_MAKERS)]
    told = [item for item in lines if item.key.startswith("scriptalias") or item.value.startswith("cgi")]
    text = f"{occurrence.message.about}; these lines make files CGI programs"
    help_ = "a WSGI application is mounted by WSGIScriptAlias, outside of what these lines take"
    return [Cause(text, tuple(spot(item) for item in told[:_LIMIT]), help=help_)] if told else []


def loop(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the rewrite rules of a directory that match their own result, or may do so."""
    found = findings_of(asked, occurrence.message.rules)
    if found:
        return [cause_of(asked, one) for one in found[:_LIMIT]]
    rules = [
        item
        for config in asked.configs
        for item in config.named(*ASKING_AGAIN)
        if item.key != "rewriterule" or item.sections
    ]
    text = "a rule by directory is asked again for the URL that it made, until httpd gives up; these lines may do that"
    help_ = "write the flag [END], or a RewriteCond that leaves out what is made already"
    return [Cause(text, tuple(spot(item) for item in rules[:_LIMIT]), help=help_)] if rules else []


def permissions(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the directory on the way to a file that httpd's user may not pass, as far as the disk shows it."""
    path = occurrence.fields.get("path", "")
    causes = []
    for config in asked.configs:
        user = config.main.last("user")
        name = user.value if user is not None else ""
        stopped = modes.stopped_at(config, path, name)
        spots = [spot(user, "httpd serves as this user")] if user is not None else []
        for asking in islice(asking_for(asked, path), 1):
            spots += [spot(asking.item, "the URL leads there by this line")] if asking.item else []
        causes.append(Cause(modes.told(stopped, path, name), tuple(spots), help=modes.HELP))
    return causes[:1]
