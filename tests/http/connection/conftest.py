"""Requests are answered by `client.handle`, without phases."""

from __future__ import annotations

import pytest

from ngxpush.http import phases

from . import client


@pytest.fixture(autouse=True)
def _simple_phases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phases, "serve", client.serve)
    monkeypatch.setattr(phases, "begin", client.serve)
    client.begin()
