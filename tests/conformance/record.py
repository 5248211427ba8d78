"""Plays a recording against a real server and writes down what that answers: `python -m tests.conformance.record FILE NGINX`.

FILE is a recording as `player` describes it; what it expects so far is replaced. NGINX: the command, with the push stream module
built in where the recording needs it. It is started with `-p` and `-c`, so no other configuration of the machine matters.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.conformance.player import Player, Starter, load, program


def record(path: Path, server: Starter) -> None:
    """Replace what the recording `path` expects by what `server` does."""
    recording = load(path)
    for step, result in Player(recording, server).play():
        step["expect"] = result
    path.write_text(json.dumps(recording, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    record(Path(sys.argv[1]), program(*sys.argv[2:]))
