"""Checking a whole server of many hosts against httpd's own ``apache2 -t`` on the same files, in processor time.

    python benchmarks/hosts.py [--kind clean|findings|panel] [--one-file] [HOSTS ...]

For each number of hosts it writes a server (a main file, and a file for each host), has httpd and modwsgi-fix read it in
turn, and prints a line of a table: what ``apache2 -t`` took; a check, as a CI format prints it; a report, which also says
of each finding whether ``--write`` would mend it, by mending it in memory; and bytes of memory for a line, Python and
all. ``clean`` hosts have no finding; with ``findings`` every hundredth has one of six faults; ``panel`` is what a hosting
panel writes, in one file, where each host has two findings.
"""

from __future__ import annotations

import argparse
import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from figures import figure

#: The most that a check of the largest server of each kind may take, as a multiple of ``apache2 -t``.
GOALS = {"clean": 1.0, "findings": 1.3, "panel": 3.0}
#: Of the hosts of a server with findings, one in so many has one.
ONE_IN = 100

MAIN = """\
ServerName www.example.com
{modules}\
Listen 8080
PidFile {directory}/httpd.pid
ErrorLog {directory}/error.log
User www-data
Group www-data
<Directory />
    AllowOverride None
    Require all denied
</Directory>
WSGISocketPrefix {directory}/wsgi
IncludeOptional {directory}/sites-enabled/*.conf
"""

_MODULES = (
    "mpm_event",
    "authz_core",
    "authz_host",
    "access_compat",
    "alias",
    "autoindex",
    "cgid",
    "dir",
    "env",
    "headers",
    "mime",
)
_MODULES += ("negotiation", "rewrite", "setenvif", "socache_shmcb", "ssl", "wsgi")

HOST = """\
<VirtualHost *:8080>
    ServerName {name}
    ServerAlias www.{name}
    ServerAdmin webmaster@{name}

    # The application of customer {number}
    WSGIDaemonProcess {group} threads=5 display-name=%{{GROUP}} python-home=/srv/{name}/venv lang=C.UTF-8
    WSGIProcessGroup {group}
    WSGIApplicationGroup %{{GLOBAL}}
    WSGIScriptAlias / /srv/{name}/app/wsgi.py
    Alias /static/ /srv/{name}/static/

    <Directory /srv/{name}/static>
        Options -Indexes -FollowSymLinks
        AllowOverride None
        Require all granted
    </Directory>
    <Directory /srv/{name}/app>
        <Files wsgi.py>
            Require all granted
        </Files>
    </Directory>

    LogLevel warn
    ErrorLog {directory}/{name}-error.log
    CustomLog {directory}/{name}-access.log combined
</VirtualHost>
"""

#: What a hosting panel writes for a customer: much of it says again what the main server says.
PANEL = """\
# Generated for customer {number}; changes are lost when the panel writes this file again.
<VirtualHost 192.0.2.1:8080>
    ServerName {name}
    ServerAlias www.{name} ftp.{name} mail.{name}
    ServerAdmin webmaster@{name}
    DocumentRoot {directory}/vhosts/{name}/httpdocs
    UseCanonicalName Off
    ErrorLog {directory}/{name}.error_log
    CustomLog {directory}/{name}.access_log combined
    ScriptAlias /cgi-bin/ {directory}/vhosts/{name}/cgi-bin/
    Alias /error_docs/ {directory}/vhosts/{name}/error_docs/
    ErrorDocument 404 /error_docs/not_found.html
    ErrorDocument 500 /error_docs/internal_server_error.html
    <Directory {directory}/vhosts/{name}/httpdocs>
        Options -Indexes +SymLinksIfOwnerMatch
        AllowOverride AuthConfig Limit
        Require all granted
    </Directory>
    <Directory {directory}/vhosts/{name}/cgi-bin>
        Options -Indexes
        Require all granted
    </Directory>
    <Directory {directory}/vhosts/{name}/error_docs>
        Options -Indexes
        Require all granted
    </Directory>
    <IfModule mod_headers.c>
        Header always set X-Content-Type-Options nosniff
    </IfModule>
    <IfModule mod_rewrite.c>
        RewriteEngine On
        RewriteCond %{{HTTP_HOST}} ^www\\.(.+)$ [NC]
        RewriteRule ^/(.*)$ http://%1/$1 [R=301,L]
    </IfModule>
    SetEnvIf Request_URI ^/health$ quiet
</VirtualHost>
"""


class Fault(NamedTuple):
    """Lines of ``HOST``, and what stands there instead."""

    lines: str
    instead: str


_STATIC = """\
        Options -Indexes -FollowSymLinks
        AllowOverride None
        Require all granted
"""
_OLD_STATIC = """\
        Options -Indexes -FollowSymLinks
        AllowOverride None
        Order allow,deny
        Allow from all
"""
_GRANT_BY_URL = """\
    <Location />
        Require all granted
    </Location>
"""
_ALIAS = "    Alias /static/ /srv/{name}/static/\n"
_MOUNT = "    WSGIScriptAlias / /srv/{name}/app/wsgi.py\n"
_IDLE = (
    "    WSGIDaemonProcess {group}-old threads=5 display-name=%{{GROUP}} python-home=/srv/{name}/venv lang=C.UTF-8\n"
)

#: What every hundredth host has in turn: each a fault that people write, and that httpd takes.
FAULTS = (
    Fault("    LogLevel warn\n", f"{_GRANT_BY_URL}    LogLevel warn\n"),
    Fault(_ALIAS, _ALIAS.replace("/static/\n", "/static\n")),
    Fault(_STATIC, _STATIC.replace("-Indexes -Follow", "Indexes Follow")),
    Fault(_STATIC, _OLD_STATIC),
    Fault("    WSGIProcessGroup {group}\n", f"    WSGIProcessGroup {{group}}\n{_IDLE}"),
    Fault(_MOUNT, f"    Alias / /srv/{{name}}/static/\n{_MOUNT}"),
)


class Cost(NamedTuple):
    """Seconds of the processor, user and system, and the most memory (bytes) of one process."""

    seconds: float
    memory: int


def template_of(kind: str, number: int) -> str:
    """What a host of a kind of server is made from."""
    if kind != "findings" or number % ONE_IN:
        return PANEL if kind == "panel" else HOST
    fault = FAULTS[number // ONE_IN % len(FAULTS)]
    assert fault.lines in HOST, fault.lines
    return HOST.replace(fault.lines, fault.instead)


def host(kind: str, number: int, directory: Path) -> str:
    """The text of one host."""
    name, group = f"site{number}.example.com", f"site{number}"
    return template_of(kind, number).format(number=number, name=name, group=group, directory=directory)


def write(directory: Path, kind: str, hosts: int, modules: Path, *, one_file: bool) -> int:
    """Write a server into an empty directory; return the number of its lines."""
    sites = directory / "sites-enabled"
    sites.mkdir()
    there = [name for name in _MODULES if (modules / f"mod_{name}.so").exists()]
    main = MAIN.format(
        directory=directory,
        modules="".join(f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in there),
    )
    (directory / "apache2.conf").write_text(main)
    texts = [host(kind, number, directory) for number in range(hosts)]
    if kind == "panel":
        for number in range(hosts):
            (directory / f"vhosts/site{number}.example.com/httpdocs").mkdir(parents=True)
    if one_file:
        (sites / "all.conf").write_text("".join(texts))
    else:
        for number, text in enumerate(texts):
            (sites / f"site{number:05}.conf").write_text(text)
    return main.count("\n") + sum(text.count("\n") for text in texts)


@cache
def environment() -> dict[str, str]:
    """This one, and compiled modules are kept, as an installed package has them."""
    kept = tempfile.mkdtemp(prefix="hosts-compiled")
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    there = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**there, "PYTHONPYCACHEPREFIX": kept}


def cost(command: list[str]) -> Cost:
    """What a command takes. Raises ``RuntimeError`` where it neither is content nor finds something."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            out.seek(0)
            raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}\n{out.read()[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


class Measured(NamedTuple):
    """A line of the table, what a check took as a multiple of ``apache2 -t``, and its memory in bytes for a line."""

    row: str
    ratio: float
    memory: float


def measure(kind: str, hosts: int, httpd: str, modules: Path, *, one_file: bool, report: bool, runs: int) -> Measured:
    """One line of the table: the best of some runs of each, in turn."""
    with tempfile.TemporaryDirectory(prefix="hosts") as name:
        directory = Path(name)
        lines = write(directory, kind, hosts, modules, one_file=one_file)
        ours = [sys.executable, "-m", "modwsgi_fix", "--isolated", "--output-format"]
        commands = {
            "httpd": [httpd, "-t", "-f", str(directory / "apache2.conf"), "-d", name],
            "check": [*ours, "gitlab", name],
            **({"report": [*ours, "concise", name]} if report else {}),
        }
        turns = [{title: cost(command) for title, command in commands.items()} for _ in range(runs)]
    best = {title: min(turn[title] for turn in turns) for title in commands}
    base = best["httpd"].seconds
    spent = [f"{one.seconds:.2f} s, {one.seconds / base:.1f} times" for one in list(best.values())[1:]]
    cells = [f"{hosts:,} {kind}", f"{lines:,}", f"{base:.2f} s", *spent, *([] if report else ["-"])]
    return Measured(
        f"| {' | '.join(cells)} | {best['check'].memory / lines:.0f} |",
        best["check"].seconds / base,
        best["check"].memory / lines,
    )


def write_only(directory: Path, kinds: list[str], arguments: argparse.Namespace, modules: Path) -> int:
    """Write a server into a directory, which is made where it is not there; return the exit status."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if len(kinds) > 1 or any(directory.iterdir()):
            print(f"hosts.py: {directory}: --write takes one --kind, and an empty directory", file=sys.stderr)
            return 2
        write(directory, kinds[0], arguments.hosts[0], modules, one_file=arguments.one_file)
    except OSError as error:
        print(f"hosts.py: {error.filename or directory}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("hosts", nargs="*", type=int, default=[100, 1000])
    parser.add_argument(
        "--kind", choices=("clean", "findings", "panel"), action="append", help="clean and findings by default"
    )
    parser.add_argument("--one-file", action="store_true", help="put all hosts into one file")
    parser.add_argument("--no-report", action="store_true", help="measure the check alone")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--write", type=Path, help="only write the server into this directory, which is empty or not there yet"
    )
    arguments = parser.parse_args()
    httpd = shutil.which("apache2") or shutil.which("httpd")
    modules = Path("/usr/lib/apache2/modules")
    if arguments.write is not None:
        return write_only(arguments.write.resolve(), arguments.kind or ["clean"], arguments, modules)
    if httpd is None:
        print("hosts.py: there is no httpd to compare with")
        return 0
    print("| hosts | lines | `apache2 -t` | check | report | bytes a line |\n|---|---|---|---|---|---|")
    largest: dict[str, Measured] = {}
    for kind in arguments.kind or ["clean", "findings"]:
        for hosts in arguments.hosts:
            one_file = arguments.one_file or kind == "panel"
            largest[kind] = measure(
                kind, hosts, httpd, modules, one_file=one_file, report=not arguments.no_report, runs=arguments.runs
            )
            print(largest[kind].row, flush=True)
    for kind, one in largest.items():
        what = f"a check of {arguments.hosts[-1]:,} hosts ({kind})"
        figure(what, one.ratio, "times `apache2 -t`", GOALS[kind])
        figure(f"the memory of {what}", one.memory, "bytes a line", 400)
    return 0


if __name__ == "__main__":
    sys.exit(main())
