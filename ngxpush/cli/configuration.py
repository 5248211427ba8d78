"""Reading the configuration that a command is given."""

from __future__ import annotations

import os
import re
import sys

import click

from ..config.analysis import Analysis, Diagnostic
from ..config.analyzer import analyze
from ..config.lenient_system import LenientSystem
from ..config.text import shown
from ..server.setup.reading import describe
from ..server.setup.real_system import RealSystem
from .effects import left_out
from .grouped import gathered

# `${NAME}` as envsubst knows it, and the brackets of Jinja2, Go, ERB and others.
_TO_FILL_IN = re.compile(rb"\$\{[A-Z][A-Z0-9_]{,80}\}|\{\{.{,80}?\}\}|\{%.{,80}?%\}|<%.{,80}?%>")


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
    with gathered(warn) as gather:
        system = LenientSystem(RealSystem(), full, gather, asks_for_hosts)
        analysis = analyze(full, directory, system=system, leave_out_third_party=True)
    steps = (step for step in analysis.steps if isinstance(step, Diagnostic))
    for diagnostic in (*analysis.diagnostics, *steps):
        if diagnostic.fatal:
            click.echo(f"nginx: [{diagnostic.level}] {describe(diagnostic)}", err=True)
            _hint(analysis, full, diagnostic)
            sys.exit(1)
    if system.matchless:
        warn(f"no file here is included by {', '.join(system.matchless)}")
    for text in left_out(analysis):
        warn(text)
    return analysis


def _hint(analysis: Analysis, path: str, refused: Diagnostic) -> None:
    """Say so where a file is refused because it is only a part of a configuration, or what one is made from."""
    from ..lint.partial_file import block_of, whole_file  # most configurations are accepted

    place = None if refused.position is None else _place_to_fill_in(analysis, refused.position.file)
    if place is not None:
        click.echo(f"hint: this looks like a template, with places to fill in: {place}", err=True)
        return
    block = block_of(analysis, path)
    if block is not None:
        text = f"{path} looks like a part of a configuration, which the {block} block of another file includes"
        click.echo(f"hint: {text}; serve that one, or a file with: {whole_file(block, path)}", err=True)


def _place_to_fill_in(analysis: Analysis, file: str) -> str | None:
    """Where a file is to be filled in by envsubst or a language of templates; None if it does not look like a template."""
    content = analysis.files.get(file, b"")
    found = _TO_FILL_IN.search(content)
    if found is None:
        return None
    line = content.count(b"\n", 0, found.start()) + 1
    return f"{shown(found[0])} ({file}:{line})"
