"""The ways to a name server: datagrams, and a connection. The server is a socket of the test."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator

import pytest

from ngxpush.config.addresses import parse_address
from ngxpush.server.system.name_servers import NameServer, name_servers
from tests.patience import PATIENCE


class Asked:
    """What has come from a name server, and what was logged."""

    def __init__(self, port: int) -> None:
        self.answers: asyncio.Queue[tuple[bytes, bool]] = asyncio.Queue()
        self.logged: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        self.server = NameServer(
            loop, "127.0.0.1", port, lambda *come: self.answers.put_nowait(come), lambda *line: self.logged.put_nowait(line)
        )


def _run(port: int, use: Callable[[Asked], Awaitable[None]]) -> None:
    async def run() -> None:
        await asyncio.wait_for(use(Asked(port)), PATIENCE)

    asyncio.run(run())


@pytest.fixture
def datagrams() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        yield made


@pytest.fixture
def closed_port(datagrams: socket.socket) -> int:
    port: int = datagrams.getsockname()[1]
    datagrams.close()
    return port


def test_datagrams(datagrams: socket.socket) -> None:
    async def use(asked: Asked) -> None:
        for number in (b"1", b"2"):
            assert asked.server.send(b"question " + number)
            data, client = datagrams.recvfrom(100)
            assert data == b"question " + number
            datagrams.sendto(b"answer " + number, client)
            assert await asked.answers.get() == (b"answer " + number, False)

    _run(datagrams.getsockname()[1], use)


def test_no_one_listens(closed_port: int) -> None:
    """The first datagram is refused by the other side; the next one can't be sent then, and the one after it has a new socket."""

    async def use(asked: Asked) -> None:
        said = f"failed (111: Connection refused) while resolving, resolver: 127.0.0.1:{closed_port}"
        assert asked.server.send(b"question")
        assert not asked.server.send(b"question")
        assert await asked.logged.get() == ("error", f"send() {said}")
        assert asked.server.send(b"question")
        assert await asked.logged.get() == ("error", f"recv() {said}")

    _run(closed_port, use)


def test_no_way_there() -> None:
    async def use(asked: Asked) -> None:
        lines: list[tuple[str, str]] = []
        asked.server = NameServer(asyncio.get_running_loop(), "255.255.255.255", 53, print, lambda *line: lines.append(line))
        assert not asked.server.send(b"question")
        assert [text.partition(" (")[0] for _, text in lines] == ["connect() failed"]

    _run(0, use)


def _serve_once(listening: socket.socket, answers: list[bytes], questions: list[bytes]) -> None:
    """Take a connection, read two questions of five bytes with their lengths, send pieces of answers, and wait for its end."""
    client, _ = listening.accept()
    with client:
        while sum(map(len, questions)) < 14:
            questions.append(client.recv(100))
        for piece in answers:
            client.sendall(piece)
        assert client.recv(1) == b""


def test_a_connection_for_questions_that_come_together() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        questions: list[bytes] = []
        server = threading.Thread(target=_serve_once, args=(listening, [b"\0", b"\3on", b"e\0\3two"], questions))
        server.start()

        async def use(asked: Asked) -> None:
            asked.server.send_over_tcp(b"first")
            asked.server.send_over_tcp(b"other")
            assert [await asked.answers.get(), await asked.answers.get()] == [(b"one", True), (b"two", True)]

        _run(listening.getsockname()[1], use)
        server.join(10)
        assert b"".join(questions) == b"\0\5first\0\5other"


def test_no_one_listens_for_connections(closed_port: int) -> None:
    async def use(asked: Asked) -> None:
        asked.server.send_over_tcp(b"question")
        said = f"recv() failed (111: Connection refused) while resolving, resolver: 127.0.0.1:{closed_port}"
        assert await asked.logged.get() == ("error", said)

    _run(closed_port, use)


def test_all_addresses_of_all_servers() -> None:
    servers = [parse_address(text, default_port=53) for text in (b"192.0.2.1", b"[2001:db8::1]:54", b"nowhere.invalid")]
    loop = asyncio.new_event_loop()
    found = list(name_servers(loop, servers, print, print))
    loop.close()
    assert [(server.host, server.port) for server in found] == [("192.0.2.1", 53), ("2001:db8::1", 54)]
