"""A site with a cache in memory, in front of servers that answer from a list."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from ngxpush.config.directives.gateways.cache import CachePaths
from ngxpush.http.cache.shelf import Shelf
from ngxpush.http.cache.zone import CacheZone
from ngxpush.http.operations import MakeFile, Write
from tests.http.fakes import MemoryBodyFile
from tests.http.serving import compiled

from .servers import ProxiedSite, Server, location, says

PATH = 'proxy_cache_path /cache levels=1:2 keys_zone=one:64k; add_header X-Cache "$upstream_cache_status";'


def good(body: str, lines: str = "") -> Server:
    """A server that answers with this body and these lines, each with its `\\n`."""
    return Server(says(f"HTTP/1.1 200 OK\nContent-Length: {len(body)}\n{lines}\n{body}"))


class CachingSite(ProxiedSite):
    """A site whose location / has a cache. Its files are among `files`. living: whether the processes that hold locks live.

    The files of one request are put aside, or removed, at once.  full: no temporary file can be made.
    """

    def __init__(self, directives: str, *servers: Server, key: str = "proxy_cache_key $uri;") -> None:
        text = PATH + location(f"proxy_cache one; {key} {directives}")
        super().__init__(text, *servers)
        self.encoding = "latin-1"
        self.living = True
        self.full: OSError | None = None
        self._temporary: dict[bytes, MemoryBodyFile] = {}
        configuration = compiled(text).http
        assert configuration is not None
        caches = [each for each in configuration.settings.values() if isinstance(each, CachePaths)]
        settings = next(path for each in caches for path in each.cache_path.values())
        zone = CacheZone(memoryview(bytearray(settings.zone_size)), nullcontext(), lambda _: self.living)
        self.shelf = Shelf(settings, zone, self)
        self.listener.http.caches = {settings.zone: self.shelf}

    def ask(self, target: str = "/", headers: str = "", method: str = "GET", seconds: int = 0) -> tuple[int, str, str]:
        """The status, $upstream_cache_status and the body of the answer to a request that comes some seconds after the last."""
        self.now += seconds
        answer = self.serve(f"{method} {target} HTTP/1.1\nHost: localhost{headers}").decode("latin-1")
        self.end()
        head, _, body = answer.partition("\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
        return int(head[9:12]), lines.get("X-Cache", ""), body

    def _perform(self, operation: Any) -> tuple[Any, Exception | None]:
        if isinstance(operation, MakeFile):
            if self.full is not None:
                return None, self.full
            file = MemoryBodyFile(name=b"/temp/%d" % len(self._temporary))
            self._temporary[file.name] = file
            return file, None
        if isinstance(operation, Write):
            assert isinstance(operation.file, MemoryBodyFile)
            operation.file.write(operation.data, lambda _: None)
            return None, None
        return super()._perform(operation)

    # As ngxpush.http.cache.shelf.CacheFiles

    def place(self, source: bytes, target: bytes) -> None:
        self.files[target] = self._temporary[source].content.decode("latin-1")

    def overwrite(self, path: bytes, old: bytes, new: bytes) -> None:
        content = self.files[path]
        assert content is not None
        assert content.startswith(old.decode("latin-1"))
        self.files[path] = new.decode("latin-1") + content[len(new) :]

    def remove(self, path: bytes) -> None:
        self.files.pop(path, None)
