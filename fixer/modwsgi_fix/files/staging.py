"""New content on the disk, which has no name until it takes the place of a file.

A directory that httpd includes whole (``Include conf.d/``) includes any name there, also ``.*`` (server/config.c:
ap_process_resource_config). So content is written to a file without a name (O_TMPFILE, open(2)), with owner,
mode and extended attributes; the name is made directly before the rename. Where the filesystem or the system has no
such files (NFS, FUSE, macOS), a file with a name is written directly before its rename. Every file is a ``Place``: its
directory is open, and no link is followed.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress

from modwsgi_fix.files import FileProblem
from modwsgi_fix.files.places import Place, opening, read_whole

#: The errors of open(2) where there are no files without names.
_NO_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL)
#: Why a file that has changed since it was read is not written.
CHANGED = "changed on disk meanwhile; nothing was written"


def nameless(place: Place, data: bytes, *, like: Place | None = None, mode: int = 0o600) -> int | None:
    """Return a descriptor of a new file without a name in the directory of a place; None where there are no such files.

    The file has the owner, attributes and mode of the file ``like``, else ``mode``. Its content is on the disk (fsync), so
    it lasts once it has a name.
    """
    if sys.platform != "linux":
        return None
    try:
        descriptor = os.open(".", os.O_TMPFILE | os.O_WRONLY, 0o600, dir_fd=place.above)
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


def create(
    place: Place, data: bytes, *, like: Place | None = None, mode: int = 0o600, staged: Place | None = None
) -> None:
    """Create a file, whole from the first moment where the filesystem can do that; ``like`` and ``mode`` as ``nameless``.

    With ``staged``, a free name beside it, it is whole on any filesystem, provided that the path does not exist yet.
    """
    descriptor = nameless(place, data, like=like, mode=mode)
    try:
        if descriptor is None or not _named(descriptor, place):
            _create_named(staged or place, data, like=like, mode=mode)
            if staged:
                _rename(staged, place)
    except BaseException:
        if staged:
            with suppress(OSError):
                delete(staged)
        raise
    finally:
        if descriptor is not None:
            os.close(descriptor)


def replace(place: Place, data: bytes, *, staged: Place, descriptor: int | None = None) -> None:
    """Replace a file by the content of ``descriptor``, or by ``data``, which is the same.

    ``staged`` is the name that the content has in between.
    """
    _move_in(place, data, staged=staged, descriptor=descriptor, like=place, mode=0o600)


def _move_in(
    place: Place, data: bytes, *, staged: Place, descriptor: int | None, like: Place | None, mode: int
) -> None:
    if descriptor is None or not _named(descriptor, staged):
        _create_named(staged, data, like=like, mode=mode)
    _rename(staged, place)


def _rename(staged: Place, place: Place) -> None:
    if place.above is None:
        os.replace(staged.name, place.name)
    else:
        os.replace(staged.name, place.name, src_dir_fd=staged.above, dst_dir_fd=place.above)


def put(place: Place, data: bytes, *, staged: Place, mode: int) -> None:
    """Write a file, new or existing, so that it is whole at any moment; where that fails, nothing else is left behind.

    An existing file keeps its owner, attributes and mode; a new one gets ``mode``. ``staged`` is the name beside the file that
    the content has in between; remains of a crash under that name are deleted. Only one run at a time may use it.
    """
    like = place if exists(place) else None
    delete(staged)
    descriptor = nameless(place, data, like=like, mode=mode)
    try:
        _move_in(place, data, staged=staged, descriptor=descriptor, like=like, mode=mode)
    except BaseException:
        with suppress(OSError):
            delete(staged)
        raise
    finally:
        if descriptor is not None:
            os.close(descriptor)


def write_into(place: Place, data: bytes, *, before: bytes) -> None:
    """Write into a file, which keeps its inode. Raises ``FileProblem`` where it does not hold ``before``."""
    with opening(place, writes=True) as descriptor:
        if read_whole(place, descriptor) != before:
            raise FileProblem(place.path, CHANGED)
        os.lseek(descriptor, 0, os.SEEK_SET)
        with open(descriptor, "wb", closefd=False) as file:
            file.write(data)
            file.truncate()
        os.fsync(descriptor)


def exists(place: Place) -> bool:
    """Whether the name exists, if only as a link."""
    try:
        os.stat(place.name, dir_fd=place.above, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def delete(place: Place) -> None:
    """Delete a file if it exists."""
    with suppress(FileNotFoundError):
        os.unlink(place.name, dir_fd=place.above)


def _named(descriptor: int, place: Place) -> bool:
    """Give a nameless file its name, and return whether the system could. Raises ``FileExistsError`` for a taken name."""
    try:
        # With a descriptor, os.link calls linkat, which follows the link in /proc.
        os.link(f"/proc/self/fd/{descriptor}", place.name, dst_dir_fd=place.above, follow_symlinks=True)
    except FileExistsError:
        raise
    except OSError:  # fs.protected_hardlinks, a container's rules
        return False
    return True


def _create_named(place: Place, data: bytes, *, like: Place | None, mode: int) -> None:
    descriptor = None
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(place.name, flags, 0o600, dir_fd=place.above)
        _fill(descriptor, data, like=like, mode=mode)
    except FileExistsError:
        raise
    except BaseException:  # A signal may arrive when the file exists and its descriptor is not known yet.
        with suppress(OSError):
            delete(place)
        raise
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _fill(descriptor: int, data: bytes, *, like: Place | None, mode: int) -> None:
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)
    if sys.platform != "win32":
        if like:
            with opening(like) as model:
                _dress(descriptor, model, like.path)
        else:
            os.fchmod(descriptor, mode)
    os.fsync(descriptor)


def _dress(descriptor: int, model: int, path: str) -> None:
    """Give a file the owner, extended attributes (ACLs, SELinux label) and mode of an open one. Raises ``OSError``."""
    wanted, present = os.fstat(model), os.fstat(descriptor)
    if (wanted.st_uid, wanted.st_gid) != (present.st_uid, present.st_gid):
        try:
            os.fchown(descriptor, wanted.st_uid, wanted.st_gid)
        except PermissionError:
            raise FileProblem(path, "belongs to another user or group, which cannot be kept; use --in-place") from None
    if sys.platform == "linux":
        try:
            source, copy = _attributes(model), _attributes(descriptor)
            for name in copy.keys() - source.keys():
                os.removexattr(descriptor, name)
            for name, value in source.items():
                if copy.get(name) != value:
                    os.setxattr(descriptor, name, value)
        except OSError as error:
            reason = f"its extended attributes cannot be kept ({error.strerror}); use --in-place"
            raise FileProblem(path, reason) from error
    # Last: a change of owner clears set-id bits, and an inherited ACL would mask the mode.
    os.fchmod(descriptor, stat.S_IMODE(wanted.st_mode))


def _attributes(file: int) -> dict[str, bytes]:
    try:
        return {name: os.getxattr(file, name) for name in os.listxattr(file)}
    except OSError:  # a filesystem without them
        return {}
