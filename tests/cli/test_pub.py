"""`ngxpush pub`, `sub` and `bench` as a user calls them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest

from tests.client.served import JSON, push_server
from tests.patience import PATIENCE
from tests.running import NGXPUSH


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with push_server(tmp_path_factory.mktemp("server")) as base:
        yield base


def ngxpush(*arguments: str, given: bytes = b"") -> tuple[int, str, str]:
    """The exit code, and what is printed."""
    done = subprocess.run([NGXPUSH, *arguments], input=given, capture_output=True, timeout=PATIENCE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_publish_and_subscribe(server: str) -> None:
    publisher = f"{server}/pub?id=news"
    assert ngxpush("pub", publisher, "hello") == (0, "news: 1 published, 1 stored, 0 subscribers\n", "")
    code, said, _ = ngxpush("pub", publisher, "--json", "--event-id", "7", "--event-type", "t", given=b"two\nlines\xff")
    assert (code, json.loads(said)["published_messages"]) == (0, 2)
    assert ngxpush("sub", f"{server}/sub/news", "--since", "all", "-n", "2") == (0, "hello\ntwo\\nlines�\n", "")
    code, said, _ = ngxpush("sub", f"{server}/ev/news", "--since", "1h", "-n", "2", "--json")
    assert [json.loads(line) for line in said.splitlines()] == [
        {"text": "hello"},
        {"text": "two\nlines�", "base64": "dHdvCmxpbmVz/w==", "event_id": "7", "event_type": "t"},
    ]


def test_publish_by_websocket(server: str) -> None:
    assert ngxpush("pub", server.replace("http", "ws") + "/ws/chat", "hello") == (0, "published\n", "")
    code, said, _ = ngxpush("sub", f"{server}/ws/chat", "--since", "all", "-n1", "--json", "--template", JSON.decode())
    assert (code, json.loads(said)["text"], json.loads(said)["id"]) == (0, "hello", 1)


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("pub", "{}/sub/a", "x"), 1, "ngxpush: {}/sub/a: 405 Not Allowed (this location takes GET only)\n"),
        (("pub", "{}/pub", "x"), 1, "ngxpush: {}/pub: 400 Bad Request: No channel id provided.\n"),
        (("sub", "http://127.0.0.1:1/a"), 1, "ngxpush: http://127.0.0.1:1/a: Connection refused\n"),
        (("sub", "{}/pub?id=a", "-m", "websocket"), 1, "404"),
        (("pub", "{tls}/pub?id=a", "x"), 1, "pub?id=a: no TLS connection: is it an http:// address? (wrong version number)\n"),
        (("pub", "{}/pub?id=a", "x", "--event-id", "a\nb"), 2, "'a\\nb' can't stand in a header field"),
        (("sub", "127.0.0.1:80/a"), 2, "'127.0.0.1:80/a' is not the URL of a server: did you mean http://127.0.0.1:80/a?"),
        (("sub", "htp://127.0.0.1/a"), 2, "it begins with http://, https://, ws:// or wss://, and a host follows"),
        (("sub", "{}/sub/a", "--since", "soon"), 2, "how long ago, such as 90s, 10m, 2h or 1d, not 'soon'"),
        (("sub", "{}/sub/a", "--template", "~id~"), 2, "a template needs ~text~"),
        (("sub", "{}/sub/a", "-H", "x"), 2, "--header takes 'NAME: VALUE'"),
        (("bench", "{}/sub/a"), 2, "needs --publish URL"),
        (("bench", "nothing.conf"), 2, "'nothing.conf' is neither a file nor a URL, which begins with http:// or the like"),
    ],
)
def test_wrong_use(server: str, arguments: tuple[str, ...], code: int, text: str) -> None:
    found, _, said = ngxpush(*(argument.format(server, tls=f"https{server[4:]}") for argument in arguments))
    assert found == code
    assert text.format(server, server) in said
