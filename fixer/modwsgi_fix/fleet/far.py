"""A server over OpenSSH's own client: its configuration, agent and known hosts hold, and nothing is stored.

There, only a POSIX shell, tar and the tools beside them are asked for. Whatever comes back is input that anybody may have
made: it is bounded in bytes, and read by whoever asked for it.
"""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from threading import Thread
from typing import IO

from modwsgi_fix.reports.text import printable
from modwsgi_fix.text import decode, encode
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import Stop

#: Bytes of messages that are kept; further ones are read and dropped.
_MESSAGES = 1 << 16
#: ssh's own exit code where it could not connect, or the connection was lost.
_LOST = 255
_HEAD = "LC_ALL=C; export LC_ALL; PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin:/usr/local/bin; export PATH\n"


class Far(NamedTuple):
    """A server, as ``[USER@]HOST`` or a name of ssh's configuration. ``ssh`` are the words that start the client.

    With ``sudo`` everything is done as root, by ``sudo -n``, which asks for no password. ``reading`` is entered once an answer
    begins, and left at its end; what it gives is told the number of bytes of each part.
    """

    host: str
    ssh: tuple[str, ...] = ("ssh",)
    sudo: bool = False
    #: Told each line that ssh or the server writes to standard error.
    say: Callable[[str], None] = lambda line: None
    reading: Callable[[], AbstractContextManager[Callable[[int], None]]] = lambda: nullcontext(lambda size: None)


class Answer(NamedTuple):
    """What a script wrote there, and the exit code of its last command."""

    data: bytes
    code: int


def far_of(host: str, ssh: str, say: Callable[[str], None], *, sudo: bool) -> Far:
    """Return the server that the user names. Raises ``Stop`` for a name that ssh would take for an option."""
    if not host or host.startswith("-") or not host.isprintable() or any(char.isspace() for char in host):
        raise Stop(f"{host}: is not the name of a host; write [USER@]HOST")
    try:
        words = tuple(shlex.split(ssh))
    except ValueError:
        words = ()
    if not words:
        raise Stop(f"--ssh {ssh}: is not a command")
    return Far(host, words, sudo, say)


def lines_of(paths: Iterable[str], then: str = "") -> tuple[str, str]:
    """Return a here-document for a script there that has a path a line, and the word that ends it, which nobody can guess.

    ``then`` is the rest of the line that has the document, such as a pipe.
    """
    end = f"END{secrets.token_hex(16)}"
    return "".join([f"<<'{end}' {then}\n", *(f"{path}\n" for path in paths), end, "\n"]), end


def asked(far: Far, script: str, most: int) -> Answer:
    """Run a script there, and return what it wrote. Raises ``Stop`` where it was not run to its end, or wrote too much."""
    command = "sudo -n sh -s" if far.sudo else "sh -s"
    try:
        process = subprocess.Popen(
            [*far.ssh, "-T", "--", far.host, command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise Stop(f"{far.ssh[0]}: {(error.strerror or str(error)).lower()}; it is OpenSSH's client") from error
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    messages = bytearray()
    threads = [
        Thread(target=_feed, args=(process.stdin, encode(_HEAD + script)), daemon=True),
        Thread(target=_keep, args=(process.stderr, messages), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        data = _read(process.stdout, most, far)
        if len(data) > most:
            raise Stop(f"{far.host}: sent more than {most >> 20} MB, and was not read any further")
        code = process.wait()
    finally:
        process.kill()
        process.wait()
        for thread in threads:
            thread.join()
        for stream in (process.stdout, process.stderr):
            stream.close()
    said = [printable(line) for line in decode(bytes(messages)).split("\n") if line.strip()]
    if code == _LOST or code < 0:
        raise Stop(f"{far.host}: {said[-1] if said else 'the connection was lost'}")
    for line in said[:20]:
        far.say(f"{far.host}: {line}")
    return Answer(data, code)


def _read(stream: IO[bytes], most: int, far: Far) -> bytes:
    # Until something comes, ssh may be asking for a password on the terminal.
    parts = [os.read(stream.fileno(), 1 << 16)]
    size = len(parts[0])
    if not size:
        return b""
    with far.reading() as tick:
        tick(size)
        while size <= most and (part := os.read(stream.fileno(), 1 << 16)):
            parts.append(part)
            size += len(part)
            tick(len(part))
    return b"".join(parts)


def _feed(stream: IO[bytes], data: bytes) -> None:
    try:
        stream.write(data)
        stream.close()
    except OSError:
        pass  # ssh ended first, and says why.


def _keep(stream: IO[bytes], kept: bytearray) -> None:
    while part := stream.read(1 << 12):
        kept += part[: _MESSAGES - len(kept)]
