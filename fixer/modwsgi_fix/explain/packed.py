"""Logs that logrotate has packed with gzip, read without unpacking them on the disk, in bounded memory."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader
from typing import BinaryIO

from modwsgi_fix.explain.lines import Line, lines_of

_MAGIC = b"\x1f\x8b"


def lines_in(stream: BinaryIO, broken: Callable[[str], None]) -> Iterator[Line]:
    """Yield every line of a log, packed or not; its first bytes decide, not its name.

    The lines before a place that gzip cannot read are given all the same; then ``broken`` is called with the reason.
    """
    if not isinstance(stream, BufferedReader) or stream.peek(len(_MAGIC))[: len(_MAGIC)] != _MAGIC:
        yield from lines_of(stream)
        return
    with gzip.GzipFile(fileobj=stream) as unpacked, BufferedReader(unpacked) as lines:
        try:
            yield from lines_of(lines)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            broken("is cut off, or is not all of what gzip wrote; what stands before is explained")
