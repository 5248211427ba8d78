"""Where the channels of a configuration are, and whether they can be used there: found out before anything is served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...config.configuration import Configuration
from ...config.directives.push_stream.settings import PushStreamMain
from ...push.operations import UsedMemory
from ..zone.restoring import ZoneSettings
from .channels import ChannelsPlaces, zone_name
from .url import ChannelsUnreachable, ChannelsUrl

if TYPE_CHECKING:
    from .connection import RedisConnection
    from .function import Function

_WORKER = "start"  # the name under which the function is tried


def find_channels(
    configuration: Configuration, places: ChannelsPlaces, warn: Callable[[str], None], reaching: bool = True
) -> ChannelsUrl | None:
    """Where the channels are; None: in the memory of this server. reaching: whether to connect and try what workers do there.

    Whoever connects loads what workers need, before they are forked. Raises ChannelsUnreachable.
    """
    main = PushStreamMain() if configuration.http is None else configuration.http.of(PushStreamMain)
    for name in places.unused(main):
        here = "has none" if main.shared_memory is None else f'has the zone "{zone_name(main)}"'
        warn(f'a URL of channels is for the zone "{name}", but the configuration {here}')
    url = places.of(main)
    if url is not None and reaching:
        for concern in asyncio.run(_reach(url, ZoneSettings.of(configuration))):
            warn(f"the channels are in {url}, which {concern}")
    return url


async def _reach(url: ChannelsUrl, settings: ZoneSettings) -> list[str]:
    """What the server does that whoever uses it should know. Raises ChannelsUnreachable."""
    from . import redis_zone  # noqa: F401 – so that it is loaded
    from .durability import concerns
    from .function import Function
    from .nodes import Nodes, NotConnected
    from .refusals import reason_of
    from .shards import Shard, sharding

    kind = sharding(url.kind)
    shard = Shard(0, kind.count)
    function = Function(zone_name(settings.main), shard, settings.main, settings.templates, _WORKER)
    try:
        connection = await Nodes(url).connect(function.topic, _ignore, _ignore)
        try:
            await _try_out(connection, function, kind.subscribe)
            return await concerns(connection)
        finally:
            connection.close()
    except NotConnected as error:
        raise ChannelsUnreachable(f"the channels in {url} can't be used: it {reason_of(error)}") from None


async def _try_out(connection: RedisConnection, function: Function, subscribe: str) -> None:
    """Do what workers do, in one shard: an account may not be allowed to. Raises RedisRefused and RedisLost."""
    from .attachment import load_scripts
    from .function import digest
    from .shards import ShardPart

    operation = UsedMemory()
    await load_scripts(connection)
    await connection.ask(subscribe, function.topic)
    await connection.ask("EVALSHA", digest(operation), *function.arguments(0, ShardPart(0, operation, operation)))


def _ignore(said: Any) -> None:
    """Nothing is subscribed to, and no one waits for the end of the connection."""
