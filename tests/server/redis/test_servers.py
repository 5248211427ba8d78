"""The servers of these tests."""

from tests.server.redis.servers import cluster, needs_redis, redis_server

pytestmark = needs_redis


def test_a_server_keeps_what_it_has_written() -> None:
    with redis_server(persistent=True) as server:
        server.cli("SET", "a", "b")
        server.kill()
        server.start()
        assert server.cli("GET", "a") == "b"


def test_a_slot_moves_with_its_keys() -> None:
    with cluster() as started:
        source = started.owner("{a}")
        target = next(node for node in started.nodes if node is not source)
        source.cli("SET", "{a}", "b")
        started.move("{a}", target)
        assert started.owner("{a}") is target
        assert target.cli("GET", "{a}") == "b"
