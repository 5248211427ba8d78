"""WebSocket frames as the module reads and writes them: a sans-I/O subset of RFC 6455.

The server's frames are whole and unmasked. The client's may be masked or unmasked, and their reserved bits are ignored
(recordings websocket/unmasked-frames-are-accepted, websocket/reserved-bits-are-ignored).
"""

from __future__ import annotations

import base64
import enum
import hashlib
import struct

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_POLICY_VIOLATION = struct.pack("!H", 1008)

# A frame that claims more than this is dropped with its connection, as nginx drops what it can't allocate.
LARGEST_PAYLOAD = 1 << 30

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
    """What a client's frame says."""

    TEXT = enum.auto()  # a whole message, assembled from its fragments
    PING = enum.auto()
    PONG = enum.auto()
    CLOSE = enum.auto()
    VIOLATION = enum.auto()  # a frame the module does not take: it answers with a close frame
    BROKEN = enum.auto()  # invalid UTF-8 or an absurd length: the connection ends without a close frame


_LAST = (Received.CLOSE, Received.VIOLATION, Received.BROKEN)


class FrameReader:
    """Reads a client's frames from its bytes, however they are cut. It holds no buffer while no frame has begun."""

    __slots__ = ("_buffer", "_fragments", "_over")

    def __init__(self) -> None:
        self._buffer: bytearray | None = None
        self._fragments: list[bytes] | None = None
        self._over = False

    def receive(self, data: bytes) -> list[tuple[Received, bytes]]:
        """The events that `data` completes, each with its payload. Nothing comes after a CLOSE, VIOLATION or BROKEN."""
        events: list[tuple[Received, bytes]] = []
        buffer = self._buffer if self._buffer is not None else bytearray()
        buffer += data
        while not self._over:
            parsed = _parse(buffer)
            if parsed is None:
                break
            opcode, payload, taken = parsed
            del buffer[:taken]
            event = self._event(opcode, payload)
            if event is not None:
                events.append(event)
                self._over = event[0] in _LAST
        self._buffer = buffer if buffer and not self._over else None
        return events

    def _event(self, opcode: int, payload: bytes | None) -> tuple[Received, bytes] | None:
        """What one frame says; `opcode` is its first byte. None for a fragment that is not the last."""
        if payload is None:
            return Received.BROKEN, b""
        opcode, final = opcode & 0x0F, bool(opcode & _FIN)
        if opcode in (_CONTINUATION, _TEXT):
            return self._text(opcode, final, payload)
        kind = {_CLOSE: Received.CLOSE, _PING: Received.PING, _PONG: Received.PONG}.get(opcode)
        if kind is None or not final:
            return Received.VIOLATION, b""
        # The module checks the payload of a control frame as text too, a close frame's code included
        # (recording websocket/client-close-with-code).
        return (kind, payload) if _is_utf8(payload) else (Received.BROKEN, b"")

    def _text(self, opcode: int, final: bool, payload: bytes) -> tuple[Received, bytes] | None:
        # A text frame that is not final continues a message under way (recording websocket/second-start-inside-a-message).
        started = self._fragments is not None
        if (opcode == _CONTINUATION and not started) or (opcode == _TEXT and started and final):
            return Received.VIOLATION, b""
        if self._fragments is not None:
            self._fragments.append(payload)
        elif not final:
            self._fragments = [payload]
        if not final:
            return None
        if self._fragments is not None:
            payload, self._fragments = b"".join(self._fragments), None
        return (Received.TEXT, payload) if _is_utf8(payload) else (Received.BROKEN, b"")


def _parse(buffer: bytearray) -> tuple[int, bytes | None, int] | None:
    """The first frame of `buffer`: its first byte, payload and size.

    None while the frame is not whole. A frame with an unknown opcode is returned with an empty payload as soon as its head is
    there, a frame that is too large with None for its payload.
    """
    if len(buffer) < 2:
        return None
    length, head = buffer[1] & 0x7F, 2
    if length == 126:
        length, head = int.from_bytes(buffer[2:4]), 4
    elif length == 127:
        length, head = int.from_bytes(buffer[2:10]), 10
    key_at = head
    if buffer[1] & _MASKED:
        head += 4
    if len(buffer) < head:
        return None
    if buffer[0] & 0x0F not in (_CONTINUATION, _TEXT, _CLOSE, _PING, _PONG):
        return buffer[0], b"", head
    if length > LARGEST_PAYLOAD:
        return buffer[0], None, head
    if len(buffer) < head + length:
        return None
    payload = bytes(buffer[head : head + length])
    return buffer[0], _unmask(payload, bytes(buffer[key_at:head])), head + length


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
