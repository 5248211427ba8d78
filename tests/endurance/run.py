"""The endurance run as a command: as long as asked, against ngxpush or against an nginx with the push stream module.

python -m tests.endurance.run [--workers N] [--rounds N] [--seed N] [--calm] [--no-kills] [--server COMMAND]
"""

from __future__ import annotations

import argparse
import asyncio
import shlex
import sys
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path

from .left import difference, look, memory
from .load import Load, Result
from .server import NGXPUSH_NGINX, Server, serving
from .subscribers import KINDS

try:
    from uvloop import new_event_loop
except ImportError:
    new_event_loop = asyncio.new_event_loop

WARM_UP = 100
"""Messages to each channel before it is looked what a server holds."""


def in_loop(run: Coroutine[None, None, None]) -> None:
    """Run a load to its end."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(run)


def calm(server: Server, messages: int, seed: int) -> Result:
    """Nothing happens but messages; nothing may be lost, even for those that don't resume."""
    load = Load(server, seed)
    in_loop(load.calm(messages))
    missed = sum(count.missed for count in load.result.counts.values())
    if missed:
        load.result.faults.append(f"{missed} missed, although nothing happened")
    return load.result


def rough(server: Server, rounds: int, seed: int, kills: bool = True) -> Result:
    """Everything happens; without `kills` no worker is killed."""
    load = Load(server, seed)
    in_loop(load.rough(rounds, kills))
    return load.result


def reloads(server: Server, rounds: int, seed: int) -> Result:
    """A few of each kind, and a reload each second; no worker is killed."""
    few = tuple(replace(kind, number=kind.number // 25) for kind in KINDS)
    load = Load(server, seed, few, channels=2)
    in_loop(load.rough(rounds, kills=False))
    return load.result


def main() -> int:
    """Print the figures of a calm run and of a rough one, and what is left after them. 1 when there are faults."""
    parser = argparse.ArgumentParser(prog="python -m tests.endurance.run", description=__doc__)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=60, help="a reload and at least a second each; every other one kills")
    parser.add_argument("--messages", type=int, default=WARM_UP, help="of the calm run, to each channel")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calm", action="store_true", help="only the calm run")
    parser.add_argument("--no-kills", action="store_true", help="kill no worker: nginx can hang when one dies")
    parser.add_argument("--server", default=shlex.join(NGXPUSH_NGINX), metavar="COMMAND", help="an nginx command (ngxpush's own)")
    arguments = parser.parse_args()
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as name, serving(Path(name), arguments.workers, shlex.split(arguments.server)) as server:
        result = calm(server, arguments.messages, arguments.seed)
        print(result.table())
        faults += result.all_faults
        if not arguments.calm:
            before, bytes_before = look(server), memory(server)
            result = rough(server, arguments.rounds, arguments.seed, not arguments.no_kills)
            print(result.table())
            left = difference(server, before)
            print(f"left over: {left or 'nothing'}; memory: {bytes_before} before, {memory(server)} after")
            faults += result.all_faults + [str(left)] * bool(left)
        print("\n".join(line for line in server.log if "[alert]" in line or "[crit]" in line or "Traceback" in line))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
