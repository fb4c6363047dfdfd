"""``modwsgi-fix trace URL PATHS``: what answers a request."""

# No postponed annotations here: Typer would evaluate each of them four times.
import ipaddress
import os
from typing import Annotated, Any, Literal

import typer

from modwsgi_fix.cli import trouble
from modwsgi_fix.cli.notes import say_starts
from modwsgi_fix.cli.options import Quiet, option
from modwsgi_fix.cli.output import write
from modwsgi_fix.cli.progress import working
from modwsgi_fix.cli.servers import servers
from modwsgi_fix.files import Disk
from modwsgi_fix.model.request import Request, request_of
from modwsgi_fix.model.request.asked import requests_of
from modwsgi_fix.workspace.errors import Stop


def run(
    words: Annotated[list[str], typer.Argument(metavar="URL... PATHS", help="URLs, then directories or files.")],
    *,
    urls: Annotated[str | None, option("A file of URLs, one a line.", "--urls", metavar="FILE")] = None,
    requests: Annotated[
        str | None,
        option(
            "A file of requests, a JSON object with url, method, headers, client and address on each line.",
            "--requests",
            metavar="FILE",
        ),
    ] = None,
    address: Annotated[
        str | None, option("The server's address at which the request arrives.", "--address", metavar="IP")
    ] = None,
    client: Annotated[str | None, option("The visitor's address.", "--client", metavar="IP")] = None,
    method: Annotated[str, option("GET by default.", "--method", metavar="METHOD")] = "GET",
    header: Annotated[list[str] | None, option("A header of the request.", "--header", metavar="NAME:VALUE")] = None,
    root: Annotated[
        str | None, option("The filesystem that the paths in the files mean.", "--root", metavar="DIRECTORY")
    ] = None,
    assume_deny: Annotated[
        Literal["2.2", "2.4", "none"] | None,
        typer.Option("--assume-deny", help="How the server around fragments denies by default.", show_default=False),
    ] = None,
    output_format: Annotated[
        Literal["text", "json", "jsonl"], typer.Option("--output-format", help="How to show it.", show_default=False)
    ] = "text",
    quiet: Quiet = False,
) -> int:
    """What answers a request: host, file, access, handler, process group and interpreter, each with the line that decided.

    What the files do not decide is shown as what it depends on. Without --root, every file may be there or not.
    """
    asked, paths = _told_apart(words)
    if urls is not None:
        asked += [line.strip() for line in Disk().read(urls).split("\n") if line.strip() and not line.startswith("#")]
    if not asked and requests is None:
        raise Stop("no URL: name one, as in modwsgi-fix trace http://example.com/ conf/")
    for name, value in (("--address", address), ("--client", client)):
        if value is not None:
            _check_address(name, value)
    details = {
        "address": address,
        "client": client,
        "method": method.upper(),
        "headers": tuple(_header(one) for one in header or ()),
    }
    session, in_trouble = servers(paths, root, denies=assume_deny or "", quiet=quiet)
    found = [_request(url, details) for url in asked]
    if requests is not None:
        read = requests_of(Disk().read(requests), details)
        in_trouble |= trouble.tell(f"{requests}:{fault}" for fault in read.faults)
        found += read.requests
    from modwsgi_fix.reports.trace import as_json, as_json_lines, as_text
    from modwsgi_fix.workspace.session import traced

    if not quiet:
        say_starts(session, of_fragments=True)
    with working("tracing", len(found) * len(session.configs), quiet=quiet) as step:
        traces = traced(session, found, step.tick)
    write({"text": as_text, "json": as_json, "jsonl": as_json_lines}[output_format](traces))
    return 2 if in_trouble else 0


def _told_apart(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the URLs and the paths: a URL has a scheme, or comes first and is not a path."""
    urls: list[str] = []
    paths: list[str] = []
    for word in words:
        is_url = "://" in word or (not paths and not os.path.lexists(word))
        (urls if is_url else paths).append(word)
    return urls, paths


def _request(url: str, details: dict[str, Any]) -> Request:
    try:
        return request_of(url, **details)
    except ValueError as error:
        raise Stop(str(error)) from error


def _check_address(name: str, value: str) -> None:
    try:
        ipaddress.ip_address(value)
    except ValueError as error:
        raise Stop(f"{name} {value}: is not an IP address") from error


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise Stop(f"--header {text}: is not a header; write it as Name: value")
    return name.strip(), value.strip()
