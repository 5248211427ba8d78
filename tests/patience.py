"""How long a test waits before it calls something hung.

That is no measure of speed: it only bounds a test that would never end. A test that needs something to happen in a certain time
says so with `@pytest.mark.timed`, and `make test` tries it again alone when it fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable

# Seconds. More than a start of the slowest server takes on a machine that has ten times as much to do as it can.
PATIENCE = 120.0
# Seconds between two looks at what can only be looked at.
_PAUSE = 0.01


def wait_until(condition: Callable[[], object], what: Callable[[], object] = lambda: "it did not happen") -> None:
    """Wait for what happens elsewhere and can only be looked at. AssertionError with the text of `what()`: it did not."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"after {PATIENCE:.0f} s: {what()}"
        time.sleep(_PAUSE)
