"""The console's socket."""

from __future__ import annotations

import asyncio
import contextlib
from types import SimpleNamespace
from typing import Any

import pytest

from ngxpush.config.configuration import ListenAddress
from ngxpush.console.listening import CannotOpen, InvalidConsoleAddress, console_address, open_console
from tests.console.opened import opened
from tests.patience import PATIENCE

_SETUP: Any = SimpleNamespace(sockets=[])
_LINT: Any = None


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("0", b"127.0.0.1", 0),
        ("8001", b"127.0.0.1", 8001),
        ("localhost:8001", b"127.0.0.1", 8001),
        ("127.0.0.2:8001", b"127.0.0.2", 8001),
        ("[::1]:8001", b"::1", 8001),
    ],
)
def test_address(text: str, host: bytes, port: int) -> None:
    assert console_address(text) == ListenAddress(host, port, ipv6=b":" in host)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "takes HOST:PORT or PORT"),
        ("x", "takes HOST:PORT or PORT"),
        ("127.0.0.1:", "takes HOST:PORT or PORT"),
        ("70000", "takes HOST:PORT or PORT"),
        ("::1:80", "takes HOST:PORT or PORT"),
        ("example.org:80", "takes an IP address or localhost"),
        ("0.0.0.0:80", "takes a loopback address only"),
        ("[::]:80", "takes a loopback address only"),
        ("192.0.2.1:80", "takes a loopback address only"),
    ],
)
def test_no_address(text: str, said: str) -> None:
    with pytest.raises(InvalidConsoleAddress, match=said):
        console_address(text)


def test_a_taken_port_is_said() -> None:
    first = open_console(console_address("0"), _SETUP, _LINT)
    port = int(first.url.rpartition(":")[2].rstrip("/"))
    with pytest.raises(
        CannotOpen, match=rf"can't open the console on 127.0.0.1:{port} \(Address already in use\): --console ADDR"
    ):
        open_console(console_address(str(port)), _SETUP, _LINT)

    async def end() -> None:
        serving: Any = SimpleNamespace(loop=asyncio.get_running_loop(), observe=lambda observer: None)
        with first, first.beside(serving):
            pass

    asyncio.run(end())
    again = open_console(console_address(str(port)), _SETUP, _LINT)
    assert again.url == first.url
    again._listening.close()


def test_its_end_cuts_everyone_off() -> None:
    async def play() -> None:
        async with opened() as here:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(here.console.url.rsplit(":")[-1].rstrip("/")))
            host = here.console.url.removeprefix("http://").rstrip("/")
            writer.write(f"GET /live HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            await reader.readuntil(b"event: health")
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        writer.close()

    asyncio.run(asyncio.wait_for(play(), PATIENCE))


def test_a_console_that_can_not_be_loaded_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise ImportError("no aiohttp here")

    monkeypatch.setattr("ngxpush.console.listening.import_module", fail)

    async def play() -> None:
        loop = asyncio.get_running_loop()
        said: asyncio.Future[dict[str, Any]] = loop.create_future()
        loop.set_exception_handler(lambda loop, context: said.set_result(context))
        console = open_console(console_address("0"), _SETUP, _LINT)
        serving: Any = SimpleNamespace(loop=loop, observe=lambda observer: None)
        with console.beside(serving):
            port = int(console.url.rpartition(":")[2].rstrip("/"))
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            context = await said
            assert context["message"] == "the console can't be loaded" and "no aiohttp" in str(context["exception"])
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
            writer.close()

    asyncio.run(asyncio.wait_for(play(), PATIENCE))
