"""What `ngxpush lint` is given: a configuration, a part of one, a dump of `nginx -T`, standard input."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from msgspec import Struct

from ..config.path_map import PathMap
from ..config.system import System
from ..lint.dump import split_dump
from ..lint.linter import lint
from ..lint.partial_file import PartialFile, block_of
from ..lint.report import Report
from .backends import listens
from .configuration import warn
from .linted_files import DiskFiles, DumpedFiles, including_directory
from .origin import Origin
from .own_files import warn_of_includes, warn_of_useless_maps

STANDARD_INPUT = "-"
AROUND_A_PART = "(the configuration around it)"
"""The name of what stands for the file that includes a part. No finding names it."""


class LintInput(Struct, frozen=True):
    """A configuration to check: the full path of its main file, nginx's prefix, and where its files are.

    asks_backends: whether the servers of this machine that requests are passed on to are asked for a connection.
    on_disk: whether the files that are checked are those on the disk.  relative: whether the given path is a relative one.
    part: what is to be checked of it, where the main file is only made to include that.
    """

    path: str
    prefix: str
    system: System
    asks_backends: bool
    on_disk: bool
    relative: bool = False
    part: PartialFile | None = None

    def lint(self) -> Report:
        return lint(self.path, self.prefix, self.system, part=self.part, listens=listens if self.asks_backends else None)

    def warn_of_includes(self, report: Report) -> None:
        """Say, beside the report, which includes name no file, which name this machine's own, and which --map no one needs."""
        if isinstance(self.system, DiskFiles):
            main = self.path if self.part is None else self.part.path
            included = {os.fsencode(file): "include" for file in report.files if file != main}
            origin = Origin(self.path, self.prefix, self.system.paths)
            warn_of_useless_maps(origin, report.files, warn)
            warn_of_includes(origin, self.system.matchless, included, warn)

    def shown_name(self, file: str) -> str:
        """A file's name in reports: relative to the current directory where the configuration was named by a relative path."""
        inside = file.startswith(os.path.join(os.getcwd(), ""))
        return os.path.relpath(file) if self.relative and inside else file


def open_input(name: str, prefix: str | None, paths: PathMap, context: str | None, backends: bool) -> LintInput:
    """What is to be checked where a user gives `name` and these options. Raises OSError."""
    path = os.path.abspath("stdin" if name == STANDARD_INPUT else name)
    content = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(path).read_bytes()
    dumped = split_dump(content)
    if dumped and context is not None:
        raise click.UsageError(f"--context is for a part of a configuration: {name} is the output of `nginx -T`, and whole")
    if dumped:
        path = next(iter(dumped))
        directory = os.path.abspath(prefix or os.path.dirname(path))
        return LintInput(
            path, directory, DumpedFiles(dumped, paths, asks_for_hosts=backends), asks_backends=backends, on_disk=False
        )
    on_disk = name != STANDARD_INPUT and os.path.isfile(path)  # a pipe can be read only once: lint <(ssh server cat nginx.conf)
    given = {} if on_disk else {path: content}
    block = context or block_of(content)
    directory = including_directory(path) if block else os.path.dirname(path)
    part, main = None, path
    if block is not None:
        part, main = PartialFile(path, block, given=context is not None), os.path.join(directory, AROUND_A_PART)
        given[main] = os.fsencode(part.whole_file())
    return LintInput(
        main,
        os.path.abspath(prefix or directory),
        DiskFiles(given, paths, "" if part is None else path, asks_for_hosts=backends),
        asks_backends=backends,
        on_disk=on_disk,
        part=part,
        relative=not os.path.isabs(name),
    )


def each_once(checked: list[tuple[LintInput, Report]]) -> list[tuple[LintInput, Report]]:
    """Without the parts that were checked as parts of others: `ngxpush lint nginx.conf conf.d/*.conf`."""
    whole = {name for given, report in checked if given.part is None for name in report.files}
    return [
        (given, report) for given, report in checked if given.part is None or given.part.given or given.part.path not in whole
    ]
