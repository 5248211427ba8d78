"""push_stream_padding_by_user_agent."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.padding import InvalidPadding, parse_paddings


def test_paddings() -> None:
    first, second = parse_paddings(b"[T|t]est 1,1024,508:MSIE,0,5")
    assert (first.agents.text, first.header_minimum, first.message_minimum) == (b"[T|t]est 1", 1024, 508)
    assert (second.header_minimum, second.message_minimum) == (0, 5)


@pytest.mark.parametrize("text", [b"MSIE", b",1024,0", b"MSIE,-1,0", b"MSIE, 1024, 0"])
def test_paddings_that_do_not_match(text: bytes) -> None:
    with pytest.raises(InvalidPadding, match="padding pattern not match the value"):
        parse_paddings(text)
