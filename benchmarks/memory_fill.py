"""Fills the shared memory zone as it was done with the real server, and compares how much went in.

memory-fill.jsonl holds what was measured there, one case a line: the size of the zone, what was done, the bytes of a message
(`body`), the message templates of the subscriber locations, and `result`: the numbers of accepted requests, of stored messages
and of channels when the first request was refused, and that refusal. The goal is 2 % for each count.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .servers import Server, allow_many_connections, nginx, running

_CASES = Path(__file__).with_name("memory-fill.jsonl")
_TOLERANCE = 0.02


class Publisher:
    """Publishes over one kept connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def publish(self, channel: str, body: bytes, headers: str = "") -> int:
        """POST `body` to /pub?id=CHANNEL; the status of the answer. `headers` are whole lines with their ends."""
        head = f"POST /pub?id={channel} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        self._socket.sendall(head.encode() + body)
        return self._status()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _status(self) -> int:
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._receive()
        headers = answer[:end].lower()
        _, found, length = headers.partition(b"\r\ncontent-length:")
        expected = end + 4 + (int(length.split(b"\r\n")[0]) if found else 0)
        while len(answer) < expected:
            answer += self._receive()
        return int(answer[9:12])

    def _receive(self) -> bytes:
        piece = self._socket.recv(65_536)
        if not piece:
            raise ConnectionError("the server closed the publisher's connection")
        return piece


class Subscribers:
    """Connections that stay open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._clients: list[socket.socket] = []

    def subscribe(self, target: str) -> bool:
        """Connect and wait for the head of the answer; whether it is a 200."""
        client = socket.create_connection(("127.0.0.1", self._port), timeout=10)
        self._clients.append(client)
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return client.recv(65_536).startswith(b"HTTP/1.1 200")

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients:
            client.close()


def configuration(case: dict[str, Any]) -> str:
    """The nginx.conf of a case: a storing publisher, statistics, and a subscriber location for each template."""
    locations = "\n".join(
        f"location /sub{number or ''} {{ push_stream_subscriber; push_stream_channels_path $arg_id;"
        f' push_stream_header_template "."; push_stream_message_template "{template}"; }}'
        for number, template in enumerate(case["templates"])
    )
    return f"""
worker_processes 1;
worker_rlimit_nofile 20000;
error_log logs/error.log crit;
pid nginx.pid;
events {{ worker_connections 10000; }}
http {{
    access_log off;
    client_max_body_size 1m;
    client_body_buffer_size 1m;
    keepalive_requests 10000000;
    push_stream_shared_memory_size {case["size"]};
    push_stream_message_ttl 1d;
    push_stream_channel_inactivity_time 1d;
    server {{
        listen 127.0.0.1:PORT backlog=4096;
        location /pub {{
            push_stream_publisher admin;
            push_stream_channels_path $arg_id;
            push_stream_store_messages on;
            push_stream_channel_info_on_publish off;
        }}
        location /stats {{ push_stream_channels_statistics; push_stream_channels_path $arg_id; }}
        {locations}
    }}
}}
"""


def fill_one_channel(server: Server, case: dict[str, Any], _: Subscribers) -> int:
    """Publish to one channel until it is refused; how many went in."""
    events = "Event-Id: 123456\r\nEvent-Type: 123456\r\n" if "Event-Id" in case["what"] else ""
    body = b"x" * case["body"]
    with contextlib.closing(Publisher(server.port)) as publisher:
        return _until_refused(lambda _: publisher.publish("ch", body, events) == 200)


def fill_many_channels(server: Server, case: dict[str, Any], _: Subscribers) -> int:
    """Publish one message to each of many channels until it is refused; how many went in."""
    width = 40 if "40-digit" in case["what"] else 4
    body = b"x" * case["body"]
    with contextlib.closing(Publisher(server.port)) as publisher:
        return _until_refused(lambda number: publisher.publish(f"{number:0{width}}", body) == 200)


def fill_with_subscribers(_: Server, __: dict[str, Any], audience: Subscribers) -> int:
    """Subscribe to one new channel after the other until it is refused; how many got in."""
    return _until_refused(lambda number: audience.subscribe(f"/sub?id={number}"))


def _until_refused(attempt: Callable[[int], bool]) -> int:
    return next(number for number in itertools.count() if not attempt(number))


_FILLS = {
    "messages to one channel": fill_one_channel,
    "one message to each new channel": fill_many_channels,
    "subscribers, each to a new channel": fill_with_subscribers,
}


def counts(case: dict[str, Any]) -> list[int]:
    """Fill a new server as the case says: [accepted, stored messages, channels]."""
    fill = next(fill for what, fill in _FILLS.items() if case["what"].startswith(what))
    with running(nginx(configuration(case))) as server, contextlib.closing(Subscribers(server.port)) as audience:
        accepted = fill(server, case, audience)
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/stats", timeout=10) as answer:
            summary = json.load(answer)
        return [accepted, int(summary["stored_messages"]), int(summary["channels"])]


def main() -> None:
    """Print the largest deviation of each case, and how many are within the goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    allow_many_connections()
    cases = [json.loads(line) for line in _CASES.read_text("utf-8").splitlines()]
    good = 0
    for case in cases:
        *measured, _refusal = case["result"]
        found = counts(case)
        deviation = max((abs(b - a) / a if a else float(b != a)) for a, b in zip(measured, found, strict=True))
        good += deviation <= _TOLERANCE
        details = f"body {case.get('body', '-')}, {len(case['templates'])} templates"
        print(f"{deviation:6.1%}  {case['size']:>4}  nginx {measured}, ngxpush {found}  {case['what']} ({details})", flush=True)
    print(f"{good} of {len(cases)} cases within {_TOLERANCE:.0%}")


if __name__ == "__main__":
    main()
