"""Performs what handlers wait for and what only the system can do (`http.operations.Performer`)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ...config.directives.http.resolver import NameServers
from ...http.operations import FileTree, NotEnoughConnections, Resume
from ...http.upstream.connection import Endpoint
from ..clients.worker_connections import WorkerConnections
from . import files
from .body_files import BodyFiles
from .file_tree import SystemFileTree
from .name_servers import Log
from .resolver import NameResolver
from .upstream import UpstreamConnection, resolve

if TYPE_CHECKING:
    from ..tls.upstream_contexts import UpstreamContexts


class SystemPerformer:
    """Files of this machine, and hosts it can reach.

    slots: the connections the process may have open.
    user: with whose rights files are changed (directive user).
    contexts: what was loaded at start for TLS to upstreams; None where nothing was.
    count: called for each connection that is opened: in nginx it takes a number, as a client's does.
    log: the error log of the process.
    now: returns seconds since the epoch.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        slots: WorkerConnections,
        count: Callable[[], object],
        log: Log,
        user: Sequence[bytes] = (),
        contexts: UpstreamContexts | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._loop = loop
        self._now = now
        self._slots = slots
        self._count = count
        self._log = log
        self._contexts = contexts
        self._resolvers: dict[NameServers, NameResolver] = {}
        self.file_tree: FileTree = SystemFileTree(user)
        self.make_body_file = BodyFiles(loop).make

    stat = staticmethod(files.stat)
    open_file = staticmethod(files.open_file)
    read_file = staticmethod(files.read_file)
    list_directory = staticmethod(files.list_directory)

    def connect(self, endpoint: Endpoint) -> UpstreamConnection:
        """See `Performer`."""
        if not self._slots.make_room():
            raise NotEnoughConnections(self._slots.most)
        self._count()
        contexts = None if endpoint.tls is None else self._tls_contexts()
        connection = UpstreamConnection(self._loop, endpoint, self._now(), contexts, self._slots.upstreams.discard)
        self._slots.upstreams.add(connection)
        return connection

    def _tls_contexts(self) -> UpstreamContexts:
        if self._contexts is None:
            from ..tls.upstream_contexts import UpstreamContexts  # only now a variable has said that there is TLS

            self._contexts = UpstreamContexts()
        return self._contexts

    def resolve(self, host: bytes, resume: Resume) -> Any:
        """See `Performer`."""
        return resolve(self._loop, host, resume)

    def ask_name_servers(self, host: bytes, servers: NameServers, seconds: float, resume: Resume) -> Any:
        """See `Performer`."""
        resolver = self._resolvers.get(servers)
        if resolver is None:
            resolver = self._resolvers[servers] = NameResolver(self._loop, servers, self._log, self._now)
        return resolver.ask(host, seconds, resume)
