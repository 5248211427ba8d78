"""What a worker of `ngxpush run` serves, as far as the console shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from ..config.analysis import Analysis
from ..server.setup.startup import Setup
from .recording import RecordedRequests

if TYPE_CHECKING:
    from ..lint.report import Report
    from ..server.observing.counts import Counts

    Lint = Callable[[Analysis], Report]
    """Makes the linter's report of the files of a configuration, as they were read."""


class Served(Struct, frozen=True, eq=False):
    """A configuration that is served. nginx_version: the one that answers show.  lint: called when someone looks."""

    setup: Setup
    analysis: Analysis
    nginx_version: bytes
    lint: Lint


class Kept(Struct, frozen=True, eq=False):
    """What a console keeps when a worker with another configuration serves. token: of its forms.  requests: the last ones.

    counts: what the metrics show; None for no metrics.
    """

    token: str
    requests: RecordedRequests
    lint: Lint
    counts: Counts | None
