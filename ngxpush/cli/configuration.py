"""ReadConfiguration the configuration that a command is given."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable

import click
from msgspec import Struct

from ..config.analysis import Analysis, Diagnostic
from ..config.analyzer import analyze
from ..config.cycle import MapMemory
from ..config.lenient_system import LenientSystem
from ..config.text import shown
from ..server.setup.reading import describe
from ..server.setup.real_system import RealSystem
from .effects import left_out
from .grouped import gathered
from .origin import Origin
from .own_files import warn_of_includes

Warn = Callable[[str], None]

# `${NAME}` as envsubst knows it, `%NAME%`, and the brackets of Jinja2, Go, ERB and others.
_TO_FILL_IN = re.compile(rb"%[A-Z][A-Z_]{2,80}%|\$\{[A-Z][A-Z0-9_]{,80}\}|\{\{.{,80}?\}\}|\{%.{,80}?%\}|<%.{,80}?%>")


def warn(text: str) -> None:
    """Print a warning: what is done in place of what the configuration asks for."""
    click.echo(f"warning: {text}", err=True)


class ReadConfiguration(Struct, eq=False):
    """A configuration that was read.

    analysis: None where nginx refuses it, which has been said.
    files, patterns: what it is made from: full paths, also of files that are not here, and patterns of includes.
    """

    analysis: Analysis | None
    files: set[str]
    patterns: set[str]


def read_configuration(origin: Origin) -> Analysis:
    """The analysis of a configuration that nginx accepts; for any other nginx's message is printed, and the exit code is 1.

    What only this machine lacks, and directives of third-party modules, are no errors; warnings name them.
    """
    analysis = read(origin, warn, asks_for_hosts=False).analysis
    if analysis is None:
        sys.exit(1)
    return analysis


def read(origin: Origin, warn: Warn, asks_for_hosts: bool) -> ReadConfiguration:
    """Read a configuration. For one that nginx refuses, its message is printed.

    asks_for_hosts: whether the addresses of hosts are looked up, to warn of those that have none.
    """
    full = origin.full_path
    with gathered(warn) as gather:
        system = LenientSystem(RealSystem(), full, gather, origin.paths, asks_for_hosts, origin.needs_includes)
        analysis = analyze(full, origin.directory, system=system, leave_out_third_party=True)
    reading = ReadConfiguration(analysis, system.files | _read_later(analysis), system.patterns)
    steps = (step for step in analysis.steps if isinstance(step, Diagnostic))
    for diagnostic in (*analysis.diagnostics, *steps):
        if diagnostic.fatal:
            click.echo(f"nginx: [{diagnostic.level}] {describe(diagnostic)}", err=True)
            _hint(analysis, full, diagnostic)
            reading.analysis = None
            return reading
    warn_of_includes(origin, system.matchless, analysis.named, warn)
    if system.unknown_hosts:
        warn(f"what is passed on to hosts that are not found is answered with 502: {', '.join(system.unknown_hosts)}")
    for text in left_out(analysis):
        warn(text)
    return reading


def _read_later(analysis: Analysis) -> set[str]:
    """Files that requests are answered with the help of, such as lists of users: those that nothing is written to."""
    written = {step.path for step in analysis.steps if not isinstance(step, (Diagnostic, MapMemory))}
    return {path for path in map(os.fsdecode, analysis.named.keys() - written) if os.path.isfile(path)}


def _hint(analysis: Analysis, path: str, refused: Diagnostic) -> None:
    """Say so where a file is refused because it is only a part of a configuration, or what one is made from."""
    from ..lint.partial_file import block_of, whole_file  # most configurations are accepted

    place = None if refused.position is None else _place_to_fill_in(analysis, refused.position.file)
    if place is not None:
        click.echo(f"hint: this looks like a template, with places to fill in: {place}", err=True)
        return
    statement = refused.statement
    if statement is not None and statement.name == b"include":
        elsewhere = "--map THERE=HERE says where files of another machine are, "
        where = elsewhere if statement.arguments[0].startswith(b"/") else ""
        click.echo(f"hint: {where}--missing-includes=warn does without files that are not here", err=True)
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
