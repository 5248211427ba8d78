"""The directives of logs, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting

CASES: list[Case] = [
    ("main", "error_log memory:0;", ['[emerg] invalid buffer size "0"']),
    ("main", "error_log memory:x;", ['[emerg] invalid buffer size "x"']),
    ("main", "error_log memory:32m debug;", []),
    ("main", 'error_log "";', []),
    ("main", "error_log stderr nonsense;", ['[emerg] invalid log level "nonsense"']),
    ("main", "error_log stderr info warn;", ['[emerg] duplicate log level "warn"']),
    ("main", "error_log stderr debug_http;", []),
    ("main", "error_log syslog:server=127.0.0.1,server=127.0.0.1;", ['[emerg] duplicate syslog "server"']),
    ("main", "error_log syslog:server=nowhere.invalid;", ['[emerg] host not found in syslog server "nowhere.invalid"']),
    ("main", "error_log syslog:facility=local7;", ["[emerg] no syslog server specified"]),
    ("main", "error_log syslog:server=127.0.0.1,facility=nope;", ['[emerg] unknown syslog facility "nope"']),
    ("main", "error_log syslog:server=127.0.0.1,facility=user,facility=user;", ['[emerg] duplicate syslog "facility"']),
    ("main", "error_log syslog:server=127.0.0.1,severity=loud;", ['[emerg] unknown syslog severity "loud"']),
    ("main", "error_log syslog:server=127.0.0.1,severity=info,severity=warn;", ['[emerg] duplicate syslog "severity"']),
    (
        "main",
        "error_log syslog:server=127.0.0.1,tag=a-b;",
        ['[emerg] syslog "tag" only allows alphanumeric characters and underscore'],
    ),
    ("main", "error_log syslog:server=127.0.0.1,tag=a,tag=b;", ['[emerg] duplicate syslog "tag"']),
    (
        "main",
        "error_log syslog:server=127.0.0.1,tag=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;",
        ["[emerg] syslog tag length exceeds 32"],
    ),
    ("main", "error_log syslog:server=127.0.0.1,nohostname,colour=red;", ['[emerg] unknown syslog parameter "colour=red"']),
    ("main", "error_log syslog:server=127.0.0.1:x;", ['[emerg] invalid port in syslog server "127.0.0.1:x"']),
    ("main", "error_log syslog:server=127.0.0.1:514,facility=user,severity=warn,tag=web,nohostname warn;", []),
    ("location", "access_log syslog:server=127.0.0.1;", []),
    ("location", "access_log syslog:;", ['[emerg] unknown syslog parameter ""']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_an_error_log_in_a_file() -> None:
    log = setting("main", "error_log logs/error.log;")
    assert (log.path, log.level, log.stderr, log.syslog) == (b"/etc/nginx/logs/error.log", "error", False, None)


def test_an_error_log_elsewhere() -> None:
    assert setting("main", "error_log memory:32m debug;").path is None
    assert setting("main", "error_log stderr debug_http;").stderr
    assert setting("main", "error_log stderr debug_http;").level == "debug"


def test_an_error_log_at_a_syslog_server() -> None:
    log = setting("main", "error_log syslog:server=127.0.0.1:514,facility=user,severity=warn,tag=web,nohostname warn;")
    syslog = log.syslog
    assert (log.path, log.level) == (None, "warn")
    assert (syslog.server, syslog.facility, syslog.severity, syslog.tag) == (b"127.0.0.1:514", "user", "warn", b"web")
    assert not syslog.hostname


def test_syslog_defaults() -> None:
    syslog = setting("location", "access_log syslog:server=unix:/dev/log;").syslog
    assert (syslog.server, syslog.facility, syslog.severity, syslog.tag) == (b"unix:/dev/log", "local7", "info", b"nginx")
    assert syslog.hostname
