"""Finding the server of a shard and logging in, with real servers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ngxpush.server.redis.connection import RedisConnection
from ngxpush.server.redis.nodes import Nodes, NotConnected, _unfitness
from ngxpush.server.redis.refusals import reason_of
from ngxpush.server.redis.url import RedisKind, read
from tests.certificates import credentials
from tests.running import free_port
from tests.server.redis.servers import Cluster, RedisServer, cluster, needs_redis, redis_server, sentinels

pytestmark = needs_redis
_KEY = b"{zone:1}"


def _ignore(value: Any) -> None:
    """No one looks at it."""


async def _connect(nodes: Nodes) -> RedisConnection:
    return await nodes.connect(_KEY, _ignore, _ignore)


def _asked(url: str, *command: str) -> Any:
    """What the server that is found answers to a command; what it does in place of that, in words."""

    async def ask() -> Any:
        try:
            connection = await _connect(Nodes(read(url)))
        except NotConnected as error:
            return reason_of(error)
        reply = await connection.ask(*command)
        connection.close()
        return reply

    return asyncio.run(ask())


@pytest.fixture(scope="module")
def server() -> Any:
    with redis_server(requirepass="secret") as started:
        yield started


@pytest.fixture(scope="module")
def nodes() -> Any:
    with cluster() as started:
        yield started


def test_a_server_by_tcp_and_by_its_unix_socket(server: RedisServer) -> None:
    server.cli("-n", "3", "SET", "where", "third")
    assert _asked(f"{server.url}/3", "GET", "where") == b"third"
    assert _asked(f"unix://:secret@{server.socket}?db=3", "GET", "where") == b"third"
    server.cli("ACL", "SETUSER", "ngxpush", "on", ">word", "+@all", "~*")
    assert _asked(f"redis://ngxpush:word@127.0.0.1:{server.port}", "ACL", "WHOAMI") == b"ngxpush"


def test_what_is_said_of_a_server_that_can_not_be_used(server: RedisServer, tmp_path: Path) -> None:
    port = server.port
    assert _asked(f"redis://127.0.0.1:{port}") == "wants a password"
    assert _asked(f"redis://:wrong@127.0.0.1:{port}") == "does not take the user name and the password"
    assert _asked(f"{server.url}/99") == "answers: ERR DB index is out of range"
    assert _asked(f"redis://127.0.0.1:{free_port()}") == "can't be reached (Connection refused)"
    assert _asked(f"unix://{tmp_path}/none") == "can't be reached (No such file or directory)"
    server.pause()
    assert _asked(server.url) == "has not answered for 2 seconds"
    server.go_on()


def test_tls(tmp_path: Path) -> None:
    authority = credentials("authority")
    credentials("redis", ["localhost"], authority).save(tmp_path, "server")
    credentials("client", ["client"], authority).save(tmp_path, "client")
    authority.save(tmp_path, "authority")
    port = free_port()
    options = {
        "tls_port": str(port),
        "tls_cert_file": str(tmp_path / "server.pem"),
        "tls_key_file": str(tmp_path / "server.key"),
        "tls_ca_cert_file": str(tmp_path / "authority.pem"),
    }
    trusted = f"ssl_ca_certs={tmp_path}/authority.pem"
    own = f"ssl_certfile={tmp_path}/client.pem&ssl_keyfile={tmp_path}/client.key"
    with redis_server(**options):
        assert _asked(f"rediss://localhost:{port}?{trusted}&{own}", "ECHO", "a") == b"a"
        assert _asked(f"rediss://127.0.0.1:{port}?{trusted}&{own}&ssl_check_hostname=false", "ECHO", "a") == b"a"
        assert "that is not trusted" in _asked(f"rediss://localhost:{port}?{own}", "ECHO", "a")
        assert _asked(f"rediss://localhost:{port}?{own}&ssl_cert_reqs=none", "ECHO", "a") == b"a"


def test_files_of_tls_that_are_not_there(tmp_path: Path) -> None:
    none = f"{tmp_path}/none"
    missing = "which can't be used ([Errno 2] No such file or directory)"
    assert _asked(f"rediss://localhost?ssl_ca_certs={none}") == f"needs ssl_ca_certs, {missing}"
    assert _asked(f"rediss://localhost?ssl_certfile={none}") == f"needs ssl_certfile and its key, {missing}"


def test_sentinels_know_the_master() -> None:
    with sentinels() as started:
        assert _port(started.url) == started.nodes[0].port
        nowhere = f"redis+sentinel://127.0.0.1:{free_port()}/channels"
        assert _asked(nowhere, "PING") == "can't be reached (Connection refused)"
        assert _asked(started.url.replace("/channels", "/other"), "PING") == 'knows no master "other" that is up'


def _port(url: str) -> int:
    return int(_asked(url, "CONFIG", "GET", "port")[b"port"])


def test_a_node_that_is_no_master_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Sentinels have not heard of the failover yet."""
    with sentinels() as started:
        replica = started.nodes[1]

        async def old(*arguments: Any) -> tuple[str, int]:
            return "127.0.0.1", replica.port

        monkeypatch.setattr("ngxpush.server.redis.nodes.Sentinel.discover_master", old)
        assert _asked(started.url, "PING") == "is a replica, which can't be written to"
        assert _asked(f"redis://127.0.0.1:{started.ports[0]}", "PING") == (
            "is a Sentinel: its URL has to begin with redis+sentinel://"
        )


def test_a_url_of_another_kind(server: RedisServer, nodes: Cluster) -> None:
    assert _asked(nodes.nodes[0].url, "PING") == "is a node of a Cluster: its URL has to begin with redis+cluster://"
    assert _asked(f"redis+cluster://:secret@127.0.0.1:{server.port}", "PING") == (
        "answers: This instance has cluster support disabled"
    )


def test_an_old_version() -> None:
    hello = {b"version": b"6.2.14", b"mode": b"standalone", b"role": b"master"}
    assert _unfitness(hello, RedisKind.TCP) == "is of version 6.2.14, and 7.0 is the oldest that is of use"
    assert _unfitness({**hello, b"version": b"8.1.0"}, RedisKind.TCP) is None


def test_any_node_of_a_cluster_knows_the_one_that_has_the_key(nodes: Cluster) -> None:
    owner = nodes.owner(_KEY.decode())
    for node in nodes.nodes:
        assert _port(f"redis+cluster://127.0.0.1:{node.port}") == owner.port


def test_the_other_nodes_of_a_cluster_are_asked_as_well(nodes: Cluster) -> None:
    owner = nodes.owner(_KEY.decode())
    lost = next(node for node in nodes.nodes if node is not owner)

    async def scenario() -> None:
        found = Nodes(read(f"redis+cluster://127.0.0.1:{lost.port}"))
        (await _connect(found)).close()
        lost.kill()
        for _ in nodes.nodes:
            (await _connect(found)).close()
        lost.start()

    asyncio.run(scenario())


def test_a_part_of_a_cluster_that_no_node_has() -> None:
    with redis_server(cluster_enabled="yes", cluster_port=str(free_port())) as alone:
        assert _asked(f"redis+cluster://127.0.0.1:{alone.port}", "PING") == "has no node for a part of the channels"
