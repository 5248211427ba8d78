"""What a server holds when no one is connected: before the load, and what is left after it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from tests.clients import ask
from tests.patience import wait_until
from tests.processes.server import descriptors

from .server import Server


@dataclass(frozen=True, slots=True)
class Left:
    """workers: how many there are; descriptors: of the master, and of the workers, whose lists are to be equal; files: below the
    server's directory and the machine's memory disk."""

    workers: int
    subscribers: int
    channels: int
    master_descriptors: tuple[str, ...]
    worker_descriptors: frozenset[tuple[str, ...]]
    files: frozenset[str]


def look(server: Server) -> Left:
    """Delete the channels, and look."""
    statistics = ask(server.port, "GET", "/statistics?id=ALL").json
    for info in statistics["infos"]:
        ask(server.port, "DELETE", f"/publish?id={info['channel']}")
    summary = ask(server.port, "GET", "/statistics").json
    workers = server.workers
    assert {int(worker["pid"]) for worker in summary["by_worker"]} == workers
    return Left(
        len(workers),
        summary["subscribers"] + sum(worker["subscribers"] for worker in summary["by_worker"]),
        summary["channels"],
        tuple(descriptors(server.master)),
        frozenset(tuple(descriptors(worker)) for worker in workers),
        frozenset(str(path) for path in server.directory.rglob("*")),
    )


def difference(server: Server, before: Left) -> dict[str, object]:
    """What a server still has after a while, and did not have before: {field: (before, now)}; empty when there is none."""
    found: dict[str, object] = {"": "never looked"}

    def as_before() -> bool:
        found.clear()
        with contextlib.suppress(OSError, AssertionError):
            now = look(server)
            for name in Left.__slots__:
                if getattr(before, name) != getattr(now, name):
                    found[name] = (getattr(before, name), getattr(now, name))
            return not found
        found["statistics"] = "do not name the living workers"
        return False

    with contextlib.suppress(AssertionError):
        wait_until(as_before)
    return found


def memory(server: Server) -> dict[str, int]:
    """The memory of the master and of all workers, in bytes; what they share is counted once."""
    return {"master": _proportional(server.master), "workers": sum(_proportional(worker) for worker in server.workers)}


def memory_of_a_new_worker(server: Server) -> dict[str, int]:
    """The memory once what was deleted is out of the trash, and a worker serves that has never held it."""
    wait_until(lambda: not ask(server.port, "GET", "/statistics").json["messages_in_trash"])
    old = server.workers
    server.reload()
    wait_until(lambda: not old & server.workers and len(server.workers) == len(old))
    return memory(server)


def _proportional(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
