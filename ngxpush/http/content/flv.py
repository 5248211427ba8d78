"""flv: a film from a given byte on, with the head that a player needs."""

from __future__ import annotations

from ...numbers import parse_decimal
from ..operations import OpenedFile
from ..request import Request
from ..status import DECLINED
from ..variables.request import argument
from .files import answer_with_file, send_file

_HEAD = b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"
_start = argument(b"start")


async def handle(request: Request) -> int:
    """Answer GET and HEAD. A `start` that is no place in the file counts as 0."""
    return await answer_with_file(request, (b"GET", b"HEAD"), _answer)


async def _answer(request: Request, file: OpenedFile, path: bytes) -> int:
    if file.status.type != "file":
        return DECLINED
    start = parse_decimal(_start(request) or b"") or 0
    if not 0 < start < file.status.size:
        return await send_file(request, file, path)
    return await send_file(request, file, path, start, _HEAD)
