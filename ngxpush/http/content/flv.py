"""flv: a film from a given byte on, with the head that a player needs."""

from __future__ import annotations

from ...numbers import parse_decimal
from ..documents import map_uri_to_path
from ..opening import open_file
from ..request import Request
from ..status import DECLINED, INTERNAL_SERVER_ERROR
from ..variables.request import argument
from .static import NOT_ALLOWED, failed, send_file

_HEAD = b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"


async def handle(request: Request) -> int:
    """Answer GET and HEAD. A `start` that is no place in the file counts as 0."""
    if request.method not in (b"GET", b"HEAD"):
        return NOT_ALLOWED
    if request.uri.endswith(b"/"):
        return DECLINED
    path = map_uri_to_path(request)
    if path is None:
        return INTERNAL_SERVER_ERROR
    try:
        file = await open_file(request, path)
    except OSError as error:
        return failed(request, error, path)
    try:
        if file.status.type != "file":
            return DECLINED
        start = parse_decimal(argument(b"start")(request) or b"") or 0
        if not 0 < start < file.status.size:
            return await send_file(request, file)
        return await send_file(request, file, start, _HEAD)
    finally:
        file.close()
