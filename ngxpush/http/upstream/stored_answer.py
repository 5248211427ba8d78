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
from ..operations import ChangeFiles
from ..placing import NotPlaced, directory_access, place
from ..variables.evaluation import evaluate
from .answer_file import AnswerFile
from .exchange import Exchange

_STORED = 200


def is_stored(exchange: Exchange) -> bool:
    """Whether the answer is stored if it can be read ahead of the client."""
    return bool(exchange.settings.store) and exchange.head.http and exchange.head.status == _STORED


class StoredAnswer:
    """One answer that is stored."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._file = AnswerFile(exchange, exchange.settings.temp_path)
        self.add = self._file.add
        self.write = self._file.write
        self.close = self._file.close

    async def keep(self, ended: bool) -> None:
        """The body is whole, however it has ended: put the file into its place."""
        file, length, path = await self._file.whole(), self._exchange.head.content_length, self._path()
        if file is None or path is None or (length is not None and length != file.size):
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
        if isinstance(store, bool):
            return map_uri_to_path(request)
        return request.http.configuration.paths.here(evaluate(request, store))
