"""An input by seed and number: the same one each time, with the same material."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import NamedTuple

from . import mutators
from .material import MOST_LINES, Material

#: An input that has grown past this, by lines that were written many times, is cut.
_MOST_CHARACTERS = 40_000


class Input(NamedTuple):
    """Some files, and how they are asked about. Paths that begin with ``/`` are on the disk that the others mean.

    ``target`` has versions; with ``everything`` rules that are off by default are on; ``denies`` is what the server around
    fragments denies by; with ``as_httpd`` no file is taken for nginx's. ``thorough`` also asks what costs most, and ``front`` the
    command itself.
    """

    texts: Mapping[str, str]
    target: tuple[str, ...] = ()
    everything: bool = False
    as_httpd: bool = False
    denies: str = ""
    thorough: bool = False
    front: bool = False
    #: Where it came from, for people.
    origin: str = ""


def made(seed: int, number: int, materials: Sequence[Material]) -> Input:
    """Return the input of that number."""
    draw = Random(f"{seed} {number}")
    material = draw.choice(materials)
    texts = dict(material.texts)
    history = []
    for _ in range(draw.choice((1, 1, 2, 2, 3, 5, 8))):
        name = draw.choice(sorted(texts))
        kinds = mutators.OF_SCRIPTS if _is_script(name) else mutators.OF_CONFIGURATIONS
        mutate = draw.choice(draw.choice(kinds))
        others = [draw.choice(sorted(draw.choice(materials).texts.values())) for _ in range(2)]
        texts[name] = mutate(draw, _bounded(draw, texts[name]), others)
        history.append(mutate.__name__)
    texts = {name: _bounded(draw, text) for name, text in texts.items()}
    if draw.random() < 0.02:
        name = draw.choice(sorted(texts))
        texts[draw.choice(_NAMES) + name] = texts.pop(name)
    target, everything, as_httpd = draw.choice(_TARGETS), draw.random() < 0.25, draw.random() < 0.5
    denies = draw.choice(("", "", "", "2.2", "2.4", "none"))
    return Input(
        texts,
        target,
        everything,
        as_httpd,
        # httpd 2.2 does not deny in the words of 2.4.
        "2.2" if target == ("httpd=2.2",) and denies == "2.4" else denies,
        number % 32 == 0,
        number % 512 == 1,
        f"{material.name}: {', '.join(history)}",
    )


#: Before the name of a file.
_NAMES = ("a b ", "\x1b[31m", "é", "::error::", "\udcff", "%0A", "-", "{{x}}", "sites-available/")
_TARGETS: tuple[tuple[str, ...], ...] = (
    (), (), (), (), ("httpd=2.2",), ("mod_wsgi=5",), ("mod_wsgi=6",), ("python=3.14",), ("python=2.7",), ("httpd=2.4.1", "mod_wsgi=3.4"),
)  # fmt: skip


def _is_script(name: str) -> bool:
    return name.endswith((".py", ".wsgi"))


def _bounded(draw: Random, text: str) -> str:
    """A part of the text that is not too long."""
    lines = re.split(r"(?<=\n)", text)
    if len(lines) > MOST_LINES:
        at = draw.randint(0, len(lines) - MOST_LINES)
        text = "".join(lines[at : at + MOST_LINES])
    return text[:_MOST_CHARACTERS]
