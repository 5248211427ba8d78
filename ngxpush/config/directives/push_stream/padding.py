"""push_stream_padding_by_user_agent: least sizes of answers for certain browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from ....numbers import parse_decimal
from ...pattern import InvalidPattern, Pattern, compile_pattern
from ...text import shown


class Padding(Struct, frozen=True):
    """One group of push_stream_padding_by_user_agent: least sizes, in bytes, of the header and of each message."""

    agents: Pattern
    header_minimum: int
    message_minimum: int


class InvalidPadding(ValueError):
    """A value of push_stream_padding_by_user_agent that is not a list of paddings. The message is the module's."""


_PADDING = re.compile(rb"([^:]+),([0-9]+),([0-9]+)")


def parse_paddings(text: bytes) -> Iterator[Padding]:
    """Parse `regex,header,message` groups. Raises InvalidPadding after those before the wrong one.

    The module looks for a group anywhere in the rest of the text, and refuses one that does not begin there. It skips one byte
    after each, without a look at it.
    """
    rest = text
    while True:
        match = _PADDING.search(rest)
        if match is None:
            raise InvalidPadding(f"padding pattern not match the value {shown(rest)}")
        try:
            agents = compile_pattern(match[1]) if match.start() == 0 else None
        except InvalidPattern:
            agents = None
        header, message = parse_decimal(match[2]), parse_decimal(match[3])
        if agents is None or header is None or message is None:
            raise InvalidPadding(f"error applying padding pattern to {shown(rest)}")
        yield Padding(agents, header, message)
        rest = rest[match.end() + 1 :]
        if not rest:
            return
