"""Static files: they answer where no other handler does.

As in nginx the handlers of a directory (index, autoindex) are called first, then dav and gzip_static, then the file itself is
sent.
"""

from __future__ import annotations

from collections.abc import Callable

from .. import uri
from ..documents import map_uri_to_path
from ..operations import OpenedFile
from ..request import Request
from ..status import DECLINED, FORBIDDEN, INTERNAL_SERVER_ERROR, MOVED_PERMANENTLY, NOT_ALLOWED, NOT_FOUND, Status
from . import autoindex, dav, gzip_static, index, random_index
from .files import answer_with_file, send_file


async def handle(request: Request) -> int:
    """Answer with a file or a directory, or decline a path that ends in a slash."""
    for handler in _OF_A_DIRECTORY if request.names_directory else _OF_A_FILE:
        status = handler(request)
        if not isinstance(status, int):
            status = await status
        if status != DECLINED:
            return status
    path = map_uri_to_path(request)
    if path is None:
        return INTERNAL_SERVER_ERROR
    request.connection.log("error", b'directory index of "%b" is forbidden' % path, request)
    return FORBIDDEN


async def _handle_file(request: Request) -> int:
    return await answer_with_file(request, (b"GET", b"HEAD", b"POST"), _answer)


async def _answer(request: Request, file: OpenedFile, path: bytes) -> int:
    """Send a file; redirect to a directory. A POST is only redirected."""
    if file.status.type == "directory":
        target = uri.escape_uri(request.uri) + b"/"
        request.response.location = target + b"?" + request.args if request.args else target
        return MOVED_PERMANENTLY
    if file.status.type != "file":
        request.connection.log("crit", b'"%b" is not a regular file' % path, request)
        return NOT_FOUND
    if request.method == b"POST":
        return NOT_ALLOWED
    return await send_file(request, file, path)


_OF_A_FILE: tuple[Callable[[Request], Status], ...] = (dav.handle, gzip_static.handle, _handle_file)
# The first three decline the path of a file, and gzip_static that of a directory.
_OF_A_DIRECTORY: tuple[Callable[[Request], Status], ...] = (
    random_index.handle,
    index.handle,
    autoindex.handle,
    dav.handle,
    _handle_file,
)
