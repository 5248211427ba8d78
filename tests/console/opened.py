"""A console in this process: a zone, a configuration that is not served, and the real application on a real socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import aiohttp
from msgspec import Struct

from ngxpush.config.configuration import ListenAddress
from ngxpush.console.listening import Console, console_address, open_console
from ngxpush.push.worker import PushWorker
from ngxpush.server.clients.listeners import ListeningSocket, bind
from tests.http.serving import compiled
from tests.push.fakes import main_settings, worker

PUB_SUB = """
    server {
        location /pub { push_stream_publisher; push_stream_channels_path $arg_id; push_stream_store_messages on; }
        location ~ ^/sub/(.*) { push_stream_subscriber; push_stream_channels_path $1; }
    }
"""


def set_up(http: str = PUB_SUB) -> Any:
    """What is set up for an http block, as far as the console asks."""
    configuration = compiled("push_stream_shared_memory_size 32m;" + http)
    assert configuration.http is not None
    sockets = []
    for address in configuration.http.addresses:
        bound = bind(ListenAddress(b"127.0.0.1", 0))
        sockets.append((ListeningSocket(ListenAddress(b"127.0.0.1", bound.getsockname()[1]), bound), address))
    return SimpleNamespace(configuration=configuration, sockets=sockets)


class OpenedConsole(Struct, eq=False):
    """A console. client: a browser of this machine."""

    console: Console
    push: PushWorker
    client: aiohttp.ClientSession

    async def get(self, target: str, **headers: str) -> tuple[int, str]:
        """The status and the text of an answer."""
        async with self.client.get(target, headers=headers) as answer:
            return answer.status, await answer.text()

    async def post(self, target: str, form: dict[str, str], **headers: str) -> tuple[int, str]:
        async with self.client.post(target, data=form, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.text()


@contextlib.asynccontextmanager
async def opened(http: str = PUB_SUB, **main: object) -> AsyncIterator[OpenedConsole]:
    """A console while the block lasts."""
    setup = set_up(http)
    push = worker(main=main_settings(**main))
    serving: Any = SimpleNamespace(loop=asyncio.get_running_loop(), engine=SimpleNamespace(worker=push), setup=setup)
    console = open_console(console_address("0"), setup)
    try:
        async with aiohttp.ClientSession(console.url) as client:
            with console, console.beside(serving):
                yield OpenedConsole(console, push, client)
    finally:
        for listening, _ in setup.sockets:
            listening.close()
