"""Serving a configuration while a block lasts."""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack
from types import TracebackType

from .async_live_server import AsyncLiveServer
from .control import Start
from .live_server import LiveServer
from .loop_thread import LoopThread
from .server_process import ServerProcess

# The name that nginx's messages give a configuration that is a text.
_NAME_OF_TEXT = "ngxpush_configuration"


def serve(
    configuration: str | os.PathLike[str], *, prefix: str | os.PathLike[str] | None = None, channels: str | None = None
) -> ServedConfiguration:
    """Serve a configuration: `with serve(…) as server` gives a LiveServer, `async with` an AsyncLiveServer.

    configuration: the path of a file, or the text of one. A string that has a `{`, as each configuration has, is a text.
    prefix: nginx's, for relative paths; None: the directory of the file, or the working directory for a text.
    channels: the URL of a Redis that has the channels, as `ngxpush run --channels` takes it; None: the memory of the server.
    The block begins with CannotStart where the configuration can't be served.
    """
    return ServedConfiguration(_start(configuration, prefix, channels))


class ServedConfiguration:
    """A configuration that is served while a `with` or an `async with` block lasts."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._ends = ExitStack()

    def __enter__(self) -> LiveServer:
        process, loop = ServerProcess(self._start), LoopThread()
        self._ends.callback(process.end)
        self._ends.callback(loop.end)
        return LiveServer(process, loop)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._ends.close()

    async def __aenter__(self) -> AsyncLiveServer:
        process = await asyncio.to_thread(ServerProcess, self._start)
        self._ends.callback(process.end)
        return AsyncLiveServer(process)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._ends.close)


def _start(configuration: str | os.PathLike[str], prefix: str | os.PathLike[str] | None, channels: str | None) -> Start:
    directory = os.getcwd()
    if isinstance(configuration, str) and "{" in configuration:
        root = os.path.abspath(prefix or directory)
        return Start(os.path.join(root, _NAME_OF_TEXT), configuration.encode(), root, directory, channels)
    path = os.path.abspath(configuration)
    return Start(path, None, os.path.abspath(prefix or os.path.dirname(path)), directory, channels)
