"""Which hosts stand for others when a server is checked again."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_again import NAMES, load, texts, written


@pytest.mark.parametrize(("word", "is_alone"), [("define", True), ("sslengine", True), ("ssl", False)])
def test_a_host_with_a_word_that_rules_know_is_like_others_unless_the_word_is_a_directive(
    tmp_path: Path, word: str, *, is_alone: bool
) -> None:
    """Where no other host has the word, and each of them has one of its own in that place."""
    server = texts(of_each=1)
    for at in range(len(NAMES)):
        mine = word if at == 3 else f"foozle{at:02}"
        name = f"sites/{at:02}.conf"
        server[name] = server[name].replace("</VirtualHost>", f"    {mine} x\n</VirtualHost>")
    directory = written(tmp_path / "conf", server)
    first = load(directory)
    first.check()
    base = first._base
    assert base is not None
    shapes = [group.shape for group in base.groups]
    assert (shapes.count(shapes[3]) == 1) is is_alone
    assert len(set(shapes)) == 1 + is_alone
