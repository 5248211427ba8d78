"""A few seconds of what coverage_guided.py does for as long as it may (`make fuzz`)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .targets import TARGETS

_COUNT = {"configuration": 200, "requests": 300, "chunks": 300, "frames": 300}


@pytest.mark.parametrize("name", TARGETS)
def test_no_bytes_raise_what_is_not_declared(name: str) -> None:
    target = TARGETS[name]
    words = st.lists(st.sampled_from(target.words) | st.binary(max_size=6), max_size=40).map(b"".join)

    @settings(max_examples=_COUNT[name], derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.binary(max_size=4), words)
    def read(cuts: bytes, data: bytes) -> None:
        target.read(cuts + data)

    for seed in target.seeds:
        target.read(seed)
    read()
