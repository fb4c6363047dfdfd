"""Write what the one-file program consists of, in the JSON of CycloneDX: ``sbom.py dist/modwsgi-fix.pyz modwsgi-fix.cdx.json``.

It is read off the archive itself: each package in it has its metadata beside it. The hashes are those of the wheels that the
packages came from, by which ``make zipapp`` checked them. The same archive gives the same bytes, dated by SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from licences import licence
from packageurl import PackageURL

PINNED = Path(__file__).resolve().parents[1] / "requirements" / "zipapp.txt"
PROGRAM = "modwsgi-fix"


def hashes(pinned: str) -> dict[str, str]:
    """Return the SHA-256 of each wheel by the name of its package, from a file of requirements."""
    return dict(re.findall(r"^([a-z0-9._-]+)==\S+ --hash=sha256:([0-9a-f]{64})$", pinned, re.M))


def document(archive: Path, pinned: Mapping[str, str], date: int) -> str:
    """Return the document about an archive. ``date`` is in seconds since 1970; a package without a hash raises ``SystemExit``."""
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    packages = {_key(one.name): one for one in distributions(path=[str(archive)])}
    missing = packages.keys() - pinned.keys() - {PROGRAM}
    if missing:
        raise SystemExit(f"{archive}: {', '.join(sorted(missing))}: not in {PINNED.name}; run make pinned")
    made = {name: _component(one, digest if name == PROGRAM else pinned[name]) for name, one in packages.items()}
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, f"sha256:{digest}"))
    bom.metadata.timestamp = datetime.fromtimestamp(date, UTC)
    bom.metadata.component = made[PROGRAM]
    for name, component in sorted(made.items()):
        if name != PROGRAM:
            bom.components.add(component)
        needed = {_key(line) for line in packages[name].requires or () if "extra ==" not in line}
        bom.register_dependency(component, [made[one] for one in sorted(needed & made.keys())])
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _component(package: Distribution, digest: str) -> Component:
    name, version = _key(package.name), package.version
    is_program = name == PROGRAM
    return Component(
        type=ComponentType.APPLICATION if is_program else ComponentType.LIBRARY,
        name=name,
        version=version,
        bom_ref=f"{name}=={version}",
        description=package.metadata["Summary"],
        licenses=[LicenseFactory().make_from_string(licence(package.metadata))],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        # The program itself is a file, and not a package that an index has.
        purl=None if is_program else PackageURL("pypi", name=name, version=version),
    )


def _key(line: str) -> str:
    """Return the name at the beginning of a line as an index spells it."""
    return re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")


if __name__ == "__main__":
    _, _archive, _document = sys.argv
    _date = int(os.environ.get("SOURCE_DATE_EPOCH", "1700000000"))
    Path(_document).write_text(document(Path(_archive), hashes(PINNED.read_text("utf-8")), _date), "utf-8")
