"""Writes the table of fixer/modwsgi_fix/directives/httpd.py from an installed httpd and its modules.

    python tools/httpd_directives.py > table.txt

Needs apache2, apache2-dev (apxs) and a C compiler; takes about two minutes; starts no server.

Names, argument counts and override bits come from the command tables themselves: httpd_directives.c walks
``ap_top_module``. The bits say what http_config.c:invoke_cmd accepts, but many directives refuse more by
``ap_check_cmd_context`` in their own code, which no table shows: so each directive is also put into each kind of
section and ``apache2 -t`` is asked.
"""

import itertools
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HTTPD = "/usr/sbin/apache2"
MODULES = Path("/usr/lib/apache2/modules")
MPMS = ("event", "worker", "prefork")

LIMIT, OPTIONS, FILEINFO, AUTHCFG, INDEXES, ACCESS, RSRC, EXEC_ON_READ, PROXY = 1, 2, 4, 8, 16, 64, 128, 256, 2048
ANY = LIMIT | OPTIONS | FILEINFO | AUTHCFG | INDEXES
OVERRIDES = {"l": LIMIT, "o": OPTIONS, "f": FILEINFO, "a": AUTHCFG, "i": INDEXES}
#: http_config.h:cmd_how, in its order; each with the least words that such a directive takes.
HOW = """
    RAW_ARGS TAKE1 TAKE2 ITERATE ITERATE2 FLAG NO_ARGS TAKE12 TAKE3 TAKE23 TAKE123 TAKE13 TAKE_ARGV
""".split()  # noqa: SIM905
WORDS = ("x", "x", "x x", "x", "x x", "On", "", "x", "x x x", "x x", "x", "x", "x")
#: Letter, the bits that open it (http_config.c: process_command_config, core.c: dirsection ...), how to write it.
CONTEXTS = {
    "S": (RSRC | OPTIONS | FILEINFO | INDEXES, "%s"),
    "V": (RSRC | OPTIONS | FILEINFO | INDEXES, "<VirtualHost *:80>\n%s\n</VirtualHost>"),
    "D": (ACCESS | ANY, '<Directory "/x">\n%s\n</Directory>'),
    "L": (ACCESS | ANY, '<Location "/x">\n%s\n</Location>'),
    "F": (ACCESS | ANY, '<Files "x">\n%s\n</Files>'),
    "I": (ACCESS | ANY, '<If "true">\n%s\n</If>'),
    "M": (ACCESS | ANY, '<Directory "/x">\n<Limit GET>\n%s\n</Limit>\n</Directory>'),
    "P": (ACCESS | ANY | PROXY, '<Proxy "http://x/">\n%s\n</Proxy>'),
}
#: "cannot occur within htaccess files": seen on a running server, where .htaccess files are read.
NOT_IN_HTACCESS = {"LuaHookTranslateName", "LuaInputFilter", "LuaMapHandler", "LuaOutputFilter", "LuaQuickHandler"}
#: Where the command table's spelling is not the manual's, the manual's: it is what people read and write.
SPELLING = """
    Allow Anonymous_NoUserID CacheFile CookieHTTPOnly Dav DavBasePath DavDepthInfinity DavGenericLockDB
    DavLockDB DavLockDiscovery DavMinTimeout DeflateAlterETag Deny LimitRequestFieldSize ListenBackLog MMapFile
    Order ProxyHTMLDocType SSIETag SSLOCSPNoverify
"""
BARE = {"<RequireAll", "<RequireAny", "<RequireNone", "<Else"}
REFUSED = re.compile(
    r" not allowed (here|in <\w+> context)$| cannot occur within <"
    r"|only valid in per-directory|only used in <VirtualHost>|only valid inside a ",
    re.MULTILINE,
)


def module_symbol(library: Path) -> str:
    """The name that LoadModule wants, from the library's symbols."""
    symbols = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    return next(name for name in symbols.split() if name.endswith("_module"))


def load_everything(root: Path) -> None:
    """Writes event.conf, worker.conf and prefork.conf: all modules with one MPM."""
    loads = {lib: f"LoadModule {module_symbol(lib)} {lib}" for lib in sorted(MODULES.glob("mod_*.so"))}
    for mpm in MPMS:
        lines = [f"ServerRoot {root}", f"DefaultRuntimeDir {root}", f"ErrorLog {root}/error.log", "ServerName x"]
        lines += [load for lib, load in loads.items() if "mod_mpm_" not in lib.name or lib.stem == f"mod_mpm_{mpm}"]
        (root / f"{mpm}.conf").write_text("\n".join(lines) + "\n")


def check(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([HTTPD, "-t", "-f", config], capture_output=True, text=True, timeout=60, check=False)


def command_tables(root: Path) -> Iterator[tuple[str, str, int, int]]:
    """Each (module, name, override bits, args_how), once."""
    source, library = Path(__file__).with_suffix(".c"), root / "httpd_directives.so"
    asked = [["apxs", "-q", "CFLAGS"], ["apxs", "-q", "EXTRA_INCLUDES"]]
    flags = [flag for query in asked for flag in subprocess.check_output(query, text=True).split()]
    subprocess.run(["cc", "-shared", "-fPIC", *flags, source, "-o", library], check=True)
    seen: set[tuple[str, str]] = set()
    for mpm in MPMS:
        config = root / "list.conf"
        config.write_text(f"Include {root}/{mpm}.conf\nLoadModule httpd_directives_module {library}\n")
        listing = check(config)
        listing.check_returncode()
        for line in listing.stdout.splitlines():
            module, name, bits, how = line.split("\t")
            if (module, name) not in seen:
                seen.add((module, name))
                yield module, name, int(bits), int(how)


def refuses(root: Path, module: str, name: str, how: int, context: str) -> bool:
    """Whether httpd says that ``name`` does not belong there; any other complaint is about the arguments."""
    mpm = module[:-2] if module[:-2] in MPMS else "event"
    words = "" if name in BARE else WORDS[how]
    line = f"{name} {words}>\n</{name[1:]}>" if name.startswith("<") else f"{name} {words}"
    with tempfile.NamedTemporaryFile("w", suffix=".conf", dir=root) as config:
        config.write(f"Include {root}/{mpm}.conf\n" + CONTEXTS[context][1] % line + "\n")
        config.flush()
        result = check(Path(config.name))
    return result.returncode != 0 and REFUSED.search(result.stderr) is not None


def contexts(root: Path, module: str, name: str, bits: int, how: int) -> str:
    """The letters of the contexts that accept the directive."""
    if bits & EXEC_ON_READ:  # executed while the file is read: its bits count in .htaccess only
        return "SVDLFIMP" + ("H" if bits & ANY else "")
    letters = [letter for letter, (opens, _) in CONTEXTS.items() if bits & opens]
    kept = "".join(letter for letter in letters if not refuses(root, module, name, how, letter))
    return kept + ("H" if bits & ANY and name not in NOT_IN_HTACCESS else "") or "-"


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(os.cpu_count()) as pool:
        root = Path(temporary)
        load_everything(root)
        commands = [command for command in command_tables(root) if command[0] != "mod_wsgi.c"]
        places = pool.map(lambda command: contexts(root, *command), commands)
        rows = []
        spelling = {name.casefold(): name for name in SPELLING.split()}
        for (module, name, bits, how), where in zip(commands, places, strict=True):
            override = "".join(letter for letter, bit in OVERRIDES.items() if bits & bit) or "-"
            bracket = "<" * name.startswith("<")
            name = bracket + spelling.get(name.strip("<").casefold(), name.strip("<"))
            rows.append((module, f"{where} {override} {HOW[how]}" + " read" * bool(bits & EXEC_ON_READ), name))
    rows.sort(key=lambda row: (row[0].casefold(), row[1], row[2].casefold()))
    for module, of_module in itertools.groupby(rows, key=lambda row: row[0]):
        head = module  # on its first line only
        for shape, alike in itertools.groupby(of_module, key=lambda row: row[1]):
            names = " ".join(name for _, _, name in alike)
            for line in textwrap.wrap(names, 117 - len(head) - len(shape)):
                print(f"{head} {shape}: {line}")
                head = ""


if __name__ == "__main__":
    sys.exit(main())
