"""The zone in the settings of the push stream module."""

from __future__ import annotations

from ngxpush.config.directives.push_stream.settings import PushStreamMain


def test_the_size_and_the_name_of_the_zone() -> None:
    named = PushStreamMain(shared_memory=(1 << 20, b"chat"))
    assert (named.shared_memory_size, named.shared_memory_zone) == (1 << 20, b"chat")
    unset = PushStreamMain()
    assert (unset.shared_memory_size, unset.shared_memory_zone) == (None, b"push_stream_module")
