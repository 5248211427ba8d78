"""The channels path: which channels a request names (push_stream_channels_path), and which names are refused."""

from __future__ import annotations

from functools import lru_cache

from ..numbers import LARGEST, parse_decimal
from .operations import ChannelRequest, Refusal

ALL = b"ALL"

NO_CHANNEL_ID = Refusal(400, b"No channel id provided.", ("the push_stream_channels_path is required but is not set",), "warn")
_NOT_AUTHORIZED = Refusal(403, b"Channel id not authorized for this method.")

_HEX = {digit: int(chr(digit), 16) for digit in b"0123456789abcdefABCDEF"}
_PERCENT = ord("%")
_QUESTION_MARK = ord("?")


def unescape(value: bytes) -> bytes:
    """The value of a directive of the module, percent-decoded once, as nginx decodes a URI.

    Decoding ends at a question mark, and what follows is lost, unless nothing was decoded before. A broken escape loses its
    percent sign and, where its first digit is valid, the next two characters as well.
    Recordings push-publisher/percent-escapes, …/question-mark-cuts-id.
    """
    if _PERCENT not in value:
        return value
    decoded = bytearray()
    position, end = 0, len(value)
    while position < end:
        byte = value[position]
        position += 1
        if byte == _QUESTION_MARK:
            decoded.append(byte)
            break
        if byte != _PERCENT:
            decoded.append(byte)
            continue
        if position == end:
            break
        first = _HEX.get(value[position])
        if first is None:
            decoded.append(value[position])
            position += 1
            continue
        second = _HEX.get(value[position + 1]) if position + 1 < end else None
        position += 2
        if second is None:
            continue
        decoded.append(first * 16 + second)
        if decoded[-1] == _QUESTION_MARK:
            break
    # A result as long as what was read: nothing was decoded, even where a question mark ended the loop early.
    return value if len(decoded) == position else bytes(decoded)


@lru_cache(maxsize=512)  # clients name the same channels again and again
def parse_channels_path(value: bytes) -> tuple[ChannelRequest, ...]:
    """The channels of an evaluated push_stream_channels_path, in its order and as often as it names them.

    Recordings push-publisher/empty-segments, …/backtrack-suffix, old-messages/backtrack-spellings.
    """
    pieces = unescape(value).split(b"/")
    if not pieces[-1]:
        pieces.pop()  # a trailing slash names nothing, and neither does an empty path
    return tuple([_request(piece) for piece in pieces])


def _request(piece: bytes) -> ChannelRequest:
    id, dot, digits = piece.rpartition(b".b")
    if not dot or not digits.isdigit():
        return ChannelRequest(piece)
    number = parse_decimal(digits)
    return ChannelRequest(id, LARGEST if number is None else number or None)


def visible(id: bytes) -> bytes:
    """The part of an id that the module shows, and searches for an asterisk: up to a zero byte (recording nul-in-id)."""
    return id.partition(b"\0")[0]


def prefix(id: bytes) -> bytes | None:
    """What stands before the first asterisk of an id; None for an id without one."""
    before, asterisk, _ = visible(id).partition(b"*")
    return before if asterisk else None


def name_refusal(id: bytes, max_channel_id_length: int | None) -> Refusal | None:
    """Why publishers and subscribers may not use this id; None when they may."""
    if id == ALL or (b"*" in id and prefix(id) is not None):
        return _NOT_AUTHORIZED
    return length_refusal(id, max_channel_id_length)


def length_refusal(id: bytes, max_channel_id_length: int | None) -> Refusal | None:
    """Why no one may use this id; None when it is short enough."""
    if max_channel_id_length is None or len(id) <= max_channel_id_length:
        return None
    return Refusal(400, b"Channel id is too large.", (f"channel id is larger than allowed {len(id)}",), "warn")
