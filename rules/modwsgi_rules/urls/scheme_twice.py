"""
The URL of another server has two schemes, as in `http://https://shop.example/`.

## What happens

httpd starts. Visitors are redirected to a server that is called *https*, which there is not; what is handed on is an error 500. A
`ProxyPassReverse` of such a URL changes no answer, so redirects of the application lead visitors to a server that only this one can reach.

## Why

What stands between `://` and the next colon or slash is the name of the server (apr_uri_parse). Measured with 2.4.71.

## Left alone

There is no fix: which of the two schemes is meant is not known. A URL in the query of another one is not reported.

## See also

httpd's own message is *AH00898: DNS lookup failure for: http returned by /*. Rules `proxy-slash-mismatch` and `redirect-leads-back`.

## Examples

Reported without a fix:

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        Redirect / https://https://shop.example/
        #          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    <Location /api/>
        ProxyPass http://http://127.0.0.1:8000/
        #         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        ProxyPassReverse http://http://127.0.0.1:8000/
        #                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    </Location>
    ```

Not reported:

    ```apache
    Redirect /old https://shop.example/?from=http://shop.example/
    RedirectMatch ^/go/(.*) https://shop.example/to/http://$1
    ProxyPass /api/ http://127.0.0.1:8000/http://inner/
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import HANDED_ON, REDIRECTS
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Severity, rule

#: Two schemes at the beginning of a URL; the second is a name to httpd.
_TWICE = expression(r"(?:unix:[^|]*\|)?[a-z][a-z0-9+.-]*:/+(?P<name>[a-z][a-z0-9+.-]*)://", re.I)
_REVERSE = "proxypassreverse"


@rule(severity=Severity.ERROR)
def scheme_twice(config: Config) -> Iterator[Diagnostic]:
    for item in config.in_each_server(_with_two, *HANDED_ON, *REDIRECTS, _REVERSE, "balancermember"):
        arg, found = next((arg, found) for arg in item.args if (found := _TWICE.match(arg.value)))
        if item.key == _REVERSE:
            so = f"{item.name} changes no answer"
        elif item.key in HANDED_ON[:2]:
            so = "each request that is handed on is an error 500"
        else:
            so = "visitors are sent there" if item.key in REDIRECTS else "requests are sent there"
        message = f'this URL names a server that is called "{found["name"]}", so {so}'
        yield Diagnostic(item.path, arg.span, message, help="write the scheme once")


def _with_two(lines: Sequence[Item]) -> Iterator[Item]:
    for item in lines:
        if not item.file.tree.is_template and any(arg.known and _TWICE.match(arg.value) for arg in item.args[:3]):
            yield item
