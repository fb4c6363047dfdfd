"""Begin a rule: its module with a page that says what belongs where, and a file for odd cases.

    make new-rule RULE=FAMILY/NAME        # such as urls/alias-names-a-socket

The new rule can be run at once: it reports a directive that does not exist, so its examples pass. What is yet to be
written is marked TODO, and tests/test_rules.py names each mark until none is left.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_MODULE = '''\
"""
TODO: say in one full sentence what is wrong with the configuration.

## What happens

TODO: what a visitor gets, or what httpd says at its start.

## Why

TODO: the file and function of httpd or mod_wsgi, or the page of a manual, that says so.

## Left alone

TODO: what is not reported, or reported without a fix, and why.

## Examples

Reported:

    ```apache
    XTodoDirective wrong
    #              ^^^^^
    ```

Not reported:

    ```apache
    XTodoDirective right
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.WARNING)
def {function}(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("xtododirective"):
        if item.value == "wrong":
            yield Diagnostic(item.path, item.args[0].span, "TODO: what happens", help="TODO: what to do")
'''

_CASES = """\
# {name}: odd and multi-file cases

TODO: say what this shows, or delete this file.

```apache
#- httpd.conf
XTodoDirective right
Include sites/*.conf
#- sites/site.conf
XTodoDirective wrong
#              ^^^^^
```
"""

_NEXT = """\
{module}
{cases}

Write the page and the examples first; then, until nothing fails:

    .venv/bin/python -m pytest -q tests/test_rules.py -k {name}
    make words
    .venv/bin/python -m pytest -q tests/test_rules.py tests/test_rule_words.py tests/test_docs.py tests/test_english.py -k "{name} or rule"

A fix needs a Case below tests/httpd/cases/, which a real httpd tries. CONTRIBUTING.md says the rest.
"""


class Refused(Exception):
    """Why there is no new rule, in one line."""


def begin(rule: str, root: Path = ROOT) -> str:
    """Write the files of a rule, given as FAMILY/NAME, and return what to do next. Raises ``Refused``."""
    match = re.fullmatch(r"([a-z0-9]+)/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)", rule)
    if match is None:
        raise Refused(
            f"{rule or 'nothing'}: expected FAMILY/NAME in lower case with dashes, such as urls/alias-names-a-socket"
        )
    family, name = match[1], match[2]
    package = root / "rules" / "modwsgi_rules"
    families = sorted(path.parent.name for path in package.glob("*/__init__.py"))
    if family not in families:
        raise Refused(f"{family}: is not a family; there are {', '.join(families)}")
    function = name.replace("-", "_")
    for path in package.glob(f"*/{function}.py"):
        raise Refused(f"{path.relative_to(root)}: is there already")
    module, cases = package / family / f"{function}.py", root / "tests" / "rules" / f"{name}.md"
    if cases.exists():
        raise Refused(f"{cases.relative_to(root)}: is there already")
    module.write_text(_MODULE.format(function=function), "utf-8")
    cases.write_text(_CASES.format(name=name), "utf-8")
    return _NEXT.format(module=module.relative_to(root), cases=cases.relative_to(root), name=name)


if __name__ == "__main__":
    try:
        print(begin(sys.argv[1] if len(sys.argv) > 1 else ""), end="")
    except Refused as refused:
        sys.exit(f"new-rule: {refused}")
