"""What is to be measured, in which order, and what becomes of a measurement that fails."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from .contestants import Contestant
from .load import Done
from .samples import Results, Sample
from .servers import Server

Where = dict[str, str | int]
Values = dict[str, float]


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured. rounds: of everything. seconds: of one measurement, about. every_cell: of fan-out, also slow ones."""

    rounds: int = 3
    seconds: float = 0.2
    modes: tuple[str, ...] = ("eventsource", "websocket", "streaming")
    subscribers: tuple[int, ...] = (1, 100, 1000, 10_000)
    in_flight: tuple[int, ...] = (1, 8, 64)
    sizes: tuple[int, ...] = (100, 10_000)
    every_cell: bool = False
    audience: int = 1000
    idle: int = 2000
    pollers: int = 200
    channels: int = 10_000
    growth: tuple[int, ...] = (1, 1000, 100_000, 1_000_000)
    reload_seconds: float = 3
    lines: int = 10_000


# The smallest: it shows that everything works.
QUICK = Options(
    rounds=1,
    seconds=0.02,
    subscribers=(1, 20),
    in_flight=(1, 8),
    sizes=(100,),
    audience=20,
    idle=50,
    pollers=10,
    channels=50,
    growth=(1, 200),
    reload_seconds=0.2,
    lines=100,
)


@dataclass(frozen=True, slots=True)
class Task:
    """One set-up, which is measured for some contestants in turns.

    cells: what its samples are about. measure: for a contestant and the number of the round, gives (one of these, its values or
    why there are none).
    """

    figure: str
    contestants: Sequence[Contestant]
    cells: Sequence[Where]
    measure: Callable[[Contestant, int], Iterator[tuple[Where, Values | str]]]


def run(tasks: Iterable[Task], number: int, results: Results, say: Callable[[str], None]) -> None:
    """The round of this number: task after task, and in each task one contestant after the other.

    The order of contestants is another one in each round, so that no one always comes after the same. What fails is noted in the
    results.
    """
    for task in tasks:
        for place in range(len(task.contestants)):
            contestant = task.contestants[(place + number) % len(task.contestants)]
            for sample in _samples(task, contestant, number):
                results.add(sample)
                say(f"round {number + 1}: {_line(sample)}")


def _samples(task: Task, contestant: Contestant, number: int) -> Iterator[Sample]:
    missing = list(task.cells)
    try:
        for where, found in task.measure(contestant, number):
            missing.remove(where)
            values, reason = ({}, found) if isinstance(found, str) else (found, "")
            yield Sample(task.figure, contestant.name, where, values, reason)
    except Exception as error:  # whatever it is: the others are measured nevertheless
        for where in missing:
            yield Sample(task.figure, contestant.name, where, failed=str(error) or type(error).__name__)


def _line(sample: Sample) -> str:
    where = ", ".join(f"{name} {value}" for name, value in sample.where.items())
    values = ", ".join(f"{name} {value:.4g}" for name, value in sample.values.items())
    return f"{sample.figure:12}{sample.server:20}{where:60} {values}{sample.failed}"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command of the load generator did, and the server's processor time in it, in seconds."""

    load: Done
    server_seconds: float

    def values(self) -> Values:
        """Microseconds of the server's processor time and of the generator's for each thing done; how many in a second."""
        done = self.load.done
        return {
            "server_us": self.server_seconds / done * 1e6,
            "own_us": self.load.own_seconds / done * 1e6,
            "per_s": done / self.load.seconds,
        }


def measured(server: Server, command: Callable[[], Done]) -> Measured:
    """Run a command once."""
    before = server.cpu_seconds()
    done = command()
    return Measured(done, server.cpu_seconds() - before)


def long_enough(server: Server, seconds: float, command: Callable[[int], Done], number: int = 1) -> Measured:
    """Run a command with a number that makes it take about so many seconds."""
    while True:
        found = measured(server, partial(command, number))
        if found.load.seconds >= seconds / 2:
            return found
        number = math.ceil(number * min(20, seconds / found.load.seconds))


def settle() -> None:
    """Let a server do what it does after an answer."""
    time.sleep(0.3)
