"""Reading the configuration a command is about."""

from __future__ import annotations

import os
import sys

import click

from ..config.analysis import Analysis
from ..config.analyzer import analyze
from ..config.lenient_system import LenientSystem
from ..config.text import shown
from ..config.third_party import module_of
from ..server.reading import describe
from ..server.real_system import RealSystem


def warn(text: str) -> None:
    """Tell what is done otherwise than the configuration asks for."""
    click.echo(f"warning: {text}", err=True)


def read_configuration(path: str, prefix: str | None) -> Analysis:
    """The analysis of a configuration nginx accepts; for any other its message is printed, and the command ends with exit code 1.

    What only this machine lacks, and directives of third-party modules, are no errors; `warn` tells about them.
    prefix: nginx's, for relative paths; None: the folder of the configuration.
    """
    full = os.path.abspath(path)
    folder = os.path.join(os.path.abspath(prefix or os.path.dirname(full)), "")
    analysis = analyze(full, folder, system=LenientSystem(RealSystem(), warn), leave_out_third_party=True)
    fatal = analysis.fatal
    for diagnostic in analysis.diagnostics:
        if diagnostic is fatal:
            click.echo(f"nginx: [{diagnostic.level}] {describe(diagnostic)}", err=True)
            sys.exit(1)
    _warn_of_third_party(analysis)
    return analysis


def _warn_of_third_party(analysis: Analysis) -> None:
    """Once for each name."""
    for statement in {statement.name: statement for statement in reversed(analysis.left_out)}.values():
        name, start = shown(statement.name), statement.start
        warn(f"{name} ({start.file}:{start.line}) is left out: ngxpush does not have its module, {module_of(name)}")
