"""proxy_store: the body of an answer with status 200 becomes a file, too.

The body is written to a temporary file as it comes from the server, and gets its place when it is whole. The client may have
left by then: it does not end the request. An answer to HEAD is stored as an empty file, if it names no other length. With
proxy_buffering off, and of an answer without a head, nothing is stored.
Measured with nginx 1.22.1 (nginx-tests: proxy_store).
"""

from __future__ import annotations

import errno

from ...dates import parse_http_date
from ..documents import map_uri_to_path
from ..operations import BodyFile, ChangeFiles, MakeFile, Write
from ..placing import NotPlaced, directory_access, place
from ..system_errors import words
from ..variables.evaluation import evaluate
from .exchange import Exchange

_STORED = 200


def is_stored(exchange: Exchange) -> bool:
    """Whether the answer is stored if it can be read ahead of the client."""
    return bool(exchange.settings.store) and exchange.head.http and exchange.head.status == _STORED


class StoredAnswer:
    """One answer that is stored. A disk that fails is logged, and then the answer is not stored."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._waiting = b""
        self._file: BodyFile | None = None
        self._failed = False

    def add(self, data: bytes) -> None:
        """Bytes of the body that are to be written."""
        self._waiting += data

    async def write(self) -> None:
        """Write what waits."""
        if self._waiting and not self._failed:
            data, self._waiting = self._waiting, b""
            file = await self._opened()
            if file is not None:
                await self._append(file, data)

    async def _opened(self) -> BodyFile | None:
        if self._file is None:
            directory, levels = self._exchange.settings.temp_path or (None, ())
            try:
                self._file = await MakeFile(directory, levels)
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
        self._exchange.log("crit", b'%b "%b" failed (%d: %b)' % (call, name, error.errno or 0, words(error)))

    async def keep(self) -> None:
        """The body is whole: put the file into its place."""
        await self.write()
        file, length, path = await self._opened(), self._exchange.head.content_length, self._path()
        if file is None or self._failed or path is None or (length is not None and length != file.size):
            return
        tree = await ChangeFiles()
        dates = self._exchange.head.all(b"last-modified")
        modified, access = parse_http_date(dates[0]) if dates else None, self._exchange.settings.store_access

        def move(source: bytes, target: bytes) -> None:
            tree.store(source, target, access, modified)

        try:
            if not path:
                raise NotPlaced(FileNotFoundError(errno.ENOENT, "No such file or directory"), b'mkdir() ""')
            place(tree, move, file.name, path, directory_access(access))
        except NotPlaced as failed:
            self._exchange.log("crit", failed.message)

    def _path(self) -> bytes | None:
        request, store = self._exchange.request, self._exchange.settings.store
        return map_uri_to_path(request) if isinstance(store, bool) else evaluate(request, store)

    def close(self) -> None:
        """The end: what has no place by now is removed."""
        if self._file is not None:
            self._file.close(remove=True)
