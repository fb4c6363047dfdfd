"""What checking and fixing a server of 1,000 hosts costs, a line and against parsing alone.

Run with ``PYTHONPATH=fixer:rules python benchmarks/check.py [--profile] [HOSTS]``; ``--profile`` shows where a fix spends
its time. The hosts are of one kind: HTTP and HTTPS in turn, a group of daemons, an application, static files, every
tenth with old access control.
"""

import cProfile
import gc
import pstats
import sys
import time
from collections.abc import Callable
from typing import Any

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Job, check, fix, read
from modwsgi_fix.files import Memory
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import all_rules
from modwsgi_fix.second_reader import objection
from modwsgi_fix.syntax import parse

MAIN = """\
ServerRoot "/etc/apache2"
Listen 80
LoadModule wsgi_module modules/mod_wsgi.so
ServerName server.example.com
<Directory />
    AllowOverride None
    Require all denied
</Directory>
Include sites/*.conf
"""


def host(number: int) -> str:
    """The configuration of one host."""
    name, tls = f"h{number}.example.com", number % 2
    old = number % 10 == 0
    access = ["Order allow,deny", "Allow from all"] if old else ["Require all granted"]
    lines = [
        f"<VirtualHost *:{443 if tls else 80}>",
        f"    ServerName {name}",
        *(["    SSLEngine on", f"    SSLCertificateFile /etc/ssl/{name}.pem"] if tls else []),
        f"    ErrorLog /var/log/apache2/{name}.log",
        f"    WSGIDaemonProcess {name} processes=2 threads=15 \\",
        f"        python-home=/srv/{name}/venv",
        f"    WSGIProcessGroup {name}",
        "    WSGIApplicationGroup %{GLOBAL}",
        f"    Alias /static/ /srv/{name}/static/",
        f"    WSGIScriptAlias / /srv/{name}/app/wsgi.py",
        f"    <Directory /srv/{name}/static>",
        *(f"        {line}" for line in access),
        "    </Directory>",
        f"    <Directory /srv/{name}/app>",
        "        <Files wsgi.py>",
        *(f"            {line}" for line in access),
        "        </Files>",
        "    </Directory>",
        "</VirtualHost>",
        "",
    ]
    return "\n".join(lines)


def best(work: Callable[[], object], runs: int) -> float:
    """Seconds of the processor, the best of some runs."""
    found = float("inf")
    for _ in range(runs):
        gc.collect()
        start = time.process_time()
        work()
        found = min(found, time.process_time() - start)
    return found


def main() -> None:
    profiling = "--profile" in sys.argv
    hosts = int(next((argument for argument in sys.argv[1:] if argument.isdigit()), "1000"))
    texts = {"/etc/apache2/apache2.conf": MAIN}
    texts |= {f"/etc/apache2/sites/{number:04}.conf": host(number) for number in range(hosts)}
    one = {"/etc/apache2/apache2.conf": MAIN.replace("Include sites/*.conf\n", "") + "".join(map(host, range(hosts)))}
    rules = [rule for rule in all_rules().values() if rule.default]
    for title, given in (("one file", one), ("one file a host", texts)):
        job = Job(find_sources(Memory(dict(given)), ["/etc/apache2"])[0], rules)
        lines = sum(text.count("\n") for text in given.values())
        print(f"{title}: {hosts:,} hosts, {lines:,} lines, {len(rules)} rules")
        parsing = best(lambda given=given: [parse(text) for text in given.values()], 3)
        config = read(job)

        def fixing(job: Job = job) -> Any:
            return fix(job, Applicability.REPAIR, objection)

        for name, work, runs in (
            ("parse", lambda given=given: [parse(text) for text in given.values()], 3),
            ("read", lambda job=job: read(job), 3),
            ("check, once read", lambda job=job, config=config: check(job, config), 1),
            ("check", lambda job=job: check(job), 1),
            ("fix", fixing, 1),
        ):
            seconds = best(work, runs)
            print(
                f"  {name:18} {seconds * 1000:9.1f} ms {seconds / lines * 1e6:7.2f} us a line  {seconds / parsing:6.1f} x parse"
            )
        fixed = fixing()
        print(f"  {len(fixed.found)} found, {len(fixed.applied)} fixed in {len(fixed.files)} files")
        if profiling:
            profile = cProfile.Profile()
            profile.runcall(fixing)
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
            pstats.Stats(profile).sort_stats("cumtime").print_stats(45)


if __name__ == "__main__":
    main()
