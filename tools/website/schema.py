"""The schema of ``--output-format json`` as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from website.documents import ROOT


def pages() -> dict[str, str]:
    """Return the page about the schema, which is copied beside it."""
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    parts = [
        "# The JSON of a report", "", f"What `--output-format json` prints. {schema['description']}", "",
        "[report.schema.json](report.schema.json) is the schema itself; the tests hold every output to it.", "",
    ]  # fmt: skip
    for name, value in schema["$defs"].items():
        parts += [f"## {name}", "", "| key | type | |", "|---|---|---|"]
        parts += [f"| `{key}` | {type_of(of)} | {of.get('description', '')} |" for key, of in _keys(value)] + [""]
    return {"report-schema.md": "\n".join(parts)}


def _keys(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the keys of an object, and with a dot those of the objects in it."""
    for key, of in value.get("properties", {}).items():
        yield above + key, of
        nested = of.get("items", of)
        for each in (nested, *nested.get("anyOf", ())):
            yield from _keys(each, f"{above}{key}.")


def type_of(value: Mapping[str, Any]) -> str:
    """Return the type of a value in words."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "anyOf" in value:
        return " or ".join(type_of(one) for one in value["anyOf"])
    if "enum" in value:
        return " or ".join(f"`{one}`" for one in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    if value.get("type") == "array":
        return f"list of {type_of(value.get('items', {}))}"
    types = value.get("type", "anything")
    return " or ".join(types) if isinstance(types, list) else types
