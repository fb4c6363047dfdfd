"""What an editor waits for: the beginning against a bare pygls server's, a keystroke until its diagnostics, other requests.

Run with ``python benchmarks/editor.py [FILES]``. The server has 100 files of 190 lines, a host each. A keystroke is one
character typed in one of them. Rules are asked about a capital letter; about a small one they are not, where the word that it
makes stands nowhere else (``workspace.renamed``). Times are of the processor, so that other work on the machine counts less, and
medians; beside each is what a fixed piece of work took in the same second, as a multiple: adding two million numbers in Python.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from figures import figure
from lsprotocol import types

MAIN = """\
ServerRoot "/etc/apache2"
Listen 80
LoadModule wsgi_module modules/mod_wsgi.so
ServerName server.example.com
<Directory />
    Options None
    AllowOverride None
    Require all denied
</Directory>
IncludeOptional sites-enabled/*.conf
"""
BARE = "from pygls.lsp.server import LanguageServer; LanguageServer('bare', '1').start_io()"
OURS = [sys.executable, "-m", "modwsgi_fix.cli", "server"]


def host(number: int) -> str:
    """A file of 190 lines: a host with an application and static files, nothing of which is wrong."""
    name = f"h{number}.example.com"
    static = "".join(
        f"    Alias /s{at}/ /srv/{name}/static{at}/\n    <Directory /srv/{name}/static{at}>\n"
        "        Require all granted\n    </Directory>\n"
        for at in range(44)
    )
    return (
        f"<VirtualHost *:80>\n    ServerName {name}\n    ErrorLog /var/log/apache2/{name}.log\n"
        f"    WSGIDaemonProcess {name} processes=2 threads=15 python-home=/srv/{name}/venv\n"
        f"    WSGIProcessGroup {name}\n    WSGIApplicationGroup %{{GLOBAL}}\n{static}"
        f"    WSGIScriptAlias / /srv/{name}/app/wsgi.py\n    <Directory /srv/{name}/app>\n        <Files wsgi.py>\n"
        "            Require all granted\n        </Files>\n    </Directory>\n</VirtualHost>\n# The end.\n"
    )


class Client:
    """An editor that speaks the protocol and no more."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message of a kind; others are passed over."""
        assert self.process.stdout is not None
        while True:
            length = 0
            while line := self.process.stdout.readline().strip():
                if line.lower().startswith(b"content-length"):
                    length = int(line.partition(b":")[2])
            message: dict[str, Any] = json.loads(self.process.stdout.read(length))
            if wanted(message):
                return message

    def ask(self, number: int, method: str, params: object) -> dict[str, Any]:
        self.send(id=number, method=method, params=params)
        return self.receive(lambda message: message.get("id") == number)

    def begin(self) -> None:
        able = {"general": {"positionEncodings": ["utf-8"]}, "textDocument": {"diagnostic": {}}}
        self.ask(1, "initialize", {"processId": None, "rootUri": None, "capabilities": able})

    def end(self) -> None:
        self.ask(2, "shutdown", None)
        self.send(method="exit")
        self.process.wait()


def beginning(command: list[str]) -> float:
    """Seconds of the processor from the start of the program to its answer to ``initialize``."""
    client = Client(command)
    client.begin()
    taken = used_by(client.process.pid)
    client.end()
    return taken


def used_by(process: int) -> float:
    """Seconds of the processor that a process has used so far (proc(5): the fields utime and stime, in ticks)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fixed_work() -> float:
    """Seconds of the processor that the fixed piece of work takes now."""
    start, total = time.process_time(), 0
    for number in range(2_000_000):
        total += number
    return time.process_time() - start


def over_stdio(path: Path, text: str, keys: int) -> tuple[list[float], list[float]]:
    """Seconds from each change to the diagnostics that the editor pulls: elapsed, and of the server's processor."""
    client, uri = Client(OURS), path.as_uri()
    elapsed: list[float] = []
    used: list[float] = []
    client.begin()
    client.send(method="initialized", params={})
    document = {"uri": uri, "languageId": "apache", "version": 1, "text": text}
    client.send(method="textDocument/didOpen", params={"textDocument": document})
    client.ask(10, "textDocument/diagnostic", {"textDocument": {"uri": uri}})
    for key in range(keys):
        at = {"line": 1, "character": 4 + len("ServerName ") + key}
        start, before = time.perf_counter(), used_by(client.process.pid)
        change = {"range": {"start": at, "end": at}, "text": "X"}
        identifier = {"uri": uri, "version": 2 + key}
        client.send(method="textDocument/didChange", params={"textDocument": identifier, "contentChanges": [change]})
        client.ask(11 + key, "textDocument/diagnostic", {"textDocument": {"uri": uri}})
        elapsed.append(time.perf_counter() - start)
        used.append(used_by(client.process.pid) - before)
    client.end()
    # Before the first key the old text is read in the same way.
    return elapsed[1:], used[1:]


def while_checking(path: Path, text: str) -> tuple[float, float]:
    """Seconds from opening a file to its diagnostics, and from a hover that is asked meanwhile to its answer."""
    client, uri = Client(OURS), path.as_uri()
    client.begin()
    client.send(method="initialized", params={})
    time.sleep(3)  # until the rules have been imported
    document = {"uri": uri, "languageId": "apache", "version": 1, "text": text}
    client.send(method="textDocument/didOpen", params={"textDocument": document})
    start = time.perf_counter()
    client.send(id=10, method="textDocument/diagnostic", params={"textDocument": {"uri": uri}})
    time.sleep(0.2)
    place = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 6}}
    asked = time.perf_counter()
    client.send(id=11, method="textDocument/hover", params=place)
    times: dict[int, float] = {}
    while len(times) < 2:
        message = client.receive(lambda message: message.get("id") in (10, 11))
        times[message["id"]] = time.perf_counter()
    client.end()
    return times[10] - start, times[11] - asked


class Measured(NamedTuple):
    """Seconds of the processor, and the same as a multiple of the fixed piece of work."""

    seconds: float
    multiple: float

    def __str__(self) -> str:
        return f"{self.seconds * 1000:8.1f} ms, {self.multiple:6.2f} times the fixed work"


def median(measured: list[Measured]) -> Measured:
    return sorted(measured, key=lambda one: one.multiple)[len(measured) // 2]


#: Where the keys of a burst are typed (line, from 0), what is there before them, and the keys.
BURSTS = {
    "a value in a host, of which rules are asked": (1, "    ServerName ", "XXXXX"),
    "a name in a host that nobody else has": (1, "    ServerName ", "xxxxx"),
    "a comment in a host": (6, "", "# note"),
    "white space in a host": (6, "", "     "),
    "a section half typed in a host": (6, "", "<Location"),
    "a comment outside of hosts": (0, "", "# note"),
    "a section half typed outside of hosts": (0, "", "<Location"),
}


class InServer:
    """The language server without the protocol around it, with one open file."""

    def __init__(self, path: Path, text: str) -> None:
        from modwsgi_fix.collector import Collector
        from modwsgi_fix.lsp.positions import Encoding
        from modwsgi_fix.lsp.state import State

        self.collector = Collector()
        self.collector.take_over()
        self.state, self.uri, self.version = State(print), path.as_uri(), 1
        self.state.encoding = Encoding.UTF8
        self.state.buffers.open(self.uri, "apache", 1, text)
        self.diagnostics()

    def type(self, line: int, at: int, typed: str) -> None:
        from modwsgi_fix.lsp.buffers import Change
        from modwsgi_fix.lsp.positions import Position

        self.version += 1
        place = Position(line, at)
        self.state.buffers.change(self.uri, self.version, [Change(typed, place, place)], self.state.encoding)

    def diagnostics(self) -> None:
        from modwsgi_fix.lsp.pulling import document

        document(self.state, types.DocumentDiagnosticParams(types.TextDocumentIdentifier(self.uri)))

    def prepare(self) -> None:
        """Do what the server does once an answer is on its way."""
        self.state.answers.prepare()
        self.collector.collect()

    def measured(self, work: Callable[[], object]) -> Measured:
        fixed, start = fixed_work(), time.process_time()
        work()
        taken = time.process_time() - start
        return Measured(taken, taken / fixed)


def keystrokes(path: Path, text: str) -> None:
    """Print what a key costs until its diagnostics are there; the first of a burst reads the old text in the same way."""
    for name, (line, before, keys) in BURSTS.items():
        editor, taken = InServer(path, text), list[Measured]()
        editor.type(line, 0, "\n" if not before else "")
        editor.diagnostics()
        for number, key in enumerate(keys):
            editor.type(line, len(before) + number, key)
            taken.append(editor.measured(editor.diagnostics))
            editor.prepare()
        print(f"  {name:40} {median(taken[1:])}")
        if name == next(iter(BURSTS)):
            figure(
                "a keystroke until its diagnostics are there, in the server", median(taken[1:]).seconds * 1000, "ms", 20
            )


#: The requests beside diagnostics, with the line (from 0) and character that they are about.
REQUESTS = {
    types.TEXT_DOCUMENT_HOVER: (4, 24),
    types.TEXT_DOCUMENT_COMPLETION: (4, 21),
    types.TEXT_DOCUMENT_DEFINITION: (4, 24),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: None,
    types.TEXT_DOCUMENT_FOLDING_RANGE: None,
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: None,
    types.TEXT_DOCUMENT_CODE_LENS: None,
    types.TEXT_DOCUMENT_INLAY_HINT: (0, 190),
    types.TEXT_DOCUMENT_CODE_ACTION: (1, 1),
    types.TEXT_DOCUMENT_FORMATTING: None,
    types.WORKSPACE_SYMBOL: None,
    types.WORKSPACE_DIAGNOSTIC: None,
}


def params_of(method: str, uri: str, place: tuple[int, int] | None) -> Any:
    """Return the parameters of a request."""
    from pygls.protocol import default_converter

    line, character = place or (0, 0)
    start = {"line": line, "character": 0}
    end = {"line": character, "character": 0} if method == types.TEXT_DOCUMENT_INLAY_HINT else start
    told = {
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": character},
        "range": {"start": start, "end": end},
        "context": {"diagnostics": [], "triggerKind": 1},
        "options": {"tabSize": 4, "insertSpaces": True},
        "query": "h50",
        "previousResultIds": [],
    }
    return (
        default_converter()
        .structure({"id": 1, "jsonrpc": "2.0", "method": method, "params": told}, types.METHOD_TO_TYPES[method][0])
        .params
    )


def requests(path: Path, text: str) -> None:
    """Print what other requests cost after a key whose diagnostics are there."""
    from modwsgi_fix.lsp.capabilities import FEATURES

    editor = InServer(path, text)
    for method, place in REQUESTS.items():
        params, taken = params_of(method, editor.uri, place), list[Measured]()
        for _ in range(4):
            editor.type(1, 4 + len("ServerName "), "X")
            editor.diagnostics()
            editor.prepare()
            taken.append(editor.measured(partial(FEATURES[method][0].answer, editor.state, params)))
        # The first imports a module.
        print(f"  {method:40} {median(taken[1:])}")


def main() -> None:
    files = int(next((word for word in sys.argv[1:] if word.isdigit()), "100"))
    bare = statistics.median(beginning([sys.executable, "-c", BARE]) for _ in range(7))
    ours = statistics.median(beginning(OURS) for _ in range(7))
    print(f"initialize: {ours * 1000:.0f} ms, a bare pygls server {bare * 1000:.0f} ms")
    figure("the language server's initialize", ours / bare, "times a bare pygls server's", 1.3)
    with tempfile.TemporaryDirectory() as top:
        directory = Path(top).resolve()
        (directory / "sites-enabled").mkdir()
        (directory / "apache2.conf").write_text(MAIN)
        for number in range(files):
            (directory / "sites-enabled" / f"{number:04}.conf").write_text(host(number))
        path, text = directory / "sites-enabled" / f"{files // 2:04}.conf", host(files // 2)
        checked, told = while_checking(path, text)
        print(f"the first check: {checked * 1000:.0f} ms; a hover meanwhile: {told * 1000:.0f} ms (elapsed)")
        print(
            f"a keystroke in one of {files} files of {text.count(chr(10))} lines, until its diagnostics are there, in the server:"
        )
        keystrokes(path, text)
        elapsed, used = over_stdio(path, text, 6)
        print(
            f"  {'over stdio, a value in a host':40} {statistics.median(used) * 1000:8.1f} ms"
            f" ({statistics.median(elapsed) * 1000:.0f} ms elapsed)"
        )
        figure(
            "a keystroke until its diagnostics are there, over stdio",
            statistics.median(elapsed) * 1000,
            "ms elapsed",
            70,
        )
        print("other requests after a keystroke, in the server:")
        requests(path, text)


if __name__ == "__main__":
    main()
