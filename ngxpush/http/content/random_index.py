"""random_index: one of a directory's files, chosen at random."""

from __future__ import annotations

from ...config.directives.content.random_index import RandomIndexLocation
from ..documents import map_uri_to_path
from ..operations import ListDirectory
from ..redirect import internal_redirect_with_same_args
from ..request import Request
from ..status import DECLINED, INTERNAL_SERVER_ERROR
from .autoindex import directory_of, unreadable
from .index import METHODS


async def handle(request: Request) -> int:
    """Redirect inside to a file, if random_index is on and the path ends in a slash; decline if there is none."""
    if not request.names_directory or request.method not in METHODS:
        return DECLINED
    if not request.location.of(RandomIndexLocation).random_index:
        return DECLINED
    path = map_uri_to_path(request)
    if path is None:
        return INTERNAL_SERVER_ERROR
    directory = directory_of(path)
    try:
        entries = await ListDirectory(directory)
    except OSError as error:
        return unreadable(request, error, directory)
    names = sorted(entry.name for entry in entries if entry.status.type == "file" and not entry.name.startswith(b"."))
    if not names:
        return DECLINED
    number = int.from_bytes(request.connection.process.random(8), "big")
    return internal_redirect_with_same_args(request, request.uri + names[number % len(names)])
