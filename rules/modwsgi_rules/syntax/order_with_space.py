"""
`Order` is given its two words with a blank between.

## What happens

httpd does not start.

## Why

`Order` takes one argument, in which a comma separates the words (mod_access_compat).

## The fix

A safe fix: it writes the two as one word.

## See also

httpd's own message is *order takes one argument, 'allow,deny', 'deny,allow', or 'mutual-failure'*.

## Examples

    ```diff
     <Directory /srv/app>
    -    Order Allow, Deny
    +    Order Allow,Deny
         Allow from all
     </Directory>
    ```
    ```diff
     <Directory /srv/app>
    -    Order deny allow
    +    Order deny,allow
     </Directory>
    ```

Not reported:

    ```apache
    <Directory /srv/app>
        Order deny,allow
    </Directory>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.lines import files, lines_with
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive
from modwsgi_fix.text import Span

_ORDER = expression(r"^[ \t]*order[ \t]", re.M | re.I)
_BOTH = expression(r"(allow|deny)\s*(?:,\s*)?(allow|deny)", re.I | re.A)


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def order_with_space(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for node, _ in lines_with(file, _ORDER, ("order",)):
            words = node.args
            if type(node) is not Directive or node.key != "order" or not 1 < len(words) < 4:
                continue
            span = Span(words[0].span.start, words[-1].span.end)
            match = _BOTH.fullmatch(" ".join(word.value for word in words))
            if match is None or match[1].lower() == match[2].lower() or "\n" in file.text[span.start : span.end]:
                continue
            fix = Fix.safe("Write it as one word", Edit(file.path, span, f"{match[1]},{match[2]}"))
            yield Diagnostic(file.path, span, "Order takes one word and is given two, so httpd does not start", fix)
