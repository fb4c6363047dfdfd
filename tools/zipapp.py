"""Make one file of a wheel and what it needs: ``python3 modwsgi-fix.pyz`` runs where nothing can be installed.

The packages named in requirements/zipapp.txt are taken from the environment that runs this. Files stand in the archive by name,
with the date of SOURCE_DATE_EPOCH, so that the same packages give the same bytes.
"""

from __future__ import annotations

import os
import re
import sys
import time
import zipfile
from importlib.metadata import distribution
from pathlib import Path, PurePosixPath

NEEDED = Path(__file__).resolve().parents[1] / "requirements" / "zipapp.txt"

#: Words that any Python understands, because an old server may have an old one.
START = """\
import sys
if sys.version_info < (3, 11):
    sys.exit("modwsgi-fix needs Python 3.11 or later; this is Python %d.%d" % sys.version_info[:2])
from modwsgi_fix.cli import main
sys.exit(main())
"""
#: What an installer writes for itself.
_INSTALLERS = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json")


def names(text: str) -> list[str]:
    """Return the packages that a file of requirements names."""
    return re.findall(r"^([A-Za-z0-9._-]+)==", text, re.M)


def contents(wheel: Path, needed: list[str]) -> dict[str, bytes]:
    """Return the files of the archive by name. Raises ``SystemExit`` for a package with compiled parts."""
    files = {"__main__.py": START.encode()}
    with zipfile.ZipFile(wheel) as archive:
        files |= {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}
    for package in needed:
        for file in distribution(package).files or ():
            if file.suffix in (".so", ".pyd"):
                raise SystemExit(f"{package} has compiled parts: {file}")
            if is_wanted(file):
                files[str(file)] = file.read_binary()
    return files


def is_wanted(file: PurePosixPath) -> bool:
    """Whether a file belongs to a package itself: not a command, not bytecode, not an installer's note."""
    inside = file.parts[0] != ".." and "__pycache__" not in file.parts
    return inside and not (file.parts[0].endswith(".dist-info") and file.name in _INSTALLERS)


def write(archive: Path, files: dict[str, bytes]) -> None:
    """Write an archive that the system runs by its first line."""
    date = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", "1700000000")))[:6]
    with archive.open("wb") as file:
        file.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, data in sorted(files.items()):
                info = zipfile.ZipInfo(name, date)
                info.external_attr = 0o100644 << 16
                info.create_system = 3
                packed.writestr(info, data, zipfile.ZIP_DEFLATED)
    archive.chmod(0o755)


if __name__ == "__main__":
    _, _wheel, _archive = sys.argv
    write(Path(_archive), contents(Path(_wheel), names(NEEDED.read_text("utf-8"))))
