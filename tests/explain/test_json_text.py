"""ngxpush.explain.json_text: JSON, however deep."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ngxpush.explain.json_text import json_text


@pytest.mark.parametrize("document", [{}, [], None, True, 3, "ü\n", {"a": [1, {"b": []}, "c"], "d": {"e": None}}])
def test_as_the_standard_library_writes_it(document: Any) -> None:
    assert json_text(document) == json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def test_it_is_linear_in_the_depth() -> None:
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    text = json_text(deep)
    assert text.split() == ["["] * 10_000 + ["[]"] + ["]"] * 10_000
    assert len(text) < 2_000_000
