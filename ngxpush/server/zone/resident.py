"""The zone of `ngxpush run`: it stays in its process while one worker follows another there.

At a reload nothing moves to another process, so no journal is kept: the zone goes on under the settings of the new configuration,
once the subscribers of the worker before have ended. Their messages have the templates of the old one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct

from ...push.local_zone import LocalZone
from ...push.operations import Attach, Forget
from ...push.zone import Zone
from .places import NO_MEMORY, Tenant
from .restoring import ZoneSettings, under

Vacate = Callable[[], Awaitable[None]]
"""Has the worker before accept no one any more and ends its subscribers; returns when the last one has ended."""


class _Inhabited(Struct, eq=False):
    """The zone since the first worker is there: with the settings and the tenant that came last."""

    local: LocalZone
    settings: ZoneSettings
    tenant: Tenant


class ResidentZone:
    """A zone for workers that follow each other. It begins with the first one."""

    def __init__(self) -> None:
        self._inhabited: _Inhabited | None = None
        self._present: set[str] = set()

    def place(self, worker: str, settings: ZoneSettings, vacate: Vacate | None) -> ResidentPlace:
        """For a worker with this name and these settings. vacate: None where there is none before it."""
        return ResidentPlace(self, worker, settings, vacate)

    def enter(self, worker: str, settings: ZoneSettings, tenant: Tenant) -> LocalZone:
        """Let a worker in. From now on the zone has its settings."""
        if self._inhabited is None:
            local = self._begin(settings, tenant)
        else:
            local = self._inhabited.local
            zone, warning = under(settings, self._inhabited.settings, local.zone, int(tenant.clock.now()))
            local.go_on_with(zone)
            if warning is not None:
                tenant.warn(warning)
        self._inhabited = _Inhabited(local, settings, tenant)
        local.do_at_once(Attach(worker, tenant.pid))
        self._present.add(worker)
        return local

    def forget(self, worker: str) -> None:
        """A worker has ended. The zone ends with the last one."""
        if self._inhabited is not None:
            self._inhabited.local.do_at_once(Forget(worker))
            self._present.discard(worker)
            if not self._present:
                self._inhabited.local.stop()
                self._inhabited = None

    def _begin(self, settings: ZoneSettings, tenant: Tenant) -> LocalZone:
        zone = Zone(settings.main, settings.templates, int(tenant.clock.now()))
        local = LocalZone(zone, tenant.clock, no_memory=self._say_no_memory)
        local.start()
        return local

    def _say_no_memory(self) -> None:
        if self._inhabited is not None:
            self._inhabited.tenant.say("crit", NO_MEMORY)


class ResidentPlace:
    """Where one worker finds the zone of its process.

    began: set when the worker serves.  is_alone: there is no worker before it.
    """

    serving = False

    def __init__(self, zone: ResidentZone, worker: str, settings: ZoneSettings, vacate: Vacate | None) -> None:
        self.worker = worker
        self.settings = settings
        self.began = asyncio.Event()
        self.is_alone = vacate is None
        self._zone = zone
        self._vacate = vacate

    async def open(self, tenant: Tenant) -> LocalZone:
        """See OwnZone.open."""
        if self._vacate is not None:
            await self._vacate()
            self._vacate = None  # else each worker would keep the one before
        return self._zone.enter(self.worker, self.settings, tenant)

    def opened(self) -> None:
        """See OwnZone.opened."""
        self.began.set()

    async def close(self) -> None:
        """The worker has ended: the zone forgets it."""
        self._zone.forget(self.worker)
