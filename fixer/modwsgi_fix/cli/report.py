"""``modwsgi-fix report *.json``: the reports of many servers as one; ``report --html FILE PATHS``: a server's own page."""

# No postponed annotations here: Typer would evaluate each of them four times.
import os
from typing import Annotated

import typer

from modwsgi_fix.cli import trouble
from modwsgi_fix.cli.beside import is_enabled, must_be_a_file, must_not_be_configuration, put
from modwsgi_fix.cli.options import SharedTree, option
from modwsgi_fix.cli.output import write
from modwsgi_fix.cli.progress import working
from modwsgi_fix.files import FileProblem
from modwsgi_fix.reports.text import printable
from modwsgi_fix.rule import Severity
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.plan import Wanted, plan
from modwsgi_fix.workspace.session import Hosts, checked, exposures, impacts, mended, opened, overviews, starts


def run(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATHS", help="Reports (*.json) of many servers, or the configuration of one.", show_default=False
        ),
    ] = None,
    *,
    html: Annotated[str | None, option("Write a page for a browser.", "--html", metavar="FILE")] = None,
    root: Annotated[
        str | None, option("Of a configuration: the filesystem that its paths mean.", "--root", metavar="DIRECTORY")
    ] = None,
    isolated: Annotated[bool, option("Of a configuration: use no settings file.", "--isolated")] = False,
    allow_shared_tree: SharedTree = False,
) -> int:
    """The reports of many servers as one, made by --output-format json on each; or, with --html, one server on a page.

    Exit code 0 where nothing was found, 1 where something was, 2 where something could not be read.
    """
    if not paths:
        raise Stop("nothing to report: name the JSON reports of servers, or with --html a server's configuration")
    if allow_shared_tree and html is None:
        raise Stop("--allow-shared-tree needs --html")
    if html is not None:
        must_be_a_file("--html", html)
    reports = [path for path in paths if path.endswith(".json")]
    if len(reports) == len(paths):
        if root is not None or isolated:
            raise Stop(
                "--root and --isolated are for a configuration; the reports (*.json) were made with or without them"
            )
        return _fleet(paths, html, allow_shared=allow_shared_tree)
    if reports:
        raise Stop(f"{reports[0]}: is a report; name either reports (*.json) or the configuration of a server")
    if html is None:
        raise Stop("a server's own page is a file: --html FILE; modwsgi-fix PATHS prints its report")
    return _server(tuple(paths), html, root, isolated=isolated, allow_shared=allow_shared_tree)


def _fleet(paths: list[str], html: str | None, *, allow_shared: bool) -> int:
    from modwsgi_fix.fleet.merging import merged

    if html is not None and (is_enabled(html) or os.path.realpath(html) in map(os.path.realpath, paths)):
        raise Stop(f"--html {html}: is one of the reports, or httpd might read it there; name another file")
    problems: list[FileProblem] = []
    with working("reading the reports", len(paths)) as step:
        fleet = merged(paths, problems.append, step.tick)
    trouble.tell(map(str, problems))
    if len(problems) == len(paths):
        return 2
    if html is None:
        from modwsgi_fix.fleet.overview import as_text

        write(as_text(fleet))
    else:
        from modwsgi_fix.fleet.overview_html import as_html

        _put(html, as_html(fleet), allow_shared=allow_shared)
    return 2 if problems or fleet.unchecked else int(fleet.has_findings)


def _server(paths: tuple[str, ...], html: str, root: str | None, *, isolated: bool, allow_shared: bool) -> int:
    from modwsgi_fix.reports.server_html import Page, as_html

    planned = plan(Wanted(paths, settings={} if isolated else None, root=root))
    with working("reading the server"):
        session = opened(planned, hosts=Hosts.UNLIKE)
    must_not_be_configuration(session, html, "--html")
    in_trouble = trouble.reading(session)
    if not session.plan.jobs:
        return 2
    with working("checking"):
        report = checked(session)
    in_trouble |= trouble.tell(trouble.failed(report.failed))
    with working("fixing, and measuring what the fixes change"):
        done = mended(session)
    in_trouble |= trouble.fixing(done)
    with working("asking what visitors get"):
        # Of hosts that are alike only some may have been read; a picture and a list of files have them all.
        whole = opened(planned) if any(server.texts for server in session.unlike) else session
        page = Page(
            report._replace(starts=starts(session.configs)),
            starts(outcome.after for outcome in done.outcomes),
            None if any(job.disk is None for job in whole.plan.jobs) else exposures(whole),
            impacts(done.outcomes),
            overviews(whole),
        )
    _put(html, as_html(page), allow_shared=allow_shared)
    severities = [finding.severity for finding in report.findings] + [more.severity for more in report.more]
    return 2 if in_trouble else int(any(severity >= Severity.WARNING for severity in severities))


def _put(file: str, page: str, *, allow_shared: bool) -> None:
    put(file, page, "page", allow_shared=allow_shared)
    write(printable(f"Wrote the page to {file}.") + "\n")
