"""Measures ngxpush beside the C modules and the Python programs that a user would write. README.md explains it.

python -m benchmarks [FIGURE …] [options]
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from .contestants import MODES, Contestant, contestants
from .figures import TASKS
from .load import NoCompiler, compiled
from .plan import QUICK, Options, Task, run
from .samples import Results, read
from .servers import allow_many_connections
from .tables import text_tables


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the figures, and put them into a file where one is named."""
    chosen = _parser().parse_args(arguments)
    allow_many_connections()
    try:
        compiled()
    except NoCompiler as error:
        sys.exit(str(error))
    everyone = [one for one in contestants(chosen.nginx, chosen.other) if not chosen.servers or one.name in chosen.servers]
    results, options = Results(_about(everyone)), _options(chosen)
    tasks = list(_tasks(chosen.figures or list(TASKS), options, everyone))
    for number in range(options.rounds):
        run(tasks, number, results, _say)
        if chosen.into:
            _put(results, chosen.into)
    print(text_tables(results))


def _put(results: Results, file: Path) -> None:
    """Put the results into a file; what was measured of them already is replaced."""
    whole = read(file) if file.exists() else Results({})
    whole.replace(results)
    whole.write(file)


def _tasks(figures: list[str], options: Options, everyone: list[Contestant]) -> Iterator[Task]:
    for figure in figures:
        yield from TASKS[figure](options, everyone)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _options(chosen: argparse.Namespace) -> Options:
    given = {field.name: getattr(chosen, field.name, None) for field in fields(Options)}
    return replace(QUICK if chosen.quick else Options(), **{name: value for name, value in given.items() if value is not None})


def _about(everyone: list[Contestant]) -> dict[str, Any]:
    """What the figures depend on: the day, the load of the machine before, its kind, and whose versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "date": date.today().isoformat(),
        "load": round(os.getloadavg()[0], 1),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30),
        "kernel": ".".join(platform.release().split(".")[:2]),
        "python": platform.python_version(),
        "versions": {contestant.name: contestant.version for contestant in everyone},
    }


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word.replace("_", "")) for word in text.split(","))


def _modes(text: str) -> tuple[str, ...]:
    modes = tuple(text.split(","))
    if unknown := set(modes) - set(MODES):
        raise argparse.ArgumentTypeError(f"unknown modes: {', '.join(unknown)}")
    return modes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures ngxpush beside other servers.")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"which to measure; without it, all: {', '.join(TASKS)}")
    parser.add_argument("--quick", action="store_true", help="the smallest numbers: shows that everything works")
    parser.add_argument("--rounds", type=int, help="how often everything is measured, in turns")
    parser.add_argument("--seconds", type=float, help="about the length of one measurement")
    parser.add_argument("--modes", type=_modes, help="fan-out: a list, as eventsource,websocket,streaming")
    parser.add_argument("--subscribers", type=_numbers, help="fan-out: a list, as 1,100,1000,10000")
    parser.add_argument("--in-flight", type=_numbers, help="fan-out: messages at the same time, a list, as 1,8,64")
    parser.add_argument("--sizes", type=_numbers, help="fan-out: bytes of a message, a list, as 100,10000")
    parser.add_argument("--every-cell", action="store_true", help="fan-out: also what takes minutes, as 6.4 GB at once")
    parser.add_argument("--servers", type=lambda text: text.split(","), help="a list of those to measure, as ngxpush,nchan")
    parser.add_argument("--nginx", metavar="BINARY", help="an nginx that has the push stream module")
    parser.add_argument("--other", metavar="BINARY", help="another ngxpush, to compare two versions")
    parser.add_argument("--into", type=Path, metavar="FILE", help="results: what is measured now replaces the same in this file")
    return parser


if __name__ == "__main__":
    main()
