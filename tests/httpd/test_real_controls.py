"""The proofs on real configurations can fail: what a bad fix would do is found, and nothing is hidden from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from modwsgi_fix.edits import Applicability

from . import fixing, real
from .effects import Applied
from .install import private_roots
from .patterns import sample
from .stage import neutral
from .template import rendered

pytestmark = pytest.mark.skipif(not private_roots(), reason="real configurations need a root of their own: an overlay")

#: Nothing to find here; every path is planted by the preparation.
TEXT = """\
<VirtualHost 192.0.2.7:8080>
    ServerName shop.example
    WSGIDaemonProcess shop user=shopkeeper home=/srv/shop
    WSGIScriptAlias / /srv/shop/app.wsgi
    WSGIProcessGroup shop
    Alias /static/ /srv/shop/static/
    <Directory /srv/shop>
        Require all granted
    </Directory>
    ErrorLog /srv/logs/shop.log
</VirtualHost>
"""


def judged(httpd: Path, tmp_path: Path, old: str, new: str, *declared: str) -> real.Verdict:
    """What is found where a repair that ``declared`` this writes ``new`` for ``old`` in a real file."""
    file = tmp_path / "site.conf"
    file.write_text(TEXT)
    subject = real.prepare(file)
    piece = subject.readings[0]
    assert not piece.differs("safe")
    forged = fixing.Version(
        {fixing.SITE: TEXT.replace(old, new)}, (Applied("forged", Applicability.REPAIR, frozenset(declared)),)
    )
    piece = replace(piece, versions={**piece.versions, "safe": forged})
    before, after = (real.serve(subject, piece.versions[one].texts, "2.4", httpd) for one in ("before", "safe"))
    assert before.started, before.messages
    assert {answer.who for answer in before.answers.values()} >= {"application", "file"}
    return real.judge(subject, piece, "2.4", "safe", before, after)


def test_what_changes_nothing_is_equal(httpd: Path, tmp_path: Path) -> None:
    verdict = judged(httpd, tmp_path, "    ServerName", "    # A comment.\n    ServerName")
    assert verdict.equal > 5
    assert (verdict.declared, verdict.violations) == (0, ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    Alias /static/ /srv/shop/static/\n", "", "regained: http://shop.example:8080/static/marker.txt: "),
        ("Alias /static/ ", "Alias /static ", "/static: "),
        ("all granted", "all denied", "lost: http://shop.example:8080/: "),
        (" user=shopkeeper", "", "moved: http://shop.example:8080/: {'uid'"),
        ("    WSGIProcessGroup shop\n", "", "process_group"),
        ("    ErrorLog /srv/logs/shop.log\n", "", "moved: http://shop.example:8080/: {'error_logs'"),
        ("ServerName shop.example", "ServerName shop.example\n    Nonsense", "httpd does not start any more"),
    ],
)
def test_what_a_bad_fix_does_is_found(httpd: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in "\n".join(judged(httpd, tmp_path, old, new).violations)


def test_only_what_a_rule_declares_is_explained(httpd: Path, tmp_path: Path) -> None:
    without = ("    Alias /static/ /srv/shop/static/\n", "", "regained")
    verdict = judged(httpd, tmp_path, *without)
    assert verdict.declared > 0
    assert not any("regained" in line for line in verdict.violations)


@pytest.mark.usefixtures("httpd")
def test_what_is_taken_out_of_a_text_is_known() -> None:
    text = "LoadModule php5_module modules/x.so\n<IfModule mod_ssl.c>\n  Listen \\\n 443\n</IfModule>\nListen 80\n"
    neutralised, taken = neutral(text)
    assert taken == ("Listen \\ 443", "LoadModule php5_module modules/x.so")
    assert neutralised == "#\n<IfModule mod_ssl.c>\n  #\n#\n</IfModule>\nListen 80\n"
    assert neutral("<VirtualHost 192.0.2.7:80 *:81>\n</VirtualHost>\n")[0].startswith("<VirtualHost @IP@:80 *:81>")
    versions: dict[real.Level, fixing.Version] = {
        "before": fixing.Version({fixing.SITE: text}),
        "safe": fixing.Version({fixing.SITE: text}),
        "repair": fixing.Version({fixing.SITE: text.replace("php5", "php7")}),
    }
    (line,) = real.hidden(real.Reading("piece", ("2.4",), versions))
    assert "php5_module" in line
    assert "php7_module" in line


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^/static/(.*)$", "/static/x"),
        (r"^/([^/]+)/static/(.+\.css)", "/x/static/x.css"),
        (r"^/(media|files)/\d+$", "/media/1"),
        (r"/admin", "/admin"),
        (r"\.wsgi$", "/.wsgi"),
        (r"^/[^/]{40}$", None),
        ("(", None),
    ],
)
def test_texts_that_patterns_match(pattern: str, text: str | None) -> None:
    assert sample(pattern) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("ServerName {{ site_name }}\n", "ServerName site-name\n"),
        ("{% set code = '/srv/x' %}\nAlias /a {{ code }}/{{ sub_dir }}\n", "\nAlias /a /srv/x//srv/template/sub-dir\n"),
        ("{% if a %}\nA\n{% elif b %}\nB\n{% else %}\nC\n{% endif %}\nD\n", "\nA\n\n\n\n\n\nD\n"),
        ("{#\nno\n#}A {# b #}\n", "\n\nA \n"),
        ("<% if @a -%>\nA <%= @threads %>\n<% else -%>\nB\n<% end -%>\n", "\nA 2\n\n\n\n"),
        ("<% unless @a -%>A<% end -%>\n<% @b.each do |c| -%>C<% end -%>\n", "A\nC\n"),
        ("processes=%API_WORKERS% %SSLLISTEN%x @LOGDIR@ %(user)s", "processes=2 #x /srv/template/logdir www-data"),
        ("Define ROOT /srv\nAlias /a ${ROOT}/${HOMES} ${APACHE_LOG_DIR}", None),
        ('LogFormat "%{User-Agent}i %D %>s" a\nWSGIApplicationGroup %{GLOBAL}\n', None),
    ],
)
def test_what_a_template_comes_to(template: str, text: str | None) -> None:
    """None: httpd's own signs stay, and a variable that the text defines."""
    expected = template.replace("${HOMES}", "/srv/template/homes") if text is None else text
    assert rendered(template) == expected
    assert rendered(rendered(template)) == expected


def test_a_port_is_the_same_wherever_it_is_named() -> None:
    one, same, other = rendered("Listen {{ api_port }}\n<VirtualHost *:{{ api_port }}>\nListen {{ web_port }}\n").split(
        "\n"
    )[:3]
    assert one.split()[1] == same[:-1].rpartition(":")[2] != other.split()[1]
