"""Plays a recording against a real server and writes down what that answers: `python -m tests.conformance.record FILE NGINX`.

FILE is a recording as `player` describes it; what it expects so far is replaced. NGINX: the command, with the push stream module
built in where the recording needs it. It is started with `-p` and `-c`, so no other configuration of the machine matters.
It prints how many steps are recorded, and how many of them are new: they expected something else before, or nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.conformance.player import Player, Starter, load, program

_NOTHING = object()


def record(path: Path, server: Starter) -> tuple[int, int]:
    """Replace what the recording `path` expects by what `server` does. Returns how many steps that are, and how many are new."""
    recording = load(path)
    steps = new = 0
    for step, result in Player(recording, server).play():
        steps += 1
        new += step.get("expect", _NOTHING) != result
        step["expect"] = result
    path.write_text(json.dumps(recording, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return steps, new


def _main(arguments: list[str]) -> str:
    """What is said in the end. Exits with what is wrong with the arguments or with the file."""
    if len(arguments) < 2:
        sys.exit("usage: python -m tests.conformance.record FILE NGINX")
    path, command = Path(arguments[0]), arguments[1:]
    try:
        name = load(path)["name"]
        if not path.resolve().as_posix().endswith(f"/{name}.json"):
            sys.exit(f"{path}: its name is {name}, so the file has to be AREA/{name}.json")
        steps, new = record(path, program(*command))
    except (OSError, ValueError, RuntimeError) as error:  # no file or program, no JSON, nginx does not start
        sys.exit(f"{path}: {error}")
    return f"{path}: {steps} steps recorded, {new} of them new"


if __name__ == "__main__":
    print(_main(sys.argv[1:]))
