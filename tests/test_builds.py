"""Which modules are compiled into httpd, by whose build it is: Debian's, that of RHEL and its like, or another."""

from __future__ import annotations

import pytest

from modwsgi_fix.effect.starting import faults
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.facts.named_modules import unserved
from modwsgi_fix.model.modules import compiled_in
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources

_NAMES = ("authn_core", "authz_core", "authz_host", "alias", "dir", "mime", "env", "setenvif")
_SOMETIMES = ("log_config", "logio", "unixd", "version", "watchdog")


def _config(texts: dict[str, str], entry: str) -> Config:
    files = Memory(texts)
    return load(find_sources(files, [entry])[0], disk=files, target=Target())


def _loads(where: str, *names: str) -> str:
    return "".join(f"LoadModule {name}_module {where}mod_{name}.so\n" for name in names)


def _rhel(*names: str, more: str = "") -> Config:
    main = "ServerRoot /etc/httpd\nListen 80\nInclude conf.modules.d/*.conf\nUser apache\nGroup apache\n" + more
    texts = {
        "/etc/httpd/conf/httpd.conf": main,
        "/etc/httpd/conf.modules.d/00-base.conf": _loads("modules/", *names),
    }
    return _config(texts, "/etc/httpd")


def _debian(*names: str, more: str = "") -> Config:
    text = _loads("/usr/lib/apache2/modules/", *names) + "Listen 80\nUser www-data\n" + more
    return _config({"/etc/apache2/apache2.conf": text}, "/etc/apache2")


def _other(*names: str, more: str = "") -> Config:
    return _config(
        {"/opt/httpd/httpd.conf": _loads("modules/", *names) + "Listen 80\nUser daemon\n" + more}, "/opt/httpd"
    )


@pytest.mark.parametrize("module", _SOMETIMES)
def test_each_build_has_its_own_modules_compiled_in(module: str) -> None:
    assert compiled_in(_debian(*_NAMES), module) is True
    assert compiled_in(_rhel(*_NAMES), module) is False
    # Without mod_unixd httpd does not start anywhere.
    assert compiled_in(_other(*_NAMES), module) is (True if module == "unixd" else None)
    assert compiled_in(_other(*_NAMES, "unixd"), module) is (module == "unixd")


@pytest.mark.parametrize("module", ["core", "http", "so"])
def test_what_every_build_has_compiled_in(module: str) -> None:
    assert [compiled_in(made(*_NAMES), module) for made in (_debian, _rhel, _other)] == [True, True, True]


@pytest.mark.parametrize(
    "line",
    [
        'LogFormat "%h" short',
        '<IfModule mod_alias.c>\nCustomLog /var/log/a "%h"\n</IfModule>',
        "TransferLog /var/log/a",
    ],
)
def test_a_directive_of_a_module_that_rhel_loads_from_a_file(line: str) -> None:
    mpm = "mpm_event"
    missing = _rhel(*_NAMES, mpm, "unixd", more=line + "\n")
    assert faults(missing)
    for there in (_rhel(*_NAMES, mpm, *_SOMETIMES, more=line + "\n"), _debian(*_NAMES, mpm, more=line + "\n")):
        assert not faults(there)
    # Who built it is not known: neither is what httpd makes of it.
    assert not faults(_other(*_NAMES, mpm, more=line + "\n"))


@pytest.mark.parametrize("made", [_debian, _rhel])
def test_packaged_builds_have_no_mpm_compiled_in(made: object) -> None:
    messages = [one.message for one in unserved(made(*_NAMES, "unixd"))]  # type: ignore[operator]
    assert messages == ["Configuration error: No MPM loaded."]
    assert not unserved(_other(*_NAMES, "unixd"))


def test_a_condition_on_a_module_that_may_be_compiled_in_is_open_only_where_nobody_knows() -> None:
    text = "<IfModule mod_logio.c>\nTimeout 7\n</IfModule>\n"
    lines = {
        made.__name__: [item.guards for item in made(*_NAMES, more=text).named("timeout")]  # type: ignore[attr-defined]
        for made in (_debian, _rhel, _other)
    }
    assert lines["_debian"] == [()]
    assert lines["_rhel"] == []
    assert [len(guards) for guards in lines["_other"]] == [1]
