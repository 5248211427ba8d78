"""The request log for programs."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from ngxpush.dates import format_iso8601
from ngxpush.push.observing import End
from ngxpush.server.observing.json_lines import JsonLines

from .observers import ASKER, AT, BEGAN, ENDED, FRAME, ODD_PLACE, PUBLISHED, UNSUBSCRIBED

COMMON = {
    "time": format_iso8601(AT).decode(),
    "timestamp": AT,
    "request_number": 7,
    "client": "192.0.2.1",
    "request": "POST /pub?id=a HTTP/1.1",
    "method": "POST",
    "target": "/pub?id=a",
    "location": "/etc/nginx/nginx.conf:12",
}
OF_A_REQUEST = {
    **COMMON,
    "event": "request",
    "status": 200,
    "duration": 0.5,
    "bytes_sent": 300,
    "body_bytes_sent": 100,
    "server": "/etc/nginx/nginx.conf:12",
}


def read(line: bytes) -> Any:
    assert line.endswith(b"}\n") and line.count(b"\n") == 1
    return json.loads(line)


def test_a_request() -> None:
    assert read(JsonLines().request_ended(ENDED)) == OF_A_REQUEST


def test_a_publish() -> None:
    said = {"role": "publisher", "channels": ["a"], "published": 5, "reached": 2, "user": "me"}
    assert read(JsonLines().request_ended(replace(PUBLISHED, user=b"me"))) == {**OF_A_REQUEST, **said}


def test_the_end_of_a_subscriber() -> None:
    said = {"role": "subscriber", "mode": "eventsource", "channels": ["a"], "until": "its time was over"}
    assert read(JsonLines().request_ended(replace(UNSUBSCRIBED, end=End.TIME_OVER))) == {**OF_A_REQUEST, **said}
    assert read(JsonLines().request_ended(UNSUBSCRIBED))["until"] == "the client left"


def test_a_subscriber_begins() -> None:
    said = {"event": "subscriber", "mode": "eventsource", "channels": ["a", "b"]}
    assert read(JsonLines().subscriber_began(BEGAN)) == {**COMMON, **said}


def test_a_frame_publishes() -> None:
    said = {"event": "frame", "channels": ["a"], "published": 1, "reached": 1}
    assert read(JsonLines().frame_published(FRAME)) == {**COMMON, **said}


def test_any_bytes() -> None:
    asker = replace(ASKER, method=b"", target=b"", request_line=b'"\xff\n\xd0\xbc')
    said = read(JsonLines().request_ended(replace(ENDED, asker=asker, explanation=b"why")))
    assert (said["request"], said["explanation"], "method" in said) == ('"\\xff\nм', "why", False)


def test_a_file_whose_name_is_no_utf8() -> None:
    assert read(JsonLines().request_ended(replace(ENDED, location=ODD_PLACE)))["location"] == "/etc/nginx/\\xe9.conf:1"


def test_nothing_controls_a_terminal() -> None:
    asker = replace(ASKER, request_line=b"GET /\x1b[2J\x7f\xc2\x9b2J\xc2\xa0\xd0\xbc")
    line = JsonLines().request_ended(replace(ENDED, asker=asker))
    assert all(character.isprintable() or character in "\n\xa0" for character in line.decode())
    assert read(line)["request"] == "GET /\x1b[2J\x7f\x9b2J\xa0м"
