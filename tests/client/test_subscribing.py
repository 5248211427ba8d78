"""Subscribing to a running server, in every mode."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from ngxpush.client import NotReached, ReceivedMessage, UnexpectedAnswer, WrongMode, open_session, publish, subscribe
from ngxpush.client.publishing import channel_info
from tests.client.served import JSON, push_server
from tests.patience import PATIENCE

MODES = [("sub", "streaming"), ("ev", "eventsource"), ("lp", "long-polling"), ("poll", "polling"), ("ws", "websocket")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with push_server(tmp_path_factory.mktemp("server")) as base:
        yield base


async def until_end(messages: AsyncIterator[ReceivedMessage]) -> list[ReceivedMessage]:
    """The messages up to the one `end`."""
    found = []
    async for message in messages:
        found.append(message)
        if message.data == b"end":
            break
    return found


@pytest.mark.parametrize(("location", "mode"), MODES)
@pytest.mark.parametrize("said", [True, False])
def test_each_mode(server: str, location: str, mode: str, said: bool) -> None:
    """Old messages and new ones; the mode is said, or found out."""

    async def play() -> list[ReceivedMessage]:
        channel, opened = f"{mode}{said}", asyncio.Event()
        async with open_session() as session:
            await publish(f"{server}/pub?id={channel}", b"old", event_id="1", session=session)
            await publish(f"{server}/pub?id={channel}", "zwölf\nlines".encode(), session=session)
            template = JSON if mode == "websocket" else None
            stream = subscribe(
                f"{server}/{location}/{channel}",
                mode if said else None,
                start=0,
                template=template,
                interval=0.05,
                session=session,
                opened=lambda mode: opened.set(),
            )
            async with aclosing(stream) as messages:
                received = asyncio.create_task(until_end(messages))
                await opened.wait()
                await publish(f"{server}/pub?id={channel}", b"end", session=session)
                return await received

    received = asyncio.run(asyncio.wait_for(play(), PATIENCE))
    assert [message.text for message in received] == ["old", "zwölf\nlines", "end"]
    if mode == "eventsource":
        assert received[0].event_id == "1"
    if mode == "websocket":
        assert [message.id for message in received] == [1, 2, 3]
        assert abs((received[0].time or 0) - time.time()) < 60


def test_it_goes_on_where_it_was_after_each_cut(server: str) -> None:
    """The location ends its answers after 300 ms; nothing is lost, and nothing comes twice."""
    told: list[str] = []

    async def play() -> list[ReceivedMessage]:
        async with open_session() as session:
            url = f"{server}/pub?id=cut"
            stream = subscribe(f"{server}/short/cut", start=0, template=JSON, session=session, told=told.append)
            async with aclosing(stream) as messages:
                received = asyncio.create_task(until_end(messages))
                number = 0
                while len(told) < 3:
                    await publish(url, b"%d" % number, session=session)
                    number += 1
                    await asyncio.sleep(0.01)
                await publish(url, b"end", session=session)
                found = await received
                assert len(found) == number + 1
                return found

    received = asyncio.run(asyncio.wait_for(play(), PATIENCE))
    assert [message.id for message in received] == list(range(1, len(received) + 1))
    assert "missed" not in told[-1]


def test_what_can_not_be_gone_on_with_is_told_and_comes_once(server: str) -> None:
    told: list[str] = []

    async def play() -> list[ReceivedMessage]:
        twice = asyncio.Event()

        def say(text: str) -> None:
            told.append(text)
            if len(told) == 2:
                twice.set()

        async with open_session() as session:
            await publish(f"{server}/pub?id=unknown", b"old", session=session)
            stream = subscribe(f"{server}/short/unknown", start=0, session=session, told=say)
            async with aclosing(stream) as messages:
                first = await anext(messages)
                second = asyncio.create_task(anext(messages))
                await twice.wait()
                while not second.done():  # what is published between two connections is missed
                    await publish(f"{server}/pub?id=unknown", b"new", session=session)
                    await asyncio.sleep(0.02)
                return [first, await second]

    received = asyncio.run(asyncio.wait_for(play(), PATIENCE))
    assert ["old" in message.text for message in received] == [True, False]
    assert "nothing says where to go on" in told[0]


def test_a_stream_without_messages_goes_on_at_its_beginning(server: str) -> None:
    """What comes between two connections is not missed, though no message has said anything."""

    async def play() -> list[ReceivedMessage]:
        async with open_session() as session:

            async def publish_soon() -> None:
                await publish(f"{server}/pub?id=silent", b"between", session=session)

            tasks: list[asyncio.Task[None]] = []
            stream = subscribe(
                f"{server}/short/silent",
                session=session,
                told=lambda text: tasks.append(asyncio.create_task(publish_soon())) if not tasks else None,
            )
            async with aclosing(stream) as messages:
                return [await anext(messages)]

    (received,) = asyncio.run(asyncio.wait_for(play(), PATIENCE))
    assert '"between"' in received.text


def test_attempts_that_fail_alike_are_told_once() -> None:
    told: list[str] = []

    async def play() -> None:
        refused = 0

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            """The first client gets a message, all others are refused; the fourth gets an answer that does not pass by itself."""
            nonlocal refused
            await reader.readuntil(b"\r\n\r\n")
            if not refused:
                writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello\r\n")
            else:
                status = b"503 Service Unavailable" if refused < 4 else b"403 Forbidden"
                writer.write(b"HTTP/1.1 %b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
            refused += 1
            writer.close()

        async with await asyncio.start_server(answer, "127.0.0.1") as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(UnexpectedAnswer):
                async for _ in subscribe(f"http://127.0.0.1:{port}/sub/a", told=told.append):
                    pass

    asyncio.run(asyncio.wait_for(play(), PATIENCE))
    assert [text.split(": ")[1].partition(";")[0] for text in told] == ["the connection has ended", "503 Service Unavailable"]


def test_without_resuming_it_ends_with_the_answer(server: str) -> None:
    async def play() -> list[ReceivedMessage]:
        await publish(f"{server}/pub?id=once", b"a")
        return [message async for message in subscribe(f"{server}/poll/once", start=0, resume=False)]

    assert [message.data for message in asyncio.run(play())] == [b"a"]


def test_only_a_whole_answer_with_messages_moves_the_place_of_a_poll() -> None:
    """One that breaks comes again. One whose time is up names its second, whose messages are known already."""
    head = "HTTP/1.1 {}\r\nLast-Modified: Sun, 06 Nov 1994 08:49:{} GMT\r\nEtag: W/{}\r\nTransfer-Encoding: chunked\r\n\r\n"
    whole = head.format("200 OK", 37, 2) + "1\r\na\r\n1\r\nb\r\n0\r\n\r\n"
    answers = [
        whole[:-10],
        whole,
        head.format("304 Not Modified", 38, 0),
        head.format("200 OK", 38, 1) + "3\r\nend\r\n0\r\n\r\n",
    ]
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(",".join(line.partition(": ")[2] for line in request.splitlines() if line.startswith("If-")))
        writer.write(answers[len(asked) - 1].encode())
        writer.close()

    async def play() -> list[ReceivedMessage]:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with aclosing(subscribe(f"http://127.0.0.1:{port}/", "long-polling", interval=0)) as messages:
                return await until_end(messages)

    received = asyncio.run(asyncio.wait_for(play(), PATIENCE))
    assert [message.text for message in received] == ["a", "b", "end"]
    assert asked == ["", "", *["Sun, 06 Nov 1994 08:49:37 GMT,W/2"] * 2]


def test_a_location_that_takes_its_place_from_arguments(server: str) -> None:
    async def play() -> list[ReceivedMessage]:
        publisher, url = f"{server}/pub?id=args", f"{server}/args/args?time=~time~&tag=~tag~"
        async with open_session() as session:
            await publish(publisher, b"a", session=session)
            async with aclosing(subscribe(url, start=0, session=session)) as messages:
                found = [await anext(messages)]
                await publish(publisher, b"b", session=session)
                found.append(await anext(messages))
                last = asyncio.create_task(anext(messages))
                while not last.done() and not (await channel_info(publisher, session=session)).subscribers:
                    pass  # it has not asked again yet
                await publish(publisher, b"end", session=session)
                return [*found, await last]

    assert [message.data for message in asyncio.run(asyncio.wait_for(play(), PATIENCE))] == [b"a", b"b", b"end"]


def test_a_deleted_channel_ends_it(server: str) -> None:
    async def play() -> list[ReceivedMessage]:
        opened = asyncio.Event()
        stream = subscribe(f"{server}/ws/gone", template=JSON, opened=lambda mode: opened.set())
        received = asyncio.create_task(until_end(stream))
        await opened.wait()
        async with open_session() as session:
            await publish(f"{server}/pub?id=gone", b"a", session=session)
            await session.delete(f"{server}/pub?id=gone")
        return await received

    assert [message.data for message in asyncio.run(asyncio.wait_for(play(), PATIENCE))] == [b"a"]


def test_a_unix_socket(tmp_path: Path) -> None:
    async def play() -> list[ReceivedMessage]:
        async with open_session(unix_socket=str(tmp_path / "socket")) as session:
            await publish("http://localhost/pub?id=a", b"a", session=session)
            return [each async for each in subscribe("http://localhost/poll/a", start=0, resume=False, session=session)]

    with push_server(tmp_path):
        assert [message.data for message in asyncio.run(play())] == [b"a"]


@pytest.mark.parametrize(
    ("path", "mode", "kind", "text"),
    [
        ("/sub/", "streaming", UnexpectedAnswer, "400 Bad Request: No channel id provided."),
        ("/ws/" + "x" * 30, "websocket", UnexpectedAnswer, "400: Channel id is too large."),
        ("/ev/" + "x" * 30, None, UnexpectedAnswer, "400 Bad Request: Channel id is too large."),
        (
            "/sub/a",
            "eventsource",
            WrongMode,
            "eventsource: it answers 200 with text/plain (try --mode streaming)",
        ),
        ("/sub/a", "websocket", WrongMode, "not a location of mode websocket: it answers 200 (try --mode streaming)"),
        ("/ws/a", "streaming", WrongMode, "(try --mode websocket)"),
        ("/lp/a", "streaming", WrongMode, "(try --mode long-polling)"),
        ("/", None, WrongMode, "this is not a subscriber location: it answers 200 with text/plain"),
        ("/", "websocket", WrongMode, "this is not a location of mode websocket: it answers 200"),
    ],
)
def test_refused(server: str, path: str, mode: str | None, kind: type[Exception], text: str) -> None:
    async def play() -> None:
        await publish(f"{server}/pub?id=a", b"a")
        async with aclosing(subscribe(server + path, mode, start=0)) as messages:
            await anext(messages)

    with pytest.raises(kind) as raised:
        asyncio.run(asyncio.wait_for(play(), PATIENCE))
    assert text in str(raised.value)


def test_no_one_there() -> None:
    async def play() -> None:
        await anext(subscribe("http://127.0.0.1:1/sub/a"))

    with pytest.raises(NotReached, match="refused"):
        asyncio.run(play())


def test_no_unix_socket(tmp_path: Path) -> None:
    async def play() -> None:
        async with open_session(unix_socket=f"{tmp_path}/socket") as session:
            await anext(subscribe("http://localhost/sub/a", session=session))

    with pytest.raises(NotReached, match=f"^http://localhost/sub/a: {tmp_path}/socket: No such file or directory$"):
        asyncio.run(play())
