"""Pictures of editors in a terminal: a real editor in tmux, and its screen with its colours as SVG.

    python tools/screens.py [NAME ...]

Each picture is docs/editors/NAME.svg. The lines that set an editor up are those of docs/editors.md.
"""

from __future__ import annotations

import html
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "editors.md"
PICTURES = ROOT / "docs" / "editors"
#: Columns and lines of the terminal.
WIDTH, HEIGHT = 116, 26
#: Seconds after which what has not been shown is not shown any more.
PATIENCE = 60

MAIN = """\
ServerName www.example.com
Listen 80
<Directory />
    AllowOverride None
    Require all denied
</Directory>
IncludeOptional sites-enabled/*.conf
"""
SITE = """\
NameVirtualHost *:80
<VirtualHost *:80>
    ServerName shop.example.com
    WSGIDaemonProcess shop processes=2 threads=15
    WSGIDaemonProcess shop processes=2 threads=15
    WSGIProcessGroup shop
    WSGIScriptAlias / /srv/shop/wsgi.py
    <Directory /srv/shop>
        Require all granted
    </Directory>
    <Location /admin>
        Order allow,deny
        Allow from all
    </Location>
</VirtualHost>
"""
#: The width of a column in rich's pictures: 0.61 of the height of a character, which is 20.
_COLUMN = 12.2
#: As rich has it, without what is fetched from elsewhere.
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


class Screen:
    """A program on a terminal of tmux, in a directory with a server below etc/apache2."""

    def __init__(self, directory: Path, command: str) -> None:
        self.directory = directory
        self._socket = directory / "tmux"
        written(directory / "etc" / "apache2")
        program = directory / "bin" / "modwsgi-fix"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m modwsgi_fix.cli "$@"\n')
        program.chmod(0o755)
        variables = f"HOME={directory} XDG_STATE_HOME={directory}/state PATH={program.parent}:$PATH"
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(WIDTH), "-y", str(HEIGHT),
                   f"cd etc/apache2 && exec env {variables} {command}")  # fmt: skip

    def __enter__(self) -> Screen:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._tmux("kill-server")

    def keys(self, *keys: str) -> None:
        """Press keys, by tmux's names; what is not a name is typed."""
        self._tmux("send-keys", *keys)

    def until(self, *texts: str) -> None:
        """Wait until all these texts are on the screen, and it has come to rest."""
        deadline, before = time.monotonic() + PATIENCE, ""
        while True:
            shown = self._tmux("capture-pane", "-p")
            if shown == before and all(text in shown for text in texts):
                return
            if time.monotonic() > deadline:
                raise SystemExit(f"not on the screen: {texts}\n{shown}")
            before = shown
            time.sleep(0.5)

    def picture(self, name: str, title: str) -> str:
        """Return the screen as SVG."""
        console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="truecolor")
        console.print(Text.from_ansi(self._tmux("capture-pane", "-e", "-p")), end="")
        drawn = console.export_svg(title=title, theme=MONOKAI, code_format=_FORMAT, unique_id=name)
        return re.sub(r"[ \t]+$", "", drawn, flags=re.M)

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-S", str(self._socket), *words],
            cwd=self.directory, capture_output=True, text=True, check=True, timeout=30,
        )  # fmt: skip
        return done.stdout


def written(directory: Path) -> None:
    """Write the server of the pictures."""
    (directory / "sites-enabled").mkdir(parents=True)
    (directory / "sites-enabled" / "shop.conf").write_text(SITE)
    (directory / "apache2.conf").write_text(MAIN)


def text_of(picture: str) -> str:
    """Return what a picture says, line by line, without spaces at the ends of lines and empty lines at the end."""
    lines: dict[float, str] = {}
    for left, top, text in re.findall(
        r'<text [^>]*x="([^"]*)" y="([^"]*)" [^>]*clip-path[^>]*>([^<]*)</text>', picture
    ):
        # Pieces of spaces alone are not drawn: where the next one begins says how many there were.
        before = lines.get(float(top), "").ljust(round(float(left) / _COLUMN))
        lines[float(top)] = before + html.unescape(text).replace("\xa0", " ")
    # Some versions of rich write an empty line there, others none.
    return "\n".join(line.rstrip() for _, line in sorted(lines.items())).rstrip("\n")


def documented(language: str, number: int = 0) -> str:
    """Return a block of docs/editors.md in a language, the first by default."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.S)[number]


def neovim(directory: Path) -> str:
    """What is wrong beside the lines, and the quick fixes of one."""
    with _in_neovim(directory) as screen:
        screen.until("is already defined")
        screen.keys("5G^w", ":lua vim.lsp.buf.code_action()", "Enter")
        screen.until("(duplicate-daemon-process: safe)")
        return screen.picture("neovim", "Neovim: findings, and the quick fixes of line 5")


def neovim_hover(directory: Path) -> str:
    """The lens above a host, and the page of a directive."""
    with _in_neovim(directory) as screen:
        screen.until("is already defined")
        screen.keys(":lua vim.lsp.codelens.refresh()", "Enter", "6G^")
        screen.until("what answers here")
        screen.keys(":lua vim.lsp.buf.hover()", "Enter")
        screen.until("Module")
        return screen.picture("neovim-hover", "Neovim: a code lens, and what WSGIProcessGroup is")


def _in_neovim(directory: Path) -> Screen:
    # The colours that Neovim 0.7 has by itself are hard to read in a picture.
    colours = "set termguicolors signcolumn=yes | colorscheme desert | hi Normal guibg=NONE | hi Pmenu guibg=#303048"
    plain = " | ".join(
        f"hi! link {group} Normal" for group in ("SignColumn", "EndOfBuffer", "NonText", "markdownError")
    )
    (directory / "init.lua").write_text(f"vim.cmd('{colours} | {plain}')\n{documented('lua')}")
    return Screen(directory, "nvim --clean -u ../../init.lua sites-enabled/shop.conf")


def vim(directory: Path) -> str:
    """The list of places after :make."""
    (directory / "vimrc").write_text(documented("vim", -1) + "set background=dark\nsyntax on\n")
    with Screen(directory, "vim -Nu ../../vimrc -i NONE sites-enabled/shop.conf") as screen:
        screen.until("NameVirtualHost")
        screen.keys(":silent make .", "Enter", ":redraw! | copen", "Enter")
        screen.until("duplicate-daemon-process", "[Quickfix List]")
        return screen.picture("vim", "Vim: the findings of the whole server, after :make")


def vim_filter(directory: Path) -> str:
    """The text after the filter."""
    (directory / "vimrc").write_text("set background=dark\nsyntax on\n")
    with Screen(directory, "vim -Nu ../../vimrc -i NONE sites-enabled/shop.conf") as screen:
        screen.until("NameVirtualHost")
        screen.keys(":%!modwsgi-fix --stdin-filename % -", "Enter")
        screen.until("lines filtered")
        return screen.picture("vim-filter", "Vim: the safe fixes, made by the filter")


def emacs(directory: Path) -> str:
    """What flymake lists, and the quick fixes that eglot offers."""
    (directory / "init.el").write_text(
        "(setq inhibit-startup-screen t extended-command-suggest-shorter nil native-comp-async-report-warnings-errors nil)\n"
        "(package-initialize)\n(require 'eglot)\n(menu-bar-mode 0)\n" + documented("elisp")
    )
    with Screen(directory, "emacs -nw -q -l ../../init.el sites-enabled/shop.conf") as screen:
        screen.until("NameVirtualHost", "Flymake[1 3]")
        screen.keys("M-x", "flymake-show-buffer-diagnostics", "Enter")
        screen.until("[duplicate-daemon-process]")
        return screen.picture("emacs", "Emacs: eglot, and the list of flymake")


def helix(directory: Path) -> str:
    """What is wrong beside the lines, and the quick fixes of one."""
    settings = directory / ".config" / "helix"
    settings.mkdir(parents=True)
    (settings / "languages.toml").write_text(documented("toml"))
    with Screen(directory, "hx sites-enabled/shop.conf") as screen:
        screen.until("is already defined")
        screen.keys(":5", "Enter", "g", "s", "w", "w")
        screen.until("5:27")
        screen.keys("Space", "a")
        screen.until("(duplicate-daemon-process: safe)")
        return screen.picture("helix", "Helix: findings, and the quick fixes of line 5")


def patch(directory: Path) -> str:
    """The first question of ``--patch``."""
    with Screen(directory, "modwsgi-fix --patch .") as screen:
        screen.until("Apply this hunk")
        return screen.picture("patch", "modwsgi-fix --patch /etc/apache2")


PICTURE: dict[str, Callable[[Path], str]] = {
    "neovim": neovim,
    "neovim-hover": neovim_hover,
    "vim": vim,
    "vim-filter": vim_filter,
    "emacs": emacs,
    "helix": helix,
    "patch": patch,
}


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for name in sys.argv[1:] or PICTURE:
        with tempfile.TemporaryDirectory(prefix="screens-") as made:
            (PICTURES / f"{name}.svg").write_text(PICTURE[name](Path(made)), "utf-8")
