"""A console in this process: a zone, a configuration that is not served, and the real application on a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import aiohttp
from msgspec import Struct
from msgspec.structs import replace

from ngxpush.config.analysis import Analysis
from ngxpush.config.analyzer import analyze
from ngxpush.config.compiler import compile_configuration
from ngxpush.config.configuration import ListenAddress, Location
from ngxpush.config.tree import Statement
from ngxpush.console.listening import Console, console_address, open_console
from ngxpush.console.served import Served
from ngxpush.lint.linter import lint
from ngxpush.lint.report import Report
from ngxpush.push.worker import PushWorker
from ngxpush.server.clients.listeners import ListeningSocket, bind
from ngxpush.server.observing.events import Asker, RequestEnded, RequestObserver
from ngxpush.server.observing.observed import Observed
from tests.machine import Machine
from tests.patience import PATIENCE
from tests.push.fakes import main_settings, worker
from tests.server.observing.observers import ASKER, ENDED

PUB_SUB = """
    server {
        location /pub { push_stream_publisher; push_stream_channels_path $arg_id; push_stream_store_messages on; }
        location ~ ^/sub/(.*) { push_stream_subscriber; push_stream_channels_path $1; }
    }
"""


def set_up(http: str = PUB_SUB) -> Any:
    """What is set up for an http block, as far as the console asks."""
    return served(http).setup


def served(http: str = PUB_SUB) -> Served:
    """What is served for an http block. No one accepts connections on its sockets."""
    text = f"events {{}}\nhttp {{ push_stream_shared_memory_size 32m; {http}\n}}\n"
    analysis = analyze("/conf/nginx.conf", "/conf/", system=Machine({"/conf/nginx.conf": text.encode()}))
    assert analysis.fatal is None, analysis.fatal
    configuration = compile_configuration(analysis)
    assert configuration.http is not None
    sockets, addresses = [], []
    for address in configuration.http.addresses:
        bound = bind(ListenAddress(b"127.0.0.1", 0))
        here = ListenAddress(b"127.0.0.1", bound.getsockname()[1])
        sockets.append((ListeningSocket(here, bound), address))
        addresses.append(replace(address, listen=here))
    setup: Any = SimpleNamespace(configuration=configuration, sockets=sockets, analysis=analysis, channels=None)
    setup.addresses = tuple(addresses)
    return Served(setup, analysis, b"1.22.1", _lint)


def _lint(analysis: Analysis) -> Report:
    return lint("/conf/nginx.conf", "/conf/", Machine(analysis.files))


def block_of(served: Served, name: str) -> Location:
    """The location of that name."""
    http = served.setup.configuration.http
    assert http is not None
    return next(block for block in http.blocks if block.name == name.encode() and block.statement is not None)


def ended(
    line: str = "GET / HTTP/1.1", status: int = 200, location: Statement | None = None, number: int = 1, **facts: Any
) -> RequestEnded:
    """A request that has ended. facts: of the request, or of the client that has sent it."""
    asked = {name: facts.pop(name) for name in Asker.__struct_fields__ if name in facts}
    asked = {"headers": ((b"Host", b"localhost"),), "server_address": (b"127.0.0.1", 80)} | asked
    asker = replace(ASKER, number=number, connection=number, request_line=line.encode(), started=1e9, **asked)
    return replace(ENDED, asker=asker, time=1e9 + 0.25, duration=0.25, status=status, server=None, location=location, **facts)


class FakeWorker:
    """A worker as the console sees it. observers: those who hear of its requests.  connections: of clients."""

    def __init__(self, push: PushWorker, setup: Any) -> None:
        self.setup = setup
        self.loop = asyncio.get_running_loop()
        self.engine = SimpleNamespace(worker=push)
        self.connections: list[Any] = []
        self.slots = SimpleNamespace(most=512, free=500)
        self.observers: list[RequestObserver] = []
        self.observed = Observed()
        self.exiting = False
        self.nginx_version = b"1.22.1"
        self.observe = self.observers.append

    def ended(self, event: RequestEnded) -> None:
        for observer in self.observers:
            observer.request_ended(event)


class OpenedConsole(Struct, eq=False):
    """A console. client: a browser of this machine."""

    console: Console
    push: PushWorker
    worker: FakeWorker
    served: Served
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
    shown = served(http)
    push = worker(main=main_settings(**main))
    serving: Any = FakeWorker(push, shown.setup)
    console = open_console(console_address("0"), shown.setup, shown.lint)
    try:
        async with aiohttp.ClientSession(console.url) as client:
            with console, console.beside(serving):
                yield OpenedConsole(console, push, serving, shown, client)
    finally:
        for listening, _ in shown.setup.sockets:
            listening.close()


async def token(here: OpenedConsole) -> str:
    """That of its forms."""
    found = re.search(r'name="token" value="([^"]+)"', (await here.get("/channel?id=a"))[1])
    assert found is not None
    return found[1]


def play(steps: Callable[[OpenedConsole], Awaitable[None]], http: str = PUB_SUB) -> None:
    """Do some steps with a console."""

    async def run() -> None:
        async with opened(http) as here:
            await steps(here)

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


async def event(lines: asyncio.StreamReader, name: bytes) -> bytes:
    """The next event of that name that a live page gets."""
    while True:
        found: bytes = await lines.readuntil(b"\n\n")
        if found.startswith(b"event: " + name + b"\n"):
            return found
