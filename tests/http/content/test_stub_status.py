"""The counters."""

from __future__ import annotations

import pytest

from ngxpush.http.content.stub_status import Counters

from ...http.fakes import FakeConnection
from ..serving import Site


def test_the_counters_and_their_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeConnection, "counters", Counters(3, 10, 9, 20, 0, 1, 2), raising=False)
    site = Site("server { location / { stub_status; } }")
    assert site.get("/") == (
        200,
        "Active connections: 3 \nserver accepts handled requests\n 10 9 20 \nReading: 0 Writing: 1 Waiting: 2 \n",
    )
    assert site.get("/", "POST")[0] == 405
