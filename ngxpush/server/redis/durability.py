"""What a Redis server does with its data that whoever starts ngxpush should know of."""

from __future__ import annotations

from .connection import RedisConnection, RedisRefused


async def concerns(connection: RedisConnection) -> list[str]:
    """What makes the server lose channels, each as a sentence to be read after `it `; nothing where it does not say."""
    try:
        append, save = await _setting(connection, "appendonly"), await _setting(connection, "save")
        limit, policy = await _setting(connection, "maxmemory"), await _setting(connection, "maxmemory-policy")
    except RedisRefused:  # an account that may not ask, or a provider that has no CONFIG
        return []
    found: list[str] = []
    if append == b"no" and not save:
        found.append("keeps nothing on disk (appendonly is no, save is empty): channels and messages are gone when it restarts")
    if limit not in (b"", b"0") and policy != b"noeviction":
        found.append(f"may drop channels when its memory is full (maxmemory-policy is {policy.decode()}, not noeviction)")
    return found


async def _setting(connection: RedisConnection, name: str) -> bytes:
    """The value of a setting; empty where the server has none of that name."""
    value: bytes = (await connection.ask("CONFIG", "GET", name)).get(name.encode(), b"")
    return value
