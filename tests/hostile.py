"""Configurations that nobody writes but to do harm, each of a size that can be chosen.

A server is a mapping of paths to texts. Those with a main file are whole servers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

Texts: TypeAlias = Mapping[str, str]

_MAIN = "/etc/apache2/apache2.conf"
_DENIED = "<Directory />\n    Require all denied\n</Directory>\n"
_HOST = "<VirtualHost *:80>\n    ServerName h@.test\n    WSGIScriptAlias / /srv/h@/app.wsgi\n"


class Kind(NamedTuple):
    """One way to be hostile. ``made`` is given a size; ``size`` is the one that must be borne, ``few`` a small one."""

    made: Callable[[int], Texts]
    size: int
    few: int = 60


def _one_file(text: str) -> Texts:
    return {"/site.conf": text}


def _in_a_host(text: str) -> Texts:
    return _one_file(f"<VirtualHost *:80>\n    ServerName a.test\n{text}</VirtualHost>\n")


def _lines(line: str, count: int) -> str:
    """So many lines, with ``@`` replaced by the number of each."""
    return "".join(line.replace("@", str(at)) + "\n" for at in range(count))


# -- sections ----------------------------------------------------------------------------------------------------------


def _nested(name: str, argument: str) -> Callable[[int], Texts]:
    opener = f"<{name} {argument}>\n"
    return lambda size: _one_file(opener * size + "Timeout 5\n" + f"</{name}>\n" * size)


def _unclosed(name: str, argument: str, inside: str = "") -> Callable[[int], Texts]:
    return lambda size: _one_file(_lines(f"<{name} {argument}>\n{inside}".rstrip("\n"), size))


def _mixed(size: int) -> Texts:
    names = ("IfModule a", "IfDefine B", "Files c", "RequireAll", "Limit GET")
    return _one_file("".join(f"<{names[at % 5]}>\n" for at in range(size)) + "Timeout 5\n")


def _crossed(size: int) -> Texts:
    return _one_file("<IfModule a>\n<Files b>\n" * size + "</IfModule>\n</Files>\n" * size)


def _indented(size: int) -> Texts:
    return _one_file("".join(f"{' ' * (at % 50)}<IfModule m{at}>\n" for at in range(size)))


def _granting_locations(size: int) -> Texts:
    section = "    <Location /p@>\n        Order allow,deny\n        Allow from all\n    </Location>"
    return _in_a_host("    WSGIScriptAlias / /srv/a/app.wsgi\n" + _lines(section, size))


def _restricting_locations(size: int) -> Texts:
    section = "    <Location /p@>\n        Require ip 10.0.0.1\n    </Location>"
    return _in_a_host("    WSGIScriptAlias / /srv/a/app.wsgi\n" + _lines(section, size))


def _directories(size: int) -> Texts:
    section = "    <Directory /srv/a/p@>\n        Require all granted\n    </Directory>"
    return _in_a_host("    WSGIScriptAlias / /srv/a/app.wsgi\n" + _lines(section, size))


def _directories_in_each_other(size: int) -> Texts:
    paths = ["/srv" + "/a" * at for at in range(size)]
    return _in_a_host("".join(f"<Directory {path}>\nRequire all granted\n</Directory>\n" for path in paths))


def _aliases(size: int) -> Texts:
    return _in_a_host("    WSGIScriptAlias / /srv/a/app.wsgi\n" + _lines("    Alias /p@ /srv/a/static/p@", size))


def _mounts(size: int) -> Texts:
    return _in_a_host(_lines("    WSGIScriptAlias /p@ /srv/a/p@/app.wsgi", size))


def _hosts(size: int) -> Texts:
    host = "<VirtualHost *:80>\n    ServerName h@.test\n    WSGIScriptAlias / /srv/h@/app.wsgi\n</VirtualHost>"
    return _one_file(_lines(host, size))


def _changed_hosts(size: int) -> Texts:
    section = "    <Location />\n        Order allow,deny\n        Allow from all\n    </Location>\n"
    return {_MAIN: _DENIED + _lines(f"{_HOST}{section}</VirtualHost>", size)}


def _withheld_hosts(size: int) -> Texts:
    """Hosts of which each would hand out its source, were its grant moved to the directory."""
    section = (
        "    AliasMatch ^/source/(.*)$ /srv/h@/$1\n    <Location />\n        Require all granted\n    </Location>\n"
    )
    return {_MAIN: _DENIED + _lines(f"{_HOST}{section}</VirtualHost>", size)}


def _hosts_of_one_name(size: int) -> Texts:
    return _one_file("<VirtualHost *:80>\n    ServerName a.test\n    DocumentRoot /srv/a\n</VirtualHost>\n" * size)


def _hosts_in_hosts(size: int) -> Texts:
    return _one_file("<VirtualHost *:80>\n" * size + "</VirtualHost>\n" * size)


# -- what is read more than once ---------------------------------------------------------------------------------------


def _includes_of_one_file(size: int) -> Texts:
    text = "<Directory /srv/a>\n    Order allow,deny\n    Allow from all\n</Directory>\nAlias /a /srv/a\n"
    return {_MAIN: "Include one.conf\n" * size, "/etc/apache2/one.conf": text}


def _hosts_that_include_one_file(size: int) -> Texts:
    host = "<VirtualHost *:80>\n    ServerName h@.test\n    Include one.conf\n</VirtualHost>"
    text = "WSGIScriptAlias / /srv/a/app.wsgi\n<Location />\n    Order allow,deny\n    Allow from all\n</Location>\n"
    return {_MAIN: _lines(host, size), "/etc/apache2/one.conf": text}


def _includes_itself(size: int) -> Texts:
    return {_MAIN: "Include apache2.conf\n" * size}


def _includes_each_other(size: int) -> Texts:
    files = {f"/etc/apache2/d/f{at}.conf": "Include d/*.conf\n" for at in range(size)}
    return {_MAIN: "Include d/*.conf\n", **files}


def _macros_of_macros(size: int) -> Texts:
    macros = "".join(f"<Macro m{at}>\n    Use m{at + 1}\n    Use m{at + 1}\n</Macro>\n" for at in range(size))
    return _one_file(f"<Macro m{size}>\n    Timeout 5\n</Macro>\n{macros}Use m0\n")


def _macro_with_many_parameters(size: int) -> Texts:
    names = " ".join(f"$p{at}" for at in range(size))
    return _one_file(f"<Macro m {names}>\n" + _lines("Alias /a@ /srv/$p@", size) + f"</Macro>\nUse m {names}\n")


def _files(size: int) -> Texts:
    files = {f"/etc/apache2/d/f{at}.conf": f"Alias /p{at} /srv/p{at}\n" for at in range(size)}
    return {_MAIN: "Include d/*.conf\n", **files}


# -- names and words ---------------------------------------------------------------------------------------------------


def _defines(size: int) -> Texts:
    return _one_file(_lines("Define A@ ${B@}", size) + f"Timeout ${{A{size - 1}}}\n")


def _doubling(size: int) -> Texts:
    doubled = "".join(f"Define A{at + 1} ${{A{at}}}${{A{at}}}\n" for at in range(size))
    return _one_file(f"Define A0 xxxxxxxx\n{doubled}Timeout ${{A{size}}}\n")


def _long_line(size: int) -> Texts:
    return _one_file("ServerAlias " + " ".join(f"a{at}.test" for at in range(size // 9)) + "\n")


def _long_line_in_a_host(size: int) -> Texts:
    return _in_a_host("ServerAlias " + " ".join(f"*.a{at}.test" for at in range(size // 11)) + "\n")


def _long_word(word: str) -> Callable[[int], Texts]:
    return lambda size: _in_a_host(word.replace("@", "a/" * (size // 2)) + "\n")


def _many_options(size: int) -> Texts:
    return _in_a_host(f'AliasMatch "{"(?i)a|" * size}" /srv/a\nRedirectMatch "{"(a*)" * size}x" /b\n')


def _long_expressions(size: int) -> Texts:
    return _in_a_host("RewriteEngine On\n" + _lines(f"RewriteRule ^/@{'a?' * 200} /b", size))


def _slow_expressions(size: int) -> Texts:
    aliases = "".join(f"Alias /{'a' * (150 + at)} /srv/a\n" for at in range(20))
    return _in_a_host(f"{aliases}RewriteEngine On\n" + _lines("RewriteRule ^(.*)(.*)(.*)b@$ /b", size))


def _counts(size: int) -> Texts:
    return _in_a_host(_lines("AliasMatch ^/@(((a{60000}){60000}){60000}) /srv/a/$1", size))


def _ways(size: int) -> Texts:
    """More ways for an expression to go than a number holds."""
    return _in_a_host(_lines("AliasMatch ^/@((?:ab|a|b)+)+$ /srv/a/$1", size))


def _continued(size: int) -> Texts:
    return _one_file("ServerAlias \\\n" + "a.test \\\n" * size + "b.test\n")


def _continued_by_nothing(size: int) -> Texts:
    return _one_file("Timeout 5 \\\n" + "\\\n" * size + "\n")


def _backslashes(size: int) -> Texts:
    return _one_file("Timeout 5 \\\\\n\n" * size)


def _daemon_options(size: int) -> Texts:
    return _one_file("WSGIDaemonProcess a " + " ".join(f"python-path=/srv/{at}" for at in range(size)) + "\n")


def _daemons(size: int) -> Texts:
    return _one_file(_lines("WSGIDaemonProcess d@ threads=5\nWSGIScriptAlias /p@ /srv/p@.wsgi process-group=d@", size))


def _required_addresses(size: int) -> Texts:
    addresses = " ".join(f"10.{at >> 8 & 255}.{at & 255}.1" for at in range(size))
    return _in_a_host(f"<Directory /srv>\nRequire ip {addresses}\n</Directory>\nAlias /a /srv/a\n")


def _quotes(size: int) -> Texts:
    return _one_file('Alias "' * size + "\n" + '"' * size + "\n")


def _misspelt(size: int) -> Texts:
    return _one_file("ServerSignatur Off\n" * size)


def _comments(size: int) -> Texts:
    return _one_file("# modwsgi-fix: allow misspelt-directive\nServerSignatur Off\n" * size)


def _brackets(size: int) -> Texts:
    return _one_file("<" * size + "\n" + ">" * size + "\n")


def _placeholders(size: int) -> Texts:
    return _one_file("Alias /a " + "{{ a " * size + "\n" + "<% " * size + "\n")


# -- patterns and rules ------------------------------------------------------------------------------------------------


def _rewrite_rules(size: int) -> Texts:
    return _in_a_host("    RewriteEngine On\n" + _lines("    RewriteRule ^/p@/(.*)$ /q@/$1", size))


def _rewrite_conditions(size: int) -> Texts:
    conditions = _lines("    RewriteCond %{HTTP_HOST} ^a@", size)
    return _in_a_host(f"    RewriteEngine On\n{conditions}    RewriteRule ^/p/(.*)$ /q/$1 [PT]\n")


def _environment(size: int) -> Texts:
    return _in_a_host(_lines('    SetEnvIf Request_URI "^/p@" p@', size))


#: Places where an expression stands; ``@`` is it.
_PLACES = {
    "aliasmatch": "AliasMatch @ /srv/a",
    "scriptaliasmatch": "WSGIScriptAliasMatch @ /srv/a/app.wsgi",
    "redirectmatch": "RedirectMatch @ http://b.test/",
    "locationmatch": "<LocationMatch @>\nRequire all granted\n</LocationMatch>",
    "directorymatch": "<DirectoryMatch @>\nRequire all granted\n</DirectoryMatch>",
    "filesmatch": "<FilesMatch @>\nRequire all granted\n</FilesMatch>",
    "rewriterule": "RewriteEngine On\nRewriteRule @ /srv/a/x",
    "rewritecond": "RewriteEngine On\nRewriteCond %{REQUEST_URI} @\nRewriteRule ^ /srv/a/x",
    "if": '<If "%{REQUEST_URI} =~ m#@#">\nRequire all denied\n</If>',
    "require-expr": '<Location />\nRequire expr "%{REQUEST_URI} =~ m#@#"\n</Location>',
    "setenvif": "SetEnvIf Request_URI @ bad\n<Location />\nRequire env bad\n</Location>",
}
#: Expressions that a backtracking matcher takes for ever for, in the number of ``a`` that it meets.
_CATASTROPHIC = ("(a+)+$", "(a|a)*b", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(?:a?){30}a{30}")


def _catastrophic(place: str) -> Callable[[int], Texts]:
    def made(size: int) -> Texts:
        # Each condition doubles the branches of a request.
        patterns = _CATASTROPHIC[:3] if place == "if" else _CATASTROPHIC
        text = "".join(_PLACES[place].replace("@", pattern) + "\n" for pattern in patterns)
        run = "a" * size
        return _in_a_host(
            f"DocumentRoot /srv/{run}\nAlias /{run} /srv/{run}/{run}\nWSGIScriptAlias /{run}! /srv/a/app.wsgi\n"
            f"Options Indexes\n{text}<Location /{run}>\nOrder allow,deny\nAllow from all\n</Location>\n"
        )

    return made


def _long_expression(place: str, part: str) -> Callable[[int], Texts]:
    return lambda size: _in_a_host(
        "Alias /a /srv/a\nWSGIScriptAlias / /srv/app.wsgi\n" + _PLACES[place].replace("@", part * size) + "\n"
    )


def _deep_expression(size: int) -> Texts:
    condition = "(" * size + "true" + ")" * size
    return _in_a_host(f'<If "{condition}">\nRequire all denied\n</If>\nDocumentRoot /srv/a\n')


def _deep_function(size: int) -> Texts:
    condition = "req(" * size + "'a'" + ")" * size
    return _in_a_host(f'<If "{condition} == 1">\nRequire all denied\n</If>\nDocumentRoot /srv/a\n')


def _deep_requirement(size: int) -> Texts:
    condition = "!(" * size + "true" + ")" * size
    section = f'<Directory /srv/a>\nRequire expr "{condition}"\n</Directory>\n'
    return _in_a_host(f"{section}SetEnvIfExpr {condition} a\nDocumentRoot /srv/a\n")


def _requirements_in_each_other(size: int) -> Texts:
    inner = "<RequireAll>\n<RequireAny>\n" * (size // 2) + "Require ip 10.0.0.1\n"
    closed = "</RequireAny>\n</RequireAll>\n" * (size // 2)
    return _in_a_host(f"<Directory /srv/a>\n{inner}{closed}</Directory>\nDocumentRoot /srv/a\n")


def _quote_over_lines(size: int) -> Texts:
    return _in_a_host('Alias /a "/srv/a \\\n' + "b c \\\n" * size + "d\n")


def _dots_in_paths(size: int) -> Texts:
    return _in_a_host("DocumentRoot /srv/a\n" + _lines("Alias /@ " + "/srv/a/.." * 50, size))


def _long_condition(size: int) -> Texts:
    condition = " && ".join(["%{REQUEST_URI} == '/a'"] * size)
    return _in_a_host(f'<If "{condition}">\nRequire all denied\n</If>\nDocumentRoot /srv/a\n')


KINDS: Mapping[str, Kind] = {
    "nested-ifmodule": Kind(_nested("IfModule", "a"), 3000),
    "nested-files": Kind(_nested("Files", "a"), 3000),
    "nested-if": Kind(_nested("If", '"true"'), 3000),
    "nested-virtualhost": Kind(_hosts_in_hosts, 2000),
    "unclosed-ifmodule": Kind(_unclosed("IfModule", "a"), 2000),
    "unclosed-if": Kind(_unclosed("If", '"true"'), 2000),
    "unclosed-location": Kind(_unclosed("Location", "/p@"), 2000),
    "unclosed-directory": Kind(_unclosed("Directory", "/p@", "    Require all granted"), 2000),
    "unclosed-virtualhost": Kind(_unclosed("VirtualHost", "*:80", "    ServerName h@.test"), 2000),
    "unclosed-mixed": Kind(_mixed, 2000),
    "unclosed-indented": Kind(_indented, 2000),
    "crossed": Kind(_crossed, 2000),
    "stray-closers": Kind(lambda size: _one_file("</IfModule>\n" * size), 3000),
    "closers-in-one-line": Kind(lambda size: _one_file('<If "a">\n' + "</If>" * size + "\n"), 3000),
    "openers-without-bracket": Kind(lambda size: _one_file(_lines("<Location /p@\n</Location>", size)), 2000),
    "granting-locations": Kind(_granting_locations, 5000),
    "restricting-locations": Kind(_restricting_locations, 5000),
    "directories": Kind(_directories, 5000),
    "directories-in-each-other": Kind(_directories_in_each_other, 1000),
    "aliases": Kind(_aliases, 5000),
    "mounts": Kind(_mounts, 5000),
    "hosts": Kind(_hosts, 3000),
    "changed-hosts": Kind(_changed_hosts, 300, 10),
    "withheld-hosts": Kind(_withheld_hosts, 60, 10),
    "hosts-of-one-name": Kind(_hosts_of_one_name, 3000),
    "includes-of-one-file": Kind(_includes_of_one_file, 2000),
    "hosts-that-include-one-file": Kind(_hosts_that_include_one_file, 2000),
    "includes-itself": Kind(_includes_itself, 2000),
    "includes-each-other": Kind(_includes_each_other, 50, 10),
    "macros-of-macros": Kind(_macros_of_macros, 30, 15),
    "macro-parameters": Kind(_macro_with_many_parameters, 1000),
    "files": Kind(_files, 5000),
    "defines": Kind(_defines, 100_000),
    "doubling-variables": Kind(_doubling, 100),
    "long-line": Kind(_long_line, 1_000_000),
    "long-line-in-a-host": Kind(_long_line_in_a_host, 1_000_000),
    "long-word-alias": Kind(_long_word("Alias /@ /srv/@"), 1_000_000),
    "long-word-mount": Kind(_long_word("WSGIScriptAlias /@ /srv/@"), 1_000_000),
    "long-word-location": Kind(_long_word("<Location /@>\nOrder allow,deny\nAllow from all\n</Location>"), 1_000_000),
    "long-word-directory": Kind(
        _long_word("<Directory /@>\nRequire all granted\n</Directory>\nDocumentRoot /@"), 1_000_000
    ),
    "long-word-name": Kind(_long_word("@ On"), 1_000_000),
    "long-word-servername": Kind(_long_word("ServerAlias @"), 1_000_000),
    "continued-line": Kind(_continued, 100_000),
    "continued-by-nothing": Kind(_continued_by_nothing, 100_000),
    "backslashes": Kind(_backslashes, 20_000),
    "daemon-options": Kind(_daemon_options, 20_000),
    "daemons": Kind(_daemons, 2000),
    "required-addresses": Kind(_required_addresses, 50_000),
    "quotes": Kind(_quotes, 100_000),
    "misspelt": Kind(_misspelt, 5000),
    "suppressions": Kind(_comments, 5000),
    "brackets": Kind(_brackets, 500_000),
    "placeholders": Kind(_placeholders, 100_000),
    "rewrite-rules": Kind(_rewrite_rules, 2000),
    "rewrite-conditions": Kind(_rewrite_conditions, 2000),
    "environment": Kind(_environment, 2000),
    "deep-expression": Kind(_deep_expression, 100_000),
    "deep-function": Kind(_deep_function, 100_000),
    "deep-requirement": Kind(_deep_requirement, 100_000),
    "requirements-in-each-other": Kind(_requirements_in_each_other, 5000),
    "quote-over-lines": Kind(_quote_over_lines, 100_000),
    "dots-in-paths": Kind(_dots_in_paths, 1000),
    "long-condition": Kind(_long_condition, 5000),
    "long-pattern": Kind(_long_expression("aliasmatch", "a"), 500_000),
    "deep-pattern": Kind(lambda size: _long_expression("aliasmatch", "(")(size), 100_000),
    "many-options": Kind(_many_options, 1600),
    "long-expressions": Kind(_long_expressions, 500),
    "slow-expressions": Kind(_slow_expressions, 2000),
    "counts": Kind(_counts, 1000),
    "ways": Kind(_ways, 1000),
    "alternatives": Kind(_long_expression("locationmatch", "a|"), 100_000),
    **{f"catastrophic-{place}": Kind(_catastrophic(place), 30, 15) for place in _PLACES},
}
