"""New content on the disk: without a name until the moment it takes the place of a file.

A directory that httpd includes whole (``Include conf.d/``) takes in whatever has a name there, also ``.*`` (server/
config.c: ap_process_resource_config). So content is written to a file without a name (O_TMPFILE, open(2)), with owner,
mode and extended attributes; the name is made directly before the rename. Where the filesystem or the system has no
such files (NFS, FUSE, macOS), a file with a name is written directly before its rename.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress

from modwsgi_fix.files import FileProblem, problem

#: What open(2) says where there are no files without names.
_NO_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL)


def nameless(directory: str, data: bytes, *, like: str = "", mode: int = 0o600) -> int | None:
    """A descriptor of a new file in a directory that has no name yet; None where there are no such files.

    It has the owner, attributes and mode of the file ``like``, else ``mode``, and lasts once it has a name.
    """
    if sys.platform != "linux":
        return None
    try:
        descriptor = os.open(directory, os.O_TMPFILE | os.O_WRONLY, 0o600)
    except OSError as error:
        if error.errno in _NO_NAMELESS:
            return None
        raise
    try:
        # Only /proc can give it a name.
        if os.path.exists(f"/proc/self/fd/{descriptor}"):
            _fill(descriptor, data, like=like, mode=mode)
            return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def create(path: str, data: bytes, *, like: str = "", mode: int = 0o600, staged: str = "") -> None:
    """A new file, whole from the first moment where the filesystem can do that. As ``nameless`` otherwise.

    With ``staged``, a name beside it that is free, and no other file of that path, it is so on any filesystem.
    """
    descriptor = nameless(os.path.dirname(path), data, like=like, mode=mode)
    try:
        if descriptor is None or not _named(descriptor, path):
            _create_named(staged or path, data, like=like, mode=mode)
            if staged:
                os.replace(staged, path)
    except BaseException:
        if staged:
            with suppress(OSError):
                delete(staged)
        raise
    finally:
        if descriptor is not None:
            os.close(descriptor)


def replace(path: str, data: bytes, *, staged: str, descriptor: int | None = None) -> None:
    """Puts content in the place of a file: that of ``descriptor``, or ``data``, which is the same.

    ``staged`` is the name that it has in between.
    """
    _move_in(path, data, staged=staged, descriptor=descriptor, like=path, mode=0o600)


def _move_in(path: str, data: bytes, *, staged: str, descriptor: int | None, like: str, mode: int) -> None:
    if descriptor is None or not _named(descriptor, staged):
        _create_named(staged, data, like=like, mode=mode)
    os.replace(staged, path)


def put(path: str, data: bytes, *, staged: str, mode: int) -> None:
    """Puts content in a file, which may be there already: whole at any moment, and nothing else is left where that fails.

    A file that is there keeps its owner, attributes and mode; a new one gets ``mode``. ``staged`` is the name that the
    content has in between, beside it; what a crash has left there goes. Only one run at a time may use it.
    """
    directory, like = os.path.dirname(path), path if os.path.exists(path) else ""
    delete(staged)
    descriptor = nameless(directory, data, like=like, mode=mode)
    try:
        _move_in(path, data, staged=staged, descriptor=descriptor, like=like, mode=mode)
    except BaseException:
        with suppress(OSError):
            delete(staged)
        raise
    finally:
        if descriptor is not None:
            os.close(descriptor)
    sync_directory(directory)


def write_into(path: str, data: bytes) -> None:
    """Writes into a file that keeps its inode."""
    with open(path, "r+b") as file:
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def delete(path: str) -> None:
    """Deletes a file if it is there."""
    with suppress(FileNotFoundError):
        os.unlink(path)


def sync_directory(directory: str) -> None:
    """Makes what was created, renamed or deleted in a directory last."""
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise problem(directory, error) from error


def _named(descriptor: int, path: str) -> bool:
    """Gives a nameless file its name; whether the system could. Raises ``FileExistsError`` where the name is taken."""
    directory, name = os.path.split(path)
    above = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # With a descriptor, os.link calls linkat, which follows the link in /proc.
        os.link(f"/proc/self/fd/{descriptor}", name, dst_dir_fd=above, follow_symlinks=True)
    except FileExistsError:
        raise
    except OSError:  # fs.protected_hardlinks, a container's rules
        return False
    finally:
        os.close(above)
    return True


def _create_named(path: str, data: bytes, *, like: str, mode: int) -> None:
    descriptor = None
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        _fill(descriptor, data, like=like, mode=mode)
    except FileExistsError:
        raise
    except BaseException:  # A signal may come when the file is there, and before its descriptor is known.
        with suppress(OSError):
            delete(path)
        raise
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _fill(descriptor: int, data: bytes, *, like: str, mode: int) -> None:
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)
    if sys.platform != "win32":
        if like:
            _dress(descriptor, like)
        else:
            os.fchmod(descriptor, mode)
    os.fsync(descriptor)


def _dress(descriptor: int, like: str) -> None:
    """Gives a file the owner, extended attributes (ACLs, SELinux label) and mode of another, or raises."""
    wanted, present = os.stat(like), os.fstat(descriptor)
    if (wanted.st_uid, wanted.st_gid) != (present.st_uid, present.st_gid):
        try:
            os.fchown(descriptor, wanted.st_uid, wanted.st_gid)
        except PermissionError:
            raise FileProblem(like, "belongs to another user or group, which cannot be kept; use --in-place") from None
    if sys.platform == "linux":
        try:
            source, copy = _attributes(like), _attributes(descriptor)
            for name in copy.keys() - source.keys():
                os.removexattr(descriptor, name)
            for name, value in source.items():
                if copy.get(name) != value:
                    os.setxattr(descriptor, name, value)
        except OSError as error:
            reason = f"its extended attributes cannot be kept ({error.strerror}); use --in-place"
            raise FileProblem(like, reason) from error
    # Last: a change of owner clears set-id bits, and an inherited ACL would mask the mode.
    os.fchmod(descriptor, stat.S_IMODE(wanted.st_mode))


def _attributes(file: str | int) -> dict[str, bytes]:
    try:
        return {name: os.getxattr(file, name) for name in os.listxattr(file)}
    except OSError:  # a filesystem without them
        return {}
