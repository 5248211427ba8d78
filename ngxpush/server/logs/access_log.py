"""Access logs: the lines of finished requests, to files and syslog servers."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from stat import S_ISDIR

from ...config.complex_value import ComplexValue
from ...config.directives.http.core import HttpCoreLocation
from ...config.directives.http.log import AccessLog, LogFileCache, LogLocation
from ...config.logs import SyslogSetting
from ...http.documents import document_root
from ...http.log import access_line
from ...http.request import Request
from ...http.variables.evaluation import evaluate
from .log_files import LogFile, LogFiles, open_failed
from .named_logs import NamedLogs, write_once
from .syslog import Syslog


class AccessLogs:
    """Writes the lines of finished requests. files: the worker's log files.  failed: gets a message about lines that are lost."""

    def __init__(self, files: LogFiles, loop: asyncio.AbstractEventLoop, failed: Callable[[str], None]) -> None:
        self._files = files
        self._failed = failed
        self._loop = loop
        self._flushing: dict[LogFile, asyncio.TimerHandle] = {}
        # The files that are open, by the `id` of what the configuration says of the log.
        self._opened: dict[int, LogFile] = {}
        self._named: dict[LogFileCache, NamedLogs] = {}
        self._servers: dict[SyslogSetting, Syslog] = {}
        self._ended = False

    def end(self) -> None:
        """Write no more lines. A worker that is stopped (TERM) cuts off what it serves, and nginx logs nothing of it."""
        self._ended = True

    def write(self, request: Request) -> None:
        """The log phase of a request: write a line to each access_log of its location whose `if=` allows it."""
        if self._ended or (request.parent is not None and not request.location.of(HttpCoreLocation).log_subrequest):
            return
        if request.parent is None:  # the line of a subrequest leaves what is being done as it is
            request.progress.log_action = b"logging request"
        for log in request.location.of(LogLocation).access_log:
            if log is None:
                return
            if log.condition is not None and evaluate(request, log.condition) in (b"", b"0"):
                continue
            if log.syslog is not None:
                self._syslog(log.syslog).send(access_line(request, log.format)[:-1])
                continue
            if log.path is not None and log.path.constant is None:
                self._write_named(request, log, log.path)
                continue
            file = None if log.path is None else self._file(request, log, log.path)
            if file is not None:
                file.write(access_line(request, log.format))
                self._flush_later(file, log.flush)

    def _syslog(self, setting: SyslogSetting) -> Syslog:
        syslog = self._servers.get(setting)
        if syslog is None:
            syslog = self._servers[setting] = Syslog(setting)
        return syslog

    def _write_named(self, request: Request, log: AccessLog, name: ComplexValue) -> None:
        """Write a line to a log with variables in its name, if the directory is there that the request's root names."""
        path = self._path(request, name)
        if "\0" in path or not _has_root(request):
            return
        cache = request.location.of(LogLocation).open_log_file_cache
        line = access_line(request, log.format)
        try:
            if cache is None:
                write_once(path, line, self._failed)
            else:
                self._cached(cache).write(path, line)
        except OSError as error:
            _report_unopened(request, path, error)

    def _cached(self, cache: LogFileCache) -> NamedLogs:
        logs = self._named.get(cache)
        if logs is None:
            logs = self._named[cache] = NamedLogs(cache, self._loop.time, self._failed)
        return logs

    def _file(self, request: Request, log: AccessLog, name: ComplexValue) -> LogFile | None:
        """The file a log goes to; None where it can't be opened."""
        known = self._opened.get(id(log))
        if known is not None:
            return known
        path = self._path(request, name)
        try:
            file = self._files.open(path)
        except OSError as error:
            _report_unopened(request, path, error)
            return None
        file.failed = self._failed
        file.buffer_size = max(file.buffer_size, log.buffer or 0)
        if log.gzip is not None:
            file.gzip_level = log.gzip
        self._opened[id(log)] = file
        return file

    @staticmethod
    def _path(request: Request, value: ComplexValue) -> str:
        """The full path of a log; a log without a name is standard error."""
        if value.constant == b"":
            return "stderr"
        return os.path.join(os.fsdecode(request.http.configuration.prefix), os.fsdecode(evaluate(request, value)))

    def _flush_later(self, file: LogFile, milliseconds: int | None) -> None:
        if not file.buffer or milliseconds is None or file in self._flushing:
            return

        def flush() -> None:
            del self._flushing[file]
            file.flush()

        self._flushing[file] = self._loop.call_later(milliseconds / 1000, flush)


def _has_root(request: Request) -> bool:
    """Whether the directory of root or alias is there. Else nginx writes to no log with variables in its name."""
    root = document_root(request)
    try:
        if S_ISDIR(os.stat(root).st_mode):
            return True
        failed = OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    except OSError as error:
        failed = error
    _report(request, "error", f'testing "{os.fsdecode(root)}" existence failed ({failed.errno}: {failed.strerror})')
    return False


def _report_unopened(request: Request, path: str, error: OSError) -> None:
    _report(request, "crit", open_failed(path, error))


def _report(request: Request, level: str, text: str) -> None:
    request.connection.log(level, text, request)
