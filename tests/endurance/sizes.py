"""How long the endurance tests are: enough to show a fault in `make test`, and minutes with NGXPUSH_FULL_SIZE=1."""

from __future__ import annotations

import os

_FULL = os.environ.get("NGXPUSH_FULL_SIZE") == "1"

WORKERS = (1, 2, 4)
ROUNDS = 120 if _FULL else 4
RELOADS = 100 if _FULL else 10
CALM_MESSAGES = 1_000 if _FULL else 20
