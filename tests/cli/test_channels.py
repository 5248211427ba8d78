"""Where channels are, as the command line and the environment say."""

from __future__ import annotations

import pytest

from ngxpush.cli.channels import VARIABLE, BadChannels, channels_places
from ngxpush.config.directives.push_stream.settings import PushStreamMain

_CHAT = PushStreamMain(shared_memory=(1 << 20, b"chat"))


def _url(words: list[str]) -> str:
    places = channels_places(words)
    return "" if places is None else str(places.of(_CHAT))


def test_the_option_goes_before_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, " redis://b  shop=redis://c ")
    assert (_url(["redis://a"]), _url([])) == ("redis://a:6379", "redis://b:6379")


def test_without_both_they_are_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert channels_places([]) is None
    monkeypatch.setenv(VARIABLE, "")
    assert channels_places([]) is None


def test_an_error_says_where_the_words_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "redis://:secret@a:b")
    for words, source in ((["redis:x"], "--channels"), ([], VARIABLE)):
        with pytest.raises(BadChannels, match=f"{source} has a URL that can't be used: ") as error:
            channels_places(words)
        assert "secret" not in str(error.value)
