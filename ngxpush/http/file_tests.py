"""`if (-f path)` and the other file tests."""

from __future__ import annotations

from ..config.script import FileTest, IsFile
from .opening import find
from .operations import FileStatus
from .request import Request


async def holds(request: Request, condition: IsFile, path: bytes) -> bool:
    """Whether the condition is true for a path. A path that can't be looked at counts as missing."""
    try:
        status = await find(request, request.http.configuration.paths.here(path))
    except OSError:
        return condition.negative
    return _is(status, condition.test) is not condition.negative


def _is(status: FileStatus, test: FileTest) -> bool:
    if test is FileTest.FILE:
        return status.type == "file"
    if test is FileTest.DIRECTORY:
        return status.type == "directory"
    if test is FileTest.EXECUTABLE:
        return status.executable
    return status.type in ("file", "directory")
