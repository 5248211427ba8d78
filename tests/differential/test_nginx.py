"""What we say of configurations with mistakes against what a real nginx says: verdict, messages and places.

Nothing here needs the push stream module.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from ngxpush.config.analyzer import analyze
from ngxpush.server.setup.real_system import RealSystem

from .beside import needs_nginx, real_nginx
from .mutations import mutate
from .uses import use

pytestmark = needs_nginx

_CONFIGURATIONS = sorted((Path(__file__).parents[2] / "fixtures/nginx_confs/plain").glob("*.conf"))
_MUTATIONS = 600
_USES = 400
_LINE = re.compile(r"(?:\d{4}/\d\d/\d\d [\d:]{8} |nginx: )\[(\w+)\] (?:\d+#\d+: )?(.*)")


def _nginx_says(path: Path, prefix: Path) -> list[str]:
    """nginx's messages up to the end of the syntax check, as `[level] message in file:line`."""
    command = [*real_nginx(), "-t", "-p", str(prefix), "-c", str(path), "-e", "stderr"]
    output = subprocess.run(command, capture_output=True, check=False).stderr.decode("utf-8", "replace")
    said: list[str] = []
    for line in output.split("syntax is ok")[0].splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        message = f"[{match[1]}] {match[2]}"
        if not line.startswith("nginx: ") or message not in said[-1:]:  # grave ones are said twice: to the log, and in brief
            said.append(message)
    return said


def _we_say(path: Path, prefix: Path) -> list[str]:
    said: list[str] = []
    for diagnostic in analyze(str(path), str(prefix), system=RealSystem()).diagnostics:
        place = f" in {diagnostic.position.file}:{diagnostic.position.line}" if diagnostic.position is not None else ""
        said.append(f"[{diagnostic.level}] {diagnostic.message}{place}")
        if diagnostic.fatal:
            break
    return said


@pytest.mark.parametrize("configuration", _CONFIGURATIONS, ids=lambda path: path.stem)
def test_good_configurations(configuration: Path, tmp_path: Path) -> None:
    path = tmp_path / "nginx.conf"
    path.write_bytes(configuration.read_bytes())
    assert _we_say(path, tmp_path) == _nginx_says(path, tmp_path) == []


def mutated(count: int, seed: int) -> list[str]:
    """Good configurations with a mistake in each."""
    chance = random.Random(seed)
    texts = [path.read_text() for path in _CONFIGURATIONS]
    return [mutate(texts[number % len(texts)], chance) for number in range(count)]


def uses(count: int, seed: int) -> list[str]:
    """Small configurations with one or two directives."""
    chance = random.Random(seed)
    return [use(chance) for _ in range(count)]


def disagreements(texts: Iterable[str], directory: Path) -> list[str]:
    """The configurations that are judged differently, in words."""
    path = directory / "nginx.conf"
    found = []
    for text in texts:
        path.write_text(text)
        ours, theirs = _we_say(path, directory), _nginx_says(path, directory)
        if ours != theirs:
            found.append(f"{text}\n    we say {ours}\n    nginx says {theirs}")
    return found


def accepted(count: int) -> int:
    """How many of so many configurations may be judged differently."""
    return count // 100


def _assert_agreement(texts: list[str], directory: Path) -> None:
    different = disagreements(texts, directory)
    print(f"{len(texts) - len(different)} of {len(texts)} agree", *different, sep="\n")
    assert len(different) <= accepted(len(texts))


def test_mutated_configurations(tmp_path: Path) -> None:
    _assert_agreement(mutated(_MUTATIONS, 4), tmp_path)


def test_uses_of_directives(tmp_path: Path) -> None:
    _assert_agreement(uses(_USES, 4), tmp_path)
