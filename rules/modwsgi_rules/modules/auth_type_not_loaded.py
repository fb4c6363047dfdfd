"""
`AuthType` names a kind of log-in whose module is not loaded.

## What happens

httpd starts, and every request for which a log-in is asked there is an error 500.

## Why

`AuthType` takes any word, and each module that can ask for a log-in looks for its own. Where none of them takes the request, httpd ends it
(mod_authn_core.c:authenticate_no_user; measured with 2.4.71).

## Left alone

There is no fix: to load code into httpd is the administrator's decision. In a whole server all `LoadModule` lines are in sight, and only
of one that loads six modules at least is anything said. Of a kind that is not in the table of this rule, of a line under a condition, and of a place where nothing
asks who somebody is, nothing is said.

## See also

httpd's own message is *AH01796: AuthType openid-connect configured without corresponding module*. Rules `log-in-incomplete`,
`provider-not-loaded` and `module-not-loaded`.

## Examples

Reported without a fix:

    ```apache
    #- httpd.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule authz_user_module modules/mod_authz_user.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule auth_basic_module modules/mod_auth_basic.so
    LoadModule wsgi_module modules/mod_wsgi.so
    <Location /shop>
        AuthType openid-connect
    #            ^^^^^^^^^^^^^^
        Require valid-user
    </Location>
    <Location /blog>
        AuthType Digest
    #            ^^^^^^
        AuthName "Blog"
        AuthUserFile /etc/apache2/users
        Require valid-user
    </Location>
    ```

Not reported:

    ```apache
    #- httpd.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule authz_user_module modules/mod_authz_user.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule auth_digest_module modules/mod_auth_digest.so
    LoadModule wsgi_module modules/mod_wsgi.so
    <Location /blog>
        AuthType Digest
        AuthName "Blog"
        AuthUserFile /etc/apache2/users
        Require valid-user
    </Location>
    <Location /open>
        AuthType Basic
        Require all granted
    </Location>
    <Location /own>
        AuthType Tokens
        Require valid-user
    </Location>
    <Location /none>
        AuthType None
        Require all granted
    </Location>
    ```
    ```apache
    <Location /shop>
        AuthType openid-connect
        Require valid-user
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.loaded import list_of_22, loaded
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.modules import loads_unknown_modules
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_rules.modules._shared import loading

#: The modules that ask for a log-in of a kind, by the names of their LoadModule lines without ``_module``; one is enough.
_ASKING = {
    "basic": ("auth_basic",),
    "cas": ("auth_cas",),
    "digest": ("auth_digest",),
    "form": ("auth_form",),
    "gssapi": ("auth_gssapi",),
    "kerberos": ("auth_kerb",),
    "krbv5": ("auth_kerb",),
    "mellon": ("auth_mellon",),
    "oauth20": ("auth_openidc", "oauth2"),
    "openid-connect": ("auth_openidc",),
    "shibboleth": ("mod_shib", "shib"),
}
#: Other modules than httpd's ask for a log-in of these kinds, too.
_OF_HTTPD = frozenset({"basic", "digest", "form"})
_WHO = frozenset({"claim", "group", "krb5-auth", "shib-attr", "shib-session", "user", "valid-user"})


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def auth_type_not_loaded(config: Config) -> Iterator[Diagnostic]:
    lines = config.named("authtype")
    modules = loaded(config) if lines else None
    if modules is None or list_of_22(config) is not None:
        return
    told: set[str] = set()
    for item in lines:
        wanted = _ASKING.get(item.value.lower(), ())
        if not wanted or not item.known or item.guards or not _asks_who(item) or wanted[0] in told:
            continue
        if modules.all.intersection(wanted) or (item.value.lower() in _OF_HTTPD and loads_unknown_modules(config)):
            continue
        told.add(wanted[0])
        message = f"no module that is loaded asks for a log-in of {item.value}, so each request is an error 500"
        yield Diagnostic(item.path, item.args[0].span, message, help=loading(wanted[0]))


def _asks_who(item: Item) -> bool:
    """Whether a line beside it asks for a log-in."""
    section = item.parent
    return section is not None and any(
        one.key == "require" and one.values and one.value.lower() in _WHO and not one.guards for one in section.children
    )
