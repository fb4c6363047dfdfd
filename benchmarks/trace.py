"""Tracing against checking: 1,000 URLs on a server of 1,000 virtual hosts, as a ratio of what the check itself takes.

python benchmarks/trace.py [hosts] [URLs]
"""

from __future__ import annotations

import sys
import time

from figures import figure

from modwsgi_fix.engine import Job, check, read
from modwsgi_fix.files import Memory
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.model.request import request_of, trace
from modwsgi_fix.rule import all_rules

_MAIN = """ServerName main.example
Listen 80
Listen 443
User www-data
DocumentRoot /var/www/html
<Directory />
    AllowOverride None
    Require all denied
</Directory>
Alias /icons/ /usr/share/apache2/icons/
<Directory /usr/share/apache2/icons>
    Require all granted
</Directory>
IncludeOptional sites-enabled/*.conf
"""

_HOST = """<VirtualHost *:80>
    ServerName site{n}.example
    ServerAlias www.site{n}.example *.site{n}.example
    Redirect permanent /old https://site{n}.example/new
    Alias /static/ /srv/site{n}/static/
    Alias /media/ /srv/site{n}/media/
    AliasMatch ^/([a-z]+)/assets/(.*)$ /srv/site{n}/$1/assets/$2
    WSGIDaemonProcess site{n} user=site{n} threads=15
    WSGIProcessGroup site{n}
    WSGIScriptAlias /admin /srv/site{n}/admin.wsgi
    WSGIScriptAlias / /srv/site{n}/site.wsgi
    <Directory /srv/site{n}>
        <Files site.wsgi>
            Require all granted
        </Files>
    </Directory>
    <Directory /srv/site{n}/static>
        Require all granted
    </Directory>
    <Location /admin>
        Require ip 10.0.0.0/8
    </Location>
    <Location /server-status>
        SetHandler server-status
        Require local
    </Location>
    ErrorLog /var/log/apache2/site{n}.log
</VirtualHost>
"""

_PATHS = (
    "/",
    "/static/site.css",
    "/static/missing.css",
    "/admin/users",
    "/old/page",
    "/media/",
    "/news/2009/08",
    "/a/assets/x.js",
)


def job(hosts: int) -> Job:
    """A whole server of that many hosts, with the files that it serves."""
    files = {"/etc/apache2/apache2.conf": _MAIN}
    for n in range(hosts):
        files[f"/etc/apache2/sites-enabled/{n:05}.conf"] = _HOST.format(n=n)
        files[f"/srv/site{n}/site.wsgi"] = "application = None\n"
        files[f"/srv/site{n}/static/site.css"] = "css"
    disk = Memory(files)
    (source,) = find_sources(disk, ["/etc/apache2"])
    return Job(source, list(all_rules().values()), disk=disk)


def main() -> None:
    """Print both times and their ratio."""
    hosts, urls = (int(word) for word in [*sys.argv[1:], *("1000", "1000")[len(sys.argv) - 1 :]])
    work = job(hosts)
    began = time.perf_counter()
    config = read(work)
    loaded = time.perf_counter()
    check(work, config)
    checked = time.perf_counter()
    requests = [request_of(f"http://site{n % hosts}.example{_PATHS[n % len(_PATHS)]}") for n in range(urls)]
    fresh = read(work)
    start = time.perf_counter()
    kinds = [trace(fresh, request).outcome.kind for request in requests]
    traced = time.perf_counter()
    reading, checking, tracing = loaded - began, checked - loaded, traced - start
    print(f"{hosts} hosts: read {reading:.2f} s, checked {checking:.2f} s")
    print(f"{urls} URLs traced in {tracing:.2f} s: {', '.join(f'{kinds.count(k)} {k}' for k in dict.fromkeys(kinds))}")
    ratio = (reading + tracing) / (reading + checking)
    figure(f"{urls:,} URLs traced on {hosts:,} hosts, with reading", ratio, "times the check", 2)


if __name__ == "__main__":
    main()
