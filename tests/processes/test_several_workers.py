"""Several workers share one set of channels: all deliver what one publishes, once and in order, whichever of them dies."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE

from .client import Client, Stream, connect, connect_to_each
from .server import Server, serving
from .sizes import CHANNELS, MESSAGES, WORKERS

_PUBLISHERS = 4  # connections to each worker
_NAMES = tuple(f"channel{number}" for number in range(CHANNELS))


class Publishing:
    """MESSAGES texts over all channels, published through all workers at once, each until it is acknowledged."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.texts = iter([(_NAMES[number % CHANNELS], f"text{number}") for number in range(MESSAGES)])
        self.acknowledged: set[tuple[str, str]] = set()
        self.doubtful: set[tuple[str, str]] = set()

    async def run(self, clients: Iterable[Client]) -> None:
        await asyncio.gather(*[self._publish(client) for client in clients])

    async def _publish(self, client: Client) -> None:
        for channel, text in self.texts:
            while (channel, text) not in self.acknowledged:
                try:
                    status, body = await client.ask("POST", f"/pub?id={channel}", text.encode())
                except ConnectionError:
                    # The worker died: the message may be published or not, so it is published again.
                    self.doubtful.add((channel, text))
                    client = await _connect_again(self.server.port)
                else:
                    assert status == 200, body
                    self.acknowledged.add((channel, text))
        await client.close()


async def _connect_again(port: int) -> Client:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await connect(port)
            except OSError:  # accepted by a worker that is killed now
                await asyncio.sleep(0.01)


async def _streams(server: Server, workers: set[int]) -> list[Stream]:
    """One subscriber of each channel in each worker."""
    clients = await connect_to_each(server.port, workers, CHANNELS)
    by_worker = {worker: iter(_NAMES) for worker in workers}
    streams = [Stream(client, next(by_worker[client.worker])) for client in clients]
    for stream in streams:
        stream.begin()
    asker = await connect(server.port)
    await _eventually(lambda: _subscribers(asker), len(streams))
    await asker.close()
    return streams


async def _subscribers(client: Client) -> int:
    return int((await client.json("/statistics"))["subscribers"])


async def _eventually(ask: Callable[[], Awaitable[Any]], expected: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while (found := await ask()) != expected:
        assert time.monotonic() < deadline, f"{found} in place of {expected}"
        await asyncio.sleep(0.01)


async def _all_have(streams: list[Stream], published: dict[str, int]) -> None:
    """Wait until the subscribers have as many messages as their channels."""

    async def missing() -> int:
        return sum(max(0, published[stream.channel] - len(stream.messages)) for stream in streams)

    await _eventually(missing, 0)


async def _published(client: Client) -> dict[str, int]:
    infos = (await client.json("/statistics?id=ALL"))["infos"]
    return {info["channel"]: int(info["published_messages"]) for info in infos}


def _assert_once_and_in_order(streams: list[Stream], publishing: Publishing, published: dict[str, int]) -> None:
    for stream in streams:
        ids = [id for id, _ in stream.messages]
        assert ids == list(range(1, published[stream.channel] + 1)), stream.channel
        texts = [(stream.channel, text) for _, text in stream.messages]
        assert set(texts) >= {key for key in publishing.acknowledged if key[0] == stream.channel}
        assert all(texts.count(key) == 1 for key in set(texts) - publishing.doubtful)


async def _assert_statistics_agree(server: Server, published: int, streams: list[Stream]) -> None:
    """Every worker reports the same totals, and the real workers with the subscribers of each."""
    living = [stream for stream in streams if not stream.ended]
    workers = server.workers
    for client in await connect_to_each(server.port, workers, 1):
        await _eventually(lambda client=client: _subscribers(client), len(living))  # type: ignore[misc]
        summary = await client.json("/statistics")
        assert summary["channels"] == CHANNELS
        assert summary["published_messages"] == summary["stored_messages"] == published
        subscribers = {int(worker["pid"]): worker["subscribers"] for worker in summary["by_worker"]}
        assert subscribers == {pid: sum(stream.client.worker == pid for stream in living) for pid in workers}
        await client.close()


@pytest.mark.parametrize("workers", WORKERS)
def test_every_subscriber_gets_each_message_once_and_in_order(tmp_path: Path, workers: int) -> None:
    async def scenario(server: Server) -> None:
        streams = await _streams(server, server.workers)
        publishing = Publishing(server)
        await publishing.run(await connect_to_each(server.port, server.workers, _PUBLISHERS))
        asker = await connect(server.port)
        published = await _published(asker)
        assert published == dict.fromkeys(_NAMES, MESSAGES // CHANNELS)
        await _all_have(streams, published)
        _assert_once_and_in_order(streams, publishing, published)
        await _assert_statistics_agree(server, MESSAGES, streams)

    with serving(tmp_path, workers) as server:
        asyncio.run(scenario(server))


@pytest.mark.parametrize("workers", WORKERS)
def test_a_killed_worker_loses_its_connections_and_nothing_else(tmp_path: Path, workers: int) -> None:
    async def scenario(server: Server) -> None:
        original = server.workers
        streams = await _streams(server, original)
        publishing = Publishing(server)
        killing = asyncio.create_task(_kill_one_by_one(server, sorted(original)[1:], publishing))
        await publishing.run(await connect_to_each(server.port, original, _PUBLISHERS))
        killed = await killing
        asker = await connect(server.port)
        published = await _published(asker)
        assert len(publishing.acknowledged) == MESSAGES
        assert MESSAGES <= sum(published.values()) <= MESSAGES + len(publishing.doubtful)
        spared = [stream for stream in streams if stream.client.worker not in killed]
        await _all_have(spared, published)
        _assert_once_and_in_order(spared, publishing, published)
        assert {stream.client.worker for stream in streams if stream.ended} == killed
        assert len(server.workers) == workers
        await _assert_statistics_agree(server, sum(published.values()), streams)

    with serving(tmp_path, workers) as server:
        asyncio.run(scenario(server))


async def _kill_one_by_one(server: Server, workers: list[int], publishing: Publishing) -> set[int]:
    """Kill each of these workers, spread over the publishing; they are gone, and replaced, when it ends."""
    count = len(server.workers)
    for number, worker in enumerate(workers, start=1):
        while len(publishing.acknowledged) < MESSAGES * number // (len(workers) + 1):
            await asyncio.sleep(0.001)
        os.kill(worker, signal.SIGKILL)
    while len(server.workers) < count or not server.workers.isdisjoint(workers):
        await asyncio.sleep(0.001)
    return set(workers)


def test_the_only_worker_is_killed_and_its_successor_has_the_channels(tmp_path: Path) -> None:
    async def scenario(server: Server) -> None:
        client = await connect(server.port)
        for number in range(100):
            assert (await client.ask("POST", f"/pub?id={_NAMES[number % 7]}", b"text"))[0] == 200
        stream = Stream(await connect(server.port), _NAMES[0])
        stream.begin()
        await _eventually(lambda: _subscribers(client), 1)
        before = await _published(client)
        worker = client.worker
        os.kill(worker, signal.SIGKILL)
        client = await _connect_again(server.port)
        assert client.worker != worker
        assert await _published(client) == before
        summary = await client.json("/statistics")
        assert (summary["published_messages"], summary["stored_messages"], summary["subscribers"]) == (100, 100, 0)
        assert [int(one["pid"]) for one in summary["by_worker"]] == [client.worker]
        await asyncio.wait_for(stream.task or asyncio.sleep(0), PATIENCE)

    with serving(tmp_path) as server:
        asyncio.run(scenario(server))
