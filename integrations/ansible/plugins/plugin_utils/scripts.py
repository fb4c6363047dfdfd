# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""Shell scripts by which files are written on a target that needs no Python: all of them or none, and taken back.

They keep to what ``--write`` promises. Each file is whole at any moment, has its owner and mode, and is only replaced where
it still has the bytes that were fetched; what is replaced is kept in the state directory of the user there.
"""

from __future__ import annotations

import base64
import re
import secrets
import time
from collections.abc import Sequence
from hashlib import sha256
from shlex import quote
from typing import NamedTuple

#: The name of a record; others are modwsgi-fix's own.
RECORD = re.compile(r"copied-\d{10}-[0-9a-f]{8}")
#: As many as modwsgi-fix itself keeps.
_KEPT = 20

_COMMON = r"""
umask 077
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
record="${XDG_STATE_HOME:-${HOME:-/root}/.local/state}/modwsgi-fix/ansible/"@ID@
fail() { printf '%s\n' "$1" >&2; exit 2; }
unwritten() { rm -rf "$record"; fail "$1"; }
unkept() { unwritten "$record: what is needed to take the write back cannot be kept there"; }
sum() { sha256sum < "$1" | cut -d ' ' -f 1; }
has() { [ -f "$1" ] && [ ! -L "$1" ] && [ "$(sum "$1")" = "$2" ]; }
# The file of a number gets the content of a kind, and keeps its owner and mode.
put() {
    f=$(cat "$record/$1.path"); staged="${f%/*}/.modwsgi-fix-"@ID@"-$1.staged"
    { cp --preserve=all "$f" "$staged" 2>/dev/null || cp -p "$f" "$staged"; } &&
        cat "$record/$1.$2" > "$staged" && mv -f "$staged" "$f" && return 0
    rm -f "$staged"; return 1
}
# What this run has written is as it was.
back() {
    for n in $numbers; do
        if has "$(cat "$record/$n.path")" "$(cat "$record/$n.sum")"; then put "$n" before; fi
    done
}
# Whoever may change a directory on the way decides what root writes there.
shared() { fail "$d: $1 could change what root writes here; allow_shared_tree writes all the same"; }
own() {
    [ "$(id -u)" = 0 ] || return 0
    d=$1
    while :; do
        set -- $(ls -ldn "$d")
        case $3 in 0|"${SUDO_UID:-0}") ;; *) shared "belongs to user $3, who" ;; esac
        case $1 in
            ?????????[tT]*) ;;
            ????????w*) shared "everybody" ;;
            ?????w*) [ "$4" = 0 ] || shared "group $4" ;;
        esac
        [ "$d" = / ] && return 0
        d=${d%/*}; [ -n "$d" ] || d=/
    done
}
"""
_WRITE = r"""
mkdir -p "$record" || unkept
@KEEP@
trap 'back; rm -rf "$record"; exit 2' HUP INT TERM
for n in $numbers; do
    put "$n" after && continue
    back; f=$(cat "$record/$n.path"); rm -rf "$record"
    fail "$f: cannot be written; all files are as they were"
done
@VERIFY@
rm -f "$record"/*.after
cd "$record/.." && ls -d copied-* | sort -r | tail -n +@MORE@ | while IFS= read -r old; do rm -rf "./$old"; done
exit 0
"""
_VERIFY = r"""
if ! said=$(sh -c @COMMAND@ 2>&1 </dev/null); then
    back; rm -rf "$record"
    fail @COMMAND@" failed: $(printf '%s' "$said" | tail -n 3); all files are as they were"
fi
"""
_UNDO = r"""
[ -d "$record" ] || exit 1
numbers=$(cd "$record" && for p in *.path; do printf '%s ' "${p%.path}"; done)
for n in $numbers; do
    f=$(cat "$record/$n.path")
    has "$f" "$(cat "$record/$n.sum")" || fail "$f: was changed since; nothing was taken back"
    @OWN@
done
for n in $numbers; do
    put "$n" before || fail "$(cat "$record/$n.path"): cannot be written"
    printf '%s: taken back\n' "$(cat "$record/$n.path")"
done
rm -rf "$record"
"""


class Change(NamedTuple):
    """A file on the target, by its real path, with its bytes before and after."""

    path: str
    before: bytes
    after: bytes


def new_record() -> str:
    """Return a name for a record; a later one sorts behind it."""
    return f"copied-{int(time.time()):010d}-{secrets.token_hex(4)}"


def writing(record: str, changes: Sequence[Change], verify: str | None, *, allow_shared: bool) -> str:
    """Return the script that makes changes, all or none. It ends with exit code 2 and a message where nothing was written."""
    numbers = [str(number) for number in range(1, len(changes) + 1)]
    numbered = list(zip(numbers, changes, strict=True))
    lines = [_common(record), f"numbers='{' '.join(numbers)}'"]
    for change in changes:
        path = quote(change.path)
        lines.append(
            f'has {path} {_digest(change.before)} || fail {path}": was changed since it was fetched; nothing was written"'
        )
        lines += [] if allow_shared else [f"own {path}"]
    kept = "\n".join(_keep(number, change) for number, change in numbered)
    command = "" if verify is None else _VERIFY.replace("@COMMAND@", quote(verify))
    lines.append(_WRITE.replace("@MORE@", str(_KEPT + 1)).replace("@VERIFY@", command).replace("@KEEP@", kept))
    return "\n".join(lines)


def undoing(record: str, *, allow_shared: bool) -> str:
    """Return the script that takes a write back: exit code 1 where there is no such record, 2 where nothing was done."""
    return _common(record) + _UNDO.replace("@OWN@", ":" if allow_shared else 'own "$f"')


def _common(record: str) -> str:
    return _COMMON.replace("@ID@", quote(record))


def _keep(number: str, change: Change) -> str:
    """Return the lines that keep the original, and have the new content beside it, whole."""
    encoded = base64.encodebytes(change.after).decode("ascii")
    digest = _digest(change.after)
    return (
        f'printf %s {quote(change.path)} > "$record/{number}.path"; printf %s {digest} > "$record/{number}.sum"\n'
        f'cp -p {quote(change.path)} "$record/{number}.before" || unkept\n'
        f"base64 -d > \"$record/{number}.after\" <<'END'\n{encoded}END\n"
        f'has "$record/{number}.after" {digest} || unwritten {quote(change.path)}": did not arrive whole; nothing was written"'
    )


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
