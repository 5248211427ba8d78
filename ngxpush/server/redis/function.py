"""The function in Redis: what it is called with, and what it says. No I/O.

`zone.lua` is the function; it does one operation of one shard. It is called by EVALSHA, and by EVAL where a server does not know it yet.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha1
from importlib.resources import files

import msgspec

from ...config.directives.push_stream.settings import PushStreamMain
from ...push.templates import Templates
from .language import Frame
from .shards import Part, Shard

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Frame, ...]).decode


@cache
def script() -> bytes:
    """The text of the function, for EVAL."""
    return files(__package__).joinpath("zone.lua").read_bytes()


@cache
def digest() -> bytes:
    """The name of the function, for EVALSHA."""
    return sha1(script(), usedforsecurity=False).hexdigest().encode()


class Function:
    """The function for one shard of a zone, as one worker calls it.

    session: a number that is higher than those of the worker's connections before; 0: any session may call.
    publish: the command that reaches other workers, PUBLISH or, in a Cluster, SPUBLISH.
    """

    def __init__(
        self, zone: str, shard: Shard, settings: PushStreamMain, templates: Templates, worker: str, publish: str = "PUBLISH"
    ) -> None:
        self.session = 0
        self._prefix = f"{{ngxpush:{zone}:{shard.number}}}:"
        self._worker = worker
        self._settings = settings
        self._templates = templates
        self._packed = _packed_settings(shard, settings, templates, publish)

    @property
    def topic(self) -> bytes:
        """What the worker subscribes to: frames come there that other workers cause."""
        return f"{self._prefix}worker:{self._worker}".encode()

    def arguments(self, number: int, part: Part, timed: bool = False, now: int | None = None) -> tuple[bytes, ...]:
        """What follows the script, or its digest, in the command.

        number: of the call, for its Answered; 0: no one waits for that.
        timed: `Collect` or `CollectMessages` is done only if it is due, whoever did it last.
        now: whole seconds since the epoch; None: the time of the server.
        """
        raise NotImplementedError

    def frames(self, payload: bytes) -> tuple[Frame, ...]:
        """The frames of a reply or of a message of the topic. Raises BrokenStream."""
        raise NotImplementedError
