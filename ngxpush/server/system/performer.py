"""Performs what handlers wait for and what only the system can do (`http.operations.Performer`)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from ...http.operations import Resume
from ...http.upstream.connection import Endpoint
from . import files
from .body_files import BodyFiles
from .upstream import UpstreamConnection, resolve


class SystemPerformer:
    """Files of this machine, and hosts it can reach."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.make_body_file = BodyFiles(loop).make

    stat = staticmethod(files.stat)
    open_file = staticmethod(files.open_file)
    read_file = staticmethod(files.read_file)
    list_directory = staticmethod(files.list_directory)

    def connect(self, endpoint: Endpoint) -> UpstreamConnection:
        """See `Performer`."""
        return UpstreamConnection(self._loop, endpoint, time.time())

    def resolve(self, host: bytes, resume: Resume) -> Any:
        """See `Performer`."""
        return resolve(self._loop, host, resume)
