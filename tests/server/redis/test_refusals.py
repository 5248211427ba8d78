"""What is said of a server that can't be used, and of a call that it does not do."""

import socket

import pytest

from ngxpush.push.operations import ZoneAway
from ngxpush.server.redis.connection import RedisLost, RedisRefused
from ngxpush.server.redis.refusals import failure, is_harmless, reason_of
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
        ("NOPERM this user has no permissions to run the 'eval' command", False, "does not let this user run the 'eval' command"),
        ("NOPERM User joe has no permissions to run the 'eval' command", False, "does not let this user run the 'eval' command"),
        ("NOPERM No permissions to access a key", False, "does not let this user access a key"),
        ("NOPERM for a reason of its own", False, "does not let this user do what is needed"),
        (
            "ERR The user executing the script can't run this command or subcommand script: f00, on @user_script:1.",
            False,
            "does not let this user do what is needed",
        ),
        (
            "ERR ACL failure in script: User x has no permissions to run the 'set' command script: f00",
            False,
            "does not let this user do what is needed",
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
    assert (is_harmless(error), reason_of(error)) == (harmless, reason)
    assert isinstance(failure(error), ZoneAway) and str(failure(error)) == f"the channels are in Redis, which {reason}"


def test_reasons_of_other_kinds() -> None:
    assert reason_of(RedisRefused("ERR what?")) == "answers: ERR what?"
    assert reason_of(RedisLost("has closed the connection")) == "has closed the connection"
    not_found = socket.gaierror(-2, "Name or service not known")
    assert reason_of(not_found) == "has a host that is not found (Name or service not known)"
    assert reason_of(TimeoutError()) == "does not answer in time"


def test_failures() -> None:
    assert str(failure(RedisLost("was closed"))) == "the channels are in Redis, which was closed"
    assert isinstance(failure(RedisLost("answers: ERR DB index is out of range")), ZoneAway)
    failed = failure(RedisRefused("ERR attempt to index nil"))
    assert isinstance(failed, ZoneFailed) and str(failed) == "the function in Redis failed: ERR attempt to index nil"
