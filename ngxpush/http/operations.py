"""What a request may wait for.

Handlers are coroutines that do not depend on an event loop. To wait, they await an `Operation`, which evaluates to its
result.  `driver.Run`, which drives the coroutine, has the operation performed: by its request's carrier or by the `Performer`. An
operation whose result is there at once needs no task and no turn of the event loop.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Generator
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from msgspec import Struct

from ..config.directives.http.resolver import NameServers
from .body_filter import BodyOutput
from .request import Request
from .upstream.connection import Endpoint, PeerConnection, PeerEvent

T = TypeVar("T")

Resume = Callable[[Any], None]
"""Continues a coroutine with the operation's result, or with the exception to raise there. It may be called once."""


class _Waiting:
    def __repr__(self) -> str:
        return "WAITING"


WAITING: Final = _Waiting()
"""Returned by `Operation.perform` if the result comes later, through `resume`."""


class Operation(Generic[T]):
    """Something that others do for a coroutine. Awaiting it gives a T, or raises the error.

    ends_with_client: if the client leaves before the result is there, the coroutine is closed where it waits.
    """

    __slots__ = ()

    ends_with_client: ClassVar[bool] = False

    def __await__(self) -> Generator[Any, Any, T]:
        result: T = yield self
        return result

    @abstractmethod
    def perform(self, performer: Performer, resume: Resume) -> Any:
        """Do it: return the T, or raise; or return WAITING and call `resume` later, never before this has returned."""


class FileStatus(Struct, frozen=True):
    """The status of a file.

    type: `file`, `directory` or `other`.  size: bytes.  modified: whole seconds since the epoch.  executable: by its owner.
    """

    type: str
    size: int
    modified: int
    executable: bool = False


class LinkCheck(Struct, frozen=True):
    """Which symbolic links in a path are refused (disable_symlinks).

    owners: only a link whose target has another owner.  start: the length of the directory that is not looked at.
    """

    owners: bool
    start: int


class DirectoryEntry(Struct, frozen=True):
    """A name in a directory, and the status of its file, links followed."""

    name: bytes
    status: FileStatus


class OpenedFile(Protocol):
    """A file that is open for reading. Whoever has opened it closes it."""

    status: FileStatus

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes; empty at the end."""

    def close(self) -> None: ...


class BodyFile(Protocol):
    """A temporary file with the body of a request. Whoever has made it closes it.

    name: its path.  size: how many bytes have been given to it.
    """

    name: bytes
    size: int

    def write(self, data: bytes, written: Callable[[OSError | None], None]) -> None:
        """Append bytes without keeping the process from other work; `written` is called later. One call at a time."""

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` of the bytes that are written; empty at the end. Raises OSError."""

    def close(self, remove: bool) -> None:
        """Close it. remove: and remove its name."""


class FileTree(Protocol):
    """Changes to files. The calls raise OSError; links are not followed. `server.system.file_tree` has the real one."""

    def lstat(self, path: bytes) -> FileStatus: ...

    def access(self, path: bytes) -> int:
        """The permissions of a directory."""

    def is_inside(self, path: bytes, directory: bytes) -> bool:
        """Whether a path, at which there need not be anything, is below a directory, perhaps through links."""

    def names(self, path: bytes) -> list[tuple[bytes, bool]]:
        """The names in a directory, in no order, and whether each is a directory; empty if it can't be read."""

    def store(self, source: bytes, target: bytes, permissions: int, modified: int | None) -> None:
        """Make a temporary file the file `target`, with these permissions and, if it is given, this time of its last change."""

    def rename(self, source: bytes, target: bytes) -> None: ...

    def copy(self, source: bytes, target: bytes) -> None:
        """Copy a file with its permissions and its time."""

    def make_directory(self, path: bytes, permissions: int) -> None: ...

    def unlink(self, path: bytes) -> None: ...

    def remove_directory(self, path: bytes) -> None: ...


class Performer(Protocol):
    """Performs what needs the system: files, other hosts. `server.system.performer` is the real one."""

    def stat(self, path: bytes, links: LinkCheck | None) -> FileStatus:
        """The status of what a path names. links: which are not followed. Raises OSError."""

    def open_file(self, path: bytes, links: LinkCheck | None) -> OpenedFile:
        """Open a file for reading. A directory can be opened too, but not read. Raises OSError.

        links: which are not followed. Then the name in the error is that of the part of the path that was not opened.
        """

    def read_file(self, path: bytes) -> bytes:
        """The content of a small file. Raises OSError."""

    def list_directory(self, path: bytes) -> list[DirectoryEntry]:
        """The entries of a directory, in no order. Raises OSError."""

    @property
    def file_tree(self) -> FileTree:
        """Changes files."""

    def make_body_file(self, directory: bytes | None, levels: tuple[int, ...], named: bool) -> BodyFile:
        """A new file in a directory and its subdirectories (client_body_temp_path); None: where the system has such files.

        named: others may open it. If not, its name is removed from the directory at once.  Raises OSError with the file's name.
        """

    def connect(self, endpoint: Endpoint) -> PeerConnection:
        """Begin to connect to a server. Raises NotEnoughConnections."""

    def resolve(self, host: bytes, resume: Resume) -> Any:
        """See `Resolve`. Returns what `Operation.perform` returns."""

    def ask_name_servers(self, host: bytes, servers: NameServers, seconds: float, resume: Resume) -> Any:
        """See `AskNameServers`. Returns what `Operation.perform` returns."""


class ReadBody(Struct, Operation["bytes | int"], frozen=True):
    """The request's whole body; or the status to answer with: too large (413), broken (400), the disk is full (500).

    A body that is in a file (`RequestInput.body_file`) gives b"".  A client that leaves or stalls in the middle ends the request.
    in_memory: the handler needs the bytes, so the body goes to a file only if client_body_in_file_only wants one.
    """

    request: Request
    in_memory: bool = False
    ends_with_client: ClassVar[bool] = True

    def perform(self, performer: Performer, resume: Resume) -> Any:
        return self.request.carrier.read_body(self.request, resume, self.in_memory)


class Answered(Struct, Operation[None], frozen=True):
    """Serve a subrequest at once, and wait until its answer is whole."""

    request: Request
    ends_with_client: ClassVar[bool] = True

    def perform(self, performer: Performer, resume: Resume) -> Any:
        def answered() -> None:
            self.request.carrier.end_subrequest(self.request)
            resume(None)

        self.request.carrier.start(self.request, answered)
        return WAITING


class Sleep(Struct, Operation[None], frozen=True):
    """Wait for so many seconds."""

    request: Request
    seconds: float
    ends_with_client: ClassVar[bool] = True

    def perform(self, performer: Performer, resume: Resume) -> Any:
        self.request.carrier.sleep(self.request, self.seconds, resume)
        return WAITING


class Drained(Struct, Operation[None], frozen=True):
    """Wait until the client has taken most of what was written to it. A subrequest whose turn has not come does not wait."""

    request: Request
    ends_with_client: ClassVar[bool] = True

    def perform(self, performer: Performer, resume: Resume) -> Any:
        return self.request.carrier.drain(self.request, resume)


class TurnTaken(Struct, Operation[None], frozen=True):
    """Wait until some of the bytes of a body that wait for their turn, after the answers of subrequests, may have been sent."""

    output: BodyOutput
    ends_with_client: ClassVar[bool] = True

    def perform(self, performer: Performer, resume: Resume) -> Any:
        self.output.wait(resume)
        return WAITING


class Stat(Struct, Operation[FileStatus], frozen=True):
    """The status of what a path names. links: which are not followed. Raises OSError."""

    path: bytes
    links: LinkCheck | None

    def perform(self, performer: Performer, resume: Resume) -> Any:
        return performer.stat(self.path, self.links)


class OpenFile(Struct, Operation[OpenedFile], frozen=True):
    """Open a file for reading; a directory can be opened, too, but not read. links: as for `Stat`. Raises OSError."""

    path: bytes
    links: LinkCheck | None

    def perform(self, performer: Performer, resume: Resume) -> Any:
        return performer.open_file(self.path, self.links)


class ReadFile(Struct, Operation[bytes], frozen=True):
    """The content of a small file. Raises OSError."""

    path: bytes

    def perform(self, performer: Performer, resume: Resume) -> Any:
        return performer.read_file(self.path)


class ListDirectory(Struct, Operation["list[DirectoryEntry]"], frozen=True):
    """The entries of a directory, in no order. A broken link has its own status. Raises OSError."""

    path: bytes

    def perform(self, performer: Performer, resume: Resume) -> Any:
        return performer.list_directory(self.path)


class ChangeFiles(Struct, Operation[FileTree], frozen=True):
    """The files, to change them."""

    def perform(self, performer: Performer, resume: Resume) -> Any:
        return performer.file_tree


class MakeFile(Struct, Operation[BodyFile], frozen=True):
    """A new temporary file, as `Performer.make_body_file` makes it, with a name. Raises OSError."""

    directory: bytes | None
    levels: tuple[int, ...]

    def perform(self, performer: Performer, resume: Resume) -> Any:
        return performer.make_body_file(self.directory, self.levels, named=True)


class Write(Struct, Operation[None], frozen=True):
    """Append bytes to a temporary file. Raises OSError."""

    file: BodyFile
    data: bytes

    def perform(self, performer: Performer, resume: Resume) -> Any:
        self.file.write(self.data, resume)
        return WAITING


class NotEnoughConnections(Exception):
    """The process may open no more connections. most: worker_connections."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class Open(Struct, Operation[PeerConnection], frozen=True):
    """Begin to connect to a server. The first event is CONNECTED or FAILED. Raises NotEnoughConnections."""

    endpoint: Endpoint

    def perform(self, performer: Performer, resume: Resume) -> Any:
        return performer.connect(self.endpoint)


class Next(Struct, Operation[PeerEvent], frozen=True):
    """The next event on a connection to a server, or TIMED_OUT after so many milliseconds. None: for as long as it takes.

    held: what the server has sent has to wait.
    """

    connection: PeerConnection
    milliseconds: int | None
    held: bool = False

    def perform(self, performer: Performer, resume: Resume) -> Any:
        seconds = None if self.milliseconds is None else self.milliseconds / 1000
        return self.connection.wait(seconds, resume, self.held)


class Resolve(Struct, Operation["list[tuple[bytes, bool]]"], frozen=True):
    """The addresses of a host name, as text, and whether each is IPv6, as the system knows them. Raises OSError."""

    host: bytes

    def perform(self, performer: Performer, resume: Resume) -> Any:
        return performer.resolve(self.host, resume)


class Unresolved(Exception):
    """Name servers have not given an address. code: the code of their answer (RFC 1035), or TIMED_OUT."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


TIMED_OUT: Final = 110
"""The code of a name that is not resolved in time: nginx's, the number of an error of Linux."""


class AskNameServers(Struct, Operation["list[tuple[bytes, bool]]"], frozen=True):
    """The addresses of a host name, as `Resolve` gives them, from name servers (`resolver`). Raises Unresolved.

    milliseconds: how long it may take; 0: as long as it takes.
    """

    host: bytes
    servers: NameServers
    milliseconds: int
    ends_with_client: ClassVar[bool] = True

    def perform(self, performer: Performer, resume: Resume) -> Any:
        return performer.ask_name_servers(self.host, self.servers, self.milliseconds / 1000, resume)
