"""What a worker and a zone in another process say to each other over a socket: frames.

A frame is a version (one byte), a length (four) and so many bytes of MessagePack: one of the structs below, in which the zone's
operations and results (push/operations.py) stand as they are.  A worker sends `Call` and `HandedOver`, the zone's side the rest.

A process may die in the middle of a frame, and another one goes on at its end of the socket. What that one says first,
`TAKE_OVER`, begins with a mark: the frame that was not finished ends there, however long it says it is.

Both ends are forked from one master and run the same code.  Nevertheless nothing is taken on trust: what is no frame of this
version raises `BrokenStream`, which says why, and the connection is of no use from then on.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from ...push.messages import Message
from ...push.operations import Change, Query, Result

VERSION = 1
_HEAD = struct.Struct("!BI")

# Bytes. No message is so long; a longer frame is garbage, and no memory is taken for it.
_LONGEST = 1 << 30

UNANSWERED = 0
"""The number of a call whose result no one waits for."""


class Call(Struct, frozen=True, array_like=True, tag=True):
    """An operation the zone is asked for. Calls are done in the order in which they come."""

    number: int
    operation: Change | Query


class Done(Struct, frozen=True, array_like=True, tag=True):
    """The result of the call with that number."""

    number: int
    result: Result


class CallFailed(Struct, frozen=True, array_like=True, tag=True):
    """The call with that number could not be done. reason: for the error log."""

    number: int
    reason: str


class CallLost(Struct, frozen=True, array_like=True, tag=True):
    """The call with that number was passed on to a process that is gone."""

    number: int


class Heard(Struct, frozen=True, array_like=True, tag=True):
    """A message on a channel this worker has subscribers of (Recipient.message)."""

    message: Message


class Deleted(Struct, frozen=True, array_like=True, tag=True):
    """The channel of that last message is gone (Recipient.deleted)."""

    message: Message


class Moved(Struct, frozen=True, array_like=True, tag=True):
    """The zone moves on to a process that can't reach the subscribers of this worker. Calls are still passed on."""


class TakeOver(Struct, frozen=True, array_like=True, tag=True):
    """The worker is asked to let the zone go: the process that sends this has it from now on."""


class HandedOver(Struct, frozen=True, array_like=True, tag=True):
    """The worker has let the zone go."""


Frame = Call | Done | CallFailed | CallLost | Heard | Deleted | Moved | TakeOver | HandedOver


class BrokenStream(ValueError):
    """What came is no frame of this version. The text says what came."""


_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)


def pack(frame: Frame) -> bytes:
    """The bytes of a frame."""
    content = _encoder.encode(frame)
    return _HEAD.pack(VERSION, len(content)) + content


# All processes have the one that the first of them made, and no one else can put it into a message. It begins like no frame.
_MARK = b"\0" + os.urandom(15)

TAKE_OVER = _MARK + pack(TakeOver())
"""The first bytes that a process sends to a worker that another one may have spoken to before."""


class Unpacker:
    """Takes a stream of bytes apart again."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def unread(self) -> bytes:
        """The beginning of a frame that is not whole yet."""
        return bytes(self._buffer)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole now, in order. Raises BrokenStream at the first that is none."""
        begin = max(len(self._buffer) - len(_MARK), 0)
        self._buffer += data
        while (mark := self._buffer.find(_MARK, begin)) >= 0:
            left = len(self._buffer) - mark - len(_MARK)
            yield from self._frames(mark)
            del self._buffer[: len(self._buffer) - left]
            begin = 0
        yield from self._frames(len(self._buffer))

    def _frames(self, limit: int) -> Iterator[Frame]:
        """Those that end before `limit`."""
        position = 0
        try:
            while (body := position + _HEAD.size) <= limit:
                if not self._buffer[position] and _MARK.startswith(bytes(self._buffer[position:limit])):
                    break  # the mark is not whole yet
                end = body + self._length(position)
                if end > limit:
                    break
                frame = _decode(bytes(memoryview(self._buffer)[body:end]))
                position = end
                yield frame
        except BrokenStream:
            self._buffer.clear()
            raise
        finally:
            del self._buffer[:position]

    def _length(self, position: int) -> int:
        """The length in the head of the frame that begins there."""
        version, length = _HEAD.unpack_from(self._buffer, position)
        if version != VERSION:
            raise BrokenStream(f"a frame of version {version} came where version {VERSION} is spoken")
        if length > _LONGEST:
            raise BrokenStream(f"a frame of {length} bytes was announced")
        return int(length)


def _decode(content: bytes) -> Frame:
    try:
        return _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenStream(f"a frame of {len(content)} bytes makes no sense: {error}") from error


def checked(received: Callable[[bytes], None], broken: Callable[[str], None]) -> Callable[[bytes], None]:
    """`received`, for a socket: it is called with what comes, and `broken` with the reason when that is no stream of frames."""

    def receive(data: bytes) -> None:
        try:
            received(data)
        except BrokenStream as error:
            broken(str(error))

    return receive
