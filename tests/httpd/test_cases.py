"""Each rule that changes what is configured is proven on a real server."""

from __future__ import annotations

import pytest

from . import product
from .case import Case
from .cases import all_cases
from .conftest import Prove

CASES = all_cases()
#: What these rewrite is no part of a configuration that a case starts with: tests/httpd/test_htaccess.py has it.
OF_HTACCESS = {"old-access-in-htaccess"}
needs_product = pytest.mark.skipif(not product.available(), reason="the command line is not there yet")


@needs_product
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_fix_does_what_it_says(case: Case, prove_case: Prove) -> None:
    prove_case(case, product.fix_of(case))


def test_names_are_unique() -> None:
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)


@needs_product
@pytest.mark.skipif(not CASES, reason="no case is written yet")
def test_every_rule_with_an_edit_has_a_case() -> None:
    """A rule whose manual page shows a diff rewrites something, and what it rewrites must be proven."""
    from modwsgi_fix.rule import all_rules

    rewriting = {name for name, rule in all_rules().items() if "```diff" in rule.page}
    unproven = sorted(rewriting - {rule for case in CASES for rule in case.rules} - OF_HTACCESS)
    assert not unproven, f"rules that rewrite, without a case on a real httpd: {', '.join(unproven)}"
