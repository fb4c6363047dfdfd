"""A server that is read again after a change keeps the hosts that are the same, and is otherwise what reading it anew gives."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from test_shapes import ROOT, job_of

from modwsgi_fix.engine import job as jobs
from modwsgi_fix.engine.check import findings
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.urls import aliases
from modwsgi_fix.rule import all_rules
from modwsgi_fix.syntax import Tree

MAIN = f"""\
ServerRoot {ROOT}
LoadModule wsgi_module modules/mod_wsgi.so
Define LOGS /var/log
Timeout 60
IncludeOptional sites-enabled/*.conf
"""
HOST = """\
<VirtualHost *:80>
    ServerName {name}.example
    ErrorLog ${{LOGS}}/{name}.log
    Alias /static/ /srv/{name}/static/
    <Directory /srv/{name}/static>
        Require all granted
    </Directory>
    <IfModule mod_wsgi.c>
        WSGIScriptAlias / /srv/{name}/app.wsgi
    </IfModule>
</VirtualHost>
"""


def sites(**changed: str) -> dict[str, str]:
    """Three files with two hosts each; ``changed`` has other texts of them."""
    each = {name: HOST.format(name=f"{name}one") + HOST.format(name=f"{name}two") for name in ("a", "b", "c")}
    return {f"{name}.conf": text for name, text in (each | changed).items()}


def told(config: Config) -> list[tuple[object, ...]]:
    """All that a reading says, without the identity of anything."""
    numbers = {id(server): at for at, server in enumerate(config.servers)}

    def place(item: Any) -> object:
        return None if item is None else item.index

    items: list[tuple[object, ...]] = [
        (
            one.index, one.path, one.node.start, one.name, one.args, one.guards, one.foreign, place(one.parent),
            one.wrapper and one.wrapper.start, numbers[id(one.server)], [place(child) for child in one.children],
        )
        for one in config.items
    ]  # fmt: skip
    servers = [(place(server.item), [place(one) for one in server.items]) for server in config.servers]
    files = [(path, file.name, file.text, file.readings, file.whole) for path, file in config.files.items()]
    rest = (config.left_out, dict(config.variables), list(config.gaps), [place(one) for one in config.unmatched])
    assert all(config.files[one.path] is one.file for one in config.items)
    return [*items, *servers, *files, rest]


class Server:
    """A server of which texts change."""

    def __init__(self, texts: Mapping[str, str], main: str = MAIN) -> None:
        self.trees: dict[str, Tree] = {}
        self.last: Config | None = None
        self.read(texts, main)

    def read(self, texts: Mapping[str, str], main: str = MAIN) -> list[str]:
        """Read it, and return the names of the hosts that were kept."""
        earlier, job = self.last, job_of(texts, main)
        self.last = config = jobs.read(job, trees=self.trees, earlier=earlier)
        assert told(config) == told(jobs.read(job))
        known = set(earlier.hosts) if earlier is not None else set()
        return [host.items[0].value for host in config.hosts if host in known]


def test_hosts_of_files_that_did_not_change_are_kept() -> None:
    server = Server(sites())
    first = server.last
    assert server.read(sites(b=HOST.format(name="other") + HOST.format(name="btwo"))) == [
        "aone.example",
        "atwo.example",
        "cone.example",
        "ctwo.example",
    ]
    assert first is not None
    assert server.last is not None
    assert server.last.hosts[0].items[1] is first.hosts[0].items[1]
    # The same again keeps everything, the first state what it had.
    assert len(server.read(sites())) == 4
    assert len(server.read(sites())) == 6


@pytest.mark.parametrize(
    ("main", "kept"),
    [
        (MAIN.replace("60", "61"), 6),
        (MAIN.replace("/var/log", "/var/logs"), 0),
        (MAIN.replace("Define LOGS /var/log\nTimeout 60", "Timeout 60\nDefine LOGS /var/log"), 6),
        (MAIN.replace("Define LOGS", "Define LOG"), 0),
        (MAIN.replace("wsgi", "ssl"), 0),
        (MAIN.replace("Timeout", "UnDefine"), 0),
        (MAIN.replace("Timeout 60", "Timeout 60\nTimeout 61"), 0),
        (MAIN.replace("Timeout 60", f"ServerRoot {ROOT}x"), 6),
        (MAIN.replace("IncludeOptional", "Include"), 6),
        (f"{MAIN}IncludeOptional sites-enabled/*.conf\n", 0),
        (MAIN.replace("IncludeOptional", "<IfDefine X>\nInclude").replace("*.conf", "*.conf\n</IfDefine>"), 0),
        (MAIN.replace("IncludeOptional", "<Location />\nInclude").replace("*.conf", "*.conf\n</Location>"), 0),
        (MAIN.replace("sites-enabled/*.conf", "sites-enabled/b.conf"), 0),
    ],
)
def test_hosts_are_kept_where_the_same_is_defined_and_loaded_above_them(main: str, kept: int) -> None:
    server = Server(sites())
    assert len(server.read(sites(), main)) == kept
    server.read(sites())


@pytest.mark.parametrize(
    "line",
    [
        "Define MORE x",
        "UnDefine LOGS",
        "Include {root}/sites-enabled/more.inc",
        "Use Anything x",
        "<Macro Anything $x>\n    Timeout $x\n    </Macro>",
        "<Perl>\n    1\n    </Perl>",
        "Timeout ${{UNKNOWN}}",
        "<Location /",
        "</Location>",
        "<VirtualHost *:81>\n    </VirtualHost>",
    ],
)
def test_a_host_whose_lines_do_more_than_speak_of_it_is_read(line: str) -> None:
    more = HOST.replace("</VirtualHost>", f"    {line}\n</VirtualHost>").format(name="more", root=ROOT)
    server = Server(sites(a=more))
    assert "more.example" not in server.read(sites(a=more, b=HOST.format(name="other")))


def test_a_file_that_is_shown_otherwise_is_read() -> None:
    texts, name = sites(), f"{ROOT}/sites-enabled/a.conf"
    first = job_of(texts, MAIN)
    source = first.source._replace(stand_ins={name: (texts["a.conf"], "# Something else.\n")})
    second = first._replace(source=source)
    trees: dict[str, Tree] = {}
    earlier = jobs.read(first, trees=trees)
    again = jobs.read(second, trees=trees, earlier=earlier)
    assert [host in set(earlier.hosts) for host in again.hosts] == [False, False, True, True, True, True]
    assert (earlier.files[name].whole, again.files[name].whole) == (None, "# Something else.\n")


def test_what_a_kept_host_says_of_itself_is_found_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(config: Config, mapping: Any) -> object:
        made.append(mapping.url)
        return real(config, mapping)

    from modwsgi_fix.model.facts import served

    real = served._target_of
    monkeypatch.setattr(served, "_target_of", counted)
    server = Server(sites())
    for turn, texts in enumerate((sites(), sites(b=HOST.format(name="other") + HOST.format(name="btwo")))):
        server.read(texts)
        assert server.last is not None
        for host in server.last.hosts:
            for alias in aliases(server.last, host):
                target_of(server.last, alias)
        # All six hosts at first, then the two of the file that changed.
        assert len(made) == (6, 8)[turn]


def test_no_state_of_a_server_keeps_another_one() -> None:
    server = Server(sites())
    first = server.last
    assert first is not None
    findings(first, list(all_rules().values()))
    known = [value for host in first.hosts for value in (host._known or {}).values()]
    assert known
    assert not any(isinstance(value, Config) or value is first.main for value in known)


#: Lines of every kind, to be put anywhere.
LINES = (
    "Define LOGS /x", "Define A b", "UnDefine LOGS", "Timeout ${A}", "LoadModule ssl_module x.so", "<IfModule mod_ssl.c>", "</IfModule>",
    "<IfDefine A>", "</IfDefine>", "Alias /x/ /srv/aone/static", "<Directory /srv>", "</Directory>", "Require all granted", "Redir",
    "WSGIProcessGroup x", "WSGIDaemonProcess x threads=${A}", "Order allow,deny", "</VirtualHost>", "<VirtualHost *:80>", "# note",
    "ServerName aone.example", "<Location />", "</Location>", "WSGIPythonHome /x", "Options Indexes", "ServerRoot /x", "Macro", "SSLEngine on",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_after_any_changes_all_rules_tell_what_they_tell_of_a_server_that_is_read_anew(seed: int) -> None:
    drawn, rules, server, kept = random.Random(seed), list(all_rules().values()), Server(sites()), 0
    for turn in range(24):
        if turn % 4 == 0:
            texts, main = sites(), MAIN
        name = drawn.choice([*texts, *texts, ""])
        lines = (texts[name] if name else main).splitlines(keepends=True)
        at = drawn.randrange(len(lines) + 1)
        lines[at : at + drawn.choice([0, 1, 1])] = [f"{drawn.choice(LINES)}\n"] * drawn.choice([0, 1, 1])
        changed = "".join(lines)
        texts, main = (texts | {name: changed}, main) if name else (texts, changed)
        kept += len(server.read(texts, main))
        assert server.last is not None
        assert findings(server.last, rules) == findings(jobs.read(job_of(texts, main)), rules)
    assert kept > 10


def test_nothing_is_kept_of_a_server_that_was_too_large() -> None:
    job = job_of(sites(), MAIN)
    trees: dict[str, Tree] = {}
    earlier = load(job.source, trees=trees)
    assert not earlier.gaps
    earlier.left_out = "too much"
    assert set(earlier.hosts).isdisjoint(load(job.source, trees=trees, earlier=earlier).hosts)
