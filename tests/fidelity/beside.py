"""What a real nginx does, asked now: the tests of tests/differential and tests/fuzz, with more cases and other ones."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.differential import test_command, test_nginx
from tests.fuzz import test_requests, test_upstream_answers
from tests.fuzz.comparing import accepted

from .agreement import Agreement

_SEED = 1


def _commands(directory: Path) -> Agreement:
    return Agreement("beside nginx: command lines", len(test_command.LINES), test_command.disagreements(directory))


def _mistakes(directory: Path) -> Agreement:
    texts = test_nginx.mutated(1000, _SEED)
    different = test_nginx.disagreements(texts, directory)
    return Agreement(
        "beside nginx: configurations with mistakes", len(texts), different, accepted=test_nginx.accepted(len(texts))
    )


def _uses(directory: Path) -> Agreement:
    texts = test_nginx.uses(2000, _SEED)
    different = test_nginx.disagreements(texts, directory)
    return Agreement("beside nginx: uses of directives", len(texts), different, accepted=test_nginx.accepted(len(texts)))


def _requests(directory: Path) -> Agreement:
    count = 2000
    different = asyncio.run(test_requests.disagreements(count, _SEED, directory))
    return Agreement("beside nginx: broken requests", count, different, accepted=accepted(count))


def _answers(directory: Path) -> Agreement:
    count = 1000
    different = asyncio.run(test_upstream_answers.disagreements(count, _SEED, directory))
    return Agreement("beside nginx: broken answers of upstreams", count, different, accepted=accepted(count))


_ASKED: tuple[Callable[[Path], Agreement], ...] = (_commands, _mistakes, _uses, _requests, _answers)


def beside() -> Iterator[Agreement]:
    """Of each kind of input."""
    for ask in _ASKED:
        with tempfile.TemporaryDirectory() as directory:
            yield ask(Path(directory))
