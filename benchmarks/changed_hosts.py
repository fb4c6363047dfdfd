"""What ``--diff`` costs a host where every host changes: rules, gate, second reader, impact and diff together.

Each host has a Location that lets everybody in by URL and selects its process group, as old tutorials have it. Prints
milliseconds of processor time a changed host, for more and more hosts. As in the command, the collector of cycles is off, and
hosts that are alike are read as ``engine.shapes`` reads them. Run with
``PYTHONPATH=fixer:rules python benchmarks/changed_hosts.py [--profile] [--files] [HOSTS ...]``; ``--files`` gives each
host a file of its own.
"""

import cProfile
import gc
import pstats
import sys
import time
from typing import NamedTuple

from figures import figure

from modwsgi_fix.edits import Applicability
from modwsgi_fix.effect.impact import impact
from modwsgi_fix.engine import Fixed, Job, check, fix, gate, shapes
from modwsgi_fix.files import Memory
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.reports.diff import diff
from modwsgi_fix.rule import all_rules
from modwsgi_fix.second_reader import objection

MAIN = """\
ServerRoot "/etc/apache2"
Listen 80
LoadModule wsgi_module modules/mod_wsgi.so
ServerName server.example.com
<Directory />
    AllowOverride None
    Require all denied
</Directory>
"""
HOST = """\
<VirtualHost *:80>
    ServerName h@.example.com
    ErrorLog /var/log/apache2/h@.log
    WSGIDaemonProcess h@ processes=2 threads=15 display-name=%{GROUP}
    Alias /static/ /srv/h@/static/
    <Directory /srv/h@/static>
        Require all granted
    </Directory>
    WSGIScriptAlias / /srv/h@/app/wsgi.py
    <Location />
        Order allow,deny
        Allow from all
        WSGIProcessGroup h@
    </Location>
</VirtualHost>
"""


class Cost(NamedTuple):
    """Seconds of processor time of a check alone, and of all that ``--diff`` does; and how many hosts changed."""

    check: float
    diff: float
    changed: int


def job_of(hosts: int, *, files: bool) -> Job:
    """A whole server with so many hosts, in one file or in one file each."""
    each = [HOST.replace("@", str(number)) for number in range(hosts)]
    texts = {"/etc/apache2/apache2.conf": MAIN + ("Include sites/*.conf\n" if files else "".join(each))}
    if files:
        texts |= {f"/etc/apache2/sites/{number:05}.conf": text for number, text in enumerate(each)}
    return Job(find_sources(Memory(texts), ["/etc/apache2"])[0], [r for r in all_rules().values() if r.default])


def diffed(job: Job) -> Fixed:
    """All that ``--diff`` does."""
    server = shapes.read(job)
    outcome = fix(server.job, Applicability.REPAIR, objection, server.config, gate.objection)
    impact(outcome.before, outcome.after)
    diff(outcome.files, directory="/")
    return outcome


def cost(hosts: int, *, files: bool) -> Cost:
    """What so many hosts cost."""
    job = job_of(hosts, files=files)
    gc.collect()
    gc.disable()
    start = time.process_time()
    server = shapes.read(job)
    check(server.job, server.config)
    checked = time.process_time()
    outcome = diffed(job)
    done = time.process_time()
    gc.enable()
    changed = sum(
        file.after.count("Require all granted") > file.before.count("Require all granted") for file in outcome.files
    )
    return Cost(checked - start, done - checked, changed if files else hosts)


def main() -> None:
    files = "--files" in sys.argv
    counts = [int(argument) for argument in sys.argv[1:] if argument.isdigit()] or [10, 30, 100, 300]
    diffed(job_of(2, files=files))
    if "--profile" in sys.argv:
        profile = cProfile.Profile()
        profile.runcall(diffed, job_of(counts[0], files=files))
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        pstats.Stats(profile).sort_stats("cumtime").print_stats(60)
        return
    for hosts in counts:
        one = cost(hosts, files=files)
        print(
            f"{hosts:6,} hosts: check {one.check / hosts * 1000:6.2f} ms a host, diff {one.diff / hosts * 1000:6.2f} ms a host",
            flush=True,
        )
    figure("`--diff` where every host changes", one.diff / hosts * 1000, "ms a host", 3)


if __name__ == "__main__":
    main()
