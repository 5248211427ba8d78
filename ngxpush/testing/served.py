"""The process of a server that a test runs: it serves, and answers what the test asks."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from ..config.analysis import Analysis, Diagnostic
from ..config.analyzer import analyze
from ..config.configuration import Http, ListenAddress, ServedAddress
from ..config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ..config.lenient_system import LenientSystem
from ..config.nginx_version import NGINX_VERSION
from ..config.system import System
from ..config.tls_addresses import has_tls
from ..server.clients.listeners import address_name
from ..server.logs.log_files import STDERR
from ..server.processes.foreground_server import discard
from ..server.processes.worker import Worker, run
from ..server.redis.channels import read_places
from ..server.redis.url import BadUrl, ChannelsUnreachable
from ..server.setup.cache_memory import TooSmallZone
from ..server.setup.foreground import CannotListen, Ports, set_up
from ..server.setup.reading import describe
from ..server.setup.real_system import RealSystem
from ..server.setup.startup import Setup
from ..server.tls.faults import CannotLoad
from ..server.zone.names import WorkerNames
from ..server.zone.resident import ResidentPlace, ResidentZone
from ..server.zone.restoring import ZoneSettings
from .answering import Answering
from .control import Frames, NotStarted, Start, Started, frame, read_frame
from .moved_time import MovedTime
from .text_system import TextSystem

if TYPE_CHECKING:
    from ..server.redis.place import RedisPlace

_HOST = "127.0.0.1"


class _Refused(Exception):
    """nginx does not start with this configuration; the text says why, in its words."""


def be_server(end: socket.socket, log: int) -> None:
    """Serve what the other end of a control line asks for, until it is closed. log: where all that is logged goes."""
    os.dup2(log, 1)
    os.dup2(log, STDERR)
    question = read_frame(end, Frames())
    if question is None:
        return  # the test has ended already
    start = msgspec.msgpack.decode(question, type=Start)
    with tempfile.TemporaryDirectory(prefix="ngxpush-") as directory:
        ports = Ports(host=_HOST, free=directory)
        place = partial(_make_cache, os.fsencode(directory))
        try:
            os.chdir(start.directory)
            places = None if start.channels is None else read_places([start.channels], "channels")
            setup = set_up(_read(start), ports, _warn, opener=lambda path: os.dup(STDERR), place=place, places=places)
        except (_Refused, BadUrl, ChannelsUnreachable, CannotListen, CannotLoad, TooSmallZone) as error:
            end.sendall(frame(NotStarted(str(error))))
            return
        _serve(end, setup, ports)


def _make_cache(directory: bytes, path: bytes) -> bytes:
    """The cache of this server alone, so that no test finds what another one has left."""
    own = directory + path
    os.makedirs(own, 0o700, exist_ok=True)
    return own


def _serve(end: socket.socket, setup: Setup, ports: Ports) -> None:
    """Serve, with a clock that is moved."""
    moved = MovedTime()
    try:
        run(_live(end, setup, ports, moved), moved.run)
    finally:
        discard(setup)


async def _live(end: socket.socket, setup: Setup, ports: Ports, moved: MovedTime) -> None:
    """Be a worker; say so when it serves."""
    name, settings = WorkerNames().next(), ZoneSettings.of(setup.configuration)
    place: ResidentPlace | RedisPlace = ResidentZone().place(name, settings, None)
    if setup.channels is not None:
        from ..server.redis.place import RedisPlace  # only `channels=` needs it

        place = RedisPlace(name, settings, setup.channels)
    worker = Worker(setup, place, None, NGINX_VERSION.encode())
    worker.clock.now = moved.wall
    answering = Answering(end, setup, worker, moved)
    living, begun = asyncio.create_task(worker.live()), asyncio.create_task(place.began.wait())
    await asyncio.wait([living, begun], return_when=asyncio.FIRST_COMPLETED)
    if begun.done():
        moved.when_idle(lambda: answering.begin(_started(setup, ports)))
    begun.cancel()
    await living


def _read(start: Start) -> Analysis:
    """The analysis of a configuration that nginx accepts. Raises _Refused."""
    system: System = RealSystem()
    if start.text is not None:
        system = TextSystem(system, start.path, start.text)
    lenient = LenientSystem(system, start.path, _warn)
    prefix = os.path.join(start.prefix, "")
    analysis = analyze(start.path, prefix, system=lenient, leave_out_third_party=True)
    steps = (step for step in analysis.steps if isinstance(step, Diagnostic))
    for diagnostic in (*analysis.diagnostics, *steps):
        text = f"nginx: [{diagnostic.level}] {describe(diagnostic)}"
        if diagnostic.fatal:
            raise _Refused(text)
        os.write(STDERR, os.fsencode(f"{text}\n"))
    for statement in analysis.left_out:
        _warn(f"left out: {os.fsdecode(statement.name)} in {statement.start.file}:{statement.start.line}")
    return analysis


def _warn(text: str) -> None:
    os.write(STDERR, os.fsencode(f"warning: {text}\n"))


def _started(setup: Setup, ports: Ports) -> Started:
    http = setup.configuration.http
    if http is None:
        return Started({}, [], b"")
    used = {settings.subscriber for settings in http.each(PushStreamLocation)}
    modes = [mode.value for mode in SubscriberMode if mode in used]
    return Started(_urls(http, setup, ports), modes, http.of(PushStreamMain).ping_message_text)


def _urls(http: Http, setup: Setup, ports: Ports) -> dict[str, str]:
    """Where each address of the configuration is."""
    bound = {id(address): listening.address for listening, address in setup.sockets}
    served = zip(http.addresses, setup.addresses, strict=True)
    return {
        _as_written(address.listen): _url(ports.bound(bound.get(id(here)) or ports.of(address.listen)), address)
        for address, here in served
    }


def _as_written(listen: ListenAddress) -> str:
    """The address as a listen directive usually has it: all addresses of IPv4 go without saying."""
    return str(listen.port) if listen.is_wildcard and not listen.ipv6 else address_name(listen)


def _url(listen: ListenAddress, address: ServedAddress) -> str:
    if listen.path is not None:
        return address_name(listen)
    tls = has_tls(address.listen, address.default_server)
    return f"{'https' if tls else 'http'}://{address_name(listen)}"
