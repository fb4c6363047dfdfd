"""stub"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping
from typing import Protocol

from modwsgi_fix.text import decode


class FileProblem(Exception):
    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Files(Protocol):
    def read(self, path: str) -> str: ...
    def key(self, path: str) -> str: ...
    def is_file(self, path: str) -> bool: ...
    def is_dir(self, path: str) -> bool: ...
    def is_link(self, path: str) -> bool: ...
    def names(self, directory: str) -> list[str]: ...


class Memory:
    def __init__(self, files: Mapping[str, str], links: Mapping[str, str] = {}) -> None:
        self.files = {posixpath.normpath(k): v for k, v in files.items()}
        self.links = {posixpath.normpath(k): v for k, v in links.items()}

    def key(self, path):
        path = posixpath.normpath(path)
        for _ in range(40):
            for l, t in self.links.items():
                if path == l or path.startswith(l + "/"):
                    path = posixpath.normpath(posixpath.join(posixpath.dirname(l), t) + path[len(l) :])
                    break
            else:
                break
        return path

    def read(self, path):
        k = self.key(path)
        if k not in self.files:
            raise FileProblem(path, "no such file or directory")
        return self.files[k]

    def is_file(self, path):
        return self.key(path) in self.files

    def is_dir(self, path):
        k = self.key(path)
        return k == "." or any(f.startswith(k.rstrip("/") + "/") for f in [*self.files, *self.links])

    def is_link(self, path):
        return posixpath.normpath(path) in self.links

    def names(self, d):
        k = self.key(d)
        p = "" if k == "." else k.rstrip("/") + "/"
        return sorted({f[len(p) :].split("/")[0] for f in [*self.files, *self.links] if f.startswith(p)})


class Disk:
    def read(self, path):
        try:
            return decode(open(path, "rb").read())
        except OSError as e:
            raise FileProblem(path, e.strerror.lower())

    def key(self, path):
        return os.path.realpath(path)

    def is_file(self, path):
        return os.path.isfile(path)

    def is_dir(self, path):
        return os.path.isdir(path)

    def is_link(self, path):
        return os.path.islink(path)

    def names(self, d):
        return sorted(os.listdir(d), key=os.fsencode)
