"""Messages of httpd when it reads its configuration: the line that it names, and the rules that find a fault there."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterable

from modwsgi_fix.directives import daemon_option, script_options, version, words_before_options
from modwsgi_fix.directives.families import ACCOUNTS, AS_OTHERS, LOG_FILES
from modwsgi_fix.effect.starting import faults
from modwsgi_fix.explain.asked import Asked, cause_of, file_at, findings_at, findings_near, findings_of, spot, spot_in
from modwsgi_fix.explain.gathering import Occurrence
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import options_of
from modwsgi_fix.model.items import File, Item, Script
from modwsgi_fix.model.paths import on_a_drive
from modwsgi_fix.model.servers import is_tls, label, listeners
from modwsgi_fix.records import Cause, Finding, Spot
from modwsgi_fix.rule import Rank
from modwsgi_fix.text import whole_number

_LIMIT = 5
_WITHOUT_MODULE = (
    "load mod_wsgi (a2enmod wsgi, or the line that mod_wsgi-express module-config prints); on Windows it has no daemon mode, "
    "and so no WSGIDaemonProcess"
)
#: The most options whose releases are told, and the oldest release that is: nobody has an older one.
_MOST_OPTIONS, _OLDEST = 4, (3,)
#: Messages of Apple's httpd on modules that nobody has signed.
_UNSIGNED = ("module-unsigned", "module-not-signed")
#: What tells a path or reason of macOS, where ldd is not known.
_OF_MACOS = ("darwin", ".dylib", "dlopen(", "flat namespace", "/homebrew/")
#: The most lines of one continued directive that are searched.
_MOST_JOINED = 20
#: What the loaders of glibc and musl say of a file that is not there, be it the module or a library that it needs.
_LIBRARY = expression(
    r"([\w./+-]{1,400}): cannot open shared object file: No such|Error loading shared library ([\w./+-]{1,400}): No such"
)
_SYMBOL = expression(r"undefined symbol: (\w{1,200})")


def refused(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the fault at the line that the message names; without a line, the findings of the message's rules."""
    named = _place(occurrence)
    if named is None:
        return words(occurrence, asked)
    path, line = named
    found = file_at(asked, path)
    if found is None:
        return [
            Cause(f"{path} is not among these files, so line {line} of it cannot be shown"),
            *words(occurrence, asked),
        ]
    _, file = found
    message = occurrence.message
    named_line = spot_in(file, line, "httpd names this line")
    command = occurrence.fields.get("command", "")
    if command and file.quotable and not _has(file, line, command):
        return [
            Cause(f"that line has no {command} now; the file was changed since", (named_line,)),
            *words(occurrence, asked),
        ]
    findings = findings_at(asked, file, line)
    meant = [one for one in findings if one.rule in message.rules] or [
        one for one in findings if one.rank is Rank.START
    ]
    meant = meant or findings_near(asked, file, line, message.rules)
    causes = [cause_of(asked, one) for one in meant[:_LIMIT]]
    if not causes and message.name == "certificate-missing":
        return [_hidden(occurrence, asked, named_line)]
    if not causes:
        now = "; no rule finds a fault in that line as it is now" if message.rules else ""
        return [Cause(f"{message.about}{now}", (named_line,), help=_newer(asked, file, line))]
    if named_line.place not in {one.place for cause in causes for one in cause.spots}:
        causes[0] = causes[0]._replace(spots=(*causes[0].spots, named_line))
    return causes


def _hidden(occurrence: Occurrence, asked: Asked, line: Spot) -> Cause:
    """Return why httpd does not see a certificate or key where no rule misses it."""
    path = occurrence.fields.get("path", "")
    if any(config.disk is not None and config.disk.is_file(path) for config in asked.configs):
        text = "the file is there as these files are now: it was empty, or SELinux or AppArmor hides it from httpd"
        return Cause(
            text, (line,), help="ausearch -m avc tells what was refused; put it where httpd's own certificates are"
        )
    help_ = "write the path of the one that is there, or get one; ls -Z tells where SELinux may hide it"
    return Cause(occurrence.message.about, (line,), help=help_)


def refused_so(said: str, asked: Asked) -> list[Cause]:
    """Return the findings at the lines that httpd refuses with these words, which stand alone, without the line above them."""
    said = said.strip().rstrip(".")
    found = []
    for config in asked.configs:
        for fault in faults(config) if said else ():
            if fault.message.rstrip(".") == said:
                file = config.files[fault.path]
                found += findings_at(asked, file, file.lines.position(fault.span.start).line)[:1]
    return [cause_of(asked, one) for one in found[:_LIMIT]]


def _newer(asked: Asked, file: File | Script, line: int) -> str:
    """Return what to do about options of mod_wsgi that an older one does not know; empty where a line has none."""
    releases: dict[str, str] = {}
    for config in asked.configs:
        if config.target.mod_wsgi is not None:
            continue
        for item in config.matching(lambda key: key.startswith("wsgi")):
            # httpd names the last line of a directive that goes on.
            if item.file is file and item.line <= line <= item.file.lines.position(item.span.end).line:
                releases |= _releases(config, item)
    known = sorted(releases.items(), key=lambda one: version(one[1]), reverse=True)
    newest = [f"{name} came with {since}" for name, since in known if version(since) >= _OLDEST][:_MOST_OPTIONS]
    if not newest:
        return ""
    return f"an older mod_wsgi does not know each option: {', '.join(newest)}; --target mod_wsgi=VERSION finds those"


def _releases(config: Config, item: Item) -> dict[str, str]:
    """Return the options of a line, with the release of mod_wsgi that brought each."""
    words = words_before_options(item.key)
    names = {option.name for option in options_of(config, item, words)[0]} if words is not None else set()
    if item.key == "wsgidaemonprocess":
        infos = (daemon_option(name) for name in names)
        return {one.name: one.since for one in infos if one is not None and one.since}
    return {one.name: one.since for one in script_options(item.key).values() if one.name in names and one.since}


def _has(file: File | Script, line: int, command: str) -> bool:
    """Whether a word stands in a line, or in a line above that it continues."""
    for at in range(min(line, len(file.lines)), max(line - _MOST_JOINED, 0), -1):
        if at < line and not file.lines.line_text(at).rstrip("\r\n").endswith("\\"):
            return False
        if command.lower() in file.lines.line_text(at).lower():
            return True
    return False


def _place(occurrence: Occurrence) -> tuple[str, int] | None:
    if occurrence.place is not None:
        return occurrence.place.file, occurrence.place.line
    fields = occurrence.fields
    line = whole_number(fields.get("line", ""))
    return None if line is None or "file" not in fields else (fields["file"].rstrip("."), line)


def words(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the findings of the message's rules; only those at lines with the words that it quotes, where there are any."""
    message, fields = occurrence.message, occurrence.fields
    found = findings_of(asked, message.rules)
    quoted = [value for name, value in fields.items() if name not in ("reason", "type", "number") and len(value) > 1]
    near = [one for one in found if any(value in one.message or value in _line(one) for value in quoted)]
    causes = [cause_of(asked, one) for one in (near or ([] if quoted else found))[:_LIMIT]]
    if causes or "command" not in fields:
        return causes
    help_ = _WITHOUT_MODULE if fields["command"].lower().startswith("wsgi") else ""
    return [
        Cause(f"{message.about}; this line has the name", (spot(item),), help=help_)
        for item in _named(asked, fields["command"].lstrip("<"))[:_LIMIT]
    ]


def _line(finding: Finding) -> str:
    return finding.place.file.lines.line_text(finding.line)


def _named(asked: Asked, *names: str) -> list[Item]:
    keys = [name.lower() for name in names]
    return [item for config in asked.configs for item in config.named(*keys)]


def log_directory(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the line of a log whose directory does not exist: httpd names the host of an ErrorLog, but not its line."""
    path = occurrence.fields.get("path", "").rstrip("/")
    if not path:
        return words(occurrence, asked)
    found = [one for one in findings_of(asked, occurrence.message.rules) if path in one.text or path in _line(one)]
    if found:
        return [cause_of(asked, one) for one in found[:_LIMIT]]
    lines = [item for item in _named(asked, *LOG_FILES) if posixpath.dirname(item.value).rstrip("/") == path]
    lines = lines or [item for item in _named(asked, *LOG_FILES) if path.endswith("/" + posixpath.dirname(item.value))]
    help_ = f"make the directory (mkdir -p {shlex.quote(path)}), or write one that is there"
    spots = tuple(spot(item, "the log is there") for item in lines[:_LIMIT])
    return [Cause(occurrence.message.about, spots, help=help_)] if spots else refused(occurrence, asked)


def listening(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the Listen lines of a port: two lines clash, or one line and another program."""
    causes = [cause_of(asked, one) for one in findings_of(asked, occurrence.message.rules)]
    port = occurrence.fields.get("address", "").rpartition(":")[2]
    port = port if whole_number(port) is not None else ""
    lines = [one for config in asked.configs for one in listeners(config) if not port or one.address.port == port]
    spots = tuple(spot(one.item, f"listens on port {one.address.port}") for one in lines[:_LIMIT])
    meant = [cause for cause in causes if {one.place for one in cause.spots} & {one.place for one in spots}]
    if meant:
        return meant
    if not spots:
        return []
    text = f"one line of these files listens on port {port}" if len(spots) == 1 and port else "these lines listen there"
    other = "another program, or an httpd that still runs, has the port already"
    return [
        Cause(
            f"{text}; where no other line does, {other}",
            spots,
            help=f"see who has it: ss -ltnp 'sport = :{port or 80}'",
        )
    ]


def account(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the lines that name a user or group that the machine does not have."""
    name = occurrence.fields.get("account", "").strip()
    found = findings_of(asked, ("unknown-user",))
    causes = [cause_of(asked, one) for one in found if name and (name in one.message or name in _line(one))]
    lines = [item for item in _named(asked, *ACCOUNTS, *AS_OTHERS) if name in _accounts(item)] if name else []
    help_ = f"make the account {name}, or name one that the machine has"
    spots = tuple(spot(item, "named here") for item in lines[:_LIMIT])
    return causes or ([Cause(occurrence.message.about, spots, help=help_)] if spots else [])


def _accounts(item: Item) -> set[str]:
    """Return the words of a line that may name a user or group, those after the = of options among them."""
    return {word for value in item.values for word in (value, value.partition("=")[2])}


def loading(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the LoadModule line of a file that does not exist, or is for another Python or httpd."""
    path = occurrence.fields.get("path", "")
    reason = occurrence.fields.get("reason", "")
    name = path.rpartition("/")[2]
    spots = tuple(
        spot(item)
        for item in _named(asked, "loadmodule", "loadfile")
        if name and item.values[-1:] and name in item.values[-1]
    )
    told = (one for one in findings_of(asked, occurrence.message.rules) if name and name in _line(one))
    if causes := [cause_of(asked, one) for one in told]:
        return causes[:_LIMIT]
    text, help_ = _of_reason(occurrence.message.name, path, reason)
    return [Cause(text, spots[:_LIMIT], help=help_)] if spots else []


def _of_reason(name: str, path: str, reason: str) -> tuple[str, str]:
    """Return why the file of a module is not loaded, and what to do, by what the system says of it."""
    if name in _UNSIGNED:
        return (
            "Apple's httpd loads no module that is not signed",
            "use the httpd of Homebrew, with a mod_wsgi built for it",
        )
    if "Permission denied" in reason:
        text = "the file of the module may not be read: by its mode, or, where httpd starts as root, by SELinux or AppArmor"
        return text, "see what refuses it (ausearch -m avc, or ls -Z), or put the module beside httpd's own"
    library = _library_of(path, reason)
    if library:
        return f"the module needs the library {library}, which is not found", _of_library(library)
    if "No such file" in reason:
        return "the file of the module is not there", "install the package of the module, or take the line away"
    text = "the file of the module cannot be loaded: it is of another httpd or Python, or lacks a library"
    if on_a_drive(path):
        return (
            text,
            "take a module, a Python and an httpd that are all of 64 bits or all of 32, and the LoadFile of that Python",
        )
    if any(word in f"{path} {reason}" for word in _OF_MACOS):
        return (
            text,
            f"see what it lacks: otool -L {shlex.quote(path)}; build it with the Python and the httpd of Homebrew",
        )
    symbol = _SYMBOL.search(reason)
    if symbol is not None and symbol[1].startswith("ap_"):
        text = f"the module is of another httpd, which has {symbol[1]}; this one does not"
        return text, "take the module of this httpd, or build it anew with this one's apxs"
    return text, f"see what it lacks: ldd {shlex.quote(path)}"


def _library_of(path: str, reason: str) -> str:
    """Return the library that a module needs and that the system does not find; empty where the module itself is not there."""
    found = _LIBRARY.search(reason)
    name = (found[1] or found[2]) if found is not None else ""
    return "" if posixpath.basename(name) == posixpath.basename(path) else name


def _of_library(library: str) -> str:
    """Return what to do about a library that is not found; mod_wsgi needs that of the Python it was built with."""
    if "libpython" in library:
        return (
            f"install the Python that has {library}, and put its directory into /etc/ld.so.conf.d and run ldconfig; or take a "
            "mod_wsgi that was built with the Python of the system"
        )
    return f"install the package that has {library}, or put its directory into /etc/ld.so.conf.d and run ldconfig"


def certificates(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the hosts that speak TLS and name no certificate."""
    causes = []
    for config in asked.configs:
        for server in config.servers:
            engine = server.last("sslengine")
            if (
                engine is not None
                and is_tls(server)
                and not (server.last("sslcertificatefile") or config.main.last("sslcertificatefile"))
            ):
                text = f"{label(server)} speaks TLS, and neither it nor the main server has SSLCertificateFile"
                causes.append(
                    Cause(text, (spot(engine),), help="name a certificate and its key, or turn SSLEngine off")
                )
    return causes[:_LIMIT]


def http2(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the line that loads the MPM, and the lines that ask for HTTP/2."""
    modules = [item for item in _named(asked, "loadmodule") if item.value in ("mpm_prefork_module", "http2_module")]
    protocols = [
        item for item in _named(asked, "protocols") if any(one.lower().startswith("h2") for one in item.values)
    ]
    notes = {"mpm_prefork_module": "the MPM prefork", "http2_module": "HTTP/2 is loaded here"}
    spots = [spot(item, notes[item.value]) for item in modules] + [
        spot(item, "HTTP/2 is offered here") for item in protocols
    ]
    help_ = "load mpm_event instead, where no module such as mod_php needs prefork; otherwise take h2 out of Protocols"
    return (
        [Cause("HTTP/2 is not spoken under the MPM prefork; visitors get HTTP/1.1", tuple(spots), help=help_)]
        if spots
        else []
    )


def naming(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return where the main server's name would stand."""
    for config in asked.configs:
        main = config.main.last("servername")
        if main is not None:
            return [Cause("the main server has a name in these files", (spot(main),))]
        nameless = [host for host in config.hosts if host.last("servername") is None and host.item is not None]
        spots = [
            spot(host.item, "this host has no name of its own, and takes that one") for host in nameless if host.item
        ]
        if not spots and config.complete:
            first = next(iter(config.files.values()))
            spots = [spot_in(first, 1, "the main file; ServerName may stand anywhere outside of hosts")]
        text = "no ServerName stands outside of hosts; httpd takes the machine's name, which is harmless for hosts with names"
        return [Cause(text, tuple(spots[:_LIMIT]), help="write ServerName at server level, in the main file")]
    return []


def variable(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the lines that use an undefined variable."""
    name = occurrence.fields.get("name", "")
    used = [item for config in asked.configs for item in _using(config, name)] if name else []
    about = f"nothing in these files defines ${{{name}}}"
    help_ = f"write Define {name} VALUE above, or set it in envvars, which apachectl reads and httpd by itself does not"
    return [Cause(about, tuple(spot(item) for item in used[:_LIMIT]), help=help_)] if used else []


def _using(config: Config, name: str) -> Iterable[Item]:
    return (item for item in config.items if any(f"${{{name}}}" in arg.written for arg in item.args))
