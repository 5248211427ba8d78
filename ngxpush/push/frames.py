"""WebSocket frames as the module reads and writes them: a sans-I/O subset of RFC 6455.

The server's frames are whole and unmasked. The client's may be masked or unmasked, and their reserved bits are ignored
(recordings websocket/unmasked-frames-are-accepted, websocket/reserved-bits-are-ignored).

What a client's frame does depends on whether a message is under way: whether the frames before it began one and none of them
had FIN. The kind of a message is the opcode of its first frame, and each of its frames is one of that kind, a ping among text
as well as a text among pings:

| state             | frame                   | known at            | what happens                      | then                  |
|-------------------|-------------------------|---------------------|-----------------------------------|-----------------------|
| no message        | continuation            | its first two bytes | wrong sequence: a close frame     | the end               |
| no message        | binary, unknown opcode  | its length and mask | a close frame                     | the end               |
| no message        | text, ping, pong, close | its last byte       | what its kind does                | FIN: no message,      |
|                   |                         |                     |                                   | else a message of it  |
| message of a kind | FIN, not a continuation | its first two bytes | wrong sequence: a close frame     | the end               |
| message of a kind | any other, binary too   | its last byte       | what the kind of the message does | FIN: no message,      |
|                   |                         |                     |                                   | else the same message |

A text with FIN publishes its message if *this* frame has a payload: an empty last fragment drops what came before it, and an
empty text publishes nothing. A ping is answered with an empty pong, a close with an empty close, each frame at once, with FIN
or without. A pong does nothing.

Two rules more, for each frame of a known kind. A length for which there is no memory ends the connection as soon as it is
known, without a close frame; any other is waited for. And each payload has to be UTF-8 by itself: a character that is split over
two fragments ends the connection without a close frame, and so does the code in a close frame.

The module handles one frame for each arrival of bytes, and looks for the next one only when more bytes come, whatever they are:
of frames that arrive together all but the first wait. (It reads no further than the end of a frame, and nginx hears of a socket
once for each arrival.) What waits stays in nginx's socket, which takes no more when it is full; here it is in memory, so frames
beyond MOST_WAITING are handled early.

The recordings of found_push/found-push-frames, of oddities/websocket and tests/fuzz/recorded_frames.json show this.
"""

from __future__ import annotations

import base64
import enum
import hashlib
import struct

from msgspec import Struct

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_POLICY_VIOLATION = struct.pack("!H", 1008)

# nginx allocates a payload as soon as it knows its length, and ends the connection when it can't: when the machine has less.
LARGEST_LENGTH = 1 << 34

# What is held of a message. The connection ends when more has come (docs/reference/differences.md).
LARGEST_MESSAGE = 1 << 30

# How many bytes of whole frames wait for the next arrival.
MOST_WAITING = 1 << 20

_CONTINUATION, _TEXT, _CLOSE, _PING, _PONG = 0x0, 0x1, 0x8, 0x9, 0xA
_FIN, _MASKED = 0x80, 0x80

CLOSE_FRAME = b"\x88\x00"
PING_FRAME = b"\x89\x00"
PONG_FRAME = b"\x8a\x00"


def accept_key(key: bytes) -> bytes:
    """Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455 section 4.2.2); the key may be anything, even empty."""
    return base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())


def text_frame(payload: bytes) -> bytes:
    """A whole text frame. Nothing is checked: a message need not be UTF-8."""
    return _frame(_TEXT, payload)


def refusal_frame(status: int, explain: bytes) -> bytes:
    """The close frame that follows the 101 of a refused handshake: code 1008 and the reason as JSON."""
    return _frame(_CLOSE, _POLICY_VIOLATION + b'{"http_status": %d, "explain":"%b"}' % (status, explain))


def _frame(opcode: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < 126:
        return bytes((_FIN | opcode, length)) + payload
    if length < 65536:
        return struct.pack("!BBH", _FIN | opcode, 126, length) + payload
    return struct.pack("!BBQ", _FIN | opcode, 127, length) + payload


class Received(enum.Enum):
    """What a client's frames say. The last six end the connection: nothing comes after them."""

    TEXT = enum.auto()  # a whole message, assembled from its fragments
    PING = enum.auto()
    PONG = enum.auto()
    CLOSE = enum.auto()
    UNREADABLE_CLOSE = enum.auto()  # with a code, of which the second byte is seldom UTF-8: 1000, that of a usual end, is not
    UNKNOWN_OPCODE = enum.auto()
    WRONG_SEQUENCE = enum.auto()
    INVALID_UTF8 = enum.auto()
    TOO_LARGE = enum.auto()  # its payload is the length in digits


_ENDS = frozenset(Received) - {Received.TEXT, Received.PING, Received.PONG}
_KINDS = {_TEXT: Received.TEXT, _CLOSE: Received.CLOSE, _PING: Received.PING, _PONG: Received.PONG}


class _Message(Struct):
    """A message of several frames that is under way: what its first frame is, and the text so far."""

    kind: Received
    text: bytearray


class FrameReader:
    """Reads a client's frames from its bytes, however they are cut. It holds no buffer while no frame has begun.

    ends_with_frame: whether the last bytes that the module has read were the end of a frame.
    """

    __slots__ = ("_buffer", "_message", "_over", "ends_with_frame")

    def __init__(self) -> None:
        self.ends_with_frame = False
        self._buffer: bytearray | None = None
        self._message: _Message | None = None
        self._over = False

    def receive(self, data: bytes) -> list[tuple[Received, bytes]]:
        """What the first frame that waits says, with its payload, now that `data` has arrived. None where it is not whole.

        More than one frame is handled only where too much waits. `data` is empty when the client has left.
        """
        events: list[tuple[Received, bytes]] = []
        buffer = self._buffer if self._buffer is not None else bytearray()
        buffer += data
        self.ends_with_frame = self._next(buffer, events)
        while len(buffer) > MOST_WAITING and self._next(buffer, events):
            pass
        self._buffer = buffer if buffer and not self._over else None
        return events

    def _next(self, buffer: bytearray, events: list[tuple[Received, bytes]]) -> bool:
        """Take the first frame out of `buffer`. Returns whether there was one."""
        frame = None if self._over else self._frame(buffer)
        if frame is None:
            return False
        kind, payload, size = frame
        event = (kind, payload) if kind in _ENDS else self._event(kind, bool(buffer[0] & _FIN), payload)
        del buffer[:size]
        if event is not None:
            events.append(event)
            self._over = event[0] in _ENDS
        return True

    def _frame(self, buffer: bytearray) -> tuple[Received, bytes, int] | None:
        """The first frame of `buffer`: its kind or what is wrong with it, its payload and size. None while more is needed."""
        if len(buffer) < 2:
            return None
        opcode, message = buffer[0] & 0x0F, self._message
        if (opcode == _CONTINUATION) if message is None else (opcode != _CONTINUATION and buffer[0] & _FIN):
            return Received.WRONG_SEQUENCE, b"", 2
        length, key_at, head = _head(buffer)
        if len(buffer) < head:
            return None
        kind = _KINDS.get(opcode, Received.UNKNOWN_OPCODE) if message is None else message.kind
        if kind is Received.UNKNOWN_OPCODE:
            return kind, b"", head
        if length > LARGEST_LENGTH or min(length, len(buffer) - head) > LARGEST_MESSAGE:
            return Received.TOO_LARGE, b"%d" % length, head
        size = head + length
        if len(buffer) < size:
            return None
        payload = _unmask(bytes(buffer[head:size]), bytes(buffer[key_at:head]))
        if _is_utf8(payload):
            return kind, payload, size
        return Received.UNREADABLE_CLOSE if kind is Received.CLOSE else Received.INVALID_UTF8, b"", size

    def _event(self, kind: Received, final: bool, payload: bytes) -> tuple[Received, bytes] | None:
        """What a whole frame says; None for a piece of text that is not the last one, and for a text that ends empty."""
        message = self._message
        if message is None:
            if final:
                return (kind, payload) if payload or kind is not Received.TEXT else None
            message = self._message = _Message(kind, bytearray())
        if final:
            self._message = None
        if kind is not Received.TEXT:
            return kind, payload
        message.text += payload
        if len(message.text) > LARGEST_MESSAGE:
            return Received.TOO_LARGE, b"%d" % len(message.text)
        return (kind, bytes(message.text)) if final and payload else None


def _head(buffer: bytearray) -> tuple[int, int, int]:
    """The length of the payload, where the mask begins and where the payload does. The first is unknown in half a head."""
    length, key_at = buffer[1] & 0x7F, 2
    if length == 126:
        length, key_at = int.from_bytes(buffer[2:4]), 4
    elif length == 127:
        length, key_at = int.from_bytes(buffer[2:10]), 10
    return length, key_at, key_at + 4 if buffer[1] & _MASKED else key_at


def _unmask(payload: bytes, key: bytes) -> bytes:
    if not payload or not key:
        return payload
    repeated = (key * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload) ^ int.from_bytes(repeated)).to_bytes(len(payload))


def _is_utf8(payload: bytes) -> bool:
    """UTF-8 as the module sees it: surrogates pass, overlong forms do not.

    Recordings websocket/utf-8-messages, websocket/invalid-utf-8-closes.
    """
    try:
        payload.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True
