"""Why a server can't be used, in words, and what becomes of a call that it does not do."""

from __future__ import annotations

import os
import re
import socket
import ssl

from redis.exceptions import RedisError, ResponseError

from ...push.operations import ZoneAway
from ..zone.remote import ZoneFailed
from .connection import RedisLost, RedisRefused

# By the first word of the answer.
_REFUSALS = {
    "NOAUTH": "wants a password",
    "WRONGPASS": "does not take the user name and the password",
    "NOPERM": "does not let this user do what is needed",
    "LOADING": "is still reading its data",
    "READONLY": "is a replica, which can't be written to",
    "MASTERDOWN": "is a replica that has lost its master",
    "CLUSTERDOWN": "is a Cluster that lacks a part of its nodes",
    "MOVED": "has moved these channels to another node",
    "ASK": "is moving these channels to another node",
    "TRYAGAIN": "is moving these channels to another node",
    "OOM": "has no memory left",
    "MISCONF": "can't save its data",
    "BUSY": "is busy with a long script",
    "NOREPLICAS": "has too few replicas that are connected",
    "NOSCRIPT": "has lost its scripts",
    "NGXPUSH": "does not know this worker any more",
}

_NOT_DONE = ("BUSY", "MISCONF", "NOREPLICAS", "OOM")
# First words of refusals before anything of a call is done; others may come in the middle of the function.

# Parts of what is said of a command that the function calls, and the word for the same elsewhere.
_IN_FUNCTION = {
    "Script attempted to access a non local key": "ASK",  # while a slot is moved away from the node
    "The user executing the script can't": "NOPERM",
    "ACL failure in script": "NOPERM",  # Valkey, and newer versions of Redis
}

_OTHER_SHARDS = "NGXPUSH shards"

_FORBIDDEN = re.compile(r"NOPERM .*no permissions to (.+?)\.?", re.IGNORECASE)
# What an account lacks, as Redis and Valkey say it. Some versions name the account, which is for no client to know.


def _word(refusal: RedisRefused) -> str:
    return str(refusal).partition(" ")[0]


def _in_words(refusal: RedisRefused) -> str | None:
    """None: it is no refusal that a server is expected to make."""
    text = str(refusal)
    if text.startswith(_OTHER_SHARDS):
        return "has these channels in another number of shards: all servers have to use the same kind of URL"
    forbidden = _FORBIDDEN.fullmatch(text)
    if forbidden is not None:
        return f"does not let this user {forbidden[1]}"
    word = next((word for part, word in _IN_FUNCTION.items() if part in text), _word(refusal))
    return _REFUSALS.get(word)


def reason_of(error: Exception) -> str:
    """What a server does that can't be used, to be read after `it `. error: one of nodes.NotConnected."""
    match error:
        case RedisRefused():
            return _in_words(error) or f"answers: {error}"
        case RedisLost():
            return str(error)
        case ssl.SSLCertVerificationError():
            return f"has a certificate that is not trusted ({error.verify_message})"
        case socket.gaierror():
            return f"has a host that is not found ({error.strerror})"
        case RedisError(__context__=OSError() as cause):
            return reason_of(cause)
        case OSError(errno=int(number)) if number > 0 and not isinstance(error, ssl.SSLError):
            return f"can't be reached ({os.strerror(number)})"
        case TimeoutError():
            return "does not answer in time"
        case ResponseError():
            return f"answers: {error}"
        case _:
            return f"can't be reached ({error})"


def is_harmless(refusal: RedisRefused) -> bool:
    """Whether the shard still counts what it should after a call that was refused so."""
    return _word(refusal) in _NOT_DONE


def has_lost_scripts(refusal: RedisRefused) -> bool:
    """Whether the call can be made again, with the text of the function: after SCRIPT FLUSH no server knows it by its digest."""
    return _word(refusal) == "NOSCRIPT"


def failure(error: RedisLost | RedisRefused) -> ZoneAway | ZoneFailed:
    """What the caller of an operation is told."""
    if isinstance(error, RedisRefused) and _in_words(error) is None:
        return ZoneFailed(f"the function in Redis failed: {error}")
    return ZoneAway(f"the channels are in Redis, which {reason_of(error)}")
