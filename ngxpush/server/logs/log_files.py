"""Log files: the error log in nginx's format, and the files of access logs.

The master opens each path once, and workers inherit the files. After USR1 every process opens its files again, so that a
rotated log is closed (nginx's "reopen").
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, field

from ...config.logs import LEVELS
from .syslog import Syslog

_RANK = {level: rank for rank, level in enumerate(LEVELS)}

# nginx makes a line in a buffer of 2048 bytes.
_LONGEST_LINE = 2047

Say = Callable[[str, str], None]
"""Writes a line to the error log: `say(level, text)`."""

STDERR = 2

_MINUTE = 60.0


class LogFile(Struct, eq=False):
    """A log file.

    buffer: what a log with `buffer=` has not written yet. It is written when it is full, when its flush time has passed, before
    the file is opened again, and when the process ends.
    failed: gets nginx's message when something can't be written (a full disk), but no more than once a minute.
    take: gets what is written, in place of the descriptor.
    """

    path: str
    descriptor: int
    buffer_size: int = 0
    gzip_level: int | None = None
    buffer: bytearray = field(default_factory=bytearray)
    failed: Callable[[str], None] | None = None
    failed_at: float = -_MINUTE
    take: Callable[[bytes], None] | None = None

    def write(self, line: bytes) -> None:
        """Append a line, at once or to the buffer. A line that can't be written is lost, as in nginx."""
        if len(self.buffer) + len(line) > self.buffer_size:
            self.flush()
        if len(line) > self.buffer_size:
            self._append(line)
        else:
            self.buffer += line

    def flush(self) -> None:
        """Write the buffer; with `gzip=` each write is a complete gzip member."""
        if self.buffer:
            content = bytes(self.buffer)
            self.buffer.clear()
            self._append(content)

    def _append(self, content: bytes) -> None:
        if self.gzip_level is not None:
            packer = zlib.compressobj(self.gzip_level, zlib.DEFLATED, 31)
            content = packer.compress(content) + packer.flush()
        if self.take is not None:
            self.take(content)
            return
        try:
            written = os.write(self.descriptor, content)
        except OSError as error:
            self._report(f'write() to "{self.path}" failed ({error.errno}: {error.strerror})')
        else:
            if written < len(content):
                self._report(f'write() to "{self.path}" was incomplete: {written} of {len(content)}')

    def _report(self, text: str) -> None:
        if self.failed is not None and time.monotonic() - self.failed_at >= _MINUTE:
            self.failed_at = time.monotonic()
            self.failed(text)

    def reopen(self) -> None:
        """Open the path again. Raises OSError; the old file stays open then."""
        self.flush()
        if self.descriptor != STDERR:
            fresh = open_log(self.path)
            os.close(self.descriptor)
            self.descriptor = fresh

    def close(self) -> None:
        self.flush()
        if self.descriptor != STDERR:
            os.close(self.descriptor)


def open_log(path: str) -> int:
    """A descriptor that appends to `path`. Raises OSError."""
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)


class LogFiles:
    """The log files of a configuration, one per path.

    opener: returns the descriptor for a path.  take_stderr: gets what goes to standard error; None: that is written at once.
    """

    def __init__(self, opener: Callable[[str], int] = open_log, take_stderr: Callable[[bytes], None] | None = None) -> None:
        self._opener = opener
        self._take_stderr = take_stderr
        self._files: dict[str, LogFile] = {}

    def open(self, path: str) -> LogFile:
        """The file of that path, opened unless it is open already; the word `stderr` is standard error. Raises OSError."""
        if path not in self._files:
            descriptor = STDERR if path == "stderr" else self._opener(path)
            self._files[path] = LogFile(path, descriptor, take=self._take_stderr if descriptor == STDERR else None)
        return self._files[path]

    def __iter__(self) -> Iterator[LogFile]:
        return iter(self._files.values())

    def reopen(self, failed: Callable[[str], None], owner: int | None = None) -> None:
        """Open every file again and give it to the user `owner`; `failed` gets nginx's message for each that can't be opened."""
        for file in self._files.values():
            try:
                file.reopen()
                if owner is not None and file.descriptor != STDERR:
                    os.fchown(file.descriptor, owner, -1)
            except OSError as error:
                failed(open_failed(file.path, error))

    def flush(self) -> None:
        for file in self._files.values():
            file.flush()

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def open_failed(path: str, error: OSError) -> str:
    """nginx's message for a file that can't be opened."""
    return f'open() "{path}" failed ({error.errno}: {error.strerror})'


def report_briefly(level: str, text: str) -> None:
    """Write a message of level `warn` or above to standard error, as nginx does when its log is elsewhere."""
    if _RANK[level] <= _RANK["warn"]:
        os.write(STDERR, os.fsencode(f"nginx: [{level}] {text}\n"))


class ErrorLog:
    """The targets of the error_log directives of a block: files and syslog servers, each with the lowest level it takes.

    keeps_stderr: the error_log of some block is standard error.
    """

    __slots__ = ("_keeps_stderr", "_rank", "_servers", "_targets")

    def __init__(
        self, targets: Iterable[tuple[LogFile, str]], servers: Iterable[tuple[Syslog, str]] = (), keeps_stderr: bool = False
    ) -> None:
        self._targets = [(file, _RANK[level]) for file, level in targets]
        self._servers = [(server, _RANK[level]) for server, level in servers]
        self._keeps_stderr = keeps_stderr
        self._rank = max((rank for _, rank in (*self._targets, *self._servers)), default=-1)

    @property
    def on_stderr(self) -> bool:
        """Whether standard error is among its targets."""
        return any(file.descriptor == STDERR for file, _ in self._targets)

    def redirect_stderr(self) -> None:
        """Point standard error to the first file, where no error_log is standard error: what libraries write is kept, too."""
        if not self._keeps_stderr:
            os.dup2(self._targets[0][0].descriptor, STDERR)

    def takes(self, level: str) -> bool:
        """Whether a line of that level is written anywhere."""
        return _RANK[level] <= self._rank

    def log(self, level: str, text: str | bytes, connection: int | None = None, in_full: bool = False) -> None:
        """Write a line. text: the message, followed by its context (client, server, request …) where it has one.

        in_full: all targets take it, whatever their levels are (debug_connection).
        """
        rank = _RANK["emerg"] if in_full else _RANK[level]
        if rank > self._rank:
            return
        line = format_line(level, text, connection)
        for file, least in self._targets:
            if rank <= least:
                file.write(line)
        for server, least in self._servers:
            if rank <= least:
                server.send(line[:-1], level)


def format_line(level: str, text: str | bytes, connection: int | None = None) -> bytes:
    """A line of an error log: `2026/11/24 08:50:00 [error] PID#PID: *CONNECTION text`. The rest of a long one is cut off."""
    pid = os.getpid()
    number = f"*{connection} " if connection is not None else ""
    head = f"{time.strftime('%Y/%m/%d %H:%M:%S')} [{level}] {pid}#{pid}: {number}"
    body = text if isinstance(text, bytes) else os.fsencode(text)
    return (head.encode() + body)[:_LONGEST_LINE] + b"\n"
