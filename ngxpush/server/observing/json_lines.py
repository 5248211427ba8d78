"""The request log for programs: an object of JSON in each line (docs/how-to/request-log.md lists the members).

Text of clients and names of files are read as UTF-8; a byte that is none is written as `\\xff`. What would control a terminal is
escaped.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from ...config.text import unshown
from ...config.tree import Statement
from ...dates import format_iso8601
from .events import Asker, FramePublished, RequestEnded, SubscriberBegan
from .words import ending

# DEL, and the control characters from 128 on, which JSON takes as they are.
_CONTROLS = re.compile(rb"\x7f|\xc2[\x80-\x9f]")


class JsonLines:
    """Makes the lines."""

    def subscriber_began(self, event: SubscriberBegan) -> bytes:
        return _line(
            "subscriber",
            event.time,
            event.asker,
            mode=event.mode.value,
            channels=[*map(_text, event.channels)],
            location=_place(event.location),
        )

    def frame_published(self, event: FramePublished) -> bytes:
        return _line(
            "frame",
            event.time,
            event.asker,
            channels=[*map(_text, event.channels)],
            published=event.size,
            reached=event.reached,
            location=_place(event.location),
        )

    def request_ended(self, event: RequestEnded) -> bytes:
        role, mode = event.role, event.mode
        return _line(
            "request",
            event.time,
            event.asker,
            status=event.status,
            duration=round(event.duration, 6),
            bytes_sent=event.bytes_sent,
            body_bytes_sent=event.body_sent,
            user=None if event.user is None else _text(event.user),
            explanation=_text(event.explanation) or None,
            role=None if role is None else role.name,
            mode=None if mode is None else mode.value,
            channels=[*map(_text, event.channels)],
            published=event.published,
            reached=event.reached,
            until=ending(event) if event.began else None,
            server=_place(event.server),
            location=_place(event.location),
        )


def _line(what: str, time: float, asker: Asker, **members: Any) -> bytes:
    """A line: what all events have, and the members that say something."""
    said: dict[str, Any] = {
        "event": what,
        "time": format_iso8601(time).decode(),
        "timestamp": round(time, 3),
        "request_number": asker.number,
        "client": _text(asker.address),
        "request": _text(asker.request_line),
        "method": _text(asker.method) or None,
        "target": _text(asker.target) or None,
        **members,
    }
    line = msgspec.json.encode({name: value for name, value in said.items() if value is not None and value != []}) + b"\n"
    return _CONTROLS.sub(lambda found: b"\\u%04x" % found[0][-1], line)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")


def _place(statement: Statement | None) -> str | None:
    return None if statement is None else f"{_text(unshown(statement.start.file))}:{statement.start.line}"
