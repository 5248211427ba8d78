"""Lines for syslog servers."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

import pytest

from ngxpush.config.logs import SyslogSetting
from ngxpush.server.logs.log_files import ErrorLog
from ngxpush.server.logs.syslog import Syslog


@pytest.mark.parametrize(
    ("settings", "pattern"),
    [
        ({}, rb"<187>\w{3} [ \d]\d \d\d:\d\d:\d\d HOST nginx: \d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[error\] \d+#\d+: text"),
        ({"facility": "user", "tag": b"web", "hostname": False}, rb"<11>\w{3} [ \d]\d \d\d:\d\d:\d\d web: \d{4}/.*: text"),
    ],
)
def test_an_error_log_in_a_syslog_server(tmp_path: Path, settings: dict[str, object], pattern: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "socket"))
        syslog = Syslog(SyslogSetting(b"unix:" + os.fsencode(tmp_path / "socket"), **settings))  # type: ignore[arg-type]
        ErrorLog([], [(syslog, "error")]).log("error", "text")
        assert re.fullmatch(pattern.replace(b"HOST", socket.gethostname().encode()), server.recv(1000))


def test_a_syslog_server_over_udp_and_one_that_is_not_there() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        syslog = Syslog(SyslogSetting(b"127.0.0.1:%d" % server.getsockname()[1], severity="warn", hostname=False))
        syslog.send(b"GET / 200")
        assert re.fullmatch(rb"<188>.{15} nginx: GET / 200", server.recv(1000))
    for _ in range(3):
        syslog.send(b"lost")
    Syslog(SyslogSetting(b"unix:/nonexistent/socket")).send(b"lost")
