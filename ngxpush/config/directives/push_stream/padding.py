"""push_stream_padding_by_user_agent: least sizes of answers for certain browsers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ....numbers import parse_decimal
from ...pattern import InvalidPattern, Pattern, compile_pattern
from ...text import shown


@dataclass(frozen=True, slots=True)
class Padding:
    """One group of push_stream_padding_by_user_agent: least sizes, in bytes, of the header and of each message."""

    agents: Pattern
    header_minimum: int
    message_minimum: int


class InvalidPadding(ValueError):
    """A value of push_stream_padding_by_user_agent that is not a list of paddings. The message is the module's."""


_PADDING = re.compile(rb"([^:]+),([0-9]+),([0-9]+)")


def parse_paddings(text: bytes) -> tuple[Padding, ...]:
    """Parse `regex,header,message` groups, joined by `:`. Raises InvalidPadding."""
    paddings = []
    for group in text.split(b":"):
        match = _PADDING.match(group)
        sizes = [] if match is None else [parse_decimal(match[2]), parse_decimal(match[3])]
        header, message = sizes or (None, None)
        if match is None or header is None or message is None:
            raise InvalidPadding(f"padding pattern not match the value {shown(group)}")
        try:
            agents = compile_pattern(match[1])
        except InvalidPattern:
            raise InvalidPadding(f"error applying padding pattern to {shown(group)}") from None
        paddings.append(Padding(agents, header, message))
    return tuple(paddings)
