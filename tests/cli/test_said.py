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


def test_what_comes_back_at_a_reload_is_said_again(capsys: pytest.CaptureFixture[str]) -> None:
    said = Said()
    for texts in (("on 80", "always"), ("on 81", "always"), ("on 80", "always")):
        for text in texts:
            said.say(text)
        said.complete()
    assert capsys.readouterr().err.splitlines() == ["on 80", "always", "on 81", "on 80"]
