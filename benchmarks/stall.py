"""How long a request waits while a large zone is filled, moved, lost and emptied; and what the server holds meanwhile.

A million messages are stored in several channels. A second client asks for a location that has nothing to do with push, one
request after the other. Printed for each phase: the longest time one of them waited, and how much processor time the worker
used in that time, which the load of the machine does not change. The goal is 20 ms. After a kill no worker is there for a while.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from .servers import Server, nginx, process_tree, running

_CHANNELS = 8
_CONNECTIONS = 4
_BATCH = 4
_BODY = b"x" * 100


def configuration(ttl: str) -> str:
    """The nginx.conf. ttl: push_stream_message_ttl."""
    return f"""
worker_processes 1;
error_log logs/error.log error;
pid nginx.pid;
events {{ worker_connections 1000; }}
http {{
    access_log off;
    keepalive_requests 100000000;
    push_stream_shared_memory_size 2048m;
    push_stream_message_ttl {ttl};
    push_stream_channel_inactivity_time 1h;
    server {{
        listen 127.0.0.1:PORT;
        location /pub {{
            push_stream_publisher;
            push_stream_channels_path $arg_id;
            push_stream_store_messages on;
            push_stream_channel_info_on_publish off;
        }}
        location /sub {{ push_stream_subscriber; push_stream_channels_path $arg_id; }}
        location /stats {{ push_stream_channels_statistics; push_stream_channels_path $arg_id; }}
        location /other {{ return 204; }}
    }}
}}
"""


def worker_of(server: Server) -> int:
    """The newest worker's process; 0 where there is none."""
    return max((pid for pid in process_tree(server.pid) if pid != server.pid), default=0)


def processor_time(pid: int) -> float:
    """Seconds that a process has run."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError):
        return 0.0


def ask(port: int, connection: socket.socket | None, deadline: float) -> socket.socket:
    """Send a request and wait for its answer, with a new connection where the old one is gone."""
    while True:
        try:
            if connection is None:
                connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            connection.sendall(b"GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if connection.recv(4096):
                return connection
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.001)
        connection = None


def watch(server: Server, pipe: Connection) -> None:
    """Ask until the other end of the pipe says that the phase is over; then send the longest wait, and the most work in one."""
    gc.disable()  # a wait must be the server's, not that of this process for its own collector
    connection = None
    while True:
        longest, worked, worker = 0.0, 0.0, worker_of(server)
        while not pipe.poll():
            before, begin = processor_time(worker), time.monotonic()
            connection = ask(server.port, connection, begin + 60)
            waited, used = time.monotonic() - begin, processor_time(worker) - before
            longest, worked = max(longest, waited), max(worked, used)
            if waited > 0.02:
                worker = worker_of(server)
            time.sleep(0.001)
        pipe.recv()
        pipe.send((longest, worked))


@contextlib.contextmanager
def phase(name: str, server: Server, pipe: Any) -> Iterator[None]:
    """Watch during this block, and print what came of it."""
    pipe.send(None)
    pipe.recv()
    begin = time.monotonic()
    yield
    seconds = time.monotonic() - begin
    pipe.send(None)
    longest, worked = pipe.recv()
    memory = ", ".join(f"{kind} {size >> 20} MB" for kind, size in memory_of(server).items())
    waits = f"longest wait {1000 * longest:7.1f} ms, worker busy {1000 * worked:7.1f} ms"
    print(f"{name:8} {seconds:6.1f} s   {waits}   {memory}", flush=True)


def memory_of(server: Server) -> dict[str, int]:
    """Bytes: the master's and the workers' own memory, and that of the journal."""
    sizes = {"master": 0, "worker": 0, "journal": 0}
    for pid in process_tree(server.pid):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        anonymous = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
        sizes["master" if pid == server.pid else "worker"] += anonymous
    for descriptor in Path(f"/proc/{server.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if "ngxpush-journal" in os.readlink(descriptor):
                sizes["journal"] += descriptor.stat().st_blocks * 512
    return sizes


def publish(server: Server, messages: int) -> None:
    """Publish so many messages: each request names all channels, and each connection has some requests under way."""
    path = "/".join(f"c{number}" for number in range(_CHANNELS))
    request = f"POST /pub?id={path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(_BODY)}\r\n\r\n".encode() + _BODY
    left = messages // _CHANNELS
    with contextlib.ExitStack() as stack:
        address = ("127.0.0.1", server.port)
        clients = [stack.enter_context(socket.create_connection(address)) for _ in range(_CONNECTIONS)]
        while left:
            batch = min(_BATCH, left // _CONNECTIONS) or 1
            used = clients[: min(_CONNECTIONS, left)]
            for client in used:
                client.sendall(request * batch)
            for client in used:
                await_answers(client, batch)
            left -= batch * len(used)


def await_answers(client: socket.socket, number: int) -> None:
    """Read so many answers; each has to be a 200."""
    answers = b""
    while answers.count(b"\r\n\r\n") < number:
        piece = client.recv(1 << 16)
        if not piece:
            raise RuntimeError("the server closed a publisher's connection")
        answers += piece
    if answers.count(b" 200 OK") < number:
        raise RuntimeError("a message was refused")


def stored(server: Server) -> tuple[int, int]:
    """How many messages are stored, and how many are in the trash; (-1, -1) where no one answers."""
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            client.sendall(b"GET /stats HTTP/1.0\r\n\r\n")
            answer = b""
            while piece := client.recv(1 << 16):
                answer += piece
        fields = answer.replace(b'"', b"").replace(b" ", b"").split(b",")
        values = {name: value for name, _, value in (field.partition(b":") for field in fields)}
        return int(values[b"stored_messages"]), int(values[b"messages_in_trash"])
    except (OSError, KeyError):
        return -1, -1


def until(condition: Any) -> None:
    """Wait until the condition holds."""
    while not condition():
        time.sleep(0.1)


def reload(server: Server) -> None:
    """Reload, and wait until the old worker is gone."""
    old = worker_of(server)
    os.kill(server.pid, signal.SIGHUP)
    until(lambda: old not in process_tree(server.pid) and worker_of(server))


def main() -> None:
    """Go through the phases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000)
    arguments = parser.parse_args()
    messages = arguments.messages // _CHANNELS * _CHANNELS
    with running(nginx(configuration("1h")), all_cores=True) as server:
        pipe, end = multiprocessing.Pipe()
        watcher = multiprocessing.Process(target=watch, args=(server, end), daemon=True)
        watcher.start()
        with phase("publish", server, pipe):
            publish(server, messages)
        with phase("idle", server, pipe):
            time.sleep(12)
        with phase("reload", server, pipe):
            reload(server)
        with phase("idle", server, pipe):
            time.sleep(5)
        with phase("kill", server, pipe):
            os.kill(worker_of(server), signal.SIGKILL)
            until(lambda: stored(server)[0] == messages)
        path = server.directory / "nginx.conf"
        path.write_text(path.read_text().replace("message_ttl 1h", "message_ttl 1s"))
        with phase("expire", server, pipe):
            reload(server)
            until(lambda: stored(server) == (0, 0))
        watcher.terminate()


if __name__ == "__main__":
    main()
