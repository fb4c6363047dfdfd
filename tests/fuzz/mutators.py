"""What is done to a text. Each mutator is a function of a source of chance, the text, and texts of others to take from.

A text is as ``modwsgi_fix.text.decode`` gives it, so that a lone byte is a character of it, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from modwsgi_fix.text import decode, encode

Mutator = Callable[[Random, str, Sequence[str]], str]

#: What readers stumble over: ends of lines and blanks of other systems, what a terminal obeys, what is no text.
_STRANGE = (
    b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\r", b"\r\n", b"\n", b"\v", b"\f", b"\x1b[2J", b"\x07", b"\x7f", b"\\", b"\\\n",
    b"\xef\xbb\xbf", b"\xc2\xa0", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xe2\x80\x9c", b"\xf0\x9f\x90\x8d", b"\"", b"'", b"#",
    b"<", b">", b"</", b"${", b"}", b"%{", b"$1", b"\t", b" ", b"{{ x }}", b"<%= x %>", b"{% if x %}", b"::error::", b"]]>", b"&amp;",
)  # fmt: skip
_SECTIONS = (
    "VirtualHost *:80", "Directory /srv", "Directory ~ ^/srv", "DirectoryMatch ^/s(rv", "Files app.wsgi", "FilesMatch \\.wsgi$", "Location /",
    "LocationMatch ^/a", "IfModule mod_wsgi.c", "IfModule !mod_wsgi.c", "IfDefine X", "IfDefine !X", "IfVersion >= 2.4", "If true", "ElseIf false",
    "Else", "Limit GET", "LimitExcept GET", "RequireAll", "RequireAny", "RequireNone", "Proxy *", "Macro m $a", "Perl", "Directory", "VirtualHost",
)  # fmt: skip
_LINES = (
    "WSGIScriptAlias / /srv/app.wsgi", "WSGIScriptAlias /a /srv/app.wsgi process-group=a application-group=%{GLOBAL}", "WSGIDaemonProcess a threads=15",
    "WSGIDaemonProcess a", "WSGIProcessGroup a", "WSGIProcessGroup %{ENV:X}", "WSGIApplicationGroup %{GLOBAL}", "Alias / /srv/", "Alias /static /srv/static/",
    "AliasMatch ^/(.*)$ /srv/$1", "Include site.conf", "Include *", "IncludeOptional /etc/apache2/*.conf", "Define X /srv", "UnDefine X", "Use m 1",
    "Order allow,deny", "Allow from all", "Deny from all", "Satisfy any", "Require all granted", "Require all denied", "Require valid-user",
    "Require expr %{REMOTE_USER} == 'a'", "DocumentRoot /srv", "ServerName a.test", "Listen 80", "NameVirtualHost *:80", "SetEnv DB_PASSWORD hunter22",
    "RewriteEngine On", "RewriteCond %{HTTP_HOST} ^(a", "RewriteRule ^(.*)$ /srv/$1 [PT,L]", "AddHandler wsgi-script .wsgi", "SetHandler wsgi-script",
    "Options -Indexes +FollowSymLinks", "Options All -Indexes", "# modwsgi-fix: allow ALL", "# modwsgi-fix: disable name-virtual-host", "AllowOverride All",
    "ErrorDocument 404 /404", "Redirect / http://b.test/", "ProxyPass / http://user:secret@b.test/", "WSGIImportScript /srv/app.wsgi", "ServerRoot /etc/apache2",
    "WSGIPythonHome /srv/venv", "WSGILazyInitialization On", "LoadModule wsgi_module modules/mod_wsgi.so", "User", "<", "</", "<>", "</>", "\\",
)  # fmt: skip
_WORDS = (
    '""', '"', "'", "${X}", "${", "%{GLOBAL}", "%{ENV:X}", "/", "//", "/..", "*", "*:80", "[::1]:80", "-1", "0", "99999999999999999999", "65536", "on", "Off",
    "all", "from", "granted", "~", "^(a+)+$", "(?P<x>.", "[[:alpha:]", "\\1", "$0", "threads=0", "processes=x", "home=", "=", "a=b=c", "a" * 300, "#", "é", "\\",
)  # fmt: skip
_PYTHON = (
    "def application(environ, start_response):", "    return [b'']", "    start_response('200 OK', [])", "application = None", "import os, sys", "async def f():",
    "print 'x'", "except A, e:", "    yield", "class application:", "lambda: (yield)", "raise E, 'x'", "from x import *", "execfile('x')", "if True:", "\tpass",
    "'''", '"""', "f'{a!r:>{b}}'", "(" * 120, "[" * 40, "@", "match x:", "    case _: pass", "del (a, b)", "`x`", "0777", "u'x'", "b'\\xff'", "x: int = 1", "*a, = b",
    "os.environ['DJANGO_SETTINGS_MODULE'] = 'a.settings'", "sys.path.insert(0, '/srv')", "activate_this = '/srv/venv/bin/activate_this.py'", "# -*- coding: latin-1 -*-",
    "# -*- coding: nonsense -*-", "sys.stdout = sys.stderr", "signal.signal(signal.SIGTERM, f)", "environ['x']", "if __name__ == '__main__':", "\\", ";", ":", "else:",
)  # fmt: skip
_TOKEN = re.compile(r"\w+|[^\w\s]+|[ \t]+", re.ASCII)
_OPENER = re.compile(r"^[ \t]*<(?!/)", re.ASCII)
_CLOSER = re.compile(r"^[ \t]*</", re.ASCII)


# -- bytes ---------------------------------------------------------------------------------------------------------------


def flip_a_byte(draw: Random, text: str, others: Sequence[str]) -> str:
    """Change one bit."""
    data = bytearray(encode(text))
    if data:
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return decode(bytes(data))


def put_strange_bytes(draw: Random, text: str, others: Sequence[str]) -> str:
    """Put in what readers stumble over."""
    data = encode(text)
    at = draw.randint(0, len(data))
    return decode(data[:at] + draw.choice(_STRANGE) * draw.choice((1, 1, 1, 2, 9)) + data[at:])


def cut_bytes(draw: Random, text: str, others: Sequence[str]) -> str:
    """Take some bytes out, or the rest."""
    data = encode(text)
    at = draw.randint(0, len(data))
    end = len(data) if draw.random() < 0.2 else at + draw.choice((1, 1, 2, 5, 40))
    return decode(data[:at] + data[end:])


# -- lines ---------------------------------------------------------------------------------------------------------------


def drop_lines(draw: Random, text: str, others: Sequence[str]) -> str:
    """Take one line out, or a few."""
    lines = _lines(text)
    at = draw.randint(0, len(lines))
    return "".join(lines[:at] + lines[at + draw.choice((1, 1, 1, 2, 6)) :])


def repeat_lines(draw: Random, text: str, others: Sequence[str]) -> str:
    """Write lines again, there or elsewhere."""
    lines = _lines(text)
    at = draw.randint(0, len(lines))
    some = lines[at : at + draw.choice((1, 1, 2, 8))]
    to = draw.choice((at, draw.randint(0, len(lines))))
    return "".join(lines[:to] + some * draw.choice((1, 1, 2)) + lines[to:])


def move_a_line(draw: Random, text: str, others: Sequence[str]) -> str:
    """Put a line elsewhere."""
    lines = _lines(text)
    if lines:
        line = lines.pop(draw.randrange(len(lines)))
        lines.insert(draw.randint(0, len(lines)), line)
    return "".join(lines)


def put_a_line(draw: Random, text: str, others: Sequence[str]) -> str:
    """Write a line that does something."""
    return _put(
        draw, text, " " * draw.choice((0, 0, 4, 1)) + draw.choice(_LINES) + draw.choice(("\n", "\n", "\r\n", ""))
    )


def join_lines(draw: Random, text: str, others: Sequence[str]) -> str:
    """End a line in a backslash, or not at all."""
    ends = [found.start() for found in re.finditer("\n", text)]
    if not ends:
        return text + "\\"
    at = draw.choice(ends)
    return text[:at] + draw.choice(("\\\n", "\\\r\n", "\\\\\n", "", " ", "\r")) + text[at + 1 :]


def break_a_line(draw: Random, text: str, others: Sequence[str]) -> str:
    """Go on in the next line, with a backslash or without."""
    at = draw.randint(0, len(text))
    return text[:at] + draw.choice(("\n", "\\\n", "\r\n", "\\\r\n    ")) + text[at:]


def change_all_line_ends(draw: Random, text: str, others: Sequence[str]) -> str:
    """Write all line ends as another system does, or take the last one away."""
    if draw.random() < 0.4:
        return text.rstrip("\n")
    return text.replace("\r\n", "\n").replace("\n", draw.choice(("\r\n", "\n\n", "\r", "\n\t")))


def comment_out(draw: Random, text: str, others: Sequence[str]) -> str:
    """Make a comment of some lines."""
    lines = _lines(text)
    at = draw.randint(0, len(lines))
    end = at + draw.choice((1, 1, 3))
    return "".join([*lines[:at], *(draw.choice(("#", "# ", "  # ")) + line for line in lines[at:end]), *lines[end:]])


# -- words ---------------------------------------------------------------------------------------------------------------


def drop_a_token(draw: Random, text: str, others: Sequence[str]) -> str:
    """Take out a word, a run of signs or of blanks."""
    return _at_token(draw, text, lambda token: "")


def change_a_token(draw: Random, text: str, others: Sequence[str]) -> str:
    """Put a strange word in the place of one."""
    return _at_token(draw, text, lambda token: draw.choice(_WORDS))


def take_a_token(draw: Random, text: str, others: Sequence[str]) -> str:
    """Put a word of another text, or of this one, in the place of one."""
    words = _TOKEN.findall(draw.choice([text, *others]))
    return _at_token(draw, text, lambda token: draw.choice(words) if words else token)


def misspell_a_token(draw: Random, text: str, others: Sequence[str]) -> str:
    """Leave a letter out, write one twice, turn two round, or change the case."""

    def misspelt(token: str) -> str:
        at = draw.randrange(len(token))
        return draw.choice((
            token[:at] + token[at + 1 :], token[:at] + token[at] + token[at:], token[:at] + token[at : at + 2][::-1] + token[at + 2 :],
            token.swapcase(), token.lower(), token.upper(),
        ))  # fmt: skip

    return _at_token(draw, text, misspelt)


def quote_a_token(draw: Random, text: str, others: Sequence[str]) -> str:
    """Put a word in quotes, or in half of them."""
    return _at_token(
        draw,
        text,
        lambda token: draw.choice(('"@"', "'@'", '"@', '@"', "“@”", '\\"@', "<@>", "${@}")).replace("@", token),
    )


def lengthen_a_token(draw: Random, text: str, others: Sequence[str]) -> str:
    """Write a word many times."""
    return _at_token(draw, text, lambda token: token * draw.choice((2, 3, 50, 500)))


# -- sections ------------------------------------------------------------------------------------------------------------


def drop_a_tag(draw: Random, text: str, others: Sequence[str]) -> str:
    """Take out the beginning or the end of a section."""
    return _at_line(draw, text, draw.choice((_OPENER, _CLOSER)), lambda line: "")


def change_a_tag(draw: Random, text: str, others: Sequence[str]) -> str:
    """Begin or end another section instead."""
    tag = draw.choice(_SECTIONS)
    if draw.random() < 0.5:
        return _at_line(draw, text, _OPENER, lambda line: f"<{tag}>\n")
    return _at_line(draw, text, _CLOSER, lambda line: f"</{tag.split()[0]}>\n")


def put_in_a_section(draw: Random, text: str, others: Sequence[str]) -> str:
    """Put a section round some lines, or many round each other."""
    lines = _lines(text)
    first, last = sorted((draw.randint(0, len(lines)), draw.randint(0, len(lines))))
    tag, times = draw.choice(_SECTIONS), draw.choice((1, 1, 1, 1, 2, 12, 130))
    inside = "".join(lines[first:last])
    end = "" if not inside or inside.endswith("\n") else "\n"
    return (
        "".join(lines[:first])
        + f"<{tag}>\n" * times
        + inside
        + end
        + f"</{tag.split()[0]}>\n" * times
        + "".join(lines[last:])
    )


def move_a_section(draw: Random, text: str, others: Sequence[str]) -> str:
    """Put what stands from a beginning to the next end of a section elsewhere, or there again."""
    lines = _lines(text)
    openers = [at for at, line in enumerate(lines) if _OPENER.match(line)]
    if not openers:
        return put_in_a_section(draw, text, others)
    first = draw.choice(openers)
    last = next((at for at in range(first, len(lines)) if _CLOSER.match(lines[at])), len(lines) - 1) + 1
    rest = lines if draw.random() < 0.4 else lines[:first] + lines[last:]
    to = draw.randint(0, len(rest))
    return "".join(rest[:to] + lines[first:last] + rest[to:])


# -- splices -------------------------------------------------------------------------------------------------------------


def splice(draw: Random, text: str, others: Sequence[str]) -> str:
    """The beginning of this text, and the end of another."""
    other = draw.choice(others)
    return text[: draw.randint(0, len(text))] + other[draw.randint(0, len(other)) :]


def take_lines(draw: Random, text: str, others: Sequence[str]) -> str:
    """Some lines of another text put into this one."""
    lines = _lines(draw.choice(others))
    at = draw.randint(0, len(lines))
    return _put(draw, text, "".join(lines[at : at + draw.choice((1, 3, 10, 30))]))


# -- scripts -------------------------------------------------------------------------------------------------------------


def put_python(draw: Random, text: str, others: Sequence[str]) -> str:
    """Write a line of Python, of any version, or half of one."""
    return _put(draw, text, " " * draw.choice((0, 0, 4, 8)) + draw.choice(_PYTHON) + "\n")


def indent(draw: Random, text: str, others: Sequence[str]) -> str:
    """Indent some lines more, less, or by tabs."""
    lines = _lines(text)
    at = draw.randint(0, len(lines))
    end = at + draw.choice((1, 1, 3, 20))
    how = draw.choice(("    ", " ", "\t", ""))
    return "".join(
        [*lines[:at], *(how + (line if how else line.lstrip(" \t")) for line in lines[at:end]), *lines[end:]]
    )


def unbalance(draw: Random, text: str, others: Sequence[str]) -> str:
    """Take out, turn or add a bracket, a quote or a colon."""
    places = [found.start() for found in re.finditer(r"[\[\](){}'\":,=.]", text)]
    if not places:
        return put_python(draw, text, others)
    at = draw.choice(places)
    return text[:at] + draw.choice(("", "(", ")", "]", "{", "'", '"', "'''", ":", "=", "\\")) + text[at + 1 :]


BYTES: tuple[Mutator, ...] = (flip_a_byte, put_strange_bytes, cut_bytes)
LINES: tuple[Mutator, ...] = (
    drop_lines, repeat_lines, move_a_line, put_a_line, put_a_line, join_lines, break_a_line, change_all_line_ends, comment_out,
)  # fmt: skip
TOKENS: tuple[Mutator, ...] = (
    drop_a_token, change_a_token, take_a_token, misspell_a_token, quote_a_token, lengthen_a_token,
)  # fmt: skip
SECTIONS: tuple[Mutator, ...] = (drop_a_tag, change_a_tag, put_in_a_section, move_a_section)
SPLICES: tuple[Mutator, ...] = (splice, take_lines)
SCRIPTS: tuple[Mutator, ...] = (put_python, indent, unbalance)

#: For configurations, and for scripts: kinds of mutators, of which one is drawn before a mutator of it is.
OF_CONFIGURATIONS = (BYTES, LINES, LINES, TOKENS, TOKENS, SECTIONS, SPLICES)
OF_SCRIPTS = (BYTES, LINES, TOKENS, SPLICES, SCRIPTS, SCRIPTS)


def _lines(text: str) -> list[str]:
    """The lines with their ends, which are LF alone."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def _put(draw: Random, text: str, line: str) -> str:
    lines = _lines(text)
    lines.insert(draw.randint(0, len(lines)), line)
    return "".join(lines)


def _at_token(draw: Random, text: str, change: Callable[[str], str]) -> str:
    places = [found.span() for found in _TOKEN.finditer(text)]
    if not places:
        return text
    start, end = draw.choice(places)
    return text[:start] + change(text[start:end]) + text[end:]


def _at_line(draw: Random, text: str, wanted: re.Pattern[str], change: Callable[[str], str]) -> str:
    lines = _lines(text)
    places = [at for at, line in enumerate(lines) if wanted.match(line)]
    if not places:
        return put_in_a_section(draw, text, ())
    at = draw.choice(places)
    lines[at] = change(lines[at])
    return "".join(lines)
