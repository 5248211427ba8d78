"""Packages that only some options need, and how to install them."""

from __future__ import annotations

import shlex
import sys


def install_command(extra: str) -> str:
    """The command that installs an extra of ngxpush where ngxpush itself is. The `pip` of PATH may be that of another Python."""
    return f"{shlex.quote(sys.executable)} -m pip install 'ngxpush[{extra}]'"
