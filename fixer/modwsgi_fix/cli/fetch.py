"""``modwsgi-fix fetch [USER@]HOST DIR``: bring a server here over ssh."""

# No postponed annotations here: Typer would evaluate each of them four times.
import os
import shlex
from typing import Annotated

import typer

from modwsgi_fix.cli import PROGRAM
from modwsgi_fix.cli.options import option
from modwsgi_fix.cli.output import say, write
from modwsgi_fix.cli.progress import Shown
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import printable


def run(
    host: Annotated[
        str, typer.Argument(metavar="[USER@]HOST", help="The server, as ssh knows it.", show_default=False)
    ],
    directory: Annotated[str, typer.Argument(metavar="DIR", help="A new directory for the copy.", show_default=False)],
    *,
    sudo: Annotated[bool, option("Read as root there, by sudo -n.", "--sudo")] = False,
    main: Annotated[str, option("The main file there, if httpd is not to be asked.", "--main", metavar="FILE")] = "",
    skip: Annotated[
        list[str] | None, option("Do not list this directory there.", "--skip", metavar="DIRECTORY")
    ] = None,
    ssh: Annotated[str, option("The command that connects; ssh if not given.", "--ssh", metavar="COMMAND")] = "ssh",
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
    far = far._replace(reading=Shown(f"fetching from {printable(host)}").reading)
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
