"""How much is equal to the real server, area by area: `make fidelity`.

    python -m tests.fidelity [RECORDINGS …]    also play the recordings in these directories

Recordings hold what nginx 1.22.1 with the push stream module answered, byte for byte. The rest asks a real nginx beside ngxpush.
Other work on the machine makes recordings differ that are bound to time; those are played again, alone.

Exit code 1: something differs that does not stand in differences.toml, something that stands there is equal, or nothing was tried
where something should have been (no recordings in a directory, no nginx on this machine).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from tests.differential.beside import NGINX

from .agreement import Agreement, summary
from .beside import beside
from .recorded import recordings

_RECORDINGS = Path(__file__).parents[1] / "conformance/recordings"


def _areas(directories: Sequence[str]) -> Iterator[Agreement]:
    yield from chain.from_iterable(map(recordings, (_RECORDINGS, *map(Path, directories))))
    if NGINX is None:
        yield Agreement("beside nginx 1.22 (make debian-packages)", 0)
    else:
        yield from beside()


def main(directories: Sequence[str]) -> int:
    """Print a line for each area as it comes, then the summary. The exit code."""
    agreements = []
    for agreement in _areas(directories):
        print(agreement, flush=True)
        agreements.append(agreement)
    print(summary(agreements))
    return 0 if all(agreement.holds for agreement in agreements) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
