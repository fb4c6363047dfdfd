"""Requests written as JSON, one on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from modwsgi_fix.model.request.outcome import Request, request_of
from modwsgi_fix.tuples import NamedTuple

_KEYS = ("url", "method", "headers", "client", "address")


class Asked(NamedTuple):
    """The requests that could be read, in order, and what is wrong with the other lines: ``3:1: is not JSON``."""

    requests: list[Request]
    faults: list[str]


def requests_of(text: str, details: Mapping[str, Any]) -> Asked:
    """Read a file of requests; ``details`` are the defaults for a line's keys. Empty lines are skipped."""
    found = Asked([], [])
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.requests.append(_request(line, details))
        except json.JSONDecodeError as error:
            found.faults.append(f"{number}:{error.colno}: is not JSON: {error.msg[0].lower()}{error.msg[1:]}")
        except (ValueError, RecursionError) as error:
            found.faults.append(f"{number}:1: {error}")
    return found


def _request(line: str, details: Mapping[str, Any]) -> Request:
    said = json.loads(line)
    if not isinstance(said, dict):
        raise ValueError('is not an object; write one such as {"url": "http://example.com/"}')
    odd = sorted(said.keys() - set(_KEYS))
    if odd:
        raise ValueError(f"{odd[0]} is not a key of a request; there are {', '.join(_KEYS)}")
    for key in ("url", "method", "client", "address"):
        if not isinstance(said.get(key, ""), str):
            raise ValueError(f"{key} is not a text")
    if "url" not in said:
        raise ValueError("url is missing")
    own: dict[str, Any] = {key: said[key] for key in ("client", "address") if key in said}
    for key, value in own.items():
        _check_address(key, value)
    if "method" in said:
        own["method"] = said["method"].upper()
    if "headers" in said:
        own["headers"] = (*_headers(said["headers"]), *details.get("headers", ()))
        own["is_whole"] = True
    return request_of(said["url"], **{**details, **own})


def _check_address(key: str, value: str) -> None:
    try:
        ip_address(value)
    except ValueError:
        raise ValueError(f"{key} {value} is not an IP address") from None


def _headers(said: object) -> Iterator[tuple[str, str]]:
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise ValueError("headers is not an object of names and texts")
    yield from said.items()
