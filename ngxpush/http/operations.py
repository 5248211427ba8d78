"""What a request may wait for.

Handlers are coroutines that import no event loop: to wait, they await an `Operation`, which hands itself to whoever drives the
coroutine (`server.driver` in real life, a loop over a list in tests) and evaluates to the result. An operation whose result is
there at once costs no task and no turn of the event loop.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from .request import Request

T = TypeVar("T")


class Operation(Generic[T]):
    """Something only the outer ring can do. Awaiting it gives a T, or raises what went wrong."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, Any, T]:
        result: T = yield self
        return result


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What is known of a file.

    type: `file`, `directory` or `other`.  modified: whole seconds since the epoch.  executable: by its owner.
    """

    type: str
    size: int
    modified: int
    executable: bool = False


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A name in a directory, and what it (or what it links to) is."""

    name: bytes
    status: FileStatus


class OpenedFile(Protocol):
    """A file that is open for reading; whoever opened it closes it."""

    status: FileStatus

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes; empty at the end."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ReadBody(Operation["bytes | int"]):
    """The request's body, whole; or the status to answer with when it is too large (413) or broken (400).

    A client that leaves or stalls in the middle ends the request: the coroutine is not resumed.
    """

    request: Request


@dataclass(frozen=True, slots=True)
class Answered(Operation[None]):
    """A subrequest is served at once, and its answer is whole.

    Where the client leaves before, the coroutine is not resumed.
    """

    request: Request


@dataclass(frozen=True, slots=True)
class Sleep(Operation[None]):
    """So many seconds pass. Where the client leaves before, the coroutine is not resumed."""

    request: Request
    seconds: float


@dataclass(frozen=True, slots=True)
class Drained(Operation[None]):
    """The client has taken most of what was written to it. A subrequest does not wait for that."""

    request: Request


@dataclass(frozen=True, slots=True)
class Stat(Operation[FileStatus]):
    """What a path names, links followed. Raises OSError."""

    path: bytes


@dataclass(frozen=True, slots=True)
class OpenFile(Operation[OpenedFile]):
    """Open a file for reading; a directory can be opened, too, but not read. Raises OSError."""

    path: bytes


@dataclass(frozen=True, slots=True)
class ReadFile(Operation[bytes]):
    """The content of a small file. Raises OSError."""

    path: bytes


@dataclass(frozen=True, slots=True)
class ListDirectory(Operation["list[DirectoryEntry]"]):
    """What is in a directory, in no order; what can't be looked at (broken links) is left out. Raises OSError."""

    path: bytes
