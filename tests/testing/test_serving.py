"""ngxpush.testing.serving: what may be served, and what types users see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ngxpush.testing import CannotStart, serve
from tests.testing.configuration import configuration

ROOT = Path(__file__).parents[2]

_USES = """
from pathlib import Path

from ngxpush.testing import AsyncLiveServer, LiveServer, serve

def use(server: LiveServer) -> None:
    with server.subscribe("news", "websocket") as news:
        server.publish("news", "hello", event_id="1")
        text: str = news.next(timeout=1).text
    counts: int = server.channels()["news"].subscribers
    texts: list[str] = [message.text for message in server.messages("news")]

async def use_async(server: AsyncLiveServer) -> None:
    async with server.subscribe("news") as news:
        data: bytes = (await news.next()).data

def both() -> None:
    with serve(Path("nginx.conf")) as server:
        use(server)

async def both_async() -> None:
    async with serve("events {}", prefix="/etc/nginx") as server:
        await use_async(server)
"""


def test_a_file_and_its_directory(tmp_path: Path) -> None:
    (tmp_path / "pub.conf").write_text("location /pub { push_stream_publisher; push_stream_channels_path $arg_id; }")
    text = configuration("listen 80; include pub.conf;")
    (tmp_path / "nginx.conf").write_text(text)
    for serving in (serve(tmp_path / "nginx.conf"), serve(str(tmp_path / "nginx.conf")), serve(text, prefix=tmp_path)):
        with serving as server:
            server.publish("a", "hello")


def test_what_nginx_refuses_is_said_in_its_words(tmp_path: Path) -> None:
    with pytest.raises(CannotStart) as refused, serve("events {}\nhttp { teapot; }", prefix=tmp_path):
        pass
    assert str(refused.value) == f'nginx: [emerg] unknown directive "teapot" in {tmp_path}/ngxpush_configuration:2'
    with pytest.raises(CannotStart) as refused, serve(tmp_path / "nginx.conf"):
        pass
    assert str(refused.value).endswith(f'open() "{tmp_path}/nginx.conf" failed (2: No such file or directory)')


def test_nothing_to_listen_on() -> None:
    with serve("events {}") as server:
        assert (server.urls, server.url, server.modes) == ({}, "", ())


def test_types(tmp_path: Path) -> None:
    """Programs that are checked strictly may use it."""
    program = tmp_path / "program.py"
    program.write_text(_USES)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(program)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "Success: no issues found in 1 source file\n"
