"""The status of a head without a status line."""

from __future__ import annotations

import re

from ...upstream.response import Head, InvalidHeader

# What follows the three digits is passed on as it is.
_STATUS = re.compile(rb"[0-9]{3}")


def complete(head: Head) -> None:
    """Fill in the status: that of the first line `Status`, 302 if there is a Location, else 200. Raises InvalidHeader."""
    statuses = head.all(b"status")
    if statuses:
        if _STATUS.match(statuses[0]) is None:
            raise InvalidHeader(b'upstream sent invalid status "%b"' % statuses[0])
        head.status, head.status_line = int(statuses[0][:3]), statuses[0]
    elif head.all(b"location"):
        head.status, head.status_line = 302, b"302 Moved Temporarily"
    else:
        head.status, head.status_line = 200, b"200 OK"
