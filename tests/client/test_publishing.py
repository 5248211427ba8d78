"""Publishing to a running server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from ngxpush.client import NotReached, PublishAnswer, UnexpectedAnswer, WrongMode, publish
from ngxpush.client.publishing import channel_info
from tests.client.served import push_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with push_server(tmp_path_factory.mktemp("server")) as base:
        yield base


def test_what_the_server_says(server: str) -> None:
    answer = asyncio.run(publish(f"{server}/pub?id=a", "hello"))
    assert (answer.status, answer.channel, answer.published_messages, answer.subscribers) == (200, "a", 1, 0)
    assert asyncio.run(channel_info(f"{server}/pub?id=a")).stored_messages == 1


@pytest.mark.filterwarnings("error")
def test_a_long_message(server: str) -> None:
    assert asyncio.run(publish(f"{server}/pub?id=long", b"x" * 2_000_000)).published_messages == 1


def test_a_server_that_says_nothing(server: str) -> None:
    assert asyncio.run(publish(f"{server}/quiet?id=a", "hello")) == PublishAnswer(200, b"")


def test_refused(server: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=r"400 Bad Request: No channel id provided\.") as raised:
        asyncio.run(publish(f"{server}/pub", "hello"))
    assert (raised.value.status, raised.value.explain) == (400, "No channel id provided.")
    with pytest.raises(UnexpectedAnswer, match="404 Not Found"):
        asyncio.run(channel_info(f"{server}/pub?id=nothing"))


def test_no_one_there() -> None:
    with pytest.raises(NotReached):
        asyncio.run(publish("http://127.0.0.1:1/pub?id=a", "hello"))


def test_a_location_of_another_mode_takes_no_frame(server: str) -> None:
    url = f"ws{server[4:]}/ev/a"
    with pytest.raises(WrongMode, match=f"^{url}: this is not a location of mode websocket: it answers 200$"):
        asyncio.run(publish(url, "hello"))


@pytest.mark.parametrize(("written", "channel"), [("a b", "a b"), ("a%20b", "a b"), ("a%zz", "azz"), ("%C3%BC", "ü"), ("ü", "ü")])
def test_the_url_is_sent_as_it_is_written(server: str, written: str, channel: str) -> None:
    """What `curl` sends: `a%zz` is not mended, and a blank does not become a plus."""
    assert asyncio.run(publish(f"{server}/pub?id={written}", "hello")).channel == channel
