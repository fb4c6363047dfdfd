"""What an editor waits for: the beginning against a bare pygls server's, and a keystroke until its diagnostics are there.

Run with ``python benchmarks/editor.py [FILES]``. The server has 100 files of 190 lines, a host each. A keystroke is one
character typed in one of them; what it costs is measured in the server (``State``) and over standard input and output.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    """Seconds from the start of the program to its answer to ``initialize``."""
    start = time.perf_counter()
    client = Client(command)
    client.begin()
    taken = time.perf_counter() - start
    client.end()
    return taken


def over_stdio(path: Path, text: str, keys: int) -> list[float]:
    """Seconds from each change to the diagnostics that the editor pulls."""
    client, uri, taken = Client(OURS), path.as_uri(), []
    client.begin()
    client.send(method="initialized", params={})
    document = {"uri": uri, "languageId": "apache", "version": 1, "text": text}
    client.send(method="textDocument/didOpen", params={"textDocument": document})
    client.ask(10, "textDocument/diagnostic", {"textDocument": {"uri": uri}})
    for key in range(keys):
        at = {"line": 1, "character": 4 + len("ServerName ") + key}
        start = time.perf_counter()
        change = {"range": {"start": at, "end": at}, "text": "x"}
        identifier = {"uri": uri, "version": 2 + key}
        client.send(method="textDocument/didChange", params={"textDocument": identifier, "contentChanges": [change]})
        client.ask(11 + key, "textDocument/diagnostic", {"textDocument": {"uri": uri}})
        taken.append(time.perf_counter() - start)
    client.end()
    return taken


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


def in_the_server(path: Path, text: str, keys: int) -> list[float]:
    """The same without the protocol around it, and in seconds of the processor."""
    from modwsgi_fix.lsp.buffers import Change
    from modwsgi_fix.lsp.diagnostics import of_file
    from modwsgi_fix.lsp.positions import Encoding, Position
    from modwsgi_fix.lsp.state import State

    state, uri, taken = State(print), path.as_uri(), []
    state.buffers.open(uri, "apache", 1, text)
    # An editor asks what is wrong when it has opened a file.
    state.published()
    for key in range(-1, keys):
        at = Position(1, 4 + len("ServerName ") + key + 1)
        start = time.process_time()
        state.buffers.change(uri, 3 + key, [Change("x", at, at)], Encoding.UTF8)
        buffer = state.buffers.get(uri)
        assert buffer is not None
        of_file(state.answers.of(buffer), buffer.key, state.buffers, Encoding.UTF8)
        taken.append(time.process_time() - start)
    return taken[1:]


def main() -> None:
    files = int(next((word for word in sys.argv[1:] if word.isdigit()), "100"))
    bare = statistics.median(beginning([sys.executable, "-c", BARE]) for _ in range(5))
    ours = statistics.median(beginning(OURS) for _ in range(5))
    print(f"initialize: {ours * 1000:.0f} ms, {ours / bare:.2f} times a bare pygls server's {bare * 1000:.0f} ms")
    with tempfile.TemporaryDirectory() as top:
        directory = Path(top).resolve()
        (directory / "sites-enabled").mkdir()
        (directory / "apache2.conf").write_text(MAIN)
        for number in range(files):
            (directory / "sites-enabled" / f"{number:04}.conf").write_text(host(number))
        path, text = directory / "sites-enabled" / f"{files // 2:04}.conf", host(files // 2)
        checked, told = while_checking(path, text)
        print(f"the first check: {checked * 1000:.0f} ms; a hover meanwhile: {told * 1000:.0f} ms")
        print(f"a keystroke in one of {files} files of {text.count(chr(10))} lines, until its diagnostics are there:")
        for name, measured in (("in the server", in_the_server), ("over stdio", over_stdio)):
            taken = measured(path, text, 3)
            print(f"  {name:14} {statistics.median(taken) * 1000:8.1f} ms")


if __name__ == "__main__":
    main()
