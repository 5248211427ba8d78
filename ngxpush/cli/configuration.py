"""Reading the configuration that a command is given."""

from __future__ import annotations

import os
import sys

from ..config.analysis import Analysis, Diagnostic
from ..config.analyzer import analyze
from ..config.lenient_system import LenientSystem
from ..config.newer import since
from ..config.text import shown
from ..config.third_party import module_of
from ..config.tree import Statement
from ..server.setup.reading import describe
from ..server.setup.real_system import RealSystem
from .output import say
from .places import places


def warn(text: str) -> None:
    """Print a warning: what is done in place of what the configuration asks for."""
    say(f"warning: {text}")


def read_configuration(path: str, prefix: str | None, asks_for_hosts: bool = False) -> Analysis:
    """The analysis of a configuration that nginx accepts; for any other nginx's message is printed, and the exit code is 1.

    What only this machine lacks, and directives of third-party modules, are no errors; warnings name them.
    prefix: nginx's, for relative paths; None: the directory of the configuration.
    asks_for_hosts: whether the addresses of hosts are looked up, to warn of those that have none.
    """
    full = os.path.abspath(path)
    directory = os.path.join(os.path.abspath(prefix or os.path.dirname(full)), "")
    system = LenientSystem(RealSystem(), full, warn, asks_for_hosts)
    analysis = analyze(full, directory, system=system, leave_out_third_party=True)
    steps = (step for step in analysis.steps if isinstance(step, Diagnostic))
    for diagnostic in (*analysis.diagnostics, *steps):
        if diagnostic.fatal:
            say(f"nginx: [{diagnostic.level}] {describe(diagnostic)}")
            _hint(analysis, full, diagnostic)
            sys.exit(1)
    if system.matchless:
        warn(f"no file here is included by {', '.join(system.matchless)}")
    _warn_of_left_out(analysis)
    return analysis


def _hint(analysis: Analysis, path: str, refused: Diagnostic) -> None:
    """Say so where a file is refused because of its encoding, or because it is only a part of a configuration or a template."""
    # Most configurations are accepted.
    from ..lint.encoding import wrong_encoding
    from ..lint.partial_file import block_of, whole_file
    from ..lint.template import place_to_fill_in

    encoding = wrong_encoding(analysis, refused)
    if encoding:
        say(f"hint: {encoding}")
        return
    found = None if refused.position is None else place_to_fill_in(analysis.files, refused.position.file)
    if found is not None:
        text, place = found
        say(f"hint: this looks like a template, with places to fill in: {text} ({place.file}:{place.line})")
        return
    block = block_of(analysis.files.get(path, b""))
    if block is not None:
        text = f"{path} looks like a part of a configuration, which the {block} block of another file includes"
        say(f"hint: {text}; serve that one, or a file with: {whole_file(block, os.path.basename(path))}")


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
