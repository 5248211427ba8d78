"""`if (-f path)` and its kin."""

from __future__ import annotations

from ..config.script import FileTest, IsFile
from .operations import FileStatus, Stat


async def holds(condition: IsFile, path: bytes) -> bool:
    """Whether the condition is true of a path; what can't be looked at does not exist."""
    try:
        status = await Stat(path)
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
