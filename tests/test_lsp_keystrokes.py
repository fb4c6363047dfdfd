"""What one keystroke costs in the language server, counted: a part of the server is read and asked again, not all of it."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path

import pytest
from editor import uri_of
from lsprotocol import types
from test_again import HOST, MAIN, NAMES, counted, texts, written

from modwsgi_fix import api
from modwsgi_fix.engine.run import Run
from modwsgi_fix.lsp import actions, asking, completion, hover, navigating
from modwsgi_fix.lsp.buffers import Change
from modwsgi_fix.lsp.positions import Encoding, Position
from modwsgi_fix.lsp.state import State
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Rule
from modwsgi_fix.workspace.session import Session

#: The module, whose name in its package is that of its function.
check = importlib.import_module("modwsgi_fix.engine.check")

#: After what somebody types in a file with two hosts, and what: a part of the server tells at each key.
TYPED = {
    "a comment above the hosts": ("# wexpyla\n", "\n# as of May"),
    "spaces in a host": ("    WSGIProcessGroup wexpyla\n", "\n \t "),
    "another value": ("threads=", "1"),
    "a section in a host": ("    WSGIProcessGroup wexpyla\n", "\n<Location /x>\n</Location>"),
    "a section outside of hosts": ("# wexpyla\n", "\n<Location /x>\n</Location>"),
    "a fault in a host": ("    WSGIProcessGroup wexpyla\n", "\n    Alias / /srv"),
}


class Editor:
    """An editor with one open file."""

    def __init__(self, path: Path, text: str) -> None:
        self.state = State(lambda line: None)
        self.path, self.text, self.version = path, text, 1
        self.state.buffers.open(uri_of(path), "apache", 1, text)

    def type(self, at: int, typed: str) -> None:
        """Insert a text at an offset."""
        line = self.text.count("\n", 0, at)
        place = Position(line, at - self.text.rfind("\n", 0, at) - 1)
        self.text, self.version = self.text[:at] + typed + self.text[at:], self.version + 1
        self.state.buffers.change(uri_of(self.path), self.version, [Change(typed, place, place)], Encoding.UTF16)
        buffer = self.state.buffers.get(uri_of(self.path))
        assert buffer is not None
        assert buffer.text == self.text

    def said(self) -> dict[str, list[types.Diagnostic]]:
        """Return all diagnostics that are not empty, by URI."""
        return {uri: found for uri, found in self.state.published().items() if found}


def reads(monkeypatch: pytest.MonkeyPatch) -> list[asking.Question]:
    """The questions for which all of a server is read from now on."""
    asked: list[asking.Question] = []
    real = asking.read

    def read(question: asking.Question) -> Session:
        asked.append(question)
        return real(question)

    monkeypatch.setattr(asking, "read", read)
    return asked


def fresh(editor: Editor, directory: Path) -> set[tuple[str, str]]:
    """What a new server says of the text."""
    report = api.load(directory, overlay={str(editor.path): editor.text}).check().report
    return {(one.rule, one.text) for one in report.findings}


def codes(said: dict[str, list[types.Diagnostic]]) -> set[tuple[str, str]]:
    return {(str(one.code), one.message) for found in said.values() for one in found}


@pytest.mark.parametrize(("after", "typed"), TYPED.values(), ids=TYPED)
def test_a_part_of_the_server_tells_at_each_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str, typed: str
) -> None:
    server = texts()
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    editor.said()
    whole = reads(monkeypatch)
    at = editor.text.index(after) + len(after) - after.endswith("\n")
    for key, char in enumerate(typed):
        editor.type(at + key, char)
        editor.said()
    assert not whole
    assert codes(editor.said()) == fresh(editor, directory)


def test_a_key_reads_the_hosts_it_concerns_and_those_that_stand_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first key the old text is read in the same way; after it, each reads five of twelve hosts."""
    server = texts(of_each=1)
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    each = counted(monkeypatch, editor.said) / len(NAMES)
    at = editor.text.index("WSGIScriptAlias /") + len("WSGIScriptAlias /")
    for times in (2, 1, 1):
        editor.type(at, "a")
        assert counted(monkeypatch, editor.said) < times * 6 * each


def test_where_all_had_to_be_read_the_next_key_is_told_by_a_part_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a large server, too, where what fixes would reveal is left out until the file is saved."""
    monkeypatch.setattr(asking, "LARGE", 0)
    server = texts()
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    editor.said()
    whole = reads(monkeypatch)
    editor.type(0, "Define SITE x\n")
    editor.said()
    assert len(whole) == 1
    for typed in ("\n", "T", "i"):
        editor.type(0, typed)
        said = editor.said()
    assert len(whole) == 1
    assert codes(said) <= fresh(editor, directory)
    editor.state.buffers.stale()
    assert codes(editor.said()) == fresh(editor, directory)


def test_in_a_large_server_no_fix_is_tried_at_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings say the same; a quick fix has the level that its rule gives it, until the file is saved."""
    monkeypatch.setattr(asking, "LARGE", 0)
    server = texts()
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    editor.said()
    tried: list[object] = []
    to = Run.to
    monkeypatch.setattr(Run, "to", lambda *given: tried.append(1) or to(*given))
    at = editor.text.index("    WSGIProcessGroup wexpyla\n")
    for typed in ("    Alias /of/ /srv/wexpyla/of\n", "    Timeout 30\n", "\n"):
        editor.type(at, typed)
        said = codes(editor.said())
    assert not tried
    assert "alias-trailing-slash" in {code for code, _ in said}
    assert said <= fresh(editor, directory)
    (place,) = (one.range for one in editor.said()[uri_of(editor.path)] if one.code == "alias-trailing-slash")
    document = types.TextDocumentIdentifier(uri_of(editor.path))
    offered = actions.offered(editor.state, types.CodeActionParams(document, place, types.CodeActionContext([])))
    assert any("alias-trailing-slash" in one.title for one in offered)


def test_rules_that_say_something_new_of_many_hosts_are_asked_about_all_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alias outside of hosts that leads to the application of each; the hosts that stand for others do not tell how many."""
    monkeypatch.setattr(asking, "LARGE", 0)
    server = texts(of_each=1)
    directory = written(tmp_path, server)
    editor = Editor(directory / "apache2.conf", server["apache2.conf"])
    editor.said()
    whole = reads(monkeypatch)
    asked: Counter[int] = Counter()
    run = check._run

    def counted_run(config: Config, rule: Rule) -> list[Diagnostic]:
        asked[len(config.hosts)] += 1
        return run(config, rule)

    monkeypatch.setattr(check, "_run", counted_run)
    line = "Alias /x /srv"
    at = editor.text.index("<Directory />")
    for number, char in enumerate(f"{line}\n"):
        editor.type(at + number, char)
        said = codes(editor.said())
    assert any(code == "alias-exposes-application" and f"{len(NAMES) - 1} more" in message for code, message in said)
    editor.type(at, "Timeout 30\n")
    assert codes(editor.said()) == said
    editor.text, removed = editor.text.replace(f"{line}\n", ""), editor.text
    place = Position(removed.count("\n", 0, removed.index(line)), 0)
    editor.version += 1
    change = Change("", place, Position(place.line + 1, 0))
    editor.state.buffers.change(uri_of(editor.path), editor.version, [change], Encoding.UTF16)
    said = codes(editor.said())
    assert not whole
    assert 0 < asked[len(NAMES)] < 40 < sum(asked.values())
    assert said == fresh(editor, directory)


@pytest.mark.parametrize("is_typed", [False, True])
def test_hosts_in_a_host_are_read_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_typed: bool) -> None:
    """There a fault in one host of a file matters to what is said of another."""
    monkeypatch.setattr(asking, "LARGE", 0)
    server, line = texts(), "<VirtualHost *>\n"
    at = server["apache2.conf"].index("Include")
    if not is_typed:
        server["apache2.conf"] = server["apache2.conf"].replace("Include", f"{line}Include")
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    main = uri_of(directory / "apache2.conf")
    editor.state.buffers.open(main, "apache", 1, server["apache2.conf"])
    editor.said()
    if is_typed:
        place = Position(server["apache2.conf"].count("\n", 0, at), 0)
        editor.state.buffers.change(main, 2, [Change(line, place, place)], Encoding.UTF16)
        editor.said()
    editor.type(editor.text.rindex("    </Directory>\n"), "    <Files x>\n")
    said = [(str(one.code), one.range.start.line + 1) for found in editor.said().values() for one in found]
    overlay = {
        str(editor.path): editor.text,
        str(directory / "apache2.conf"): MAIN.replace("Include", f"{line}Include"),
    }
    report = api.load(directory, overlay=overlay).check().report
    assert sorted(said) == sorted((one.rule, one.line) for one in report.findings if one.after is None)


def test_a_change_on_the_disk_is_seen_although_a_key_comes_before_it_is_looked_at(tmp_path: Path) -> None:
    server = texts()
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    before = codes(editor.said())
    (directory / "sites/06.conf").write_text(server["sites/06.conf"].replace("threads=5", "threads=x"))
    editor.state.buffers.stale()
    editor.type(0, "#")
    assert codes(editor.said()) == fresh(editor, directory) != before


def test_names_are_told_without_reading_a_file_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hover, a completion and a renaming after a key: the files are as they were, but for what was typed."""
    server = texts()
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    editor.said()
    at = editor.text.index("# wexpyla\n")
    for char in "#\n":
        editor.type(at, char)
    editor.said()
    group = editor.text.index("WSGIProcessGroup wexpyla") + len("WSGIProcessGroup ")
    document = types.TextDocumentIdentifier(uri_of(editor.path))
    place = types.Position(editor.text.count("\n", 0, group), len("    WSGIProcessGroup "))
    asked = {
        hover.hover: types.HoverParams(document, place),
        completion.completion: types.CompletionParams(document, place),
        navigating.renamed: types.RenameParams(document, place, "shop"),
    }
    anew = Editor(editor.path, editor.text).state
    wanted = [function(anew, params) for function, params in asked.items()]
    answers: list[object] = []
    assert counted(monkeypatch, lambda: answers.extend(ask(editor.state, given) for ask, given in asked.items())) == 0
    assert answers == wanted
    assert all(answers)


def test_what_holds_in_a_file_is_told_of_its_present_text(tmp_path: Path) -> None:
    """Also after a key in a word that nobody else has, for which nothing was read."""
    server = texts(of_each=1)
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    editor.said()
    line = "    ErrorLog /var/log/kun"
    at = editor.text.index("WSGIApplicationGroup %{GLOBAL}\n") + len("WSGIApplicationGroup %{GLOBAL}\n")
    editor.type(at, f"{line}\n")
    editor.said()
    for number, char in enumerate("de"):
        editor.type(at + len(line) + number, char)
        editor.said()
    buffer = editor.state.buffers.get(uri_of(editor.path))
    assert buffer is not None
    answer = editor.state.answers.of(buffer)
    assert answer is not None
    (config,) = answer.configs_around(buffer.key)
    assert "/var/log/kunde" in [item.value for item in config.named("errorlog")]


def test_names_of_any_length_stand_for_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found in each host is known; the length of its words, or whether rules know them, is of no account."""
    names = [name[: 3 + at % 7] for at, name in enumerate(NAMES)]
    server = {"apache2.conf": MAIN, **{f"sites/{at:02}.conf": HOST.format(name=name) for at, name in enumerate(names)}}
    server["sites/03.conf"] = HOST.format(name="ssl")  # a word that the rules know
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    each = counted(monkeypatch, editor.said) / len(NAMES)
    at = editor.text.index("WSGIScriptAlias /") + len("WSGIScriptAlias /")
    for times in (2, 1):
        editor.type(at, "a")
        assert counted(monkeypatch, editor.said) < times * 5 * each
    assert codes(editor.said()) == fresh(editor, directory)


def test_what_the_next_key_begins_with_is_found_out_once_the_answer_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = texts()
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    compared: list[int] = []
    aside: list[int] = []
    base_of, set_aside = asking.base_of, asking.set_aside
    monkeypatch.setattr(asking, "base_of", lambda *given: compared.append(1) or base_of(*given))
    monkeypatch.setattr(asking, "set_aside", lambda: aside.append(1) or set_aside())
    editor.said()
    assert not compared
    editor.state.answers.prepare()
    assert len(compared) == len(aside) == 1
    for _ in range(2):
        editor.type(0, "#")
        editor.said()
    assert len(compared) == len(aside) == 1


@pytest.mark.parametrize("place", ["# wexpyla\n", "    WSGIProcessGroup wexpyla\n", "        Require all granted\n"])
def test_for_comments_and_empty_lines_no_rule_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Outside of hosts, in a host and in a section; what is found is told where it is now, and a value is told by a part."""
    server = texts()
    server["sites/04.conf"] = server["sites/04.conf"].replace("ServerName lumkoti", "ServerName bakolum")
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    before = editor.said()
    at = editor.text.index(place) + len(place) - 1
    for number, char in enumerate("\n# as of May\n"):
        editor.type(at + number, char)
        assert counted(monkeypatch, editor.said) == 0
    said = editor.said()
    assert codes(said) == codes(before) == fresh(editor, directory) != set()
    report = api.load(directory, overlay={str(editor.path): editor.text}).check().report
    ((found,),) = said.values()
    assert found.range.start.line + 1 == report.findings[0].place.start.line
    editor.type(editor.text.rindex("threads=5") + len("threads=5"), "0")
    whole = reads(monkeypatch)
    assert codes(editor.said()) == fresh(editor, directory)
    assert not whole


@pytest.mark.parametrize(
    ("where", "typed"),
    [
        ("    WSGIProcessGroup wexpyla\n", "#\\"),
        ("    WSGIProcessGroup wexpyla\n", "# modwsgi-fix: allow all"),
        ("    WSGIProcessGroup wexpyla\n", " "),
    ],
    ids=["continued", "allowing", "before a word"],
)
def test_a_comment_that_may_mean_something_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, typed: str
) -> None:
    server = texts()
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    editor.said()
    editor.type(editor.text.index(where) + len(where), typed)  # at the beginning of a line
    assert counted(monkeypatch, editor.said) > 0
    assert codes(editor.said()) == fresh(editor, directory)


def test_what_was_typed_and_taken_back_is_not_asked_about_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = texts()
    directory = written(tmp_path, server)
    editor = Editor(directory / "sites/04.conf", server["sites/04.conf"])
    at = editor.text.index("threads=") + len("threads=")
    said = [codes(editor.said())]
    for _ in range(2):
        editor.type(at, "x")
        said.append(codes(editor.said()))
    assert said[0] != said[1]
    for state in (1, 0, 1):
        text = "x" * state + editor.text[at:].lstrip("x")
        change = Change(editor.text[:at] + text)
        editor.text, editor.version = change.text, editor.version + 1
        editor.state.buffers.change(uri_of(editor.path), editor.version, [change], Encoding.UTF16)
        found: list[object] = []
        assert counted(monkeypatch, lambda found=found: found.append(codes(editor.said()))) == 0
        assert found == [said[state]]
    # What is said next begins with the present text.
    editor.type(at, "1")
    assert codes(editor.said()) == fresh(editor, directory)
