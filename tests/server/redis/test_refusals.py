"""What is said of a call that the server does not do."""

import pytest

from ngxpush.push.operations import ZoneAway
from ngxpush.server.redis.connection import RedisLost, RedisRefused
from ngxpush.server.redis.refusals import failure, is_harmless, reason_to_leave
from ngxpush.server.zone.remote import ZoneFailed


@pytest.mark.parametrize(
    ("refusal", "harmless", "reason"),
    [
        ("OOM command not allowed when used memory > 'maxmemory'.", True, "has no memory left"),
        ("BUSY Redis is busy running a script.", True, "is busy with a long script"),
        ("MOVED 1 127.0.0.1:1", False, "has moved these channels to another node"),
        (
            "ERR Script attempted to access a non local key in a cluster node script: f00",
            False,
            "is moving these channels to another node",
        ),
        ("NGXPUSH forgotten", False, "does not know this worker any more"),
        (
            "NGXPUSH shards 16",
            False,
            "has these channels in another number of shards: all servers have to use the same kind of URL",
        ),
    ],
)
def test_reasons(refusal: str, harmless: bool, reason: str) -> None:
    error = RedisRefused(refusal)
    assert (is_harmless(error), reason_to_leave(error)) == (harmless, reason)
    assert isinstance(failure(error), ZoneAway) and str(failure(error)) == f"the channels are in Redis, which {reason}"


def test_failures() -> None:
    assert str(failure(RedisLost("was closed"))) == "the channels are in Redis, which was closed"
    failed = failure(RedisRefused("ERR attempt to index nil"))
    assert isinstance(failed, ZoneFailed) and str(failed) == "the function in Redis failed: ERR attempt to index nil"
