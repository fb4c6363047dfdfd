"""Lay out the source of a Debian package: ``debian.py dist/modwsgi-fix.pyz build/deb`` makes ``build/deb/modwsgi-fix-VERSION``.

It has the program as the one-file archive has it, unpacked (source code of Python, with the packages that it needs and their
licences), the manual page, and ``packaging/debian`` with a changelog, dated by SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from email.utils import formatdate
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = "modwsgi-fix"


def laid_out(archive: Path, directory: Path, date: int) -> Path:
    """Return the tree of the source package, made anew. ``date`` is in seconds since 1970."""
    packages = sorted(distributions(path=[str(archive)]), key=lambda one: one.name)
    (version,) = [one.version for one in packages if one.name == PROGRAM]
    top = directory / f"modwsgi-fix-{version}"
    shutil.rmtree(top, ignore_errors=True)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(top / "program")
    shutil.copyfile(ROOT / "docs" / "modwsgi-fix.1", top / "modwsgi-fix.1")
    shutil.copytree(ROOT / "packaging" / "debian", top / "debian")
    (top / "debian" / "changelog").write_text(changelog(version, date), "utf-8")
    (top / "debian" / "copyright").write_text("\n".join(copyright_of(top, packages)), "utf-8")
    return top


def changelog(version: str, date: int) -> str:
    """Return the changelog of a package: the project's own has what was changed."""
    control = (ROOT / "packaging" / "debian" / "control").read_text("utf-8")
    (maintainer,) = re.findall(r"^Maintainer: (.+)$", control, re.M)
    entry = f"modwsgi-fix ({version}) unstable; urgency=medium\n\n  * Release {version}.\n"
    return f"{entry}\n -- {maintainer}  {formatdate(date)}\n"


def copyright_of(top: Path, packages: list[Distribution]) -> Iterator[str]:
    """Yield the paragraphs of debian/copyright: the program's own, then one for each package with its own text."""
    common = " The text is in /usr/share/common-licenses/Apache-2.0 on Debian systems."
    yield "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: modwsgi-fix\n"
    yield f"Files: *\nCopyright: modwsgi-fix contributors\nLicense: Apache-2.0\n{common}\n"
    for package in packages:
        if package.name != PROGRAM:
            name = package.name.replace("-", "_")
            files = sorted(top.glob(f"program/{name}-*.dist-info/**/LICENSE*"))
            text = files[0].read_text("utf-8") if files else f"See the head of the modules in program/{name}."
            author = package.metadata["Author"] or package.metadata["Author-email"]
            word = package.metadata["License-Expression"] or f"{name}-license"
            yield _paragraph(f"program/{name}*", text, word, author)
    # Typer brings a copy of click along, and may bring more.
    for file in sorted(top.glob("program/*/*/LICENSE*")):
        place = file.relative_to(top).parent
        if not place.parent.name.endswith(".dist-info"):
            yield _paragraph(f"{place}/*", file.read_text("utf-8"), f"{place.name.strip('_')}-license", "")


def _paragraph(files: str, text: str, word: str, author: str) -> str:
    holders = re.findall(r"^[ \t]*(Copyright .*\d.*)$", text, re.M) or [author]
    lines = [f" {line.rstrip()}" if line.strip() else " ." for line in text.strip().splitlines()]
    return "\n".join([f"Files: {files}", f"Copyright: {holders[0]}", f"License: {word}", *lines, ""])


if __name__ == "__main__":
    _, _archive, _directory = sys.argv
    print(laid_out(Path(_archive), Path(_directory), int(os.environ.get("SOURCE_DATE_EPOCH", "1700000000"))))
