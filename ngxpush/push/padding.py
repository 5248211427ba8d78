"""Padding: some browsers show nothing of an answer before it has a certain size (push_stream_padding_by_user_agent).

A padding follows the header and each message that is shorter than the agent's least size, as a piece of its own. Its length is
what is missing, rounded up to a multiple of 100, but never more than the largest least size of the whole configuration.
Behaviour: recordings of padding, eventsource/padding and eventsource/padding-of-odd-length.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..config.directives.push_stream.padding import Padding
from ..config.directives.push_stream.settings import PushStreamLocation
from ..config.pattern import PatternFailed

_STEP = 100


class Paddings:
    """The paddings of a configuration."""

    __slots__ = ("_largest",)

    def __init__(self, locations: Iterable[PushStreamLocation]) -> None:
        groups = [group for settings in locations for group in settings.padding_by_user_agent]
        self._largest = max((max(group.header_minimum, group.message_minimum) for group in groups), default=0)

    def fill(self, length: int, minimum: int, eventsource: bool) -> bytes:
        """What follows a header or message of `length` bytes; b"" when it is long enough.

        Line ends, the first cut in two where the length is odd; for an eventsource a line of colons, which is a comment.
        """
        missing = minimum - length
        if missing <= 0:
            return b""
        size = min(-(-missing // _STEP) * _STEP, self._largest)
        if eventsource:
            return b":" * (size - 1) + b"\n"
        return b"\n" * (size % 2) + b"\r\n" * (size // 2)


def choose(groups: tuple[Padding, ...], user_agent: bytes) -> Padding | None:
    """The first group whose pattern matches the agent; None when none does, or the client names no agent."""
    if not user_agent:
        return None
    return next((group for group in groups if _matches(group, user_agent)), None)


def _matches(group: Padding, user_agent: bytes) -> bool:
    """A pattern that fails counts as one that does not match: nothing but blanks depends on it."""
    try:
        return group.agents.search(user_agent) is not None
    except PatternFailed:
        return False
