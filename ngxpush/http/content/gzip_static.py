"""gzip_static: the packed form of a file, which stands beside it."""

from __future__ import annotations

from ...config.directives.content.gzip_static import GzipStaticLocation
from ...config.directives.filters.gzip import GzipLocation
from ..documents import map_uri_to_path
from ..filters.gzip import client_accepts
from ..opening import NOT_THERE
from ..operations import OpenedFile
from ..request import Request
from ..status import DECLINED, INTERNAL_SERVER_ERROR, Status
from .files import failed, send_file, with_file


def handle(request: Request) -> Status:
    """Send the `.gz` file beside the requested one to a client that accepts it, if it exists; else decline.

    If gzip_vary asks for it, the answer to a client that does not accept it depends on its existence, too.
    """
    mode = request.location.of(GzipStaticLocation).gzip_static
    if request.method not in (b"GET", b"HEAD") or request.names_directory or mode == b"off":
        return DECLINED
    return _send(request, mode)


async def _send(request: Request, mode: bytes) -> int:
    accepted = mode == b"always" or client_accepts(request)
    vary = request.location.of(GzipLocation).gzip_vary
    if not accepted and not vary:
        return DECLINED
    path = map_uri_to_path(request)
    if path is None:
        return INTERNAL_SERVER_ERROR

    async def answer(request: Request, file: OpenedFile, path: bytes) -> int:
        if mode != b"always":
            request.response.gzip_vary = vary
        if not accepted or file.status.type != "file":
            return DECLINED
        request.response.content_encoding = b"gzip"
        return await send_file(request, file, path)

    return await with_file(request, path + b".gz", answer, _decline)


def _decline(request: Request, error: OSError, path: bytes) -> int:
    """Leave the request to the next handler. That there is no such file is not worth a line in the log."""
    if error.errno not in NOT_THERE:
        failed(request, error, path)
    return DECLINED
