"""A syslog server that error_log or access_log names: one datagram for each line, in nginx's form."""

from __future__ import annotations

import contextlib
import os
import socket
import time

from ...config.addresses import parse_address
from ...config.logs import FACILITIES, LEVELS, SyslogSetting

_DEFAULT_PORT = 514


class Syslog:
    """Sends lines to one server. A line that can't be sent at once is lost, as in nginx."""

    __slots__ = ("_settings", "_socket")

    def __init__(self, settings: SyslogSetting) -> None:
        self._settings = settings
        self._socket: socket.socket | None = None

    def send(self, line: bytes, level: str | None = None) -> None:
        """Send a line, given without its line end. level: of an error log's line; None for the severity of the settings."""
        with contextlib.suppress(OSError):
            if self._socket is None:
                self._socket = _connect(self._settings.server)
            self._socket.send(self._head(level or self._settings.severity) + line)

    def _head(self, level: str) -> bytes:
        """`<PRIORITY>Nov  4 08:50:00 HOST TAG: `."""
        settings = self._settings
        priority = FACILITIES.index(settings.facility) * 8 + LEVELS.index(level)
        now = time.localtime()
        stamp = f"{time.strftime('%b', now)} {now.tm_mday:2d} {time.strftime('%H:%M:%S', now)}"
        host = socket.gethostname() + " " if settings.hostname else ""
        return f"<{priority}>{stamp} {host}".encode() + settings.tag + b": "


def _connect(server: bytes) -> socket.socket:
    """A datagram socket to `unix:PATH` or `HOST[:PORT]`. Raises OSError."""
    address = parse_address(server, default_port=_DEFAULT_PORT)
    target: bytes | tuple[str, int]
    if address.path is not None:
        family, target = socket.AF_UNIX, address.path
    else:
        family = socket.AF_INET6 if address.ipv6 else socket.AF_INET
        target = (os.fsdecode(address.host), address.port)
    connected = socket.socket(family, socket.SOCK_DGRAM)
    try:
        connected.setblocking(False)
        connected.connect(target)
    except OSError:
        connected.close()
        raise
    return connected
