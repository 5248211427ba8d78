"""Bytes that a client chose, times and numbers, as a person reads them: in the request log and in the console."""

from __future__ import annotations

from .events import RequestEnded

_LONGEST = 200
_NAMED = 3


def printable(data: bytes) -> str:
    """Text of a client, in one line. Bytes that are no UTF-8 are escaped, and so is what no one sees or moves a cursor."""
    text = data.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join([c if c.isprintable() else c.encode("unicode_escape").decode() for c in text])


def in_one_line(data: bytes) -> str:
    """The same, without the end of what is long."""
    text = printable(data)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def lasting(seconds: float) -> str:
    """`0.4 ms`, `12 ms`, `3.2 s`, `2 min 5 s`, `3 h 12 min`, `2 d 3 h`."""
    milliseconds = seconds * 1000
    if milliseconds < 9.95:
        return f"{max(milliseconds, 0):.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    return duration(round(seconds))


def duration(seconds: int) -> str:
    """`6 s`, `5 min 6 s`, `4 h 5 min`, `3 d 4 h`."""
    minutes, s = divmod(seconds, 60)
    hours, min = divmod(minutes, 60)
    d, h = divmod(hours, 24)
    if d:
        return f"{d} d {h} h"
    if h:
        return f"{h} h {min} min"
    return f"{min} min {s} s" if min else f"{s} s"


def counted(count: int, thing: str) -> str:
    """`1 message`, `2 messages`; the plural of `delivery` is `deliveries`."""
    if count == 1:
        return f"1 {thing}"
    return f"{count} {thing[:-1]}ies" if thing.endswith("y") else f"{count} {thing}s"


def ending(event: RequestEnded) -> str:
    """Until when a subscription lasted."""
    return "the client left" if event.end is None else event.end.value


def unexplained(event: RequestEnded) -> str:
    """Why a push location refused, where the answer does not say it; empty for all else."""
    if event.role is None or event.explanation:
        return ""
    if event.status == 404 and len(event.channels) == 1:
        return f"there is no channel {in_one_line(event.channels[0])}"
    if event.status == 405:
        return f"a {event.role.name} location does not take {in_one_line(event.asker.method)}"
    return ""


def named(channels: tuple[bytes, ...]) -> str:
    """The channels' ids; of many some are named."""
    text = ", ".join(map(in_one_line, channels[:_NAMED]))
    return text if len(channels) <= _NAMED else f"{text} and {len(channels) - _NAMED} more"
