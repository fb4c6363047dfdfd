"""Sites beside those that an Include reads: what is told of, and what is left alone."""

from __future__ import annotations

import pytest
from support import config_of

MAIN = "ServerName www.example.com\n"
SITE = "<VirtualHost *:80>\nServerName a.example.com\n</VirtualHost>\n"
ROOT = "/etc/apache2/"


def told(include: str, **files: str) -> list[tuple[str, tuple[str, ...]]]:
    """The endings and names that are told of; files by their paths, with ``__`` for a slash and ``_DOT_`` for a dot."""
    texts = {ROOT + name.replace("__", "/").replace("_DOT_", "."): text for name, text in files.items()}
    config = config_of({f"{ROOT}apache2.conf": MAIN + include, **texts})
    return [(one.suffix, one.names) for one in config.passed_over]


def test_a_site_without_the_ending_is_passed_over() -> None:
    assert told("Include sites/*.conf\n", sites__a=SITE, sites__b_DOT_conf=SITE) == [(".conf", ("a",))]
    assert told("IncludeOptional sites/*.conf\n", sites__example_DOT_com=SITE) == [(".conf", ("example.com",))]
    assert told("<IfModule mod_a.c>\nInclude sites/*.conf\n</IfModule>\n", sites__a=SITE) == [(".conf", ("a",))]
    assert told("Include sites/*.vhost\n", sites__a_DOT_conf=SITE) == [(".vhost", ("a.conf",))]


@pytest.mark.parametrize(
    "name",
    ["a.conf.bak", "a.conf~", ".a", "a.disabled", "a.conf.dpkg-old", "a.old", "README", "a.save", "a.1", "a.html"],
)
def test_what_is_put_aside_is_left_alone(name: str) -> None:
    texts = {f"{ROOT}apache2.conf": MAIN + "IncludeOptional sites/*.conf\n", f"{ROOT}sites/{name}": SITE}
    assert config_of(texts).passed_over == ()


def test_what_is_read_otherwise_or_is_no_site_is_left_alone() -> None:
    assert told("Include sites/*.conf\nInclude sites/a\n", sites__a=SITE, sites__b_DOT_conf=SITE) == []
    assert told("Include sites/*.conf\nInclude sites/*.vhost\n", sites__a_DOT_vhost=SITE, sites__b_DOT_conf=SITE) == []
    assert told("Include sites/*.conf\n", sites__a="Alias /a /srv/a\n", sites__b_DOT_conf=SITE) == []
    assert told("Include sites/\n", sites__a=SITE) == []
    assert told("Include sites/*\n", sites__a=SITE) == []
    assert told("IncludeOptional none/*.conf\n") == []
