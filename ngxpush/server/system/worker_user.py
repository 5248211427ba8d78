"""The user that nginx's workers become where root starts it: that of `user`, otherwise `nobody`."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Sequence

_DEFAULT = b"nobody"


def identity(user: Sequence[bytes]) -> tuple[int, int] | None:
    """(uid, gid) of that user; None where this process is not root's, the user is root, or there is no such user.

    user: the arguments of the directive; empty without it.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(os.fsdecode(user[0] if user else _DEFAULT))
        gid = grp.getgrnam(os.fsdecode(user[1])).gr_gid if len(user) > 1 else entry.pw_gid
    except KeyError:
        return None
    return (entry.pw_uid, gid) if entry.pw_uid else None
