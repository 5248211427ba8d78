"""The master's part in a zone that is in Redis: the master has no connection, and keeps neither a zone nor a journal."""

from __future__ import annotations

import socket

from ..setup.startup import Setup
from ..zone.predecessors import Predecessor
from ..zone.restoring import ZoneSettings
from .place import RedisPlace


class RedisKeeper:
    """In place of a ZoneKeeper, for a setup that has `channels`."""

    predecessors: tuple[Predecessor, ...] = ()

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._killed: list[str] = []

    def place(self, worker: str, end: socket.socket) -> RedisPlace:
        """See ZoneKeeper.place. The worker that is started says for those that were killed that they are gone."""
        assert self._setup.channels is not None
        killed, self._killed = tuple(self._killed), []
        return RedisPlace(worker, ZoneSettings.of(self._setup.configuration), self._setup.channels, killed)

    def use(self, worker: str, pid: int, end: socket.socket) -> None:
        """See ZoneKeeper.use. No one asks the master."""

    def forget(self, worker: str) -> None:
        """A worker is gone. It may have said so itself."""
        self._killed.append(worker)

    def settled(self, epoch: int) -> None:
        """See ZoneKeeper.settled. Nothing is kept for older configurations."""

    def move(self, setup: Setup, in_master: bool) -> None:
        """The workers of a new configuration look for the zone where that says."""
        self._setup = setup

    def retire(self) -> None:
        """See ZoneKeeper.retire."""
