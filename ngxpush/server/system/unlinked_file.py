"""Files without a name."""

from __future__ import annotations

import os
import sys
import tempfile


def unlinked_file() -> int:
    """A descriptor of a file without a name: in memory where the system can do that, which needs no directory."""
    if sys.platform == "linux":
        return os.memfd_create("ngxpush")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
