"""`ngxpush run`: one process, in which one worker follows another.

At a reload a worker for the new configuration is made while the present one serves. Then, as at nginx's reload, the present one
accepts no one any more and ends its subscribers; the new one takes the zone and accepts clients, which have waited in the
backlog. The old one ends when its requests are done.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack
from signal import SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from ..setup.startup import Setup
from ..zone.names import WorkerNames
from ..zone.resident import ResidentPlace, ResidentZone, Vacate
from ..zone.restoring import ZoneSettings
from .signals import act_on
from .terminal import ends_with_terminal, has_terminal
from .worker import Worker

if TYPE_CHECKING:
    from ..redis.place import RedisPlace

Beside = Callable[[Worker], AbstractContextManager[object]]
"""What else there is while a worker serves: entered in its event loop before it begins, and left when it has ended or another one
serves in its place."""

# Seconds between two looks whether a worker has subscribers yet.
_PAUSE = 0.005


def discard(setup: Setup, other: Setup | None = None) -> None:
    """Close the sockets of a setup. The files of unix sockets that `other` has, too, stay."""
    kept = set() if other is None else {listening.name for listening, _ in other.sockets}
    for listening, _ in setup.sockets:
        listening.close()
        if listening.name not in kept:
            listening.remove_file()


def _free() -> None:
    """Free what an old configuration was: workers have set it aside, as what stays."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class Renewal(Protocol):
    """Where the next configuration comes from."""

    def renew(self, before: Setup, is_wanted: Callable[[], bool]) -> Setup | None:
        """Set up what the files say now; None where that is refused, which has been said. Called in a thread of its own.

        is_wanted: false once the server ends, which closes the sockets of `before`; then nothing is to be said.
        """

    def renewed(self, setup: Setup) -> None:
        """It is served now."""

    async def changed(self) -> None:
        """Return when a file of the configuration has changed since `renew`; never where no one watches."""


class _Tenancy(Struct, eq=False):
    """A worker, with its task and with what is beside it."""

    worker: Worker
    place: ResidentPlace | RedisPlace
    life: asyncio.Task[None]
    beside: ExitStack


class ForegroundServer:
    """Serves a setup, and those that come after it. All that it needs is closed when it ends."""

    def __init__(self, setup: Setup, nginx_version: bytes, beside: Beside, renewal: Renewal) -> None:
        self._nginx_version = nginx_version
        self._beside = beside
        self._renewal = renewal
        self._names = WorkerNames()
        self._zone = ResidentZone()
        self._wanted = asyncio.Event()
        self._ending = False
        self._living: list[_Tenancy] = []
        self._present = self._begin(setup, None)

    async def serve(self) -> None:
        """Serve until SIGTERM, SIGINT or SIGQUIT, or until the terminal is closed. SIGHUP reloads."""
        loop = asyncio.get_running_loop()
        hung_up = self._hung_up if ends_with_terminal() else self._wanted.set
        actions = {SIGTERM: self._stop, SIGINT: self._stop, SIGQUIT: self._quit, SIGUSR1: self._reopen, SIGHUP: hung_up}
        act_on(loop, actions)
        reloading = loop.create_task(self._reload_when_wanted())
        try:
            while self._living:
                lives = {tenancy.life: tenancy for tenancy in self._living}
                ended, _ = await asyncio.wait([*lives, reloading], return_when=asyncio.FIRST_COMPLETED)
                for life in ended:
                    life.result()
                    self._ended(lives[life])
        finally:
            reloading.cancel()
            await asyncio.wait([reloading])

    # one worker after the other

    def _begin(self, setup: Setup, before: _Tenancy | None) -> _Tenancy:
        """Have a worker begin."""
        place = self._place(setup, None if before is None else self._vacating(before.worker))
        worker = Worker(setup, place, None, self._nginx_version)
        beside = ExitStack()
        beside.enter_context(self._beside(worker))
        tenancy = _Tenancy(worker, place, worker.loop.create_task(worker.live()), beside)
        self._living.append(tenancy)
        return tenancy

    def _place(self, setup: Setup, vacate: Vacate | None) -> ResidentPlace | RedisPlace:
        """Where a worker of this setup finds the zone."""
        name, settings = self._names.next(), ZoneSettings.of(setup.configuration)
        if setup.channels is None:
            return self._zone.place(name, settings, vacate)
        from ..redis.place import RedisPlace  # only --channels needs it

        self._zone = ResidentZone()  # if one was here, it ends with its last worker
        return RedisPlace(name, settings, setup.channels, vacate=vacate)

    @staticmethod
    def _vacating(worker: Worker) -> Callable[[], Awaitable[None]]:
        async def vacate() -> None:
            worker.leave()
            while worker.engine.worker.subscribers:
                await asyncio.sleep(_PAUSE)

        return vacate

    def _ended(self, tenancy: _Tenancy) -> None:
        """A worker has ended, because its time was over or because all end."""
        self._living.remove(tenancy)
        tenancy.beside.close()
        for upstream in tuple(tenancy.worker.slots.upstreams):
            upstream.close()
        tenancy.worker.setup.files.close()
        if tenancy is self._present:
            discard(tenancy.worker.setup)
        else:
            asyncio.get_running_loop().call_soon(_free)

    # reloads

    async def _reload_when_wanted(self) -> None:
        while True:
            await self._reason()
            await self._present.place.began.wait()
            before = self._present.worker.setup
            before.error_log.log("notice", "reconfiguring")
            setup = await asyncio.to_thread(self._renewal.renew, before, lambda: not self._ending)
            if setup is not None and self._ending:
                discard(setup, before)
            elif setup is not None:
                await self._succeed(setup)

    async def _reason(self) -> None:
        """Return when there is a reason to reload."""
        reasons = [asyncio.ensure_future(wait) for wait in (self._wanted.wait(), self._renewal.changed())]
        try:
            given, _ = await asyncio.wait(reasons, return_when=asyncio.FIRST_COMPLETED)
            for reason in given:
                reason.result()
        finally:
            for reason in reasons:
                reason.cancel()
        self._wanted.clear()

    async def _succeed(self, setup: Setup) -> None:
        """Put a new worker in the place of the present one."""
        before = self._present
        self._present = self._begin(setup, before)
        await self._present.place.began.wait()
        before.beside.close()
        discard(before.worker.setup, setup)
        self._renewal.renewed(setup)

    # signals

    def _hung_up(self) -> None:
        if has_terminal():
            self._wanted.set()
        else:
            self._stop()

    def _stop(self) -> None:
        self._ending = True
        for tenancy in self._living:
            tenancy.worker.stop()

    def _quit(self) -> None:
        self._ending = True
        for tenancy in self._living:
            tenancy.worker.quit()

    def _reopen(self) -> None:
        for tenancy in self._living:
            tenancy.worker.reopen()
