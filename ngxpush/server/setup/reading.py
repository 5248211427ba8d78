"""Reading and checking a configuration, before anything is opened: all that `nginx -s` needs.

The command line and a reload use it; messages go to the `Log` that the caller gives.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...config.analysis import Analysis, Diagnostic
from ...config.analyzer import analyze
from ..processes.process import unknown_user
from .real_system import RealSystem

_NOT_ROOT = 'the "user" directive makes sense only if the master process runs with super-user privileges, ignored'

Log = Callable[[str, str], None]
"""Writes a message: `log(level, text)`."""


class Failed(Exception):
    """nginx does not start with this configuration; its message has been logged."""


@dataclass(frozen=True, slots=True)
class Source:
    """What `-c`, `-p`, `-g` and `-e` say: where a configuration comes from, at start and at each reload.

    error_log: the log where the configuration sets none; None: standard error.
    """

    path: str
    prefix: str
    directives: str = ""
    error_log: str | None = None


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
    for diagnostic in (*_user_diagnostics(analysis), *analysis.diagnostics):
        log(diagnostic.level, describe(diagnostic))
        if diagnostic.fatal:
            raise Failed
    return analysis


def _user_diagnostics(analysis: Analysis) -> Iterator[Diagnostic]:
    """What nginx says of the `user` directive. It depends on the machine and on who starts nginx: the analyzer knows neither."""
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
