"""push_stream_padding_by_user_agent."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.padding import InvalidPadding, parse_paddings


def test_paddings() -> None:
    first, second = parse_paddings(b"[T|t]est 1,1024,508:MSIE,0,5")
    assert (first.agents.text, first.header_minimum, first.message_minimum) == (b"[T|t]est 1", 1024, 508)
    assert (second.header_minimum, second.message_minimum) == (0, 5)


@pytest.mark.parametrize("text", [b"MSIE", b",1024,0", b"MSIE,-1,0", b"MSIE, 1024, 0", b"MSIE,1,0xx", b"MSIE,1,0:::"])
def test_paddings_that_do_not_match(text: bytes) -> None:
    with pytest.raises(InvalidPadding, match="padding pattern not match the value"):
        list(parse_paddings(text))


@pytest.mark.parametrize("text", [b"MSIE,1,0::Opera,1,2", b":MSIE,1,0", b"a:b,1,0", b"MSIE,1,0:(Opera,1,0"])
def test_paddings_that_begin_later(text: bytes) -> None:
    with pytest.raises(InvalidPadding, match="error applying padding pattern to"):
        list(parse_paddings(text))


@pytest.mark.parametrize("text", [b"MSIE,1,0:", b"MSIE,1,0x"])
def test_one_byte_after_a_padding_is_skipped(text: bytes) -> None:
    assert [padding.agents.text for padding in parse_paddings(text)] == [b"MSIE"]
