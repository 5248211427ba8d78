"""How a new worker, or the master, takes the zone over from the older workers.

Any worker may die at any moment, also one that is only starting.  So a new worker gets the sockets to all older ones.  It asks
the newest first; one that is gone proves nothing about those before it, so the next one is asked.  A worker that has let the zone
go can be asked again: the one that took it is dead.  When a worker dies through which others reach the zone, its heir serves
those, too.  A worker that does not answer is killed: two that write one journal would destroy it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from ..logs.log_files import Say
from .dialogue import TAKE_OVER, BrokenStream, Frame, HandedOver, Unpacker, pack

# Seconds that a worker has to let the zone go; one that does not is stopped or stuck.
_PATIENCE = 10.0


class Predecessor(Struct, frozen=True):
    """An older worker that still has requests."""

    # Its name.
    worker: str

    # Of its process.
    pid: int

    # A socket to it.
    end: socket.socket

    # It found the zone in itself, so older workers reach the zone through it.
    passes_on: bool = True

    # It may have the zone, or wait for one that is dead; otherwise the process it uses has just let the zone go.
    is_asked: bool = True

    # What that process has read from the worker and not used.
    unread: bytes = b""

    # What that process has not sent to the worker yet.
    unsent: bytes = b""


def take_over(older: Iterable[Predecessor], say: Say) -> tuple[list[Predecessor], list[Predecessor]]:
    """Wait until no older worker has the zone. older: all of them, the newest first.

    Returns the living ones that are to be served, and those that reach the zone through one of them.
    """
    behind, served = list(older), list[Predecessor]()
    while behind:
        predecessor = behind.pop(0)
        living = hand_over(predecessor, say) if predecessor.is_asked else predecessor
        if living is None:
            predecessor.end.close()
            continue
        served.append(living)
        if living.passes_on:
            break
    return served, behind


def hand_over(predecessor: Predecessor, say: Say) -> Predecessor | None:
    """Wait until the old worker has let the zone go. Returns it, with what else it has sent; None when it is gone."""
    end, unpacker = predecessor.end, Unpacker()
    frames, data = list[Frame](), predecessor.unread
    try:
        end.settimeout(_PATIENCE)
        end.sendall(predecessor.unsent + TAKE_OVER)
        while True:
            frames += unpacker.feed(data)
            if HandedOver() in frames:
                break
            data = _next_bytes(predecessor, say)
            if not data:
                return None
    except BrokenStream as error:
        say("alert", f"worker {predecessor.worker} did not hand the channels over: {error}")
    except ConnectionError:
        return None
    earlier = b"".join([pack(frame) for frame in frames if frame != HandedOver()])
    return replace(predecessor, is_asked=False, unread=earlier + unpacker.unread, unsent=b"")


def _next_bytes(predecessor: Predecessor, say: Say) -> bytes:
    """What a worker says that was asked for the zone; empty when it is gone, which is seen to."""
    while True:
        try:
            return predecessor.end.recv(1 << 16)
        except TimeoutError:
            reason = f"did not hand the channels over within {_PATIENCE:.0f} seconds and is killed"
            say("alert", f"worker {predecessor.worker} {reason}")
            with contextlib.suppress(OSError):
                os.kill(predecessor.pid, signal.SIGKILL)


def cut_off(behind: list[Predecessor]) -> list[Predecessor]:
    """Take out of `behind`, which is the newest first, those that reach the zone no more when the one before them is gone."""
    count = next((number for number, each in enumerate(behind, start=1) if each.passes_on), len(behind))
    found = behind[:count]
    del behind[:count]
    return found


def asking(predecessor: Predecessor) -> Predecessor:
    """The same worker; it is to be asked first for what the one had that it used."""
    return replace(predecessor, unsent=predecessor.unsent + TAKE_OVER)
