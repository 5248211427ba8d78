"""Where logs go: files, stderr, syslog and memory, as error_log and access_log name them."""

from __future__ import annotations

import re

from msgspec import Struct

from .addresses import InvalidAddress, parse_address
from .directive import DirectiveUse, RefusedDirective
from .text import shown
from .values import parse_size

LEVELS = ("emerg", "alert", "crit", "error", "warn", "notice", "info", "debug")
_DEBUG_LEVELS = ("debug_core", "debug_alloc", "debug_mutex", "debug_event", "debug_http", "debug_mail", "debug_stream")
FACILITIES = (
    *("kern", "user", "mail", "daemon", "auth", "intern", "lpr", "news", "uucp", "clock", "authpriv", "ftp", "ntp"),
    *("audit", "alert", "cron", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"),
)
"""The facilities of syslog; the index of each is its number."""


class SyslogSetting(Struct, frozen=True):
    """The parameters of `syslog:…`; server: its address as written."""

    server: bytes
    facility: str = "local7"
    severity: str = "info"
    tag: bytes = b"nginx"
    hostname: bool = True


class ErrorLogSetting(Struct, frozen=True):
    """One error_log. path: None for `stderr`, memory and syslog.  level: the least severe level that is written."""

    path: bytes | None
    level: str = "error"
    stderr: bool = False
    syslog: SyslogSetting | None = None


def parse_syslog(use: DirectiveUse, text: bytes) -> SyslogSetting:
    """The parameters after `syslog:`; raises RefusedDirective."""
    known: dict[str, object] = {}
    for parameter in text.split(b","):
        name, equals, value = parameter.partition(b"=")
        if name == b"server" and equals:
            known["server"] = _server(use, known, value)
        elif name == b"facility" and equals:
            known["facility"] = _choice(known, "facility", value, FACILITIES)
        elif name == b"severity" and equals:
            known["severity"] = _choice(known, "severity", value, LEVELS)
        elif name == b"tag" and equals:
            known["tag"] = _tag(known, value)
        elif parameter == b"nohostname":
            known["hostname"] = False
        else:
            raise RefusedDirective(f'unknown syslog parameter "{shown(parameter)}"')
    if "server" not in known:
        raise RefusedDirective("no syslog server specified")
    return SyslogSetting(**known)  # type: ignore[arg-type]  # each value has the type of its field


def _server(use: DirectiveUse, known: dict[str, object], value: bytes) -> bytes:
    if "server" in known:
        raise RefusedDirective('duplicate syslog "server"')
    try:
        use.resolve(parse_address(value, default_port=514))
    except InvalidAddress as error:
        raise RefusedDirective(f'{error} in syslog server "{shown(value)}"') from None
    return value


def _choice(known: dict[str, object], name: str, value: bytes, choices: tuple[str, ...]) -> str:
    if name in known:
        raise RefusedDirective(f'duplicate syslog "{name}"')
    if shown(value) not in choices:
        raise RefusedDirective(f'unknown syslog {name} "{shown(value)}"')
    return shown(value)


def _tag(known: dict[str, object], value: bytes) -> bytes:
    if "tag" in known:
        raise RefusedDirective('duplicate syslog "tag"')
    if len(value) > 32:
        raise RefusedDirective("syslog tag length exceeds 32")
    if not re.fullmatch(rb"[A-Za-z0-9_]*", value):
        raise RefusedDirective('syslog "tag" only allows alphanumeric characters and underscore')
    return value


_STDERR = (b"stderr", b"")
"""What nginx takes for standard error: it has no name for that file."""


class ErrorLogSlot:
    """error_log: an ErrorLogSetting."""

    description = "destination and level"

    def parse(self, use: DirectiveUse) -> ErrorLogSetting:
        target = use.arguments[0]
        path, syslog = None, None
        if target.startswith(b"memory:"):
            size = parse_size(target[7:])
            if not size:
                raise RefusedDirective(f'invalid buffer size "{shown(target[7:])}"')
        elif target.startswith(b"syslog:"):
            syslog = parse_syslog(use, target[7:])
        elif target not in _STDERR:
            path = use.path(target)
        level = self._level(use.arguments[1:])
        if path is not None:
            use.cycle.open_file(path)
        return ErrorLogSetting(path, level, target in _STDERR, syslog)

    @staticmethod
    def _level(arguments: tuple[bytes, ...]) -> str:
        level = ""
        for argument in arguments:
            given = shown(argument)
            if given in LEVELS:
                if level:
                    raise RefusedDirective(f'duplicate log level "{given}"')
                level = given
            elif given in _DEBUG_LEVELS:
                level = "debug"
            else:
                raise RefusedDirective(f'invalid log level "{given}"')
        return level or "error"
