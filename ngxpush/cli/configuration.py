"""Reading the configuration that a command is given."""

from __future__ import annotations

import os
import sys

import click

from ..config.analysis import Analysis, Diagnostic
from ..config.analyzer import analyze
from ..config.lenient_system import LenientSystem
from ..config.newer import since
from ..config.text import shown
from ..config.third_party import module_of
from ..config.tree import Statement
from ..server.setup.reading import describe
from ..server.setup.real_system import RealSystem
from .places import places


def warn(text: str) -> None:
    """Print a warning: what is done in place of what the configuration asks for."""
    click.echo(f"warning: {text}", err=True)


def read_configuration(path: str, prefix: str | None, asks_for_hosts: bool = False) -> Analysis:
    """The analysis of a configuration that nginx accepts; for any other nginx's message is printed, and the exit code is 1.

    What only this machine lacks, and directives of third-party modules, are no errors; warnings name them.
    prefix: nginx's, for relative paths; None: the directory of the configuration.
    asks_for_hosts: whether the addresses of hosts are looked up, to warn of those that have none.
    """
    full = os.path.abspath(path)
    directory = os.path.join(os.path.abspath(prefix or os.path.dirname(full)), "")
    analysis = analyze(full, directory, system=LenientSystem(RealSystem(), warn, asks_for_hosts), leave_out_third_party=True)
    steps = (step for step in analysis.steps if isinstance(step, Diagnostic))
    for diagnostic in (*analysis.diagnostics, *steps):
        if diagnostic.fatal:
            click.echo(f"nginx: [{diagnostic.level}] {describe(diagnostic)}", err=True)
            sys.exit(1)
    _warn_of_left_out(analysis)
    return analysis


def _warn_of_left_out(analysis: Analysis) -> None:
    """Say each reason once: a module that is not here, a version of nginx that is newer."""
    by_reason: dict[str, list[Statement]] = {}
    for statement in analysis.left_out:
        name = shown(statement.name)
        version = since(name)
        reason = f"nginx has this since {version}" if version else f"ngxpush does not have the module {module_of(name)}"
        by_reason.setdefault(reason, []).append(statement)
    for reason, statements in by_reason.items():
        warn(f"left out, because {reason}: {places(statements)}")
