"""What the proofs have found and modwsgi-fix does not do right yet: each by the name of its test, and by no other name.

A fault that is mended must leave this table: its test fails until it does. What a test finds besides is no known fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest


@dataclass(frozen=True, slots=True)
class Fault:
    """``found`` is a pattern that each line of what is found must match; ``reason`` says what modwsgi-fix does wrong."""

    found: str
    reason: str


KNOWN: Mapping[str, Fault] = {
    "in company: an alias of the main server that hides two hosts": Fault(
        r"default_site, .*opened: .*/page.txt",
        "alias-hides-application gives a site that it does not see its own file back, which is called opened here",
    ),
    "in company: a grant for directories that are open already": Fault(
        r"lost: .*/hostname: ",
        "allow-in-location refuses a file that the grant alone had opened, which the case calls closed",
    ),
    **{
        f"in company: {name}.conf": Fault(
            r"second_file, .*lost: http://nameless.invalid/(?:static|site_media|wsgi|media)/marker.txt",
            "allow-in-location leaves out an alias of the main server, which the host of another file had opened by URL",
        )
        for name in (
            "configs/012-xampp-django-configuration-wsgi-conf",
            "configs/044-cryotec-server-apache-apache-django-wsgi-conf",
            "configs/054-lamdataserver-apache-apache-django-wsgi-conf",
            "qa/044-modwsgi-845-pythonpath-two-args/after",
        )
    },
}


def hold(test: str, found: Sequence[str], story: Sequence[str] = ()) -> None:
    """Fail for what is found, but for a known fault; fail for a known fault that is not found any more.

    ``story`` is what a failure prints besides.
    """
    fault = KNOWN.get(test)
    if fault is not None and not found:
        pytest.fail(f"{test}: this is mended ({fault.reason}): take it out of known_faults.py", pytrace=False)
    unknown = [line for line in found if fault is None or not re.search(fault.found, line)]
    if unknown:
        pytest.fail("\n".join([*unknown, *story]), pytrace=False)
