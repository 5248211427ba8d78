"""What a test asks the process of its server, and what that answers.

Both ends write frames: four bytes of length, then MessagePack. One question follows the other.
"""

from __future__ import annotations

import socket
import struct
import threading
from typing import Any

import msgspec
from msgspec import Struct

PID = struct.Struct("!I")
"""A pid as the process that forks servers writes it."""

_LENGTH = struct.Struct("!I")

# Seconds. A server answers at once, and moves its clock by a month in less.
_PATIENCE = 120.0


class Start(Struct, frozen=True, tag=True):
    """Serve this configuration. text: None where it is in the file of that path.

    prefix: nginx's.  directory: the working directory, for the few paths that are relative to it. All paths are full ones.
    channels: the URL of what has the channels; None: this server.
    """

    path: str
    text: bytes | None
    prefix: str
    directory: str
    channels: str | None = None


class Advance(Struct, frozen=True, tag=True):
    """Move the clock forward. seconds: None moves it past the time to live of what is stored. Answered with the seconds moved."""

    seconds: float | None


class ListChannels(Struct, frozen=True, tag=True):
    """Answered with a list of ChannelCounts."""


class ListStored(Struct, frozen=True, tag=True):
    """The stored messages of a channel. Answered with a list of PublishedMessage."""

    channel: bytes


class ListPublished(Struct, frozen=True, tag=True):
    """All messages that were published, of one channel or of all. Answered with a list of PublishedMessage."""

    channel: bytes | None


class ListWays(Struct, frozen=True, tag=True):
    """How a channel is reached. Answered with a list of WayTo."""

    channel: bytes


class HasSubscriber(Struct, frozen=True, tag=True):
    """Whether a client that names itself so is subscribed to a channel now. Answered with a boolean."""

    channel: bytes
    user_agent: bytes


Question = Start | Advance | ListChannels | ListStored | ListPublished | ListWays | HasSubscriber


class Started(Struct, frozen=True, tag=True):
    """The server serves. urls: by the address that the configuration gives, see LiveServer.urls.

    modes: those of its subscriber locations.  ping: push_stream_ping_message_text.
    """

    urls: dict[str, str]
    modes: list[str]
    ping: bytes


class NotStarted(Struct, frozen=True, tag=True):
    """The configuration can't be served. text: why, in nginx's words where nginx refuses it."""

    text: str


class NotAnswered(Struct, frozen=True, tag=True):
    """The channels can't be reached. text: why."""

    text: str


class PublishedMessage(Struct, frozen=True):
    """A message of a channel. time: seconds since the epoch, on the server's clock.  tag: its number within that second.

    data: what was published.
    """

    id: int
    channel: str
    data: bytes
    time: int
    tag: int
    event_id: str | None
    event_type: str | None

    @property
    def text(self) -> str:
        """`data` as text; bytes that are no UTF-8 as escapes (`\\xff`)."""
        return self.data.decode("utf-8", "backslashreplace")


class ChannelCounts(Struct, frozen=True):
    """A channel: how many messages were published to it and are stored, and how many subscribers it has."""

    id: str
    published: int
    stored: int
    subscribers: int


class WayTo(Struct, frozen=True):
    """A location for a channel. role: `publisher` or the mode of a subscriber.

    host: what Host has to say; None: what `url` says.  template: of its messages; None: not known.
    """

    role: str
    url: str
    host: str | None
    template: bytes | None


class Frames:
    """Bytes as they come, taken apart into frames."""

    def __init__(self) -> None:
        self._data = bytearray()

    def add(self, data: bytes) -> None:
        self._data += data

    def take(self) -> bytes | None:
        """The next frame; None while it is not whole."""
        if len(self._data) < _LENGTH.size:
            return None
        end = _LENGTH.size + _LENGTH.unpack_from(self._data)[0]
        if len(self._data) < end:
            return None
        frame = bytes(self._data[_LENGTH.size : end])
        del self._data[:end]
        return frame


def frame(value: Any) -> bytes:
    """A value as it is written."""
    data = msgspec.msgpack.encode(value)
    return _LENGTH.pack(len(data)) + data


def read_frame(end: socket.socket, frames: Frames) -> bytes | None:
    """The next frame from a socket that blocks; None when the other end is closed."""
    while (found := frames.take()) is None:
        data = end.recv(1 << 16)
        if not data:
            return None
        frames.add(data)
    return found


class ControlLine:
    """The test's end. Any thread may ask."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._frames = Frames()
        self._lock = threading.Lock()
        # How many answers are still to come: who is interrupted does not wait for his own.
        self._owed = 0
        end.settimeout(_PATIENCE)

    @property
    def is_behind(self) -> bool:
        """Whether an answer is still to come: another thread waits for it, or no one does any more."""
        return self._owed > 0

    def ask(self, question: Question) -> bytes:
        """The answer, as MessagePack. Raises TimeoutError, and another OSError when the server is gone."""
        with self._lock:
            try:
                self._end.sendall(frame(question))
                self._owed += 1
                while self._owed:
                    answer = read_frame(self._end, self._frames)
                    self._owed -= 1
            except TimeoutError:
                raise TimeoutError(f"the server has not answered for {_PATIENCE:.0f} seconds") from None
        if answer is None:
            raise ConnectionResetError
        return answer

    def close(self, patience: float) -> bool:
        """Have the server end. Returns whether it has ended within so many seconds."""
        with self._lock:
            try:
                self._end.shutdown(socket.SHUT_WR)
                self._end.settimeout(patience)
                while self._end.recv(1 << 16):
                    pass
                return True
            except TimeoutError:
                return False
            except OSError:
                return True
            finally:
                self._end.close()
