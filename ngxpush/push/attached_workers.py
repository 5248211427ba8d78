"""What the zone knows of its workers."""

from __future__ import annotations

from collections.abc import Iterable

from .operations import WorkerInfo
from .snapshot import WorkerSnapshot


class AttachedWorker:
    """A worker: its process, when it started (seconds), and how many clients are subscribed in it."""

    __slots__ = ("name", "pid", "started", "subscribers")

    def __init__(self, name: str, pid: int, started: int, subscribers: int = 0) -> None:
        self.name = name
        self.pid = pid
        self.started = started
        self.subscribers = subscribers


class AttachedWorkers:
    """The workers of a zone, in the order in which they started.

    gone: the name of each that some channels may still count subscribers of → the number of the last channel that is done.
    """

    __slots__ = ("_by_name", "gone")

    def __init__(self) -> None:
        self._by_name: dict[str, AttachedWorker] = {}
        self.gone: dict[str, int] = {}

    def attach(self, name: str, pid: int, now: int) -> None:
        """Add a worker that starts now. now: whole seconds since the epoch."""
        self._by_name[name] = AttachedWorker(name, pid, now)

    def forget(self, name: str) -> int:
        """Remove a worker that is gone. Returns the number of the last channel that has forgotten it."""
        self._by_name.pop(name, None)
        return self.gone.setdefault(name, 0)

    def get(self, name: str) -> AttachedWorker | None:
        """The worker of that name; None where there is none."""
        return self._by_name.get(name)

    @property
    def subscribers(self) -> int:
        """How many clients are subscribed in all of them."""
        return sum(worker.subscribers for worker in self._by_name.values())

    def infos(self, now: int) -> tuple[WorkerInfo, ...]:
        """The workers as the statistics print them."""
        workers = self._by_name.values()
        return tuple([WorkerInfo(worker.name, worker.pid, worker.subscribers, now - worker.started) for worker in workers])

    def snapshot(self) -> tuple[WorkerSnapshot, ...]:
        """Everything about the workers."""
        workers = self._by_name.values()
        return tuple([WorkerSnapshot(worker.name, worker.pid, worker.started, worker.subscribers) for worker in workers])

    def restore(self, snapshot: Iterable[WorkerSnapshot], gone: dict[str, int]) -> None:
        """Become the workers of that `snapshot`."""
        self.gone = dict(gone)
        self._by_name = {data.name: AttachedWorker(data.name, data.pid, data.started, data.subscribers) for data in snapshot}
