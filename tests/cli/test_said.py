"""Each line once."""

from __future__ import annotations

import pytest

from ngxpush.cli.said import Said


def test_what_was_said_is_not_said_again(capsys: pytest.CaptureFixture[str]) -> None:
    said = Said()
    for text in ("a", "b", "a"):
        said.warn(text)
    said.say("c")
    said.say("c")
    assert capsys.readouterr().err == "warning: a\nwarning: b\nc\n"
