"""empty_gif: a transparent picture of one pixel."""

from __future__ import annotations

from ..output import send_response
from ..request import Request
from ..status import NOT_ALLOWED

_PICTURE = (
    b"GIF89a\x01\x00\x01\x00\x80\x01\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x01\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02L\x01\x00;"
)
_LAST_MODIFIED = 23349600


async def handle(request: Request) -> int:
    """Answer GET and HEAD."""
    if request.method not in (b"GET", b"HEAD"):
        return NOT_ALLOWED
    request.response.last_modified = _LAST_MODIFIED
    return send_response(request, 200, _PICTURE, b"image/gif")
