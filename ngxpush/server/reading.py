"""A configuration as it is read and checked, before anything is opened: all that `nginx -s` needs.

Used by the command line and by a reload alike; what is said goes to the `Log` of whoever asks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..config.analysis import Analysis, Diagnostic
from ..config.analyzer import analyze
from .process import unknown_user
from .real_system import RealSystem

_NOT_ROOT = 'the "user" directive makes sense only if the master process runs with super-user privileges, ignored'

Log = Callable[[str, str], None]
"""Writes a message: `log(level, text)`."""


class Failed(Exception):
    """nginx would not start; what it says of it has been logged."""


@dataclass(frozen=True, slots=True)
class Source:
    """What `-c`, `-p`, `-g` and `-e` name: where a configuration comes from, at the start and at each reload.

    error_log: the log of a configuration that has none itself; None: standard error.
    """

    path: str
    prefix: str
    directives: str = ""
    error_log: str | None = None


def describe(diagnostic: Diagnostic) -> str:
    """A diagnostic as nginx prints it behind its level."""
    position = diagnostic.position
    if position is None:
        return diagnostic.message
    if not position.file:
        return f"{diagnostic.message} in command line"
    return f"{diagnostic.message} in {position.file}:{position.line}"


def read(source: Source, log: Log) -> Analysis:
    """Read and check the configuration: all that is said before `syntax is ok`. Raises Failed."""
    analysis = analyze(source.path, source.prefix, source.directives, system=RealSystem())
    for diagnostic in (*_user_diagnostics(analysis), *analysis.diagnostics):
        log(diagnostic.level, describe(diagnostic))
        if diagnostic.fatal:
            raise Failed
    return analysis


def _user_diagnostics(analysis: Analysis) -> Iterator[Diagnostic]:
    """What nginx says of the `user` directive: it depends on who asks, on which machine, so the analyzer does not know it."""
    setting = analysis.root.own("user")
    if setting is None or setting.value is None:
        return
    position = setting.statement.end
    if os.geteuid() != 0:
        yield Diagnostic("warn", _NOT_ROOT, position, fatal=False)
        return
    unknown = unknown_user(setting.value)
    if unknown is not None:
        yield Diagnostic("emerg", unknown, position)
