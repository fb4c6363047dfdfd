"""``modwsgi-fix fetch [USER@]HOST DIR``: bring a server here over ssh."""

# No postponed annotations here: Typer would evaluate each of them four times.
import os
import shlex
from typing import Annotated, Any

import typer

from modwsgi_fix.cli import PROGRAM
from modwsgi_fix.cli.output import say, write
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import printable


def _option(help: str, name: str, metavar: str | None = None) -> Any:
    return typer.Option(name, help=help, metavar=metavar, show_default=False)


def run(
    host: Annotated[
        str, typer.Argument(metavar="[USER@]HOST", help="The server, as ssh knows it.", show_default=False)
    ],
    directory: Annotated[str, typer.Argument(metavar="DIR", help="A new directory for the copy.", show_default=False)],
    *,
    sudo: Annotated[bool, _option("Read as root there, by sudo -n.", "--sudo")] = False,
    main: Annotated[str, _option("The main file there, if httpd is not to be asked.", "--main", "FILE")] = "",
    skip: Annotated[list[str] | None, _option("Do not list this directory there.", "--skip", "DIRECTORY")] = None,
    ssh: Annotated[str, _option("The command that connects; ssh if not given.", "--ssh", "COMMAND")] = "ssh",
) -> int:
    """Bring a server here over ssh: its configuration, scripts and .htaccess files, and the names of what it serves.

    No private key and no password file is fetched. Exit code 0 where all was brought, 1 where a file was left out.
    """
    from modwsgi_fix.files import MANIFEST
    from modwsgi_fix.files.copying import must_be_new, write_copy
    from modwsgi_fix.files.fetched import as_json
    from modwsgi_fix.fleet.far import far_of
    from modwsgi_fix.fleet.fetching import fetched, top_of

    far = far_of(host, ssh, lambda line: say(printable(f"note: {line}")), sudo=sudo)
    must_be_new(directory)
    copy = fetched(far, main, tuple(skip or ()))
    manifest = copy.manifest
    links = {path: entry.target for path, entry in manifest.entries.items() if entry.kind == "l"}
    write_copy(directory, {**copy.contents, f"/{MANIFEST}": as_json(manifest).encode()}, links)
    for path, reason in sorted(manifest.left_out.items()):
        say(printable(f"{PROGRAM}: {path}: was left there: {reason}"))
    names = plural(len(manifest.entries) - len(copy.contents), "more name")
    write(printable(f"Fetched {plural(len(copy.contents), 'file')} of {host}, and {names}, to {directory}.") + "\n")
    top = os.path.join(directory, top_of(manifest.main).lstrip("/"))
    say(printable(f"Next: {PROGRAM} --root {shlex.quote(directory)} {shlex.quote(top)}"))
    return int(bool(manifest.left_out))
