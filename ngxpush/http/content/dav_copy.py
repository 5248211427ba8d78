"""COPY and MOVE of dav.

A directory is not copied or moved into itself. nginx copies its copies too, until their path is too long for the system: some
thousand times what is in the directory. A MOVE then removes all of it.
"""

from __future__ import annotations

import errno

from ...config.directives.content.dav import DavLocation
from ..operations import FileStatus, FileTree
from ..placing import directory_access, place
from ..request import Request
from ..status import BAD_REQUEST, CONFLICT, CREATED, FORBIDDEN, NO_CONTENT, NOT_FOUND, PRECONDITION_FAILED
from ..uri import UnsafeURI, parse_unsafe_uri
from .dav_errors import RefusedChange, failed, unexpected
from .dav_removal import remove
from .dav_request import Depth, depth_of, path_of, refuse_body

_SCHEME = b"http://"


def copy_or_move(request: Request, tree: FileTree) -> int:
    """Copy or move a file or a directory to the Destination. Raises RefusedChange."""
    refuse_body(request, b"COPY and MOVE with body are unsupported")
    written = request.input.headers.get(b"destination")
    if written is None:
        raise RefusedChange(BAD_REQUEST, b'client sent no "Destination" header')
    target_uri = _target_uri(request, written)
    if request.uri.endswith(b"/") is not target_uri.endswith(b"/"):
        words = b'both URI "%b" and "Destination" URI "%b" should be either collections or non-collections'
        raise RefusedChange(CONFLICT, words % (request.uri, written))
    _check_depth(request)
    overwrites = _overwrites(request)
    path = path_of(request)
    target = _path_of_target(request, target_uri)
    former = _former(request, tree, target, target_uri, written)
    if former is not None and not overwrites:
        raise RefusedChange(PRECONDITION_FAILED, b'"%b" could not be created (%d: File exists)' % (target, errno.EEXIST))
    try:
        source = tree.lstat(path)
    except OSError as error:
        raise failed(error, b"lstat()", path, NOT_FOUND) from None
    if source.type != "directory":
        return _file(request, tree, path, target)
    if not request.uri.endswith(b"/"):
        raise RefusedChange(BAD_REQUEST, b'"%b" is collection' % request.uri)
    if tree.is_inside(target, path):
        raise RefusedChange(FORBIDDEN, b'"%b" could not be %bed into itself: "%b"' % (path, request.method, target))
    if former is not None:
        remove(request, tree, target, former.type == "directory")
    return _directory(request, tree, path, target)


def _target_uri(request: Request, written: bytes) -> bytes:
    """The path in the Destination header, which must be on this server."""
    invalid = RefusedChange(BAD_REQUEST, b'client sent invalid "Destination" header: "%b"' % written)
    path = written
    if not written.startswith(b"/"):
        host = request.input.host or b""
        if not written.startswith(_SCHEME) or not host:
            raise invalid
        if not written.startswith(_SCHEME + host):
            words = b'"Destination" URI "%b" is handled by different repository than the source URI'
            raise RefusedChange(BAD_REQUEST, words % written)
        rest = written[len(_SCHEME) + len(host) :]
        if b"/" not in rest:
            raise invalid
        path = rest[rest.index(b"/") :]
    try:
        return parse_unsafe_uri(path)[0]
    except UnsafeURI as unsafe:
        request.connection.log("error", b'unsafe URI "%b" was detected' % unsafe.args[0], request)
        raise invalid from None


def _check_depth(request: Request) -> None:
    depth = depth_of(request)
    if depth is Depth.INFINITY or (depth is Depth.ZERO and request.method == b"COPY"):
        return
    allowed = b"0 or infinity" if request.method == b"COPY" else b"infinity"
    raise RefusedChange(BAD_REQUEST, b'"Depth" header must be %b' % allowed)


def _overwrites(request: Request) -> bool:
    header = request.input.headers.get(b"overwrite")
    if header is None or header in (b"T", b"t"):
        return True
    if header in (b"F", b"f"):
        return False
    raise RefusedChange(BAD_REQUEST, b'client sent invalid "Overwrite" header: "%b"' % header)


def _path_of_target(request: Request, uri: bytes) -> bytes:
    """The path of the Destination, without a slash at its end. As in nginx variables in `root` see it as the request's URI."""
    own, request.uri = request.uri, uri
    try:
        path = path_of(request)
    finally:
        request.uri = own
    return path[:-1] if uri.endswith(b"/") else path


def _former(request: Request, tree: FileTree, target: bytes, target_uri: bytes, written: bytes) -> FileStatus | None:
    """What is at the Destination; None for nothing."""
    try:
        former = tree.lstat(target)
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None
        raise failed(error, b"lstat()", target, NOT_FOUND) from None
    if former.type == "directory" and not target_uri.endswith(b"/"):
        words = b'"%b" could not be %bed to collection "%b"' % (request.uri, request.method, written)
        raise RefusedChange(CONFLICT, words)
    return former


def _file(request: Request, tree: FileTree, path: bytes, target: bytes) -> int:
    if request.method == b"MOVE":
        place(tree, tree.rename, path, target, directory_access(request.location.of(DavLocation).dav_access))
        return NO_CONTENT
    try:
        tree.copy(path, target)
    except OSError as error:
        raise unexpected(error, b'open() "%b"' % target) from None
    return NO_CONTENT


def _directory(request: Request, tree: FileTree, path: bytes, target: bytes) -> int:
    if request.method == b"MOVE":
        try:
            tree.rename(path, target)
            return CREATED
        except OSError:
            pass  # to another file system, for example: it is copied
    try:
        tree.make_directory(target, tree.access(path))
    except OSError as error:
        raise failed(error, b"mkdir()", target, NOT_FOUND) from None
    whole = _copy_into(request, tree, path.rstrip(b"/"), target)
    if whole and request.method == b"MOVE":
        remove(request, tree, path, is_directory=True)
    return CREATED


def _copy_into(request: Request, tree: FileTree, path: bytes, target: bytes) -> bool:
    """Copy all that is in a directory. What can't be copied is logged. Returns whether all was."""
    whole = True
    left = [b""]  # not nested calls, since directories may be deeper than these
    while left:
        below = left.pop()
        for name, is_directory in tree.names(path + below):
            inner = below + b"/" + name
            copied = _copy_one(request, tree, path + inner, target + inner, is_directory)
            whole &= copied
            if copied and is_directory:
                left.append(inner)
    return whole


def _copy_one(request: Request, tree: FileTree, path: bytes, target: bytes, is_directory: bool) -> bool:
    """Copy a file, or make a directory as another is. False, and a line in the error log, if that fails."""
    try:
        if is_directory:
            tree.make_directory(target, tree.access(path))
        else:
            tree.copy(path, target)
    except OSError as error:
        refused = failed(error, b"mkdir()", target, NOT_FOUND) if is_directory else unexpected(error, b'open() "%b"' % target)
        request.connection.log(refused.level, refused.message, request)
        return False
    return True
