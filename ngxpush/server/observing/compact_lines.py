"""The request log for a person at a terminal: a line for each request, one more for the begin of a subscriber.

17:05:12 200 POST /pub?id=news 0.4 ms 127.0.0.1: 5 bytes to news, 3 subscribers (nginx.conf:12)
17:05:12 sub GET /ev/news 127.0.0.1: eventsource subscriber of news (nginx.conf:20)
17:05:42 200 GET /ev/news 30.1 s 127.0.0.1: eventsource subscriber of news, until the client left (nginx.conf:20)
"""

from __future__ import annotations

import os
import time

from msgspec import Struct

from ...config.text import unshown
from ...config.tree import Statement
from .events import Asker, FramePublished, RequestEnded, SubscriberBegan
from .words import counted, ending, in_one_line, lasting, named, unexplained

_RESET = "\033[0m"
_DIM, _BOLD = "\033[2m", "\033[1m"
_GREEN, _CYAN, _YELLOW, _RED, _BLUE, _MAGENTA = (f"\033[{code}m" for code in (32, 36, 33, 31, 34, 35))
_BY_CLASS = {1: _GREEN, 2: _GREEN, 3: _CYAN, 4: _YELLOW}


class CompactLines(Struct, frozen=True):
    """Makes the lines. coloured: for a terminal, by the class of their status."""

    coloured: bool = False

    def subscriber_began(self, event: SubscriberBegan) -> bytes:
        mode = event.mode.value
        asker = event.asker
        return self._line(event.time, "sub", _BLUE, asker, "", f"{mode} subscriber of {named(event.channels)}", event.location)

    def frame_published(self, event: FramePublished) -> bytes:
        what = _message(event.size, event.channels, event.reached)
        return self._line(event.time, "pub", _MAGENTA, event.asker, "", what, event.location)

    def request_ended(self, event: RequestEnded) -> bytes:
        colour = _BY_CLASS.get(event.status // 100, _RED)
        place = event.location or event.server
        return self._line(event.time, f"{event.status:03}", colour, event.asker, lasting(event.duration), _outcome(event), place)

    def _line(self, at: float, label: str, colour: str, asker: Asker, duration: str, what: str, place: Statement | None) -> bytes:
        request = in_one_line(asker.method + b" " + asker.target if asker.method else asker.request_line)
        facts = [time.strftime("%H:%M:%S", time.localtime(at)), label, request or "-", duration, asker.address.decode()]
        where = "" if place is None else f" ({os.path.basename(place.start.file)}:{place.start.line})"
        if self.coloured:
            facts[0] = f"{_DIM}{facts[0]}{_RESET}"
            facts[1] = f"{colour}{label}{_RESET}"
            facts[2] = f"{_BOLD}{facts[2]}{_RESET}"
            where = f"{_DIM}{where}{_RESET}" if where else ""
        text = " ".join(filter(None, facts)) + (f": {what}" if what else "") + where + "\n"
        return unshown(text)  # a file's name as it is


def _outcome(event: RequestEnded) -> str:
    """What became of a request for a push location; empty for others."""
    if event.published is not None and event.reached is not None:
        return _message(event.published, event.channels, event.reached)
    if event.began and event.mode is not None:
        return f"{event.mode.value} subscriber of {named(event.channels)}, until {ending(event)}"
    if event.explanation:
        return in_one_line(event.explanation)
    if why := unexplained(event):
        return why
    if event.role is None or not event.channels:
        return ""
    return f"{'channel' if len(event.channels) == 1 else 'channels'} {named(event.channels)}"


def _message(size: int, channels: tuple[bytes, ...], reached: int) -> str:
    return f"{counted(size, 'byte')} to {named(channels)}, {counted(reached, 'subscriber')}"
