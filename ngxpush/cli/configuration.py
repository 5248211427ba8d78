"""Reading the configuration a command is about."""

from __future__ import annotations

import os
import sys

import click

from ..config.analysis import Analysis
from ..config.analyzer import analyze
from ..server.startup import describe


def read_configuration(path: str, prefix: str | None) -> Analysis:
    """The analysis of a configuration nginx accepts; for any other its message is printed, and the command ends with exit code 1.

    prefix: nginx's, for relative paths; None: the folder of the configuration.
    """
    full = os.path.abspath(path)
    analysis = analyze(full, os.path.join(os.path.abspath(prefix or os.path.dirname(full)), ""))
    fatal = analysis.fatal
    for diagnostic in analysis.diagnostics:
        if diagnostic is fatal:
            click.echo(f"nginx: [{diagnostic.level}] {describe(diagnostic)}", err=True)
            sys.exit(1)
    return analysis
