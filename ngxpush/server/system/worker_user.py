"""The user that nginx's workers become where root starts it: that of `user`, otherwise `nobody`."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Sequence

_DEFAULT = "nobody"


def ids_of(user: Sequence[bytes]) -> tuple[int, int]:
    """(uid, gid) of the user, and perhaps group, that the directive names: without one it is that of the same name.

    Raises KeyError where the machine does not know them.
    """
    return pwd.getpwnam(os.fsdecode(user[0])).pw_uid, grp.getgrnam(os.fsdecode(user[-1])).gr_gid


def identity(user: Sequence[bytes]) -> tuple[int, int] | None:
    """(uid, gid) of the workers' user; None where this process is not root's, the user is root, or there is no such user.

    user: the arguments of the directive; empty without it.
    """
    if os.geteuid() != 0:
        return None
    try:
        if user:
            uid, gid = ids_of(user)
        else:
            _, _, uid, gid, *_ = pwd.getpwnam(_DEFAULT)
    except KeyError:
        return None
    return (uid, gid) if uid else None
