"""dav: files written, removed, copied and moved by WebDAV methods. Recordings: found_flow/dav-*, core-dav-delete.

Each method checks the request as nginx does, in nginx's order; what it refuses is logged. COPY and MOVE are in `dav_copy`.
"""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable

from ...config.directives.content.dav import DavLocation
from ...dates import parse_http_date
from ..documents import map_uri_to_path
from ..operations import ChangeFiles, FileTree, ReadBody
from ..output import send_body, send_header
from ..placing import NotPlaced, directory_access, place
from ..request import Request
from ..status import CREATED, DECLINED, INTERNAL_SERVER_ERROR, NO_CONTENT, NOT_FOUND, OK
from ..uri import escape_uri
from . import dav_copy
from .dav_errors import CONFLICT, UNSUPPORTED_MEDIA_TYPE, RefusedChange, failed, has_body
from .dav_removal import Depth, depth_of, remove

_BAD_REQUEST = 400
_NOT_IMPLEMENTED = 501


async def handle(request: Request) -> int:
    """Do what one of the location's dav_methods asks for; else decline."""
    settings = request.location.of(DavLocation)
    if request.method not in settings.dav_methods or request.method not in _METHODS:
        return DECLINED
    tree = await ChangeFiles()
    try:
        return await _METHODS[request.method](request, tree)
    except RefusedChange as refused:
        if refused.message:
            request.connection.log(refused.level, refused.message, request)
        return refused.status
    except NotPlaced as failed:
        request.connection.log("crit", failed.message, request)
        return INTERNAL_SERVER_ERROR


def path_of(request: Request) -> bytes:
    """The path of the URI. Raises RefusedChange."""
    path = map_uri_to_path(request)
    if path is None:
        raise RefusedChange(INTERNAL_SERVER_ERROR)
    return path


async def _put(request: Request, tree: FileTree) -> int:
    if request.uri.endswith(b"/"):
        raise RefusedChange(CONFLICT, b"cannot PUT to a collection")
    if b"content-range" in request.input.headers:
        raise RefusedChange(_NOT_IMPLEMENTED, b"PUT with range is unsupported")
    request.input.body_to_file = True
    body = await ReadBody(request)
    if isinstance(body, int):
        return body
    file = request.input.body_file
    if file is None:
        raise RefusedChange(INTERNAL_SERVER_ERROR, b"PUT request body must be in a file")
    path = path_of(request)
    status = CREATED
    try:
        if tree.lstat(path).type == "directory":
            words = b'"%b" could not be created (%d: Is a directory)' % (path, errno.EISDIR)
            raise RefusedChange(CONFLICT, words)
        status = NO_CONTENT
    except OSError:
        pass
    settings = request.location.of(DavLocation)
    date = request.input.headers.get(b"date")
    modified = None if date is None else parse_http_date(date)

    def store(source: bytes, target: bytes) -> None:
        tree.store(source, target, settings.dav_access, modified)

    made = settings.create_full_put_path
    place(tree, store, file.name, path, directory_access(settings.dav_access) if made else None)
    return _answer(request, status)


def _answer(request: Request, status: int) -> int:
    """A head without a body: for a new file with its Location."""
    response = request.response
    response.status = status
    if status == CREATED:
        response.location = escape_uri(request.uri)
        response.content_length = 0
    sent = send_header(request)
    if sent == OK:
        send_body(request, b"", last=True)
    return sent


async def _delete(request: Request, tree: FileTree) -> int:
    if has_body(request):
        raise RefusedChange(UNSUPPORTED_MEDIA_TYPE, b"DELETE with body is unsupported")
    least = request.location.of(DavLocation).min_delete_depth
    slashes = request.uri.count(b"/")
    if least and (slashes if not request.uri.endswith(b"/") else slashes - 1) < least:
        raise RefusedChange(CONFLICT, b"insufficient URI depth:%d to DELETE" % slashes)
    path = path_of(request)
    try:
        status = tree.lstat(path)
    except OSError as error:
        raise failed(error, b"lstat()", path, NOT_FOUND) from None
    is_directory = status.type == "directory"
    if is_directory and not request.uri.endswith(b"/"):
        raise RefusedChange(CONFLICT, b'DELETE "%b" failed (%d: Is a directory)' % (path, errno.EISDIR))
    depth = depth_of(request)
    if is_directory and depth is not Depth.INFINITY:
        raise RefusedChange(_BAD_REQUEST, b'"Depth" header must be infinity')
    if depth not in (Depth.ZERO, Depth.INFINITY):
        raise RefusedChange(_BAD_REQUEST, b'"Depth" header must be 0 or infinity')
    return remove(request, tree, path, is_directory)


async def _mkcol(request: Request, tree: FileTree) -> int:
    if has_body(request):
        raise RefusedChange(UNSUPPORTED_MEDIA_TYPE, b"MKCOL with body is unsupported")
    if not request.uri.endswith(b"/"):
        raise RefusedChange(CONFLICT, b"MKCOL can create a collection only")
    path = path_of(request)[:-1]
    try:
        tree.make_directory(path, directory_access(request.location.of(DavLocation).dav_access))
    except OSError as error:
        raise failed(error, b"mkdir()", path, CONFLICT) from None
    request.response.location = escape_uri(request.uri)
    return CREATED


async def _copy(request: Request, tree: FileTree) -> int:
    return dav_copy.copy_or_move(request, tree, path_of)


_METHODS: dict[bytes, Callable[[Request, FileTree], Awaitable[int]]] = {
    b"PUT": _put,
    b"DELETE": _delete,
    b"MKCOL": _mkcol,
    b"COPY": _copy,
    b"MOVE": _copy,
}
