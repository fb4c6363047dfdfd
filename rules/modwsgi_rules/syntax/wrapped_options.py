r"""
An option of mod_wsgi stands on a line of its own, and the line above does not end in a backslash.

## What happens

httpd does not start.

## Why

Without the backslash each line is a directive of its own (`ap_cfg_getline` of httpd, util.c). Long lines are often torn like
this when they are copied out of a page.

## The fix

A safe fix: it ends the lines above in a backslash, directly below the directive that the option belongs to
(`WSGIDaemonProcess`, `WSGIScriptAlias` and the others that take options).

## Left alone

Lines are not joined across a comment, an empty line or another directive. Neither are they joined where mod_wsgi would still
refuse the whole, because of an unknown option, a value out of bounds or an option that is given already. These are reported
without a fix.

## See also

httpd's own message is *Invalid command 'user=www-data', perhaps misspelled or defined by a module not included in the server
configuration*. Rules `continuation-trailing-blank` and `unknown-daemon-option`.

## Examples

    ```diff
    -WSGIDaemonProcess site threads=15
    -    python-path=/srv/site
    +WSGIDaemonProcess site threads=15 \
    +    python-path=/srv/site \
         display-name=%{GROUP}
    ```
    ```diff
     <VirtualHost *:80>
    -    WSGIScriptAlias / /srv/site/app.wsgi
    +    WSGIScriptAlias / /srv/site/app.wsgi \
             process-group=site application-group=%{GLOBAL}
     </VirtualHost>
    ```

Reported without a fix:

    ```apache
    ServerName example.com
        header-buffer-size=65536
    #   ^^^^^^^^^^^^^^^^^^^^^^^^
    WSGIDaemonProcess shop
    # its files
        home=/srv/shop
    #   ^^^^^^^^^^^^^^
    WSGIDaemonProcess blog
        timeout=60
    #   ^^^^^^^^^^
    ```

Not reported:

    ```apache
    WSGIDaemonProcess site \
        threads=15 \
        user=site
    SetEnv user=site
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.daemons import atoi
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, has_parameter, locate, takes_options
from modwsgi_fix.rewriting.verdict import refusal
from modwsgi_fix.rule import Diagnostic, Related, Scope, Severity, rule
from modwsgi_fix.syntax import Directive, Section
from modwsgi_fix.text import WHITESPACE, Span
from modwsgi_rules.syntax._shared import WrappedLine, wrapped_lines

_TEXT = r"""(?:"[^"\\]*"|'[^'\\]*'|[^ \t"'\\][^ \t\\]*)"""
_WORD = expression(rf"[ \t]+{_TEXT}(?=[ \t]|\Z)")
_OPTION = expression(rf"[ \t]+([a-z-]+)=({_TEXT})(?=[ \t]|\Z)")
_NUMBER = expression(r"[+-]?[0-9]")
#: More options than any directive takes.
_MOST = 64
_NEWEST = "9999"


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def wrapped_options(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for owner, group in groupby(wrapped_lines(file), key=lambda line: line.owner):
            lines = list(group)
            joined = 0 if owner is None else _joined(owner, lines, config.target)
            fix = _fix(file, owner, lines[:joined]) if owner is not None and joined else None
            related = (Related(file.path, owner.name_span, "it belongs to this"),) if owner is not None else ()
            for at, line in enumerate(lines):
                if _is_told_elsewhere(file, line):
                    continue
                message = f"httpd takes {line.name}= for a directive, so it does not start"
                offered = fix if at < joined else None
                advice = "" if offered else _advice(line, is_joined=at < joined)
                yield Diagnostic(file.path, line.node.body_span, message, offered, related, help=advice)


def _is_told_elsewhere(file: File, line: WrappedLine) -> bool:
    """Whether the line above has a fault of its own, or the line is the text of a template's macro.

    Blanks after a backslash are reported by continuation-trailing-blank, a tag that is continued by malformed-opener.
    """
    if line.owner is not None:
        start = line.node.start
        above = file.text[file.text.rfind("\n", 0, start - 1) + 1 : start]
        return line.is_word and above.rstrip(WHITESPACE).endswith("\\")
    node = locate(file.tree, line.node.start - 1)[0] if line.node.start else None
    return file.tree.is_template or (isinstance(node, Section) and ">" not in file.text[node.start : node.head_end])


def _advice(line: WrappedLine, *, is_joined: bool) -> str:
    """Return what to do where there is no fix."""
    if is_joined:
        return "end the line above in a backslash"
    if line.owner is None:
        return "write it on the line of the directive that it belongs to"
    known = (
        directives.daemon_options()
        if line.owner.key == "wsgidaemonprocess"
        else directives.script_options(line.owner.key)
    )
    if line.name in known:
        return f"write it on the line of the {line.owner.name} above, in a form that mod_wsgi takes"
    return f"delete it or correct it: {line.owner.name} does not have such an option"


def _fix(file: File, owner: Directive, lines: Sequence[WrappedLine]) -> Fix | None:
    """Return backslashes for all of the lines at once: with some of them httpd would still refuse the others."""
    together = (owner, *(line.node for line in lines))
    if file.tree.is_template or any(has_parameter(node, lines[0].parents) for node in together):
        return None
    edits = []
    for node in (owner, *(line.node for line in lines[:-1])):
        start = node.body_span.end
        stop = start + len(file.text[start : node.end].rstrip("\n").removesuffix("\r"))
        if file.text[start:stop].strip(" \t"):
            return None
        edits.append(Edit(file.path, Span(start, stop), " \\"))
    return Fix.safe("End the line above in a backslash", *edits, reason="httpd refused to start")


def _joined(owner: Directive, lines: Sequence[WrappedLine], target: Target) -> int:
    """Return how many of the lines mod_wsgi takes after their directive: as many as possible, from the first on."""
    texts = [line.node.logical.text.strip(WHITESPACE) for line in lines[:_MOST]]
    for count in range(len(texts), 0, -1):
        options = _options(owner, texts[:count])
        if options is not None and all(line.is_word for line in lines[:count]) and _accepts(owner, options, target):
            return count
    return 0


def _options(owner: Directive, texts: Sequence[str]) -> list[tuple[str, str]] | None:
    """Return all options of the directive with these lines; None where its words or theirs are anything else."""
    if not takes_options(owner) or len(owner.args) < _words_before(owner):
        return None
    logical, start, end = owner.args_range
    text = " ".join([logical.text[start:end].rstrip(WHITESPACE), *texts])
    at = 0
    for _ in range(_words_before(owner)):
        word = _WORD.match(text, at)
        if word is None:
            return None
        at = word.end()
    options = []
    while at < len(text):
        option = _OPTION.match(text, at)
        if option is None:
            return None
        name, value = option.groups()
        options.append((name, value[1:-1] if value[0] in "\"'" else value))
        at = option.end()
    return options


def _words_before(owner: Directive) -> int:
    script = directives.script_directives().get(owner.key)
    return 1 if script is None else len(script.missing)


def _accepts(owner: Directive, options: Sequence[tuple[str, str]], target: Target) -> bool:
    """Whether mod_wsgi takes the directive with these options, each of them once."""
    names = [name for name, _ in options]
    if len(set(names)) < len(names):
        return False
    if owner.key == "wsgidaemonprocess":
        return not {"script-user", "script-group"} <= set(names) and all(
            _is_daemons(*option, target) for option in options
        )
    known = directives.script_options(owner.key)
    required = {option.name for option in known.values() if option.required}
    return required <= set(names) <= set(known) and all(
        name != "pass-authorization" or "${" in value or value.lower() in ("on", "off") for name, value in options
    )


def _is_daemons(name: str, value: str, target: Target) -> bool:
    option = directives.daemon_option(name)
    versions = (".".join(map(str, target.mod_wsgi)),) if target.mod_wsgi else ("4.9", _NEWEST)
    if option is None or not any(map(option.exists_in, versions)):
        return False
    if "${" in value:
        return True
    if option.type == "int":
        return _NUMBER.match(value) is not None and not option.refusal(str(atoi(value)))
    return not option.refusal(value) and not refusal("WSGIDaemonProcess", ["group", f"{name}={value}"])
