"""What the frames of heads do: HEADERS, CONTINUATION and PRIORITY. Measured with nginx 1.22.1."""

from __future__ import annotations

from h2.errors import ErrorCodes

from .connection import Http2Connection
from .frames import (
    DEFAULT_WINDOW,
    END_HEADERS,
    END_STREAM,
    MOST_WINDOW,
    PADDED,
    PRIORITY,
    BrokenFrame,
    FrameKind,
    ReceivedFrame,
    ReceivedFrames,
    wrong_identifier,
    wrong_length,
    wrong_padding,
)
from .opening import end_head, open_stream, take_field
from .stream_head import StreamHead

_PRIORITY_SIZE = 5


def take_headers(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    """HEADERS: a request begins. Takes what has come. Returns whether the frame is at its end."""
    if reader.is_new and not _begin_head(connection, head, reader):
        return False
    return _take_block(connection, reader)


def _begin_head(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    """Take what is before a compressed head. Returns whether it has come, or the frame is to be skipped."""
    is_padded, has_priority = bool(head.flags & PADDED), bool(head.flags & PRIORITY)
    size = is_padded + _PRIORITY_SIZE * has_priority
    if head.length < size:
        raise wrong_length(head)
    if head.length == size:
        raise BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, "client sent HEADERS frame with empty header block")
    if connection.is_leaving:
        reader.is_new = False
        return True
    before = reader.exactly(size)
    if before is None:
        return False
    reader.is_new = False
    length = head.length - size
    padding = before[0] if is_padded else 0
    if padding > length:
        raise wrong_padding(head, length, padding)
    if head.stream % 2 == 0 or head.stream <= connection.last_stream:
        message = f"client sent HEADERS frame with incorrect identifier {head.stream}, the last was {connection.last_stream}"
        raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, message)
    weight, depends_on, exclusive = _read_priority(before[is_padded:]) if has_priority else (None, 0, False)
    if has_priority:
        _check_dependency(head, depends_on)
    connection.last_stream = head.stream
    connection.decoder.begin()
    incoming = connection.incoming = StreamHead(head.stream, length - padding, bool(head.flags & END_HEADERS), None)
    ended = bool(head.flags & END_STREAM)
    if not _is_refused(connection, head.stream, ended):
        open_stream(connection, incoming, connection.dependencies.open(head.stream, weight, depends_on, exclusive), ended)
    connection.decoder.skips = not incoming.is_wanted
    return True


def _read_priority(field: bytes) -> tuple[int, int, bool]:
    """Weight, the stream depended on, and whether only this one is to depend on it."""
    depends_on = int.from_bytes(field[:4], "big")
    return field[4] + 1, depends_on & MOST_WINDOW, depends_on > MOST_WINDOW


def _check_dependency(head: ReceivedFrame, depends_on: int) -> None:
    if depends_on == head.stream:
        message = f"client sent {FrameKind(head.kind).name} frame for stream {head.stream} with incorrect dependency"
        raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, message)


def _is_refused(connection: Http2Connection, number: int, ended: bool) -> bool:
    if len(connection.streams) >= connection.most_streams:
        connection.log("info", f"concurrent streams exceeded {len(connection.streams)}")
    elif not connection.is_acknowledged and not ended and connection.preread < DEFAULT_WINDOW:
        connection.log("info", "client sent stream with data before settings were acknowledged")
    else:
        return False
    connection.sender.reset(number, ErrorCodes.REFUSED_STREAM)
    return True


def take_continuation(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    """CONTINUATION: more of a head. Takes what has come. Returns whether the frame is at its end."""
    incoming = connection.incoming
    if reader.is_new:
        if incoming is None:
            raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, "client sent unexpected CONTINUATION frame")
        reader.is_new = False
        incoming.left = head.length
        incoming.is_last = bool(head.flags & END_HEADERS)
        if incoming.opened is not None:
            incoming.opened[0].count_input(head.length)
    return _take_block(connection, reader)


def _take_block(connection: Http2Connection, reader: ReceivedFrames) -> bool:
    """Take what has come of a compressed head; what follows it in its frame is padding."""
    incoming = connection.incoming
    data = reader.some()
    if incoming is None:
        return not reader.left
    block = data[: incoming.left]
    incoming.left -= len(block)
    for name, value in connection.decoder.lines(block, incoming.left, incoming.is_last):
        connection.sender.payload += len(name) + len(value)
        take_field(incoming, name, value)
        connection.decoder.skips = not incoming.is_wanted
    if incoming.is_last and not incoming.left:
        connection.incoming = None
        end_head(incoming)
    return not reader.left


def take_priority(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    """PRIORITY: the turn of a stream. Returns whether the frame has come."""
    if head.length != _PRIORITY_SIZE:
        raise wrong_length(head)
    if head.stream == 0:
        raise wrong_identifier(head)
    field = reader.exactly(_PRIORITY_SIZE)
    if field is None:
        return False
    connection.priorities_left -= 1
    if not connection.priorities_left:
        raise BrokenFrame(ErrorCodes.ENHANCE_YOUR_CALM, "client sent too many PRIORITY frames")
    weight, depends_on, exclusive = _read_priority(field)
    _check_dependency(head, depends_on)
    connection.dependencies.change(head.stream, weight, depends_on, exclusive)
    return True
