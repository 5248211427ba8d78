"""The status of a head without a status line."""

from __future__ import annotations

from ....numbers import parse_decimal
from ...upstream.response import Head, InvalidHeader

# What follows them is passed on as it is.
_DIGITS = 3


def complete(head: Head) -> None:
    """Fill in the status: that of the first line `Status`, 302 if there is a Location, else 200. Raises InvalidHeader."""
    statuses = head.all(b"status")
    if statuses:
        status = parse_decimal(statuses[0][:_DIGITS])
        if status is None or len(statuses[0]) < _DIGITS:
            raise InvalidHeader(b'upstream sent invalid status "%b"' % statuses[0])
        head.status, head.status_line = status, statuses[0]
    elif head.all(b"location"):
        head.status, head.status_line = 302, b"302 Moved Temporarily"
    else:
        head.status, head.status_line = 200, b"200 OK"
