"""How long a thousand WSGI scripts take, and one of a megabyte: ``python benchmarks/scripts.py [SCRIPTS] [--corpus DIRECTORY]``.

The scripts are made: of every kind of fault that their authors make, and without one, no two alike. With ``--corpus`` each
file of a directory is taken instead, copied as often as it takes, with a changed line. Processor time of the whole command,
also as a multiple of ``python -c pass``. Nothing fails here: read what it prints.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from figures import figure

_COMMAND = [sys.executable, "-c", "import sys; from modwsgi_fix.cli import main; main()"]
_ANSWER = """\
def application(environ, start_response):
    start_response({status}, [("Content-Type", "text/plain")])
    name = environ.get("PATH_INFO", "")
    return [{body}]
"""
_DJANGO = """\
import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
"""
_KINDS = (
    _ANSWER.format(status='"200 OK"', body='name.encode("utf-8")'),
    _ANSWER.format(status="200", body='"Hello " + name'),
    f"{_DJANGO}application = get_wsgi_application()\n",
    f"{_DJANGO}application = get_wsgi_application\n",
    "import os, sys\nsys.path.append('/srv/shop')\nos.environ['PYTHON_EGG_CACHE'] = '/tmp'\n"
    "import django.core.handlers.wsgi\napplication = django.core.handlers.wsgi.WSGIHandler()\n",
    "from flask import Flask\napp = Flask(__name__)\n\n\n@app.route('/')\ndef index():\n    return 'hello'\n\n\napp.run()\n",
    "import os, site\nfor name in ('lib', 'vendor'):\n    site.addsitedir(os.path.join(os.path.dirname(__file__), name))\n"
    "from shop import application\n",
    "import sys\nsys.stdout = sys.stderr\nimport urllib2\nprint 'loaded'\nfrom shop import application\n",
    "activate_this = '/srv/env/bin/activate_this.py'\nexecfile(activate_this, dict(__file__=activate_this))\n"
    "from shop import app as application\n",
    "import bobo\n\n\n@bobo.query\ndef hello(name):\n    return 'hello ' + name\n",
)  # fmt: skip


def main() -> None:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scripts", nargs="?", type=int, default=1000)
    parser.add_argument("--corpus", type=Path)
    arguments = parser.parse_args()
    nothing = min(_seconds([sys.executable, "-c", "pass"]) for _ in range(9))
    with tempfile.TemporaryDirectory() as directory:
        for number, text in enumerate(islice(_texts(arguments.corpus), arguments.scripts)):
            # Files of one directory would be looked for beside each other.
            path = Path(directory, "many", str(number % 10), f"{number}.wsgi")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text + b"\n# script %d\n" % number)
        large = Path(directory, "large", "large.wsgi")
        large.parent.mkdir()
        large.write_text(f"{_ANSWER.format(status='200', body='name')}ROWS = [\n{'    (1, 2, 3),' * 80_000}\n]\n")
        print(f"python -c pass: {nothing * 1000:.0f} ms")
        for label, place in (
            (f"{arguments.scripts:,} scripts", "many"),
            (f"one script of {large.stat().st_size:,} bytes", "large"),
        ):
            seconds = _seconds([*_COMMAND, "--isolated", str(Path(directory, place))])
            figure(label, seconds, f"s, {seconds / nothing:.0f} times `python -c pass`", 20)


def _texts(corpus: Path | None) -> Iterator[bytes]:
    if corpus is None:
        return cycle(kind.encode() for kind in _KINDS)
    return cycle(path.read_bytes() for path in sorted(corpus.iterdir()) if path.is_file())


def _seconds(command: list[str]) -> float:
    """The processor time of a command, its children's too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
