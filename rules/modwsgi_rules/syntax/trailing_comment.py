"""
A comment follows a directive on its line.

## What happens

httpd does not start, or takes the words as arguments: `ServerAlias www.example.com # old` adds the names `#` and `old` to
the host.

## Why

`#` begins a comment only at the start of a line (httpd's manual, "Configuration Files").

## The fix

It writes the comment on a line of its own above. It is safe where httpd refuses the words or ignores them, and unsafe where
they count.

## Left alone

A `#` inside a word is not reported, and neither is a number such as `#1000`, or what comes after the bracket of a tag.

## See also

httpd's own message depends on the directive, such as *WSGIProcessGroup takes one argument, Name of the WSGI process group.*
or *Illegal override option #*.

## Examples

    ```diff
    -WSGIProcessGroup app # see above
    +# see above
    +WSGIProcessGroup app
    -WSGIDaemonProcess app threads=5 \\
    -    home=/srv/app # its files
    +# its files
    +WSGIDaemonProcess app threads=5 \\
    +    home=/srv/app
    ```
    ```diff unsafe
     <VirtualHost *:80>
    -    ServerAlias www.example.com # the old name
    +    # the old name
    +    ServerAlias www.example.com
     </VirtualHost>
    ```

Not reported:

    ```apache
    Alias /colours/#fff /srv/white
    RewriteRule ^/a$ /b#top [NE,R]
    User #1000
    <Directory /srv/app> # all of it
    </Directory> # of the application
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from modwsgi_fix import directives
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.model.lines import files, has_parameter, is_template, lines_with, newline_of, physical_lines, raw
from modwsgi_fix.rewriting.verdict import refusal
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_fix.syntax import Directive, Word
from modwsgi_fix.text import Span

# The sign comes first: a text is searched for one character much faster than for a place after a blank.
_MARK = expression(r"#(?<=[ \t]#)#*+(?=[ \t\w])")
_LONE = expression(r"#+")
_END = expression(r"(?<![ \t])[ \t]*+(?:\\?\r?\n)?\Z")


@rule(severity=Severity.ERROR, scope=Scope.FILE)
def trailing_comment(config: Config) -> Iterator[Diagnostic]:
    for file in files(config):
        for node, parents in lines_with(file, _MARK):
            if type(node) is not Directive or is_template(node) or directives.option_at_start(node.name):
                continue
            comments = list(_comments(node))
            if not comments:
                continue
            words = [word.value for word in node.args]
            kept = [w.value for w in node.args if not any(w.span.start in span for span in comments)]
            refused = refusal(node.name, words)
            lone = all(
                _LONE.fullmatch(raw(node, word))
                for word in node.args
                if any(word.span.start == c.start for c in comments)
            )
            if not lone and (not refused or refusal(node.name, kept)):
                continue
            if not lone and any(value.startswith("#") and _is_number(value) for value in words):
                continue
            title = "Write the comment above"
            edits = () if _swallows(node, comments) else _move(file, node, comments)
            if refused:
                message = "httpd takes this comment for arguments, so it does not start"
                fix: Fix | None = Fix.safe(title, *edits)
            elif _ignores(node, kept):
                message = f"httpd takes this comment for arguments of {node.name}, and happens to ignore them"
                fix = Fix.safe(title, *edits, reason="the words are ignored")
            else:
                message = f"httpd takes this comment for arguments of {node.name}"
                fix = Fix.unsafe(title, *edits, reason="httpd takes the words as they stand")
            if has_parameter(node, parents) or not edits:
                fix = None
            severity = Severity.ERROR if refused else Severity.INFO if _ignores(node, kept) else Severity.WARNING
            advice = "" if fix else "write the comment on a line of its own"
            yield Diagnostic(file.path, comments[0], message, fix, severity=severity, help=advice)


def _is_number(value: str) -> bool:
    return value[1:].isdigit()


def _comments(node: Directive) -> Iterator[Span]:
    """Yield the comments, at most one in each physical line, without the backslash that continues the line."""
    words: Sequence[Word] = node.args
    for line in physical_lines(node):
        mark = next((w for w in words if w.span.start in line and raw(node, w).startswith("#")), None)
        if mark is not None:
            tail = _END.search(node.text, mark.span.start, line.end)
            yield Span(mark.span.start, tail.start() if tail else line.end)


def _ignores(node: Directive, kept: list[str]) -> bool:
    """Whether httpd never looks at words after these (tried)."""
    info = directives.find(node.key)
    if info is not None and info.arguments in ("FLAG", "NO_ARGS"):
        return len(kept) >= (1 if info.arguments == "FLAG" else 0)
    if node.key == "sslrequiressl":
        return True
    if node.key == "require":
        return [w.lower() for w in kept] in (["valid-user"], ["local"])
    return node.key == "rewriterule" and len(kept) == 3


def _swallows(node: Directive, comments: list[Span]) -> bool:
    """Whether the backslash at the end of a comment joins another directive, so that the intention is not known."""
    lines = physical_lines(node)
    for line, following in pairwise(lines):
        if any(comment.start in line for comment in comments):
            word = node.text[following.start : following.end].split(maxsplit=1)[:1]
            if word and directives.find(word[0]) is not None:
                return True
    return False


def _move(file: File, node: Directive, comments: list[Span]) -> tuple[Edit, ...]:
    text, newline = file.text, newline_of(node)
    above = "".join(f"{node.indent}{text[start:end]}{newline}" for start, end in comments)
    if any(text[end - 1] == "\\" for _, end in comments):
        # A backslash at its end would join the comment with the directive.
        return ()
    edits = [Edit(file.path, Span(node.start, node.start), above)]
    lines = physical_lines(node)
    kept = [
        line
        for line in lines
        if not any(text[line.start : c.start].strip(" \t") == "" and c.start in line for c in comments)
    ]
    for line in lines:
        comment = next((c for c in comments if c.start in line), None)
        new = text[line.start : line.end]
        if line not in kept:
            new = ""
        elif line is kept[-1] and line is not lines[-1]:
            # The rest of the directive is gone, so it ends here.
            if comment is None and "\\" not in new:
                return ()  # An empty line that the line before joins by two backslashes.
            stop = comment.start if comment else line.start + new.rindex("\\")
            new = text[line.start : stop].rstrip(" \t") + _line_end(text, line)
        elif comment is not None:
            tail = text[comment.end : line.end].lstrip(" \t")
            new = text[line.start : comment.start].rstrip(" \t") + (f" {tail}" if tail[:1] == "\\" else tail)
        if new != text[line.start : line.end]:
            edits.append(Edit(file.path, line, new))
    return tuple(edits)


def _line_end(text: str, line: Span) -> str:
    source = text[line.start : line.end]
    return "\r\n" if source.endswith("\r\n") else "\n" if source.endswith("\n") else ""
