"""Performs what handlers wait for and what only the system can do (`http.operations.Performer`)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from ...http.operations import FileTree, Resume
from ...http.upstream.connection import Endpoint
from . import files
from .body_files import BodyFiles
from .file_tree import SystemFileTree
from .upstream import UpstreamConnection, resolve


class SystemPerformer:
    """Files of this machine, and hosts it can reach.

    user: with whose rights files are changed (directive user).
    count: called for each connection that is opened: in nginx it takes a number, as a client's does.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, count: Callable[[], object], user: Sequence[bytes] = ()) -> None:
        self._loop = loop
        self._count = count
        self.file_tree: FileTree = SystemFileTree(user)
        self.make_body_file = BodyFiles(loop).make

    stat = staticmethod(files.stat)
    open_file = staticmethod(files.open_file)
    read_file = staticmethod(files.read_file)
    list_directory = staticmethod(files.list_directory)

    def connect(self, endpoint: Endpoint) -> UpstreamConnection:
        """See `Performer`."""
        self._count()
        return UpstreamConnection(self._loop, endpoint, time.time())

    def resolve(self, host: bytes, resume: Resume) -> Any:
        """See `Performer`."""
        return resolve(self._loop, host, resume)
