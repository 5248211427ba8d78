"""How much the process tests do: enough to show a fault in `make test`, and what the goals say with NGXPUSH_FULL_SIZE=1."""

from __future__ import annotations

import os

FULL = os.environ.get("NGXPUSH_FULL_SIZE") == "1"

CHANNELS = 50
MESSAGES = 10_000
WORKERS = (2, 4)
RELOADS = 100 if FULL else 8
RELOADS_UNDER_CONNECTS = 20 if FULL else 5
CYCLES = 300 if FULL else 4
