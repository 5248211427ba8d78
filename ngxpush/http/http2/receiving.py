"""What each frame of the client does, and how a wrong one ends its stream or the connection, in nginx's words.

A frame is taken as it comes, as nginx does: the request begins with the first bytes of its head, a body is passed on in pieces,
and what the head of a frame says wrongly is found before its payload is there. Measured with nginx 1.22.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from h2.errors import ErrorCodes
from h2.settings import SettingCodes

from .connection import Http2Connection
from .frames import (
    ACK,
    DEFAULT_FRAME_SIZE,
    END_STREAM,
    MOST_FRAME_SIZE,
    MOST_WINDOW,
    PADDED,
    PREFACE,
    BrokenFrame,
    FrameKind,
    ReceivedFrame,
    ReceivedFrames,
    frame,
    wrong_identifier,
    wrong_length,
    wrong_padding,
)
from .receiving_heads import take_continuation, take_headers, take_priority
from .stream_head import StreamHead
from .streams import RequestStream

_SETTING_SIZE = 6


def take(connection: Http2Connection, data: bytes) -> None:
    """Take bytes of the client: its preface, then frames."""
    reader = connection.reader
    try:
        if connection.wake():
            raise BrokenFrame(ErrorCodes.NO_ERROR, "http2 flood detected")
        connection.sender.hold()
        reader.feed(_take_preface(connection, data))
        while not connection.ends:
            head = reader.begin()
            if head is None or not _take_frame(connection, head, reader):
                break
            reader.end()
        connection.sender.look_for_flood(len(data))
    except BrokenFrame as broken:
        connection.log("info", broken.message)
        connection.finish(broken.error)
    while connection.posted:
        connection.posted.pop(0).hand_over_body()
    connection.sender.release()


def _take_preface(connection: Http2Connection, data: bytes) -> bytes:
    """Take what there is of the preface. Before any byte of it nginx says nothing."""
    if connection.greeted is None:
        connection.greet()
    greeted = connection.greeted or 0
    wanted = PREFACE[greeted:][: len(data)]
    if not data.startswith(wanted):
        raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, "invalid connection preface")
    connection.greeted = greeted + len(wanted)
    return data[len(wanted) :]


def _take_frame(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    """Take a frame, or what has come of it. Returns whether it is at its end."""
    if connection.incoming is not None and reader.is_new:
        _expect_continuation(connection.incoming, head)
    handler = _FRAMES.get(head.kind)
    if handler is not None:
        return handler(connection, head, reader)
    if reader.is_new:
        connection.log("info", f"client sent frame with unknown type {head.kind}")
    return _skip(reader)


def _expect_continuation(incoming: StreamHead, head: ReceivedFrame) -> None:
    if head.kind != FrameKind.CONTINUATION:
        raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, "client sent inappropriate frame while CONTINUATION was expected")
    if head.stream != incoming.stream:
        raise wrong_identifier(head)


def _skip(reader: ReceivedFrames) -> bool:
    reader.is_new = False
    reader.some()
    return not reader.left


def _data(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    if reader.is_new and not _begin_data(connection, head, reader):
        return False
    stream = connection.receiver
    if stream is None:
        return _skip(reader)
    left = max(reader.left - connection.padding, 0)
    data = reader.some()[:left]
    is_whole = len(data) == left
    if is_whole:
        connection.receiver = None
    if data or is_whole:
        connection.sender.payload += len(data)
        stream.receive(data, is_whole and bool(head.flags & END_STREAM))
    return not reader.left


def _begin_data(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    """Take the head of a frame of DATA, and the size of its padding. Returns whether that has come."""
    size = head.length
    padding = _padding(head, reader)
    if padding is None:
        return False
    if padding and padding >= size:
        raise wrong_padding(head, size, padding)
    if head.stream == 0:
        raise wrong_identifier(head)
    if size > connection.room:
        message = (
            f"client violated connection flow control: received DATA frame length {size}, available window {connection.room}"
        )
        raise BrokenFrame(ErrorCodes.FLOW_CONTROL_ERROR, message)
    connection.room -= size
    if connection.room < MOST_WINDOW // 4:
        connection.sender.widen(0, MOST_WINDOW - connection.room)
        connection.room = MOST_WINDOW
    stream = connection.streams.get(head.stream)
    connection.padding = padding
    connection.receiver = stream if stream is not None and _may_send(connection, stream, size) else None
    reader.is_new = False
    return True


def _padding(head: ReceivedFrame, reader: ReceivedFrames) -> int | None:
    """The size of the padding; None until it has come."""
    if not head.flags & PADDED:
        return 0
    if not head.length:
        raise BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, "client sent padded DATA frame with incorrect length: 0")
    size = reader.exactly(1)
    return None if size is None else size[0]


def _may_send(connection: Http2Connection, stream: RequestStream, size: int) -> bool:
    """Whether a stream takes a frame of DATA. One that may not come ends the stream."""
    number = stream.number
    if size > stream.room:
        connection.log(
            "info",
            f"client violated flow control for stream {number}: "
            f"received DATA frame length {size}, available window {stream.room}",
        )
        stream.left(ErrorCodes.FLOW_CONTROL_ERROR)
        return False
    stream.room -= size
    if stream.input_ended:
        connection.log("info", f"client sent DATA frame for half-closed stream {number}")
        stream.left(ErrorCodes.STREAM_CLOSED)
        return False
    return True


def _push_promise(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, "client sent PUSH_PROMISE frame")


def _rst_stream(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    if head.length != 4:
        raise wrong_length(head)
    if head.stream == 0:
        raise wrong_identifier(head)
    field = reader.exactly(4)
    if field is None:
        return False
    stream = connection.streams.get(head.stream)
    if stream is not None:
        _cancel(stream, int.from_bytes(field, "big"))
    return True


def _cancel(stream: RequestStream, error: int) -> None:
    number = stream.number
    if error == ErrorCodes.CANCEL:
        words = f"client canceled stream {number}"
    elif error == ErrorCodes.INTERNAL_ERROR:
        words = f"client terminated stream {number} due to internal error"
    else:
        words = f"client terminated stream {number} with status {error}"
    stream.log("info", words, stream.request)
    stream.left()


def _settings(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    if head.stream:
        raise wrong_identifier(head)
    if head.flags & ACK:
        if head.length:
            message = "client sent SETTINGS frame with the ACK flag and nonzero length"
            raise BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, message)
        connection.is_acknowledged = True
        return True
    if head.length % _SETTING_SIZE:
        raise wrong_length(head)
    while reader.left:
        setting = reader.exactly(_SETTING_SIZE)
        if setting is None:
            return False
        _set(connection, int.from_bytes(setting[:2], "big"), int.from_bytes(setting[2:], "big"))
    connection.sender.control(frame(FrameKind.SETTINGS, ACK, 0))
    for stream in list(connection.streams.values()):
        stream.go_on()
    return True


def _set(connection: Http2Connection, code: int, value: int) -> None:
    sender = connection.sender
    if code == SettingCodes.INITIAL_WINDOW_SIZE:
        if value > MOST_WINDOW:
            raise _wrong_setting(ErrorCodes.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE", value)
        for stream in connection.streams.values():
            stream.answer.window += value - sender.initial_window
        sender.initial_window = value
    elif code == SettingCodes.MAX_FRAME_SIZE:
        if not DEFAULT_FRAME_SIZE <= value <= MOST_FRAME_SIZE:
            raise _wrong_setting(ErrorCodes.PROTOCOL_ERROR, "MAX_FRAME_SIZE", value)
        sender.frame_size = value
    elif code == SettingCodes.ENABLE_PUSH and value > 1:
        raise _wrong_setting(ErrorCodes.PROTOCOL_ERROR, "ENABLE_PUSH", value)
    elif code == SettingCodes.HEADER_TABLE_SIZE:
        sender.table_is_named = True


def _wrong_setting(error: ErrorCodes, name: str, value: int) -> BrokenFrame:
    return BrokenFrame(error, f"client sent SETTINGS frame with incorrect {name} value {value}")


def _ping(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    if head.length != 8:
        raise wrong_length(head)
    if head.stream:
        raise wrong_identifier(head)
    payload = reader.exactly(8)
    if payload is None:
        return False
    if not head.flags & ACK:
        connection.sender.control(frame(FrameKind.PING, ACK, 0, payload))
    return True


def _goaway(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    if head.length < 8:
        raise wrong_length(head)
    if head.stream:
        raise wrong_identifier(head)
    return _skip(reader)


def _window_update(connection: Http2Connection, head: ReceivedFrame, reader: ReceivedFrames) -> bool:
    if head.length != 4:
        raise wrong_length(head)
    field = reader.exactly(4)
    if field is None:
        return False
    more = int.from_bytes(field, "big") & MOST_WINDOW
    if more == 0:
        message = "client sent WINDOW_UPDATE frame with incorrect window increment 0"
        raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, message)
    if head.stream == 0:
        _widen_connection(connection, more)
    elif head.stream in connection.streams:
        _widen_stream(connection, connection.streams[head.stream], more)
    return True


def _widen_stream(connection: Http2Connection, stream: RequestStream, more: int) -> None:
    window = stream.answer.window
    if more > MOST_WINDOW - window:
        words = "received WINDOW_UPDATE frame with window increment"
        text = f"client violated flow control for stream {stream.number}: {words} {more} not allowed for window {window}"
        connection.log("info", text)
        stream.left(ErrorCodes.FLOW_CONTROL_ERROR)
        return
    stream.answer.window += more
    stream.go_on()


def _widen_connection(connection: Http2Connection, more: int) -> None:
    sender = connection.sender
    if more > MOST_WINDOW - sender.window:
        words = "received WINDOW_UPDATE frame with window increment"
        text = f"client violated connection flow control: {words} {more} not allowed for window {sender.window}"
        raise BrokenFrame(ErrorCodes.FLOW_CONTROL_ERROR, text)
    sender.window += more
    while connection.waiting and sender.window:
        connection.waiting.pop(0).go_on()


_FRAMES: Final[Mapping[int, Callable[[Http2Connection, ReceivedFrame, ReceivedFrames], bool]]] = {
    FrameKind.DATA: _data,
    FrameKind.HEADERS: take_headers,
    FrameKind.PRIORITY: take_priority,
    FrameKind.RST_STREAM: _rst_stream,
    FrameKind.SETTINGS: _settings,
    FrameKind.PUSH_PROMISE: _push_promise,
    FrameKind.PING: _ping,
    FrameKind.GOAWAY: _goaway,
    FrameKind.WINDOW_UPDATE: _window_update,
    FrameKind.CONTINUATION: take_continuation,
}
