"""How much is equal to the real server, area by area: `make fidelity`.

    python -m tests.fidelity [RECORDINGS …]    also play the recordings in these directories

Recordings hold what nginx 1.22.1 with the push stream module answered, byte for byte. The rest asks a real nginx beside ngxpush,
if this machine has one. Other work on the machine makes recordings differ that are bound to time; those are played again, alone.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.conformance.player import differences
from tests.differential import test_command, test_nginx
from tests.differential.beside import NGINX
from tests.forked import Forked
from tests.fuzz import test_requests, test_upstream_answers

_RECORDINGS = Path(__file__).parents[1] / "conformance/recordings"
_AT_ONCE = 6
_SEED = 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """total: how many were tried; different: those that are not equal, in words."""

    area: str
    total: int
    different: Sequence[str]

    def __str__(self) -> str:
        equal = self.total - len(self.different)
        return f"{self.area:<42}{equal:>7} of {self.total:>6}  {100 * equal / self.total:6.2f} %"


def recordings(directory: Path) -> Iterator[Agreement]:
    """Of each area: a directory of recordings in this one."""
    paths = sorted(directory.rglob("*.json"))
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        first = list(threads.map(_differs, paths))
    different = [path for path, differs in zip(paths, first, strict=True) if differs and _differs(path)]

    def area(path: Path) -> str:
        return path.relative_to(directory.parent).parts[1]

    totals = Counter(map(area, paths))
    for name in sorted(totals):
        found = [path.relative_to(directory).as_posix() for path in different if area(path) == name]
        yield Agreement(f"recordings: {name}", totals[name], found)


def _differs(path: Path) -> bool:
    return bool(differences(path, partial(Forked, "nginx")))


def _commands(directory: Path) -> Agreement:
    return Agreement("beside nginx: command lines", len(test_command.LINES), test_command.disagreements(directory))


def _mistakes(directory: Path) -> Agreement:
    texts = test_nginx.mutated(1000, _SEED)
    return Agreement("beside nginx: configurations with mistakes", len(texts), test_nginx.disagreements(texts, directory))


def _uses(directory: Path) -> Agreement:
    texts = test_nginx.uses(2000, _SEED)
    return Agreement("beside nginx: uses of directives", len(texts), test_nginx.disagreements(texts, directory))


def _requests(directory: Path) -> Agreement:
    found = asyncio.run(test_requests.disagreements(2000, _SEED, directory))
    return Agreement("beside nginx: broken requests", 2000, found)


def _answers(directory: Path) -> Agreement:
    found = asyncio.run(test_upstream_answers.disagreements(1000, _SEED, directory))
    return Agreement("beside nginx: broken answers of upstreams", 1000, found)


_BESIDE: tuple[Callable[[Path], Agreement], ...] = (_commands, _mistakes, _uses, _requests, _answers)


def beside() -> Iterator[Agreement]:
    """What a real nginx does, asked now."""
    for ask in _BESIDE:
        with tempfile.TemporaryDirectory() as directory:
            yield ask(Path(directory))


def main(directories: Sequence[str]) -> None:
    """Print a line for each area, then what differs."""
    found: list[Agreement] = []
    for directory in (_RECORDINGS, *map(Path, directories)):
        for agreement in recordings(directory):
            print(agreement, flush=True)
            found.append(agreement)
    if NGINX is None:
        print("(no nginx on this machine to ask: make debian-packages)")
    else:
        for agreement in beside():
            print(agreement, flush=True)
            found.append(agreement)
    print(Agreement("all", sum(each.total for each in found), [text for each in found for text in each.different]))
    for agreement in found:
        for text in agreement.different:
            print(f"\n{agreement.area}: {text}")


if __name__ == "__main__":
    main(sys.argv[1:])
