"""The application, and the nginx in front of it, in one event loop."""

import asyncio
import socket
from pathlib import Path

import httpx
import pytest
import uvicorn
from chat import app

from ngxpush.client import UnexpectedAnswer

MEMBER = {"Authorization": "Bearer member"}


@pytest.fixture
def application_socket():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def ngxpush_configuration(application_socket):
    """nginx.conf, with the port that the application has in this test."""
    port = application_socket.getsockname()[1]
    return Path(__file__).with_name("nginx.conf").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{port}")


@pytest.fixture
async def chat(application_socket, ngxpush_async_server):
    """The application, and a client that reaches it through nginx."""
    app.state.push_url = ngxpush_async_server.urls["127.0.0.1:9080"]
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[application_socket]))
    async with httpx.AsyncClient(base_url=ngxpush_async_server.url, trust_env=False) as client:
        yield client
    server.should_exit = True
    await serving


async def test_a_line_reaches_the_room(chat, ngxpush_async_server):
    async with ngxpush_async_server.subscribe("lobby", "websocket", headers=MEMBER) as lobby:
        answer = await chat.post("/rooms/lobby/lines", json={"author": "Ada", "text": "hello"})
        assert answer.status_code == 201
        assert (await lobby.next()).text == '{"author":"Ada","text":"hello"}'


async def test_only_members_listen(chat, ngxpush_async_server):
    with pytest.raises(UnexpectedAnswer, match="403"):
        async with ngxpush_async_server.subscribe("lobby", "websocket"):
            pass
    assert await ngxpush_async_server.channels() == {}


async def test_a_line_is_said_once(chat, ngxpush_async_server):
    await chat.post("/rooms/lobby/lines", json={"author": "Ada", "text": "hello"})
    assert len(await ngxpush_async_server.published("lobby")) == 1
