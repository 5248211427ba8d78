"""Reading the configuration that a command is given."""

from __future__ import annotations

import errno
import os
import re
import shlex
import sys
from collections.abc import Callable

from msgspec import Struct

from ..config.analysis import Analysis, Diagnostic
from ..config.analyzer import analyze
from ..config.cycle import MapMemory
from ..config.lenient_system import LenientSystem
from ..server.setup.reading import describe
from ..server.setup.real_system import RealSystem
from .effects import left_out
from .grouped import gathered
from .origin import Origin
from .output import say
from .own_files import warn_of_includes, warn_of_useless_maps

Warn = Callable[[str], None]

# What the system says of a file that is missing, or may not be read.
_NOT_THERE = re.compile(rf"\(({errno.ENOENT}|{errno.EACCES}): ")


def warn(text: str) -> None:
    """Print a warning: what is done in place of what the configuration asks for."""
    say(f"warning: {text}")


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
    warn_of_useless_maps(origin, analysis.files, warn)
    steps = (step for step in analysis.steps if isinstance(step, Diagnostic))
    for diagnostic in (*analysis.diagnostics, *steps):
        if diagnostic.fatal:
            say(f"nginx: [{diagnostic.level}] {describe(diagnostic)}")
            say(f"hint: {_hint(analysis, origin, diagnostic)}")
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


def _hint(analysis: Analysis, origin: Origin, refused: Diagnostic) -> str:
    """What helps with a refused file: what it is if it is no whole configuration, or else who says more. nginx may only warn."""
    # Most configurations are accepted.
    from ..lint.encoding import wrong_encoding
    from ..lint.partial_file import block_of, whole_file
    from ..lint.template import place_to_fill_in

    encoding = wrong_encoding(analysis, refused)
    if encoding:
        return encoding
    found = None if refused.position is None else place_to_fill_in(analysis.files, refused.position.file)
    if found is not None:
        text, place = found
        return f"this looks like a template, with places to fill in: {text} ({place.file}:{place.line})"
    statement = refused.statement
    if statement is not None and statement.name == b"include" and _NOT_THERE.search(refused.message):
        elsewhere = "--map THERE=HERE says where files of another machine are, "
        where = elsewhere if statement.arguments[0].startswith(b"/") else ""
        return f"{where}--missing-includes=warn does without files that are not here"
    path = origin.full_path
    block = block_of(analysis.files.get(path, b""))
    if block is not None:
        text = f"{path} looks like a part of a configuration, which the {block} block of another file includes"
        return f"{text}; serve that one, or a file with: {whole_file(block, os.path.basename(path))}"
    return f"`ngxpush lint {shlex.quote(origin.path)}` reports all errors at once, and what to write instead"
