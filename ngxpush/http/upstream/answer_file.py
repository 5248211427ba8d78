"""The temporary file that an answer is written to as it comes from the server: for PREFIX_store and PREFIX_cache."""

from __future__ import annotations

from typing import Protocol

from ..operations import BodyFile, MakeFile, Write
from ..system_errors import failure
from .exchange import Exchange


class AnswerCopy(Protocol):
    """An answer that becomes a file, too."""

    def add(self, data: bytes) -> None:
        """Bytes of the body that are to be written."""

    async def write(self) -> None:
        """Write what waits."""

    async def keep(self, ended: bool) -> None:
        """The body is whole: put the file into its place. ended: it ended before the connection (`BodyReader.ended`)."""

    def close(self) -> None:
        """The end: what has no place by now is removed."""


class AnswerFile:
    """One temporary file. A disk that fails is logged, and then there is no file.

    directory: and the lengths of the names of its subdirectories; None: where the system has such files.
    """

    def __init__(self, exchange: Exchange, directory: tuple[bytes, tuple[int, ...]] | None) -> None:
        self._exchange = exchange
        self._directory = directory
        self._waiting = b""
        self._file: BodyFile | None = None
        self._failed = False

    def add(self, data: bytes) -> None:
        """Bytes that are to be written."""
        if not self._failed:
            self._waiting += data

    async def write(self) -> None:
        """Write what waits."""
        if self._waiting and not self._failed:
            data, self._waiting = self._waiting, b""
            file = await self._opened()
            if file is not None:
                await self._append(file, data)

    async def whole(self) -> BodyFile | None:
        """The file with all of it; None if the disk has failed."""
        await self.write()
        file = await self._opened()
        return None if self._failed else file

    async def _opened(self) -> BodyFile | None:
        if self._file is None:
            try:
                self._file = await MakeFile(*(self._directory or (None, ())))
            except OSError as error:
                self._fail(error, b"open()", error.filename or b"")
        return self._file

    async def _append(self, file: BodyFile, data: bytes) -> None:
        try:
            await Write(file, data)
        except OSError as error:
            self._fail(error, b"pwrite()", file.name)

    def _fail(self, error: OSError, call: bytes, name: bytes) -> None:
        self._failed = True
        self._exchange.log("crit", failure(call, name, error))

    def close(self) -> None:
        """Close the file, and remove it if it has not got another place."""
        if self._file is not None:
            self._file.close(remove=True)
