"""The scripts that push runs on a server, by nothing but a POSIX shell and the tools beside it.

All that is to be put there is sent first, into one directory that only its owner can read; ``mkdir`` of it is the lock.
From there on the script needs nobody: it installs, has httpd test and read the files, and takes all back where anything
fails, a signal ends it, or nobody listens before the test has passed. What takes back is a script of its own in that
directory, so that after a crash the next push, or a person, can run it.

A file is replaced by a rename within its directory, from a directory that belongs to whoever pushes. So it is whole at any
moment, and whoever else may write beside it cannot lead root elsewhere. Contents are octal escapes of ``printf %b`` (POSIX,
printf): neither tar nor base64 is needed, and any byte comes through.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from modwsgi_fix.files import OWN
from modwsgi_fix.fleet.far import lines_of
from modwsgi_fix.text import decode, encode
from modwsgi_fix.tuples import NamedTuple

#: The directory in which a push has all that it needs, beside the main file or above ``conf``.
STAGE = f"{OWN}push"
#: Bytes in one word of the script.
_PIECE = 1000
#: The most seconds until httpd has read its files, those where it is not known how to tell, and those for which a URL may be
#: answered otherwise.
_SETTLING, _BLIND, _PATIENCE = 10, 3, 5
#: Where httpd 2.2 notes its process, which it cannot be asked for: on Debian, on Red Hat, and by default.
_PID_FILES = "/var/run/apache2.pid /var/run/httpd/httpd.pid /var/run/httpd.pid"


class Change(NamedTuple):
    """A file on the server, its bytes as they are there, and as they are to be."""

    path: str
    before: bytes
    after: bytes


class Orders(NamedTuple):
    """What is done beside the copying: commands of the user, empty for those of ``apachectl``; URLs that are asked.

    ``keeps`` says that the change stays where a URL is answered otherwise.
    """

    configtest: str = ""
    graceful: str = ""
    is_reloaded: bool = True
    probes: tuple[str, ...] = ()
    keeps: bool = False


_COMMON = """\
stage={stage}
umask 077
mine() { [ ! -L "$1" ] && ls -ldn "$1" | { read -r mode links owner rest
case $mode in drwx--[-S]---*) [ "$owner" = "$(id -u)" ];; *) false;; esac; }; }
tidy() ( cd "$1" && [ -d {put} ] && cd {put} && mine . && rm -f new && cd .. && rmdir {put} )
place() ( directory=${2%/*}; directory=${directory:-/}; name=${2##*/}
cd "$directory" && [ "$(pwd -P)" = "$directory" ] || exit 1
mkdir -m 700 {put} 2>/dev/null
cd {put} && mine . || exit 1
rm -f new; cp -p "$1" new || exit 1
chcon --reference="../$name" new 2>/dev/null
mv -f new "../$name" || exit 1
cd .. && rmdir {put} )
"""
_UNDO = """\
failed=0 n=0
while IFS= read -r p; do n=$((n + 1))
tidy "${p%/*}/"
if cmp -s "$stage/old/$n" "$p"; then continue; fi
if cmp -s "$stage/new/$n" "$p" && place "$stage/old/$n" "$p"; then continue; fi
printf '%s: is not taken back; as it was before it is in %s\\n' "$p" "$stage/old/$n"; failed=1
done <"$stage/list"
if [ $failed = 0 ]; then echo 'All files are as they were before the push.'; fi
exit $failed
"""
#: A process that ended and was not waited for still takes signals, so that ``httpd -k graceful`` would not start another. Where
#: nobody waits for it for long, as in a container, the file with its number is removed, as httpd does at its end.
_HTTPD = """\
for c in apache2ctl apachectl httpd apache2 ''; do if command -v "$c" >/dev/null; then break; fi; done
case $c in *ctl) test=configtest reload=graceful;; *) test=-t reload='-k graceful';; esac
configtest() { (cd / && {configtest}) >"$stage/said" 2>&1 </dev/null; }
graceful() { (cd / && {graceful}) >"$stage/said" 2>&1 </dev/null; }
tell() { printf '%s %s\\n' {end} "$*"; }
said() { while IFS= read -r line; do tell said "$line"; done <"$stage/said"; }
alive() { [ -n "$1" ] || return 1
if [ -r "/proc/$1/stat" ]; then case $(sed 's/^.*) //' "/proc/$1/stat") in [ZX]*) return 1;; *) return 0;; esac; fi
kill -0 "$1" 2>/dev/null; }
removed() { rm -f "$stage/undo"; rm -rf "$stage"; }
reread() { for second in {patience}; do if [ -n "$pid" ] && ! alive "$pid" && kill -0 "$pid" 2>/dev/null; then sleep 1; fi; done
if [ -n "${file-}" ] && [ -n "$pid" ] && ! alive "$pid" && kill -0 "$pid" 2>/dev/null; then rm -f "$file" 2>/dev/null; fi
if ! configtest || ! graceful; then said; tell ill; fi; }
restored() { if sh "$stage/undo" >"$stage/said" 2>&1; then return 0; fi; said; return 1; }
"""
_LOOK = """\
if [ ! -d "$stage" ] && [ ! -L "$stage" ]; then tell none; exit 0; fi
if ! mine "$stage"; then tell foreign; exit 0; fi
read -r pid 2>/dev/null <"$stage/pid" || pid=
if alive "$pid"; then tell running "$pid"; else tell left; fi
"""
#: Whoever makes the directory that is named after the dead process is the one that goes on in its place.
_RECOVER = """\
trap '' HUP INT TERM
trap : PIPE
mine "$stage" || { tell foreign; exit 0; }
read -r pid 2>/dev/null <"$stage/pid" || pid=
if alive "$pid" || ! mkdir "$stage/after$pid"; then tell running "$pid"; exit 0; fi
echo $$ >"$stage/pid"
if [ -f "$stage/undo" ] && ! restored; then tell stuck; exit 0; fi
if [ -f "$stage/reloaded" ]; then
trap : HUP INT TERM
reread
fi
removed; tell back
"""
_PUSH = """\
phase=staged asroot='--sudo writes as root'
fail() {
trap '' HUP INT TERM PIPE
trap - EXIT
if [ "$phase" = staged ]; then removed; tell refused "$*"; exit 0; fi
if restored; then verdict=back; else verdict=stuck; fi
if [ "$phase" = reloaded ]; then
trap : HUP INT TERM PIPE
reread
fi
[ "$verdict" = stuck ] || removed
tell "$verdict" "$*"; exit 0
}
step() { tell step "$*" || fail 'the connection was lost'; }
meta() { ls -ldn "$1" | { read -r mode links owner group rest; printf '%s %s %s\\n' "$mode" "$owner" "$group"; }; }
names() { ls -ldn "$1" | { read -r mode links rest; printf '%s\\n' "$links"; }; }
probe() { while IFS= read -r url; do
if command -v curl >/dev/null; then
curl -q -g -k -s --noproxy '*' -o /dev/null --max-time 30 -w '%{http_code} %{redirect_url}\\n' "$url" </dev/null
else
answer=$(wget -S -O /dev/null --no-proxy --no-check-certificate --max-redirect=0 -t 1 -T 30 "$url" 2>&1 </dev/null |
sed -n 's,^ *HTTP/[0-9.]* \\([0-9]*\\).*,\\1,p
s,^ *[Ll]ocation: *\\([^ ]*\\)$,\\1,p')
printf '%s\\n' "${answer:-000}" | { read -r status; read -r place; printf '%s %s\\n' "$status" "$place"; }
fi
done <"$stage/urls"; }
settled() { if [ -z "$pid" ]; then [ "$1" -gt {blind} ]; return; fi
! alive "$pid" || [ -n "$(find "$file" -newer "$stage/reloaded")" ]; }
answers() { while IFS= read -r line; do tell "$1" "$line"; done <"$stage/$1"; }
taken() { n=0; while IFS= read -r p; do n=$((n + 1))
directory=${p%/*}; directory=${directory:-/}
if [ ! -f "$p" ] || [ -L "$p" ] || [ "$(cd "$directory" && pwd -P)" != "$directory" ]; then
fail "$p: is not the file any longer that was fetched"; fi
[ "$(names "$p")" = 1 ] || fail "$p: has several names (hard links), of which only one would be changed"
cp -p "$p" "$stage/old/$n" || fail "$p: cannot be kept in $stage"
cmp -s "$stage/old/$n" "$stage/was/$n" || fail "$p: was changed there meanwhile; fetch the server anew"
cp -p "$stage/old/$n" "$stage/ready/$n" && cat "$stage/new/$n" >"$stage/ready/$n" || fail "$p: cannot be prepared in $stage"
[ "$(meta "$p")" = "$(meta "$stage/ready/$n")" ] || fail "$p: its owner and mode cannot be kept by this user; $asroot"
[ -w "$directory" ] || fail "$directory: cannot be written by this user; $asroot"
done <"$stage/list"; }
installed() { n=0; while IFS= read -r p; do n=$((n + 1))
cmp -s "$stage/old/$n" "$p" || fail "$p: was changed there meanwhile; fetch the server anew"
place "$stage/ready/$n" "$p" || fail "$p: cannot be replaced"
[ "$(meta "$p")" = "$(meta "$stage/ready/$n")" ] || fail "$p: its owner and mode cannot be kept"
step put "$p"
done <"$stage/list"; }
push() {
{needs}if ! mkdir -m 700 "$stage"; then
if [ -d "$stage" ]; then tell running; else tell refused "$stage: cannot be made"; fi; exit 0; fi
trap "fail 'it was ended there'" EXIT HUP INT TERM
trap : PIPE
echo $$ >"$stage/pid"; mkdir "$stage/was" "$stage/new" "$stage/old" "$stage/ready" && sent || fail "$stage: cannot be filled"
taken
pid=
if [ -n "$c" ]; then
file=$("$c" -t -D DUMP_RUN_CFG 2>/dev/null </dev/null | sed -n 's/^PidFile: "\\(.*\\)"$/\\1/p')
for file in "$file" {pid_files}; do if [ -f "$file" ]; then read -r pid <"$file"; break; fi; done
alive "$pid" || pid=
fi
probe >"$stage/before"; answers before
if grep -q '^000' "$stage/before"; then fail 'a URL is not answered there'; fi
step staged
mv "$stage/undo.new" "$stage/undo" || fail "$stage: cannot be written"
phase=installed
installed
step configtest
configtest || { said; fail 'configtest failed'; }
step tested
trap : HUP INT TERM
{reload}trap '' HUP INT TERM
trap - EXIT
removed; tell done
}
"""
#: From here on the connection does not count: what httpd and the URLs say decides. httpd notes its process anew once it has
#: read its files (server/log.c:ap_log_pid, called by each MPM's run).
_RELOAD = """\
: >"$stage/reloaded"; phase=reloaded
graceful || { said; fail 'the graceful restart failed'; }
for second in {settling}; do if settled $second; then break; fi; sleep 1; done
if [ -n "$pid" ] && ! alive "$pid"; then fail 'httpd ended when it read the new files'; fi
if [ -s "$stage/urls" ]; then
for second in {patience}; do probe >"$stage/after"; if cmp -s "$stage/before" "$stage/after"; then break; fi; sleep 1; done
answers after
cmp -s "$stage/before" "$stage/after" || {differs}
fi
"""
_NEEDS_HTTPD = """\
[ -n "$c" ] || { tell refused 'no apachectl and no httpd; --configtest and --graceful name the commands'; exit 0; }
"""
_NEEDS_CLIENT = """\
command -v curl >/dev/null || command -v wget >/dev/null || { tell refused '--probe needs curl or wget there'; exit 0; }
"""


def look(stage: str, end: str) -> str:
    """Return the script that says whether a push is running there, or was ended in the middle."""
    return _common(stage) + _httpd(Orders(), end) + _LOOK


def recover(stage: str, orders: Orders, end: str) -> str:
    """Return the script that takes back what a push left that was ended in the middle."""
    return _common(stage) + _httpd(orders, end) + _RECOVER


def push(stage: str, changes: Sequence[Change], orders: Orders, end: str) -> str:
    """Return the script that does it all. Its last line starts it, so that a script that comes in part does nothing."""
    needs = "" if orders.configtest and (orders.graceful or not orders.is_reloaded) else _NEEDS_HTTPD
    main = _PUSH.replace("{needs}", needs + (_NEEDS_CLIENT if orders.probes else ""))
    main = main.replace("{pid_files}", _PID_FILES).replace("{blind}", str(_BLIND))
    main = main.replace("{reload}", _reload(orders) if orders.is_reloaded else "")
    return "".join([_common(stage), _httpd(orders, end), *_sent(stage, changes, orders), main, "push\n"])


def _common(stage: str) -> str:
    return _COMMON.replace("{stage}", shlex.quote(stage)).replace("{put}", f"{OWN}put")


def _httpd(orders: Orders, end: str) -> str:
    commands = {
        "{configtest}": f"sh -c {shlex.quote(orders.configtest)}" if orders.configtest else '"$c" $test',
        "{graceful}": f"sh -c {shlex.quote(orders.graceful)}" if orders.graceful else '"$c" $reload',
    }
    script = _HTTPD.replace("{end}", end).replace("{patience}", _counted(_PATIENCE))
    for name, command in commands.items():
        script = script.replace(name, command)
    return script


def _reload(orders: Orders) -> str:
    differs = "tell differs" if orders.keeps else "fail 'a URL is answered otherwise'"
    script = _RELOAD.replace("{differs}", differs)
    return script.replace("{settling}", _counted(_SETTLING)).replace("{patience}", _counted(_PATIENCE))


def _counted(most: int) -> str:
    return " ".join(map(str, range(1, most + 1)))


def _sent(stage: str, changes: Sequence[Change], orders: Orders) -> Iterator[str]:
    """Yield a function that writes all that is sent, and fails where a file did not become as long as it should be."""
    undo = encode(f"# Takes back what modwsgi-fix push put here: sh {shlex.quote(f'{stage}/undo')}\n")
    undo += encode(_common(stage) + _UNDO)
    yield "sent() {\n"
    for name, lines in (("list", [change.path for change in changes]), ("urls", orders.probes)):
        document, _ = lines_of(lines)
        yield f'cat >"$stage/{name}" {document}'
    yield from _file("undo.new", undo)
    for number, change in enumerate(changes, 1):
        yield from _file(f"was/{number}", change.before)
        yield from _file(f"new/{number}", change.after)
    yield "}\n"


def _file(name: str, data: bytes) -> Iterator[str]:
    yield "{ :\n"
    yield from (f"printf %b '{escaped(data[at : at + _PIECE])}'\n" for at in range(0, len(data), _PIECE))
    yield f'}} >"$stage/{name}"; [ "$(wc -c <"$stage/{name}" | tr -d \' \')" = {len(data)} ] || return 1\n'


_ESCAPES = [
    chr(byte) if byte == 0x0A or (0x20 <= byte < 0x7F and byte not in b"'\\") else f"\\0{byte:03o}"
    for byte in range(256)
]


def escaped(data: bytes) -> str:
    """Return bytes as ``printf %b`` reads them, in ASCII and without quotes."""
    return "".join([_ESCAPES[byte] for byte in data])


def told(said: bytes, end: str) -> list[tuple[str, str]]:
    """Return what a script told, in its order: a word, and the rest of the line."""
    lines = (line.partition(" ") for line in decode(said).split("\n"))
    return [(word, rest) for mark, _, line in lines if mark == end for word, _, rest in [line.partition(" ")]]
