"""A word of a host that stands nowhere else is exchanged for another one: no rule is asked, and the same is said as of a new server."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_again import load, same, texts, written

from modwsgi_fix.workspace import again

#: A line behind which something is typed, in the first host of sites/04.conf (wexpyla).
LINE = "    WSGIApplicationGroup %{GLOBAL}\n"
#: What is there before the last letters are typed, and these: nobody else has a word like it.
EXCHANGED = {
    "a value": (f"{LINE}    SetEnv SITE kund\n", "kund", "kunden"),
    "a path": (f"{LINE}    ErrorLog /var/log/kund.log\n", "kund", "kundenp"),
    "a name of the host": (f"{LINE}    ServerAlias kund.example.org\n", "kund", "kunde"),
    "a name that is spelt anew": (f"{LINE}    ServerAlias kund.example.org\n", "kund", "stad"),
    "a URL": (f"{LINE}    Alias /kund/ /srv/wexpyla/static/\n", "kund", "kun"),
    "flags of a rewrite": (
        f"{LINE}    RewriteEngine On\n    RewriteRule ^/kund /srv/wexpyla/static/ [L,NC]\n",
        "kund",
        "kunde",
    ),
}
#: What is asked of the rules: the same, and why.
ASKED = {
    "a word that a rule knows": (f"{LINE}    SetEnv SITE fals\n", "fals", "false"),
    "a word that has been known": (f"{LINE}    SetEnv SITE false\n", "false", "falses"),
    "a part that a rule knows": (f"{LINE}    SetEnv SITE mypasswor\n", "mypasswor", "mypassword"),
    "a word of another host": (f"{LINE}    SetEnv SITE novaqu\n", "novaqu", "novaqua"),
    "a word that another host has": (f"{LINE}    SetEnv SITE novaqua\n", "novaqua", "novaquaz"),
    "a word of the same host": (f"{LINE}    SetEnv SITE wexpyl\n", "wexpyl", "wexpyla"),
    "a word of the file's name": (f"{LINE}    SetEnv SITE site\n", "SITE site", "SITE sites"),
    "a word of few letters": (f"{LINE}    SetEnv SITE ku\n", "ku\n", "kun\n"),
    "a number": (f"{LINE}    Timeout 111\n", "111", "1111"),
    "letters of another kind": (f"{LINE}    SetEnv SITE kund\n", "kund", "kund7"),
    "capitals": (f"{LINE}    SetEnv SITE KUND\n", "KUND", "KUNDE"),
    "two words": (f"{LINE}    SetEnv SITE kund\n", "kund", "kun.den"),
    "the name of a directive": (f"{LINE}    Kundenp on\n", "Kundenp", "Kundenpo"),
    "a name that lacks its first letter": (f"{LINE}    kundenp on\n", "kundenp", "kundenpo"),
    "a word that is found fault with": (f"{LINE}    <Location /q>\n    Require all kund\n    </Location>\n", "kund", "kunde"),
    "a word in a finding": (f"{LINE}    Alias /x/ /srv/kund/x\n", "kund", "kunde"),
    "a pattern that counts letters": (f"{LINE}    RewriteRule ^/k[a-m]+d /x\n    SetEnv SITE kund\n", "SITE kund", "SITE kunde"),
    "a word that one of the two begins with": (f"{LINE}    SetEnv KUN 1\n    SetEnv SITE ekun\n", "ekun", "eku"),
    "a word in the middle of another": (f"{LINE}    SetEnv ABKUNDAB 1\n    SetEnv SITE kund\n", "SITE kund", "SITE kunde"),
    "a definition": (f"{LINE}    Define x 1\n    SetEnv SITE kund\n", "SITE kund", "SITE kunde"),
    "a continued line": (f"{LINE}    SetEnv \\\nSITE kund\n", "SITE kund", "SITE kunde"),
    "a file that is included": (f"{LINE}    IncludeOptional kund/*.conf\n", "kund", "kunde"),
    "behind a percent sign": (f"{LINE}    Header set X %kund\n", "kund", "kunde"),
    "a name beside a port": ("<VirtualHost *:80>\n    ServerName wexpyla", "*:80", "kund:80"),
}  # fmt: skip


def _typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, old: str, new: str) -> int:
    """Type a line, then exchange ``old`` for ``new`` in it; return how often a part of the server is read for that."""
    server = texts()
    server["sites/08.conf"] = server["sites/08.conf"].replace(LINE, f"{LINE}    SetEnv SITE novaqua\n", 1)
    directory = written(tmp_path.resolve() / "conf", server)
    path = directory / "sites/04.conf"
    before = server["sites/04.conf"].replace(LINE if line.startswith(LINE) else line, line, 1)
    first = load(directory)
    first.check()
    now = first.changed({path: before})
    now.check()
    count = 0
    real = again.read_part

    def read_part(*given: object) -> object:
        nonlocal count
        count += 1
        return real(*given)  # type: ignore[arg-type]

    at = before.index(old, before.index(line))
    text = f"{before[:at]}{new}{before[at + len(old) :]}"
    with monkeypatch.context() as patched:
        patched.setattr(again, "read_part", read_part)
        now = now.changed({path: text})
        is_part = same(now, directory, {str(path): text})
    return count if is_part else -1


@pytest.mark.parametrize(("line", "old", "new"), EXCHANGED.values(), ids=EXCHANGED)
def test_nothing_is_read_for_a_word_that_nobody_else_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, old: str, new: str
) -> None:
    assert not _typed(tmp_path, monkeypatch, line, old, new)


@pytest.mark.parametrize(("line", "old", "new"), ASKED.values(), ids=ASKED)
def test_rules_are_asked_about_any_other_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, old: str, new: str
) -> None:
    assert _typed(tmp_path, monkeypatch, line, old, new)


@pytest.mark.parametrize("is_there", [False, True])
def test_a_script_that_is_there_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    directory = tmp_path.resolve() / "app"
    directory.mkdir()
    if is_there:
        (directory / "kunde.wsgi").write_text("def application(environ, start_response): pass\n")
    line = f"{LINE}    WSGIImportScript {directory}/kund.wsgi process-group=wexpyla application-group=%{{GLOBAL}}\n"
    assert bool(_typed(tmp_path, monkeypatch, line, "kund", "kunde")) is is_there
