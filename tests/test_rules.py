"""Every rule's manual page is run: each block is reported, fixed and silent just as it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import config_of

from modwsgi_fix.examples import Example, examples, failures
from modwsgi_fix.model.config import Target
from modwsgi_fix.rule import Rule, Severity, all_rules

_PAGES = Path(__file__).parent / "rules"


def cases() -> Iterator[Any]:
    """The examples of each rule."""
    for rule in all_rules().values():
        extra = _PAGES / f"{rule.name}.md"
        pages = {rule.name: rule.page} | ({extra.name: extra.read_text("utf-8")} if extra.exists() else {})
        # The first report of each rule is in every sample.
        always = [pytest.mark.always]
        for name, page in pages.items():
            for example in examples(page):
                reports = example.after is not None or bool(example.carets)
                yield pytest.param(rule, example, id=f"{name}:{example.line}", marks=always if reports else [])
                if reports:
                    always = []


@pytest.mark.parametrize(("rule", "example"), list(cases()))
def test_example(rule: Rule, example: Example) -> None:
    assert failures(rule, example) == []


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.name)
def test_every_rule_shows_a_report_and_a_silence(rule: Rule) -> None:
    shown = examples(rule.page)
    assert any(example.after is not None or example.carets for example in shown), "no report is shown"
    assert any(example.after is None and not example.carets for example in shown), "no silence is shown"


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.name)
def test_nothing_of_a_new_rule_is_left_to_do(rule: Rule) -> None:
    extra = _PAGES / f"{rule.name}.md"
    texts = [Path(rule.check.__code__.co_filename), *([extra] if extra.exists() else [])]
    left = [
        f"{path.name}:{number}: {line.strip()}"
        for path in texts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if "TODO" in line
    ]
    assert not left, "write what is marked:\n" + "\n".join(left)


def test_every_extra_page_belongs_to_a_rule() -> None:
    assert {page.stem for page in _PAGES.glob("*.md")} <= set(all_rules())


@pytest.mark.parametrize(
    ("version", "said", "severity"),
    [
        (None, '"404" is not a status of WSGI, so the request is an error 500 up to mod_wsgi 5', None),
        ((5, 0), '"404" is not a status of WSGI, so the request is an error 500', None),
        ((6, 1), '"404" is not a status of WSGI, and only mod_wsgi 6 accepts it', Severity.WARNING),
    ],
)
def test_a_status_without_words_by_version(
    version: tuple[int, ...] | None, said: str, severity: Severity | None
) -> None:
    """Asked of 4.9.4, 5.0.2 and 6.1.1 by tests/httpd."""
    script = 'def application(environ, start_response):\n    start_response("404", [])\n    return []\n'
    texts = {"/site.conf": "WSGIScriptAlias / /app.wsgi\n", "/app.wsgi": script}
    config = config_of(texts, paths=["/site.conf"], target=Target(mod_wsgi=version))
    (found,) = all_rules()["bad-start-response"].check(config)
    assert (found.message, found.severity) == (said, severity)


@pytest.mark.parametrize(
    ("denial", "said"),
    [
        ("Require all denied", "<Location /> would grant access by URL, if Require did not refuse it elsewhere"),
        ("Order deny,allow\n    Deny from all", "<Location /> grants access by URL, whatever file the URL leads to"),
    ],
)
def test_a_grant_of_22_opens_nothing_that_require_refuses(denial: str, said: str) -> None:
    """Both dialects must agree: tests/httpd/test_access_matrix.py."""
    text = f"<Directory />\n    {denial}\n</Directory>\nListen 80\nAlias /static /srv/shop/static\n"
    text += "<Location />\n    Order deny,allow\n    Allow from all\n</Location>\n"
    config = config_of({"/etc/apache2/apache2.conf": text})
    assert [one.message for one in all_rules()["allow-in-location"].check(config)] == [said]


@pytest.mark.parametrize(
    ("hosts", "said"),
    [
        ("a", "/srv/a/app.wsgi"),
        ("ab", "/srv/a/app.wsgi and /srv/b/app.wsgi"),
        ("abcdefg", "/srv/a/app.wsgi and 6 more scripts"),
    ],
)
@pytest.mark.parametrize("alias", ["Alias /all/ /srv/", "<IfModule alias_module>\nAlias /all/ /srv/\n</IfModule>"])
def test_an_alias_to_the_scripts_of_many_hosts_is_one_finding(hosts: str, said: str, alias: str) -> None:
    text = f"<Directory />\n    Require all denied\n</Directory>\n{alias}\n"
    for name in hosts:
        text += (
            f"<VirtualHost *:80>\n    ServerName {name}.example.com\n    WSGIScriptAlias /app /srv/{name}/app.wsgi\n"
        )
        text += f"    <Directory /srv/{name}>\n        Require all granted\n    </Directory>\n</VirtualHost>\n"
    config = config_of({"/etc/apache2/apache2.conf": text})
    (found,) = all_rules()["alias-exposes-application"].check(config)
    assert found.message == f"/all/ leads to /srv/, so the source of {said} can be fetched"
    assert len(found.related) == min(len(hosts), 5)
