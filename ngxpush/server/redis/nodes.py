"""Which server has the keys of a shard, and a connection to it.

The `redis` package asks Sentinels and Clusters.  What they say may be old, right after a failover: so the next attempt asks
another one of them first, and what is connected to has to say that it is a master.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import RedisError

from ...numbers import parse_decimal
from .connection import REPLY_TIME, RedisConnection, RedisLost, RedisRefused
from .url import Account, ChannelsUrl, RedisAddress, RedisKind, RedisTls

# The version that has what the function uses, and topics of shards.
_OLDEST = 7

# Seconds for the answer of one Sentinel, or one node that is asked where a slot is.
_ASKING_TIME = 1.0

NotConnected = (OSError, RedisError, RedisRefused)
"""What `Nodes.connect` raises, and `ask` of a connection; refusals.py says it in words."""


class Nodes:
    """The servers behind a URL. Files of its TLS are read at each connection: certificates may have been renewed."""

    def __init__(self, url: ChannelsUrl) -> None:
        self.url = url
        self._to_ask = list(url.addresses)

    async def connect(self, key: bytes, pushed: Callable[[bytes], object], lost: Callable[[str], None]) -> RedisConnection:
        """A connection to the server that has `key`, logged in: see RedisConnection. Raises one of NotConnected."""
        address = await self._find(key)
        context = None if self.url.tls is None else _context(self.url.tls)
        loop = asyncio.get_running_loop()

        def make() -> RedisConnection:
            return RedisConnection(pushed, lost)

        try:
            async with asyncio.timeout(REPLY_TIME):
                if address is None:
                    _, connection = await loop.create_unix_connection(make, self.url.path)
                else:
                    _, connection = await loop.create_connection(make, address.host, address.port, ssl=context)
        except TimeoutError:
            what = "a connection" if context is None else "a connection with TLS"
            raise RedisLost(f"does not accept {what} within {REPLY_TIME:.0f} seconds") from None
        try:
            await self._log_in(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _log_in(self, connection: RedisConnection) -> None:
        account = self.url.account
        words = () if account.password is None else ("AUTH", account.user or "default", account.password)
        unfit = _unfitness(await connection.ask("HELLO", 3, *words), self.url.kind)
        if unfit is not None:
            raise RedisLost(unfit)
        if self.url.db:
            await connection.ask("SELECT", self.url.db)

    async def _find(self, key: bytes) -> RedisAddress | None:
        """Where the server is that has `key`; None: at the unix socket."""
        match self.url.kind:
            case RedisKind.UNIX:
                return None
            case RedisKind.TCP:
                return self.url.addresses[0]
            case RedisKind.SENTINEL:
                return await self._ask_each(self._ask_sentinel)
            case RedisKind.CLUSTER:
                return await self._ask_each(self._ask_node, key_slot(key))

    async def _ask_each(self, ask: Callable[..., Any], *arguments: int) -> RedisAddress:
        """What the first one says that knows. The one that is asked first is asked last the next time."""
        self._to_ask = [*self._to_ask[1:], self._to_ask[0]]
        failure: Exception | None = None
        for address in tuple(self._to_ask):
            try:
                found: RedisAddress | None = await ask(address, *arguments)
            except (OSError, RedisError) as error:
                failure = error
            else:
                if found is not None:
                    return found
        raise failure or RedisLost("has no node for a part of the channels")

    async def _ask_sentinel(self, address: RedisAddress) -> RedisAddress:
        options = self._options(self.url.sentinel_account)
        sentinel = Sentinel([(address.host, address.port)], sentinel_kwargs=options)  # type: ignore[no-untyped-call]
        try:
            await sentinel.sentinels[0].ping()  # what fails here says why; discover_master does not
            host, port = await sentinel.discover_master(self.url.master)
        except MasterNotFoundError:
            raise RedisLost(f'knows no master "{self.url.master}" that is up') from None
        finally:
            await sentinel.sentinels[0].aclose()
        return RedisAddress(host, port)

    async def _ask_node(self, address: RedisAddress, slot: int) -> RedisAddress | None:
        node = Redis(host=address.host, port=address.port, **self._options(self.url.account))
        try:
            ranges = await node.execute_command("CLUSTER SLOTS")  # type: ignore[no-untyped-call]
        finally:
            await node.aclose()
        masters = [(first, last, _address(master, address)) for first, last, master, *_ in ranges]
        self._to_ask = list(dict.fromkeys([*self._to_ask, *[master for _, _, master in masters]]))
        return next((master for first, last, master in masters if first <= slot <= last), None)

    def _options(self, account: Account) -> dict[str, Any]:
        """The words of the `redis` package for how to connect."""
        options: dict[str, Any] = {
            "username": account.user,
            "password": account.password,
            "socket_timeout": _ASKING_TIME,
            "socket_connect_timeout": _ASKING_TIME,
            "retry": Retry(NoBackoff(), 0),
        }
        tls = self.url.tls
        if tls is not None:
            options |= {
                "ssl": True,
                "ssl_ca_certs": tls.authorities,
                "ssl_certfile": tls.certificate,
                "ssl_keyfile": tls.key,
                "ssl_cert_reqs": "required" if tls.verify else "none",
                "ssl_check_hostname": tls.verify and tls.verify_name,
            }
        return options


def _unfitness(hello: dict[bytes, Any], kind: RedisKind) -> str | None:
    """Why a server is not the one to use, by what it says of itself; None: it is."""
    version, mode = hello[b"version"], hello[b"mode"]
    if (parse_decimal(version.partition(b".")[0]) or 0) < _OLDEST:
        return f"is of version {version.decode()}, and {_OLDEST}.0 is the oldest that is of use"
    if mode == b"sentinel":
        return "is a Sentinel: its URL has to begin with redis+sentinel://"
    if (mode == b"cluster") is not (kind is RedisKind.CLUSTER):
        is_what = "is a node of a Cluster: its URL has to begin with redis+cluster://"
        return is_what if mode == b"cluster" else "is no node of a Cluster: its URL has to begin with redis://"
    if hello[b"role"] != b"master":
        return "is a replica, which can't be written to"
    return None


def _address(node: list[Any], asked: RedisAddress) -> RedisAddress:
    """The address of a node in CLUSTER SLOTS. One that does not know its own has none there: it is the one that was asked."""
    host, port = node[0], node[1]
    return RedisAddress(host.decode() if host and host != b"?" else asked.host, port)


def _context(tls: RedisTls) -> ssl.SSLContext:
    """Raises RedisLost where a file can't be used. Clients are told: it says what file that is, not where it is."""
    try:
        context = ssl.create_default_context(cafile=tls.authorities)
    except OSError as error:
        raise RedisLost(f"needs ssl_ca_certs, which can't be used ({error.strerror})") from None
    context.check_hostname = tls.verify and tls.verify_name
    if not tls.verify:
        context.verify_mode = ssl.CERT_NONE
    if tls.certificate is not None:
        try:
            context.load_cert_chain(tls.certificate, tls.key)
        except OSError as error:
            raise RedisLost(f"needs ssl_certfile and its key, which can't be used ({error.strerror})") from None
    return context
