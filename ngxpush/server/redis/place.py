"""Where a worker finds the zone if it is in Redis: each worker has a connection of its own.

Nothing moves to a worker at a reload.  The new workers attach while the old ones still serve; then the old ones end their
subscribers, as nginx's do.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ...push.operations import Forget
from ..zone.places import Tenant
from ..zone.resident import Vacate
from ..zone.restoring import ZoneSettings

if TYPE_CHECKING:
    from .redis_zone import RedisZone
    from .url import ChannelsUrl


class RedisPlace:
    """Where the worker with the name `worker` finds the zone.

    killed: workers of this server that could not say that they leave; this one says so for them.
    vacate: see ResidentPlace; None where a master asks the workers before to leave, or there is none.
    began: set when the worker serves.
    """

    serving = False
    is_alone = False

    def __init__(
        self,
        worker: str,
        settings: ZoneSettings,
        url: ChannelsUrl,
        killed: tuple[str, ...] = (),
        vacate: Vacate | None = None,
    ) -> None:
        self.worker = worker
        self.settings = settings
        self.began = asyncio.Event()
        self._url = url
        self._killed = killed
        self._vacate = vacate
        self._zone: RedisZone | None = None

    async def open(self, tenant: Tenant) -> RedisZone:
        """The zone. While Redis is away the worker serves, too, and the zone is there as soon as Redis is back."""
        from .channels import zone_name  # a server without --channels loads none of these
        from .redis_zone import RedisZone
        from .url import ChannelsUnreachable

        main, templates = self.settings.main, self.settings.templates
        zone = RedisZone(self._url, zone_name(main), main, templates, self.worker, tenant.pid, tenant.clock, tenant.say)
        self._zone = zone
        try:
            await zone.open()
        except ChannelsUnreachable as error:
            tenant.say("error", str(error))
        for worker in self._killed:
            zone.post(Forget(worker))
        if self._vacate is not None:
            await self._vacate()
            self._vacate = None  # else each worker would keep the one before
        return zone

    def opened(self) -> None:
        """See OwnZone.opened."""
        self.began.set()

    async def close(self) -> None:
        """The worker has ended: the zone forgets it."""
        if self._zone is not None:
            await self._zone.close()
