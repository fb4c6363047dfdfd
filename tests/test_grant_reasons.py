"""What a fix says of itself is true of the server that it is offered for."""

from __future__ import annotations

import pytest
from support import config_of, job_of

from modwsgi_fix.engine import Job, check, read
from modwsgi_fix.files import Memory
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import all_rules

_MAIN = "<Directory />\nRequire all denied\n</Directory>\n{}WSGIScriptAlias / /srv/shop/app.wsgi{}\n"


@pytest.mark.parametrize(
    ("before", "options", "said"),
    [
        ("", "", "the application answers instead of 403"),
        ("WSGIDaemonProcess shop\n", " process-group=shop", "the application answers instead of 403"),
        ("WSGIDaemonProcess other\n", " process-group=shop", "because there is no process group shop"),
        ("WSGIDaemonProcess other\nWSGIProcessGroup shop\n", "", "because there is no process group shop"),
        ("WSGIRestrictEmbedded On\n", "", "because embedded mode is off"),
        ("WSGIRestrictEmbedded Off\n", "", "the application answers instead of 403"),
        ("WSGIProcessGroup %{ENV:GROUP}\n", "", "the application answers instead of 403"),
    ],
)
def test_the_application_is_said_to_answer_only_where_it_does(before: str, options: str, said: str) -> None:
    rule = next(one for one in all_rules().values() if one.name == "script-directory-not-granted")
    (found,) = check(job_of({"/etc/httpd/httpd.conf": _MAIN.format(before, options)}, rule))
    assert found.fix is not None
    assert said in found.fix.reason


_LOCATION = "<Location /shop>\n{}</Location>\n"


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        ("Order allow,deny\nAllow from all\n", "both must agree"),
        ("Order allow,deny\nAllow from all\nSatisfy All\n", "both must agree"),
        ("Allow from all\nSatisfy Any\n", "one may suffice"),
        ("Deny from all\nSATISFY any\n", "one may suffice"),
    ],
)
@pytest.mark.parametrize("section", [_LOCATION, "<Directory /srv/shop>\n{}</Directory>\n", "<Files a>\n{}</Files>\n"])
def test_one_dialect_may_be_enough(section: str, lines: str, end: str) -> None:
    config = config_of({"site.conf": section.format(lines + "Require valid-user\n")})
    (found,) = all_rules()["old-access-directives"].check(config)
    assert found.message.endswith(end)


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so-3.8", "install it"),
        ("LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so", "install it"),
        ("LoadFile /usr/lib/apache2/modules/libpython3.8.so.1.0", "install it"),
        ("WSGIScriptAlias / /usr/lib/apache2/modules/shop.wsgi", "create it"),
    ],
)
def test_nobody_is_told_to_create_a_module(line: str, advice: str) -> None:
    files = Memory({"/etc/apache2/apache2.conf": line + "\n", "/usr/lib/apache2/modules/mod_alias.so": ""})
    (source,) = find_sources(files, ["/etc/apache2"])
    job = Job(source, [all_rules()["missing-on-disk"]], disk=files)
    (found,) = check(job, read(job))
    assert found.help == f"correct the path, or {advice}"
