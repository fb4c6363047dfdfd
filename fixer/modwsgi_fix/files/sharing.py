"""Whether another user could change what a path leads to, while root writes there.

Root may write anywhere. A user who may change a directory on the way to a file, or the file itself, decides what root
writes, and where: so root refuses, as sshd does for a key (StrictModes) and git for a repository (safe.directory). Any
other user can only write where that user may write anyway.

Root is trusted, and so is the user who called sudo (``SUDO_UID``, as in git), on whose behalf root runs. A group is trusted
if it is root's own (0) or has nobody else in it, as far as the user database tells; a group without a name is not.
A directory with the sticky bit may be written to by anybody, as what lies in it is moved by its owner only (rename(2)).
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable

from modwsgi_fix.files import FileProblem, has_acl

#: Is given the path and an open descriptor of a directory or file; raises ``FileProblem`` where root must not write there.
Judge = Callable[[str, int], None]


def judge_of(*, allow_shared: bool) -> Judge | None:
    """Return the judge of the places where this process writes; None where it may write wherever it can."""
    if allow_shared or sys.platform == "win32" or os.geteuid() != 0:
        return None
    trusted = frozenset((0, caller_of_sudo(os.environ.get("SUDO_UID", ""))))

    def judge(path: str, descriptor: int) -> None:
        info = os.fstat(descriptor)
        has_more = has_acl(f"/proc/self/fd/{descriptor}" if sys.platform == "linux" else path)
        if reason := objection(info, trusted, has_acl=has_more):
            raise FileProblem(path, f"{reason} change what root writes here; --allow-shared-tree writes all the same")

    return judge


def caller_of_sudo(said: str) -> int:
    """Return the number of the user who called sudo; 0, which is root's, where nobody did."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 10 else 0


def objection(info: os.stat_result, trusted: frozenset[int], *, has_acl: bool) -> str:
    """Return who else could change a path, as the start of a sentence ("belongs to deploy, who could"); ``""`` for nobody."""
    if info.st_uid not in trusted:
        return f"belongs to {_user(info.st_uid)}, who could"
    if stat.S_ISDIR(info.st_mode) and info.st_mode & stat.S_ISVTX:
        return ""
    if info.st_mode & stat.S_IWOTH:
        return "can be written to by everybody, who could"
    if not info.st_mode & stat.S_IWGRP:
        return ""
    # With an ACL these bits are the most that it grants to anybody whom it names (acl(5)).
    if has_acl:
        return "can be written to by users whom its ACL names, who could"
    if info.st_gid and _has_others(info.st_gid, trusted):
        return f"can be written to by the group {_group(info.st_gid)}, which could"
    return ""


def _user(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _group(number: int) -> str:
    import grp

    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _has_others(group: int, trusted: frozenset[int]) -> bool:
    """Whether a group has a member who is not trusted, or its members are not known."""
    import grp
    import pwd

    try:
        members = set(grp.getgrgid(group).gr_mem)
    except KeyError:
        return True
    known = pwd.getpwall()
    named = {user.pw_uid for user in known if user.pw_name in members or user.pw_gid == group}
    unknown = members - {user.pw_name for user in known}
    return bool(unknown) or not named <= trusted
