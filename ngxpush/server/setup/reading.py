"""Reading and checking a configuration, before anything is opened: all that `nginx -s` needs.

The command line and a reload use it; messages go to the `Log` that the caller gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from ...config.analysis import Analysis, Diagnostic
from ...config.analyzer import analyze
from .real_system import RealSystem

if TYPE_CHECKING:
    from ..redis.channels import ChannelsPlaces

Log = Callable[[str, str], None]
"""Writes a message: `log(level, text)`."""


class Failed(Exception):
    """nginx does not start with this configuration; its message has been logged."""


class Source(Struct, frozen=True):
    """What `-c`, `-p`, `-g` and `-e` say: where a configuration comes from, at start and at each reload.

    error_log: the log where the configuration sets none; None: standard error.
    channels: what --channels says; None without it.
    """

    path: str
    prefix: str
    directives: str = ""
    error_log: str | None = None
    channels: ChannelsPlaces | None = None


def describe(diagnostic: Diagnostic) -> str:
    """A diagnostic as nginx prints it after its level."""
    position = diagnostic.position
    if position is None:
        return diagnostic.message
    if not position.file:
        return f"{diagnostic.message} in command line"
    return f"{diagnostic.message} in {position.file}:{position.line}"


def read(source: Source, log: Log) -> Analysis:
    """Read and check the configuration, and log all that nginx says before `syntax is ok`. Raises Failed."""
    analysis = analyze(source.path, source.prefix, source.directives, system=RealSystem())
    for diagnostic in analysis.diagnostics:
        log(diagnostic.level, describe(diagnostic))
        if diagnostic.fatal:
            raise Failed
    return analysis
