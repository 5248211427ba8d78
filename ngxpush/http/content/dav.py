"""dav: files written, removed, copied and moved by WebDAV methods. Recordings: found_flow/dav-*, core-dav-delete.

Each method checks the request as nginx does, in nginx's order; what it refuses is logged. COPY and MOVE are in `dav_copy`.
"""

from __future__ import annotations

import errno
from collections.abc import Callable

from ...config.directives.content.dav import DavLocation
from ...dates import parse_http_date
from ..operations import ChangeFiles, FileStatus, FileTree, ReadBody
from ..output import send_body, send_header
from ..placing import NotPlaced, directory_access, place
from ..request import Request
from ..status import (
    BAD_REQUEST,
    CONFLICT,
    CREATED,
    DECLINED,
    INTERNAL_SERVER_ERROR,
    NO_CONTENT,
    NOT_FOUND,
    NOT_IMPLEMENTED,
    OK,
    Status,
)
from ..uri import escape_uri
from .dav_copy import copy_or_move
from .dav_errors import RefusedChange, failed
from .dav_removal import remove
from .dav_request import Depth, depth_of, path_of, refuse_body


def handle(request: Request) -> Status:
    """Do what one of the location's dav_methods asks for; else decline."""
    return _act(request) if request.method in request.location.of(DavLocation).dav_methods else DECLINED


async def _act(request: Request) -> int:
    tree = await ChangeFiles()
    try:
        status = _METHODS[request.method](request, tree)
        return status if isinstance(status, int) else await status
    except RefusedChange as refused:
        if refused.message:
            request.connection.log(refused.level, refused.message, request)
        return refused.status
    except NotPlaced as missed:
        request.connection.log("crit", missed.message, request)
        return INTERNAL_SERVER_ERROR


async def _put(request: Request, tree: FileTree) -> int:
    if request.uri.endswith(b"/"):
        raise RefusedChange(CONFLICT, b"cannot PUT to a collection")
    if b"content-range" in request.input.headers:
        raise RefusedChange(NOT_IMPLEMENTED, b"PUT with range is unsupported")
    request.input.body_to_file = True
    body = await ReadBody(request)
    if isinstance(body, int):
        return body
    file = request.input.body_file
    if file is None:
        raise RefusedChange(INTERNAL_SERVER_ERROR, b"PUT request body must be in a file")
    path = path_of(request)
    former = _look_at(tree, path)
    if former is not None and former.type == "directory":
        raise RefusedChange(CONFLICT, b'"%b" could not be created (%d: Is a directory)' % (path, errno.EISDIR))
    settings = request.location.of(DavLocation)
    date = request.input.headers.get(b"date")
    modified = None if date is None else parse_http_date(date)

    def store(source: bytes, target: bytes) -> None:
        tree.store(source, target, settings.dav_access, modified)

    access = directory_access(settings.dav_access) if settings.create_full_put_path else None
    place(tree, store, file.name, path, access)
    return _answer(request, CREATED if former is None else NO_CONTENT)


def _look_at(tree: FileTree, path: bytes) -> FileStatus | None:
    """What a path names; None for nothing, or for what can't be looked at."""
    try:
        return tree.lstat(path)
    except OSError:
        return None


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


def _delete(request: Request, tree: FileTree) -> int:
    refuse_body(request, b"DELETE with body is unsupported")
    slashes = request.uri.count(b"/")
    if slashes - request.uri.endswith(b"/") < request.location.of(DavLocation).min_delete_depth:
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
        raise RefusedChange(BAD_REQUEST, b'"Depth" header must be infinity')
    if depth not in (Depth.ZERO, Depth.INFINITY):
        raise RefusedChange(BAD_REQUEST, b'"Depth" header must be 0 or infinity')
    remove(request, tree, path, is_directory)
    return NO_CONTENT


def _mkcol(request: Request, tree: FileTree) -> int:
    refuse_body(request, b"MKCOL with body is unsupported")
    if not request.uri.endswith(b"/"):
        raise RefusedChange(CONFLICT, b"MKCOL can create a collection only")
    path = path_of(request)[:-1]
    try:
        tree.make_directory(path, directory_access(request.location.of(DavLocation).dav_access))
    except OSError as error:
        raise failed(error, b"mkdir()", path, CONFLICT) from None
    request.response.location = escape_uri(request.uri)
    return CREATED


_METHODS: dict[bytes, Callable[[Request, FileTree], Status]] = {
    b"PUT": _put,
    b"DELETE": _delete,
    b"MKCOL": _mkcol,
    b"COPY": copy_or_move,
    b"MOVE": copy_or_move,
}
