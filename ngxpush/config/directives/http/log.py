"""The log module: access logs."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from ...columns import ANY, Arguments
from ...complex_value import ComplexValue, Part, Variable, parse_complex_value
from ...directive import Directive, DirectiveUse, RefusedDirective, Scope
from ...http_block import declared
from ...logs import SyslogSetting, parse_syslog
from ...module import Module
from ...places import HTTP_SERVER_LOCATION, Context
from ...text import shown
from ...values import parse_milliseconds, parse_number, parse_seconds, parse_size

_BUFFER = 65536


class LogFileCache(Struct, frozen=True):
    """A cache of open log files. most: files.  inactive, valid: seconds.  min_uses: the lines after which a file stays open."""

    most: int = 0
    inactive: int = 10
    min_uses: int = 1
    valid: int = 60


class OpenLogFileCache:
    """`max=N [inactive=time] [min_uses=N] [valid=time]`, or `off` (None)."""

    description = "max and more, or off"

    # The name of a parameter, the field it sets, and how its value is read.
    _PARAMETERS = (
        (b"max=", "most", parse_number),
        (b"inactive=", "inactive", parse_seconds),
        (b"min_uses=", "min_uses", parse_number),
        (b"valid=", "valid", parse_seconds),
    )

    def parse(self, use: DirectiveUse) -> LogFileCache | None:
        cache = LogFileCache()
        for argument in use.arguments:
            if argument == b"off":
                cache = replace(cache, most=0)
                continue
            for name, field, parser in self._PARAMETERS:
                value = parser(argument.removeprefix(name)) if argument.startswith(name) else None
                if value is not None:
                    cache = replace(cache, **{field: value})
                    break
            else:
                raise RefusedDirective(f'invalid "{use.name}" parameter "{shown(argument)}"')
        if not cache.most and b"off" not in use.arguments:
            raise RefusedDirective(f'"{use.name}" must have "max" parameter')
        return cache if cache.most else None


class LogFormat(Struct, frozen=True):
    """A log_format. escape: `default`, `json` or `none`."""

    name: bytes
    escape: str
    value: ComplexValue


COMBINED = LogFormat(
    b"combined",
    "default",
    parse_complex_value(
        b'$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
    ),
)


class AccessLog(Struct, frozen=True):
    """One access_log. path: None for syslog, empty for standard error.  buffer: bytes; flush: milliseconds; gzip: the level."""

    path: ComplexValue | None
    format: LogFormat = COMBINED
    condition: ComplexValue | None = None
    buffer: int = 0
    flush: int | None = None
    gzip: int | None = None
    syslog: SyslogSetting | None = None


DEFAULT_LOG = AccessLog(parse_complex_value(b"logs/access.log"))
"""The log of requests where no access_log is set. The path is relative to the prefix."""


class LogLocation(Struct, frozen=True):
    """The access logs of a location; None among them is `off`."""

    access_log: tuple[AccessLog | None, ...] = (DEFAULT_LOG,)
    open_log_file_cache: LogFileCache | None = None


class LogFormatSlot:
    """`name [escape=…] text …`."""

    description = "name and texts"

    def parse(self, use: DirectiveUse) -> LogFormat:
        name, *texts = use.arguments
        if name in declared(use).log_formats or name == b"combined":
            raise RefusedDirective(f'duplicate "log_format" name "{shown(name)}"')
        declared(use).log_formats[name] = None
        escape = "default"
        if texts[0].startswith(b"escape="):
            escape = shown(texts.pop(0)[7:])
            if escape not in ("default", "json", "none"):
                raise RefusedDirective(f'unknown log format escaping "{escape}"')
        value = _format_value(texts)
        for variable in value.variables:
            use.refer(variable)
        found = declared(use).log_formats[name] = LogFormat(name, escape, value)
        return found


# A format has no captures: `$1` is a variable's name like any other.
_PIECE = re.compile(rb"(?P<literal>[^$]+)|\$(?:\{(?P<braced>[A-Za-z0-9_]*)(?P<brace>\}?)|(?P<name>[A-Za-z0-9_]*))")


def _format_value(texts: list[bytes]) -> ComplexValue:
    """Parse the texts of a format. Raises RefusedDirective."""
    parts: list[Part] = []
    for text in texts:
        for piece in _PIECE.finditer(text):
            if piece["literal"] is not None:
                parts.append(piece["literal"])
                continue
            name = piece["name"] if piece["braced"] is None else piece["braced"]
            if piece["braced"] and not piece["brace"]:
                raise RefusedDirective(f'the closing bracket in "{shown(name)}" variable is missing')
            if not name:
                raise RefusedDirective(f'invalid parameter "{shown(text[piece.start() :])}"')
            parts.append(Variable(name.lower()))
    return ComplexValue(b"".join(texts), tuple(parts))


class AccessLogSlot:
    """`path [format [parameters]]`, `syslog:…` or `off` (None)."""

    description = "path, format and parameters"

    def parse(self, use: DirectiveUse) -> AccessLog | None:
        target, *rest = use.arguments
        if target == b"off":
            if rest:
                raise use.invalid_parameter(rest[0])
            return None
        if target.startswith(b"syslog:"):
            log = AccessLog(None, syslog=parse_syslog(use, target[7:]))
        else:
            path = use.complex_value(use.path(target) if target else b"")
            if path.constant:
                use.cycle.open_file(path.constant)
            log = AccessLog(path)
        if rest:
            log = replace(log, format=self._format(use, rest[0]))
        return self._parameters(use, log, rest[1:])

    @staticmethod
    def _format(use: DirectiveUse, name: bytes) -> LogFormat:
        if name == b"combined":
            return COMBINED
        found = declared(use).log_formats.get(name)
        if found is None:
            raise RefusedDirective(f'unknown log format "{shown(name)}"')
        return found  # type: ignore[no-any-return]  # a LogFormat

    @staticmethod
    def _parameters(use: DirectiveUse, log: AccessLog, parameters: list[bytes]) -> AccessLog:
        for parameter in parameters:
            name, _, value = parameter.partition(b"=")
            if name == b"buffer":
                size = parse_size(value)
                if not size:
                    raise RefusedDirective(f'invalid buffer size "{shown(value)}"')
                log = replace(log, buffer=size)
            elif name == b"flush":
                flush = parse_milliseconds(value)
                if not flush:
                    raise RefusedDirective(f'invalid flush time "{shown(value)}"')
                log = replace(log, flush=flush)
            elif name == b"gzip":
                level = parse_number(value) if value else 1
                if level is None or not 1 <= level <= 9:
                    raise RefusedDirective(f'invalid compression level "{shown(value)}"')
                log = replace(log, gzip=level, buffer=log.buffer or _BUFFER)
            elif name == b"if":
                log = replace(log, condition=use.complex_value(value))
            else:
                raise use.invalid_parameter(parameter)
        if log.flush is not None and not log.buffer:
            raise RefusedDirective(f'no buffer is defined for access_log "{shown(use.arguments[0])}"')
        if log.buffer and log.path is None:
            raise RefusedDirective("logs to syslog cannot be buffered")
        if log.buffer and log.path is not None and log.path.constant is None:
            raise RefusedDirective("buffered logs cannot have variables in name")
        return log


def _open_default_log(use: DirectiveUse, http: Scope) -> None:
    """Have the default log opened if a server has no access_log, even if its locations have one."""
    servers = [scope for scope in http.scopes if scope.context is Context.SERVER]
    if any(server.effective("access_log") is None for server in servers):
        assert DEFAULT_LOG.path is not None
        use.cycle.open_file(use.path(DEFAULT_LOG.path.text))


MODULE = Module(
    "log",
    (
        Directive("log_format", Context.HTTP, LogFormatSlot(), "The format of an access log.", Arguments(2, None), once=False),
        Directive(
            "access_log",
            HTTP_SERVER_LOCATION | Context.LOCATION_IF | Context.LIMIT_EXCEPT,
            AccessLogSlot(),
            "The log for requests, its format and its buffer; `off`: none.",
            ANY,
            once=False,
        ),
        Directive(
            "open_log_file_cache",
            HTTP_SERVER_LOCATION,
            OpenLogFileCache(),
            "How many log files with variables in their names stay open.",
            Arguments(1, 4),
        ),
    ),
    location=LogLocation,
    checks=(_open_default_log,),
)
