"""What --channels and NGXPUSH_CHANNELS say."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.server.redis import channels
from ngxpush.server.redis.channels import read_places
from ngxpush.server.redis.url import BadUrl, read

_A, _B = "redis://a", "redis://b?"
_CHAT = PushStreamMain(shared_memory=(1 << 20, b"chat"))
_UNNAMED = PushStreamMain(shared_memory=(1 << 20, b"push_stream_module"))
_NONE = PushStreamMain()


def test_a_url_is_for_all_zones() -> None:
    places = read_places([_A], "--channels")
    assert [places.of(main) for main in (_CHAT, _UNNAMED, _NONE)] == [read(_A), read(_A), None]


def test_a_named_url_is_for_that_zone() -> None:
    places = read_places([f"chat={_A}"], "--channels")
    assert [places.of(main) for main in (_CHAT, _UNNAMED)] == [read(_A), None]


def test_a_url_without_a_name_is_for_the_other_zones() -> None:
    places = read_places([f"push_stream_module={_A}", _B], "--channels")
    assert [places.of(main) for main in (_CHAT, _UNNAMED)] == [read(_B), read(_A)]


def test_zones_that_are_not_there() -> None:
    places = read_places([f"chat={_A}", f"shop={_B}"], "--channels")
    assert [places.unused(main) for main in (_CHAT, _NONE)] == [("shop",), ("chat", "shop")]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["redis:/a"], "--channels has a URL that can't be used: it has to begin with redis://"),
        (["chat="], "--channels has a URL that can't be used: it has to begin with redis://"),
        ([f"chat={_A}", f"chat={_B}"], "--channels names the zone chat twice"),
        ([_A, _B], "--channels has two URLs without the name of a zone"),
    ],
)
def test_what_is_wrong(words: list[str], sentence: str) -> None:
    with pytest.raises(BadUrl) as error:
        read_places(words, "--channels")
    assert str(error.value).startswith(sentence)


@pytest.mark.parametrize("package", ["redis", "hiredis"])
def test_without_the_package(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setattr(channels, "find_spec", lambda name: None if name == package else object())
    with pytest.raises(BadUrl, match=r"--channels needs the Python package redis: .* -m pip install 'ngxpush\[redis\]'"):
        read_places([_A], "--channels")
