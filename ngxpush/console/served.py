"""What `ngxpush run` serves, as far as the console shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from ..config.analysis import Analysis
from ..server.setup.startup import Setup

if TYPE_CHECKING:
    from ..lint.report import Report
    from ..server.observing.counts import Counts


class Served(Struct, frozen=True, eq=False):
    """A configuration that is served. nginx_version: the one that answers show.

    lint: makes the linter's report of the same files, as they were read; it is called when someone looks.
    counts: what the metrics show; None for no metrics.
    """

    setup: Setup
    analysis: Analysis
    nginx_version: bytes
    lint: Callable[[], Report]
    counts: Counts | None = None
