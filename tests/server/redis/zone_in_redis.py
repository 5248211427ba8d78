"""A zone in a real Redis, reached by plain sockets: the function's arguments go out, its frames come back. One call at a time."""

from __future__ import annotations

import itertools
import socket
import struct
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.lifetimes import COLLECT_INTERVAL, COLLECT_MESSAGES_INTERVAL
from ngxpush.push.operations import Attach, Collect, CollectMessages, Forget, Subscribed, Summary, ZoneOperation
from ngxpush.push.templates import Templates
from ngxpush.server.redis.function import Function, digest, scripts
from ngxpush.server.redis.language import CallDone, ChannelPosition, Held, Rejoin, Rejoined
from ngxpush.server.redis.shards import Shard, ShardPart, join, report, split, undo
from ngxpush.server.zone.dialogue import Deleted, Heard
from tests.patience import PATIENCE
from tests.push.fakes import FakeClock
from tests.push.zone_contract import Hearer, R, subscribe

ASKS = "asks"
"""The name under which operations are asked for. The zone does not know it."""


class RedisError(Exception):
    """Redis answered with an error."""


class Connection:
    """A connection to Redis: RESP 2 over a socket."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._file = self._socket.makefile("rb")

    def send(self, *words: bytes) -> None:
        parts = [b"*%d\r\n" % len(words), *[b"$%d\r\n%b\r\n" % (len(word), word) for word in words]]
        self._socket.sendall(b"".join(parts))

    def read(self) -> Any:
        line = self._file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self._file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self.read() for _ in range(int(rest))]
        return rest

    def ask(self, *words: bytes) -> Any:
        self.send(*words)
        return self.read()

    def close(self) -> None:
        self._file.close()
        self._socket.close()


class WorkerInRedis:
    """A worker that listens: for each shard a function and a connection that has subscribed to its topic."""

    def __init__(self, functions: list[Function], hearer: Hearer, port: int) -> None:
        self.functions = functions
        self.hearer = hearer
        self._connections = [(function, Connection(port)) for function in functions]
        for function, connection in self._connections:
            connection.ask(b"SUBSCRIBE", function.topic)

    def in_session(self, session: int) -> None:
        """What it asks for from now on is of that session."""
        for function in self.functions:
            function.session = session

    def hear(self) -> None:
        """Take all that has come: what is sent after it has an answer."""
        for function, connection in self._connections:
            connection.send(b"PING")
            while (pushed := connection.read())[0] != b"pong":
                self.take(function, pushed[2])

    def take(self, function: Function, payload: bytes) -> list[CallDone]:
        """Hear what frames say. Returns the others."""
        answers: list[CallDone] = []
        for frame in function.frames(payload):
            match frame:
                case Heard(message):
                    self.hearer.message(message)
                case Deleted(message):
                    self.hearer.deleted(message)
                case CallDone():
                    answers.append(frame)
        return answers

    def close(self) -> None:
        for _, connection in self._connections:
            connection.close()


class OpenedRedisZone:
    """A zone under test. Operations are asked for by no worker, unless `by` names one.

    has_own_time: its time is that of its clock, not the server's.
    """

    def __init__(self, port: int, name: str, main: PushStreamMain, templates: Templates, shards: int = 1) -> None:
        self.clock = FakeClock()
        self.has_own_time = True
        self.templates = templates
        self.workers: dict[str, WorkerInRedis] = {}
        self.failures = 0
        self.redis = Connection(port)
        self.answered: list[CallDone] = []
        for script in scripts():
            self.redis.ask(b"SCRIPT", b"LOAD", script)
        self._main = main
        self._port = port
        self.name = name
        self._shards = shards
        self._living: set[str] = set()
        self._asking = self._worker(ASKS, Hearer())
        self.do(Summary())  # it is made now
        self.clock.call_later(COLLECT_INTERVAL, self._timer(COLLECT_INTERVAL, Collect()))
        self.clock.call_later(COLLECT_MESSAGES_INTERVAL, self._timer(COLLECT_MESSAGES_INTERVAL, CollectMessages()))

    def _timer(self, interval: float, operation: ZoneOperation[bool]) -> Callable[[], None]:
        def turn() -> None:
            self.clock.call_later(interval, turn)
            for name in sorted(self._living):
                self.do(operation, name, timed=True)
            while self.do(operation):
                pass

        return turn

    def _worker(self, name: str, hearer: Hearer) -> WorkerInRedis:
        shards = [Shard(number, self._shards) for number in range(self._shards)]
        functions = [Function(self.name, shard, self._main, self.templates, name) for shard in shards]
        return WorkerInRedis(functions, hearer, self._port)

    def listen(self, name: str) -> Hearer:
        """A worker of that name listens to its topic. It is not attached."""
        hearer = Hearer()
        if name in self.workers:
            self.workers[name].close()
        self.workers[name] = self._worker(name, hearer)
        return hearer

    def worker(self, name: str, pid: int = 1) -> Hearer:
        hearer = self.listen(name)
        self.do(Attach(name, pid))
        return hearer

    def do(self, operation: ZoneOperation[R], by: str = ASKS, timed: bool = False) -> R:
        worker = self.workers[by] if by != ASKS else self._asking
        if isinstance(operation, Attach):
            self._living.add(operation.worker)
        if isinstance(operation, Forget):
            self._living.discard(operation.worker)
        parts = split(operation, self._shards)
        self.answered = [self._ask(worker, part, timed) for part in parts]
        results = [answer.result for answer in self.answered]
        for part in undo(parts, results):
            self._ask(worker, part, False)
        for listening in self.workers.values():
            listening.hear()
        result: R = join(parts, results)
        return result

    def _ask(self, worker: WorkerInRedis, part: ShardPart, timed: bool) -> CallDone:
        function = worker.functions[part.shard]
        now = int(self.clock.now()) if self.has_own_time else None
        arguments = function.arguments(1, part, timed, now)
        (answer,) = worker.take(function, self.redis.ask(b"EVALSHA", digest(part.operation), *arguments))
        self.failures += answer.failures
        if answer.events:
            self._ask(worker, report(answer.events, self._main.events_channel_id, self._shards), False)
        return answer

    def rejoin(self, worker: str, pid: int, clients: int, *channels: Held, session: int = 1) -> Rejoined:
        """A worker is back in that session, and goes on in none."""
        self.workers[worker].in_session(session)
        result = self.do(Rejoin(worker, pid, clients, channels), worker)
        self.workers[worker].in_session(0)
        self._living.add(worker)
        return result

    def forget_to_live(self, *workers: str) -> None:
        """These workers are not heard of any more."""
        self._living -= set(workers)

    def post(self, operation: ZoneOperation[Any]) -> None:
        result = self.do(operation)
        while isinstance(operation, Forget) and result:
            result = self.do(operation)

    def forward(self, seconds: float) -> None:
        self.clock.forward(seconds)

    def stand_at(self, now: int) -> None:
        """It is so late now. No timer runs, and all workers are alive."""
        self.clock = FakeClock(now)
        for name in self._living:
            self.redis.ask(b"ZADD", self.key("alive"), b"XX", b"%d" % now, name.encode())

    def key(self, name: str, shard: int = 0) -> bytes:
        return f"{{ngxpush:{self.name}:{shard}}}:{name}".encode()

    def key_names(self) -> set[str]:
        """The keys of the zone, but those that go by themselves."""
        found = [key.decode().partition("}:")[2] for key in self.redis.ask(b"KEYS", self.key("*"))]
        return {key for key in found if not key.startswith("deleted:")}

    def memory(self) -> list[int]:
        """The objects in the zone's memory, by class: chunks of 8, 16, … 2048 bytes, and whole pages."""
        seventeenth = b"return (select(17, cmsgpack.unpack(redis.call('GET', KEYS[1]))))"
        counts = self.redis.ask(b"EVAL", seventeenth, b"1", self.key("zone"))
        return [int(number) for number in struct.unpack("<10d", counts)]

    def close(self) -> None:
        for worker in (self._asking, *self.workers.values()):
            worker.close()
        self.redis.close()


Opener = Callable[..., OpenedRedisZone]
"""Opens a zone of its own."""

_numbers = itertools.count()


def new_name() -> str:
    """The name of a zone that no other one has."""
    return f"zone{next(_numbers)}"


def held(channel: bytes, position: ChannelPosition, subscribers: int = 1) -> Held:
    return Held(replace(position, channel=channel), subscribers)


def subscribed_at(zone: OpenedRedisZone, worker: str, *ids: bytes) -> dict[bytes, ChannelPosition]:
    """A client of a worker subscribes. Returns where that is in each channel."""
    assert isinstance(subscribe(zone, worker, *ids), Subscribed)
    return {position.channel: position for answer in zone.answered for position in answer.positions}
