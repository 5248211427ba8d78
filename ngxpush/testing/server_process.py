"""A server that runs for a test, as the test asks it: what is in its channels, and what time it is there."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from contextlib import suppress
from typing import NoReturn, TypeVar
from urllib.parse import urljoin

import msgspec

from ..config.directives.push_stream.settings import SubscriberMode
from .control import (
    Advance,
    ChannelCounts,
    ControlLine,
    HasSubscriber,
    ListChannels,
    ListPublished,
    ListStored,
    ListWays,
    NotAnswered,
    NotStarted,
    PublishedMessage,
    Question,
    Start,
    Started,
    WayTo,
)
from .fork_server import FORK_SERVER

R = TypeVar("R")

PUBLISHER = "publisher"
"""The role of a publisher location."""

_MODES = tuple(mode.value for mode in SubscriberMode)

# Seconds a server may take to end.
_PATIENCE = 10.0

_STARTED = msgspec.msgpack.Decoder(Started | NotStarted).decode
_COUNTS = msgspec.msgpack.Decoder(list[ChannelCounts] | NotAnswered).decode
_MESSAGES = msgspec.msgpack.Decoder(list[PublishedMessage] | NotAnswered).decode
_WAYS = msgspec.msgpack.Decoder(list[WayTo]).decode
_SECONDS = msgspec.msgpack.Decoder(float).decode
_TRUTH = msgspec.msgpack.Decoder(bool).decode


class CannotStart(Exception):
    """The configuration can't be served. The text is nginx's message where nginx would refuse it."""


class NoLocation(LookupError):
    """The configuration has no location for what a test wants to do; the text says which."""


class ServerDied(Exception):
    """The server has ended: with its block, or by itself; then the text is its log."""

    @classmethod
    def of_its_block(cls) -> ServerDied:
        """What is raised after the end of the block."""
        return cls("the block of this server has ended")


class ChannelsElsewhere(Exception):
    """What a test asks for is known only of channels in the server's own memory, not of those in Redis. The text says why."""


class _Urls(dict[str, str]):
    """URLs by address; an address that the configuration does not have raises a KeyError that names those it has."""

    def __missing__(self, address: str) -> NoReturn:
        raise KeyError(f"the configuration does not listen on {address}, but on {', '.join(self) or 'no address'}")


def _answered(answer: R | NotAnswered) -> R:
    """Raises ConnectionError."""
    if isinstance(answer, NotAnswered):
        raise ConnectionError(answer.text)
    return answer


class ServerProcess:
    """A server in a process of its own. Raises CannotStart, CannotFork."""

    def __init__(self, start: Start) -> None:
        ours, theirs = socket.socketpair()
        with tempfile.TemporaryFile() as log, theirs:
            pid = FORK_SERVER.fork(theirs, log.fileno())
            self._log = os.dup(log.fileno())
        self._pid = pid
        self._control = ControlLine(ours)
        self._channels_elsewhere = start.channels is not None
        self._whole_log = b""
        try:
            started = _STARTED(self._ask(start))
            if isinstance(started, NotStarted):
                raise CannotStart(started.text)
        except BaseException:
            self.end()
            raise
        self.urls = _Urls(started.urls)
        self.modes = tuple(started.modes)
        self.ping = started.ping

    @property
    def _has_ended(self) -> bool:
        """Whether `end` was called."""
        return self._log < 0

    @property
    def url(self) -> str:
        """The first address that is no unix socket."""
        return next((url for url in self.urls.values() if url.startswith("http")), "")

    @property
    def log(self) -> str:
        """All it has logged; bytes that are no UTF-8 as escapes."""
        if not self._control.is_behind:  # a test that was interrupted is not kept waiting for its report
            with suppress(OSError):
                self._control.ask(Advance(0))  # what clients have sent is dealt with by then
        log = self._whole_log if self._has_ended else self._read_log()
        return log.decode("utf-8", "backslashreplace")

    def channels(self) -> dict[str, ChannelCounts]:
        return {counts.id: counts for counts in _answered(_COUNTS(self._ask(ListChannels())))}

    def messages(self, channel: str) -> list[PublishedMessage]:
        return _answered(_MESSAGES(self._ask(ListStored(channel.encode()))))

    def published(self, channel: str | None) -> list[PublishedMessage]:
        if self._channels_elsewhere:
            raise ChannelsElsewhere("other servers publish, too: `messages` has what is stored")
        return _answered(_MESSAGES(self._ask(ListPublished(None if channel is None else channel.encode()))))

    def advance(self, seconds: float | None) -> float:
        """Move the clock. seconds: None moves it past the time to live of what is stored. Returns the seconds moved."""
        if seconds is not None and not 0 <= seconds < float("inf"):
            raise ValueError(f"time goes forward only, and not by {seconds} seconds")
        if seconds is None and self._channels_elsewhere:
            raise ChannelsElsewhere("messages there expire by the clock of Redis, which no test moves")
        return _SECONDS(self._ask(Advance(seconds)))

    def publisher(self, channel: str, url: str | None) -> WayTo:
        """The publisher location for a channel. url: see `subscriber`. Raises NoLocation."""
        return self._way(PUBLISHER, channel, url)

    def subscriber(self, mode: str | None, channel: str, url: str | None) -> WayTo:
        """The subscriber location for a channel. mode: None for any.

        url: where it is, if it is not to be looked for: a path, or the whole. Raises NoLocation.
        """
        if url is not None and mode is None:
            raise NoLocation("say the mode of a subscriber location whose url you give")
        if mode not in (None, *(self.modes if url is None else _MODES)):
            raise NoLocation(
                f"the configuration has no subscriber location of mode {mode!r}; it has {', '.join(self.modes) or 'none'}"
            )
        return self._way(mode, channel, url)

    def _way(self, role: str | None, channel: str, url: str | None) -> WayTo:
        if url is not None and role is not None:
            return WayTo(role, urljoin(self.url, url), None, None)
        ways = _WAYS(self._ask(ListWays(channel.encode())))
        way = next((way for way in ways if way.role == role or (role is None and way.role != PUBLISHER)), None)
        if way is None:
            kind = "publisher" if role == PUBLISHER else "subscriber"
            raise NoLocation(
                f"which {kind} location is for channel {channel!r} does not follow from the configuration: give its url"
            )
        return way

    def has_subscriber(self, channel: str, user_agent: str) -> bool:
        return _TRUTH(self._ask(HasSubscriber(channel.encode(), user_agent.encode())))

    def end(self) -> None:
        """End it, and wait until it has."""
        if self._has_ended:
            return
        if not self._control.close(_PATIENCE):
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._whole_log = self._read_log()
        os.close(self._log)
        self._log = -1

    def _read_log(self) -> bytes:
        return os.pread(self._log, os.fstat(self._log).st_size, 0)

    def _ask(self, question: Question) -> bytes:
        try:
            return self._control.ask(question)
        except TimeoutError:
            raise
        except OSError:
            raise (ServerDied.of_its_block() if self._has_ended else ServerDied(self.log)) from None
