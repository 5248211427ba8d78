"""The request log for a person."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import SubscriberMode
from ngxpush.push.observing import End
from ngxpush.server.observing.compact_lines import CompactLines
from ngxpush.server.observing.events import RequestEnded

from .observers import ASKER, AT, BEGAN, ENDED, FRAME, ODD_PLACE, PUBLISHED, UNSUBSCRIBED

CLOCK = time.strftime("%H:%M:%S", time.localtime(AT))


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (ENDED, "200 POST /pub?id=a 500 ms 192.0.2.1 (nginx.conf:12)"),
        (PUBLISHED, "200 POST /pub?id=a 500 ms 192.0.2.1: 5 bytes to a, 2 subscribers (nginx.conf:12)"),
        (UNSUBSCRIBED, "200 POST /pub?id=a 500 ms 192.0.2.1: eventsource subscriber of a, until the client left (nginx.conf:12)"),
        (
            replace(UNSUBSCRIBED, mode=SubscriberMode.LONG_POLLING, end=End.MESSAGE),
            "200 POST /pub?id=a 500 ms 192.0.2.1: long-polling subscriber of a, until it had its message (nginx.conf:12)",
        ),
        (
            replace(PUBLISHED, status=403, published=None, reached=None, explanation=b"Not authorized."),
            "403 POST /pub?id=a 500 ms 192.0.2.1: Not authorized. (nginx.conf:12)",
        ),
        (
            replace(PUBLISHED, published=None, reached=None),
            "200 POST /pub?id=a 500 ms 192.0.2.1: channel a (nginx.conf:12)",
        ),
        (
            replace(PUBLISHED, status=404, published=None, reached=None),
            "404 POST /pub?id=a 500 ms 192.0.2.1: there is no channel a (nginx.conf:12)",
        ),
        (
            replace(PUBLISHED, status=405, published=None, reached=None),
            "405 POST /pub?id=a 500 ms 192.0.2.1: a publisher location does not take POST (nginx.conf:12)",
        ),
        (
            replace(PUBLISHED, published=None, reached=None, channels=(b"a", b"b")),
            "200 POST /pub?id=a 500 ms 192.0.2.1: channels a, b (nginx.conf:12)",
        ),
        (
            replace(ENDED, status=0, server=None, location=None, asker=replace(ASKER, method=b"", request_line=b"")),
            "000 - 500 ms 192.0.2.1",
        ),
        (
            replace(ENDED, status=400, location=None, asker=replace(ASKER, method=b"", request_line=b"\x16\x03")),
            "400 \\x16\\x03 500 ms 192.0.2.1 (nginx.conf:12)",
        ),
    ],
)
def test_ends(event: RequestEnded, line: str) -> None:
    assert CompactLines().request_ended(event).decode() == f"{CLOCK} {line}\n"


def test_a_subscriber_begins() -> None:
    line = f"{CLOCK} sub POST /pub?id=a 192.0.2.1: eventsource subscriber of a, b (nginx.conf:12)\n"
    assert CompactLines().subscriber_began(BEGAN).decode() == line


def test_a_frame_publishes() -> None:
    line = f"{CLOCK} pub POST /pub?id=a 192.0.2.1: 1 byte to a, 1 subscriber (nginx.conf:12)\n"
    assert CompactLines().frame_published(FRAME).decode() == line


@pytest.mark.parametrize(("status", "colour"), [(200, 32), (304, 36), (404, 33), (502, 31), (0, 31)])
def test_colours(status: int, colour: int) -> None:
    line = CompactLines(coloured=True).request_ended(replace(ENDED, status=status)).decode()
    assert f" \033[{colour}m{status:03}\033[0m \033[1mPOST /pub?id=a\033[0m " in line
    assert line.endswith("\033[2m (nginx.conf:12)\033[0m\n")


def test_a_file_whose_name_is_no_utf8() -> None:
    """Its bytes come out as they are, as nginx prints them."""
    assert CompactLines().request_ended(replace(ENDED, location=ODD_PLACE)).endswith(b" (\xe9.conf:1)\n")
