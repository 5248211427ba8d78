"""What becomes of a call that the server does not do."""

from __future__ import annotations

from ...push.operations import ZoneAway
from ..zone.remote import ZoneFailed
from .connection import RedisLost, RedisRefused
from .nodes import reason_of

_NOT_DONE = ("BUSY", "MISCONF", "NOREPLICAS", "OOM")
# First words of refusals before anything of a call is done; others may come in the middle of the function.

_ELSEWHERE = "Script attempted to access a non local key"
# A part of what a node of a Cluster says while a slot is moved away from it.


def _word(refusal: RedisRefused) -> str:
    return str(refusal).partition(" ")[0]


def is_harmless(refusal: RedisRefused) -> bool:
    """Whether the shard still counts what it should after a call that was refused so."""
    return _word(refusal) in _NOT_DONE


def reason_to_leave(refusal: RedisRefused) -> str:
    """Why a connection is of no use after a call was refused, to be read after `it `."""
    return reason_of(RedisRefused("ASK") if _ELSEWHERE in str(refusal) else refusal)


def failure(error: RedisLost | RedisRefused) -> ZoneAway | ZoneFailed:
    """What the caller of an operation is told."""
    reason = reason_to_leave(error) if isinstance(error, RedisRefused) else str(error)
    if reason.startswith("answers: "):
        return ZoneFailed(f"the function in Redis failed: {error}")
    return ZoneAway(f"the channels are in Redis, which {reason}")
