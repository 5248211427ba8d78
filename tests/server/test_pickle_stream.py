from __future__ import annotations

import pytest

from ngxpush.server.pickle_stream import Unpacker, pack


@pytest.mark.parametrize("size", [1, 3, 4, 5, 1000])
def test_objects_come_out_whole_however_the_bytes_arrive(size: int) -> None:
    objects = [(1, "publish", (b"x" * 300,)), None, {"a": [1, 2]}, b""]
    data = b"".join(map(pack, objects))
    reader = Unpacker()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    assert [content for piece in pieces for content in reader.feed(piece)] == objects


def test_a_reader_that_stops_midway_goes_on_with_the_next() -> None:
    reader = Unpacker()
    for content in reader.feed(pack(1) + pack(2)):
        assert content == 1
        break
    assert list(reader.feed(b"")) == [2]
