"""The directives of log, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting

CASES: list[Case] = [
    ("http", "log_format f escape=yaml $uri;", ['[emerg] unknown log format escaping "yaml"']),
    ("http", "log_format f escape=json $uri;", []),
    ("http", "log_format f ${uri;", ['[emerg] the closing bracket in "uri" variable is missing']),
    ("http", "log_format f 'a$ b';", ['[emerg] invalid parameter "$ b"']),
    ("http", "log_format f a$;", ['[emerg] invalid parameter "$"']),
    ("http", "log_format f $nonsense;", ['[emerg] unknown "nonsense" variable']),
    ("location", 'access_log "";', []),
    ("location", "access_log off x;", ['[emerg] invalid parameter "x"']),
    ("location", "access_log logs/a nonsense;", ['[emerg] unknown log format "nonsense"']),
    ("location", "access_log logs/a combined buffer=x;", ['[emerg] invalid buffer size "x"']),
    ("location", "access_log logs/a combined buffer=0;", ['[emerg] invalid buffer size "0"']),
    ("location", "access_log logs/a combined flush=x;", ['[emerg] invalid flush time "x"']),
    ("location", "access_log logs/a combined flush=1s;", ['[emerg] no buffer is defined for access_log "logs/a"']),
    ("location", "access_log logs/a combined gzip=10;", ['[emerg] invalid compression level "10"']),
    ("location", "access_log logs/a combined gzip=x;", ['[emerg] invalid compression level "x"']),
    ("location", "access_log syslog:server=127.0.0.1 combined buffer=4k;", ["[emerg] logs to syslog cannot be buffered"]),
    ("location", "access_log syslog:server=127.0.0.1 combined gzip;", ["[emerg] logs to syslog cannot be buffered"]),
    ("location", "access_log logs/$uri combined buffer=4k;", ["[emerg] buffered logs cannot have variables in name"]),
    ("location", "access_log logs/a combined nonsense;", ['[emerg] invalid parameter "nonsense"']),
    ("location", "access_log logs/a combined buffer=32k flush=1s if=$host;", []),
    ("location", "access_log logs/a combined gzip flush=1s;", []),
    ("location", "open_log_file_cache off;", []),
    ("location", "open_log_file_cache max=x;", ['[emerg] invalid "open_log_file_cache" parameter "max=x"']),
    ("location", "access_log logs/a combined buffer=1k; access_log logs/a combined;", []),
    ("http", "log_format a b; log_format a c;", ['[emerg] duplicate "log_format" name "a"']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_an_access_log() -> None:
    log = setting("location", "access_log logs/a combined buffer=32k flush=1s if=$host;")
    assert (log.path.constant, log.buffer, log.flush, log.gzip) == (b"/etc/nginx/logs/a", 32 << 10, 1000, None)
    assert log.condition.text == b"$host"


def test_gzip_brings_a_buffer() -> None:
    log = setting("location", "access_log logs/a combined gzip;")
    assert (log.gzip, log.buffer) == (1, 64 << 10)
    assert setting("location", "access_log logs/a combined gzip=9 buffer=1k;").buffer == 1 << 10


def test_no_access_log() -> None:
    assert setting("location", "access_log off;") is None
