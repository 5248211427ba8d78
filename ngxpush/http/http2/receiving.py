"""What each frame of the client does, and how a wrong one ends its stream or the connection, in nginx's words.

Measured with nginx 1.22.1, but for the window of the whole connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from h2.errors import ErrorCodes
from h2.settings import SettingCodes

from .compressed_head import CompressedHead
from .connection import Http2Connection
from .frames import (
    ACK,
    DEFAULT_FRAME_SIZE,
    DEFAULT_WINDOW,
    END_HEADERS,
    END_STREAM,
    MOST_FRAME_SIZE,
    MOST_WINDOW,
    PADDED,
    PREFACE,
    PRIORITY,
    BrokenFrame,
    Frame,
    FrameKind,
    frame,
)
from .opening import open_stream

_PRIORITY_SIZE = 5


def take(connection: Http2Connection, data: bytes) -> None:
    """Take bytes of the client: its preface, then frames."""
    try:
        data = _take_preface(connection, data)
        connection.reader.feed(data)
        while not connection.is_closed:
            whole = connection.reader.next_frame()
            if whole is None:
                return
            _take_frame(connection, whole)
    except BrokenFrame as broken:
        connection.log("info", broken.message)
        connection.finish(broken.error)


def _take_preface(connection: Http2Connection, data: bytes) -> bytes:
    """Take what there is of the preface. Before any byte of it nginx says nothing."""
    if connection.greeted is None:
        connection.greeted = 0
        connection.sender.greet(connection.most_streams, connection.preread)
    wanted = PREFACE[connection.greeted :][: len(data)]
    if not data.startswith(wanted):
        raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, "invalid connection preface")
    connection.greeted += len(wanted)
    return data[len(wanted) :]


def _take_frame(connection: Http2Connection, whole: Frame) -> None:
    if connection.incoming is not None and whole.kind != FrameKind.CONTINUATION:
        raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, "client sent inappropriate frame while CONTINUATION was expected")
    handler = _FRAMES.get(whole.kind)
    if handler is None:
        connection.log("info", f"client sent frame with unknown type {whole.kind}")
    else:
        handler(connection, whole)


def _wrong_length(whole: Frame) -> BrokenFrame:
    name = FrameKind(whole.kind).name
    return BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, f"client sent {name} frame with incorrect length {len(whole.payload)}")


def _wrong_identifier(whole: Frame) -> BrokenFrame:
    return BrokenFrame(ErrorCodes.PROTOCOL_ERROR, f"client sent {FrameKind(whole.kind).name} frame with incorrect identifier")


def _wrong_padding(whole: Frame, length: int) -> BrokenFrame:
    name = FrameKind(whole.kind).name
    message = f"client sent padded {name} frame with incorrect length: {length}, padding: {whole.payload[0]}"
    return BrokenFrame(ErrorCodes.PROTOCOL_ERROR, message)


def _data_without_padding(whole: Frame) -> bytes:
    payload = whole.payload
    if not whole.flags & PADDED:
        return payload
    if not payload:
        raise BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, "client sent padded DATA frame with incorrect length: 0")
    if payload[0] >= len(payload):
        raise _wrong_padding(whole, len(payload))
    return payload[1 : len(payload) - payload[0]]


def _depends_on_itself(whole: Frame, priority: bytes) -> BrokenFrame | None:
    if int.from_bytes(priority[:4], "big") & MOST_WINDOW != whole.stream:
        return None
    message = f"client sent {FrameKind(whole.kind).name} frame for stream {whole.stream} with incorrect dependency"
    return BrokenFrame(ErrorCodes.PROTOCOL_ERROR, message)


def _data(connection: Http2Connection, whole: Frame) -> None:
    payload, size = _data_without_padding(whole), len(whole.payload)
    if whole.stream == 0:
        raise _wrong_identifier(whole)
    if size > connection.room:
        message = (
            f"client violated connection flow control: received DATA frame length {size}, available window {connection.room}"
        )
        raise BrokenFrame(ErrorCodes.FLOW_CONTROL_ERROR, message)
    connection.room -= size
    if connection.room < MOST_WINDOW // 4:
        connection.sender.widen(0, MOST_WINDOW - connection.room)
        connection.room = MOST_WINDOW
    stream = connection.streams.get(whole.stream)
    if stream is None:
        return
    if size > stream.room:
        connection.log(
            "info",
            f"client violated flow control for stream {whole.stream}: "
            f"received DATA frame length {size}, available window {stream.room}",
        )
        stream.left(ErrorCodes.FLOW_CONTROL_ERROR)
        return
    stream.room -= size
    if stream.input_ended:
        connection.log("info", f"client sent DATA frame for half-closed stream {whole.stream}")
        stream.left(ErrorCodes.STREAM_CLOSED)
        return
    stream.receive(payload, bool(whole.flags & END_STREAM))


def _headers(connection: Http2Connection, whole: Frame) -> None:
    priority, block = _split_head(whole)
    if whole.stream % 2 == 0 or whole.stream <= connection.last_stream:
        message = f"client sent HEADERS frame with incorrect identifier {whole.stream}, the last was {connection.last_stream}"
        raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, message)
    if priority and (broken := _depends_on_itself(whole, priority)):
        raise broken
    head = connection.incoming = CompressedHead(whole.stream, bytearray(block), bool(whole.flags & END_STREAM))
    if not connection.is_leaving:
        connection.last_stream = whole.stream
    if whole.flags & END_HEADERS:
        _end_head(connection, head)


def _split_head(whole: Frame) -> tuple[bytes, bytes]:
    """The priority in a frame of HEADERS, empty without one, and the compressed head."""
    payload, is_padded = whole.payload, bool(whole.flags & PADDED)
    size = _PRIORITY_SIZE if whole.flags & PRIORITY else 0
    if len(payload) < is_padded + size:
        raise _wrong_length(whole)
    if not payload:
        raise BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, "client sent HEADERS frame with empty header block")
    end = len(payload)
    if is_padded:
        if payload[0] >= end:
            raise _wrong_padding(whole, end - 1)
        end -= payload[0]
    return payload[is_padded : is_padded + size], payload[is_padded + size : end]


def _continuation(connection: Http2Connection, whole: Frame) -> None:
    head = connection.incoming
    if head is None:
        raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, "client sent unexpected CONTINUATION frame")
    if head.stream != whole.stream:
        raise _wrong_identifier(whole)
    head.block += whole.payload
    if len(head.block) > connection.most_head:
        raise BrokenFrame(ErrorCodes.ENHANCE_YOUR_CALM, "client sent too large header")
    if whole.flags & END_HEADERS:
        _end_head(connection, head)


def _end_head(connection: Http2Connection, head: CompressedHead) -> None:
    connection.incoming = None
    fields = connection.decoder.lines(bytes(head.block))
    if not connection.is_leaving:
        _begin_stream(connection, head, fields)
    for _ in fields:
        pass  # what no one has taken changes the table, too


def _begin_stream(connection: Http2Connection, head: CompressedHead, fields: Iterator[tuple[bytes, bytes]]) -> None:
    if len(connection.streams) >= connection.most_streams:
        connection.log("info", f"concurrent streams exceeded {len(connection.streams)}")
        connection.sender.reset(head.stream, ErrorCodes.REFUSED_STREAM)
    elif not connection.is_acknowledged and not head.ended and connection.preread < DEFAULT_WINDOW:
        connection.log("info", "client sent stream with data before settings were acknowledged")
        connection.sender.reset(head.stream, ErrorCodes.REFUSED_STREAM)
    else:
        open_stream(connection, head.stream, fields, len(head.block), head.ended)


def _priority(connection: Http2Connection, whole: Frame) -> None:
    if len(whole.payload) != _PRIORITY_SIZE:
        raise _wrong_length(whole)
    if whole.stream == 0:
        raise _wrong_identifier(whole)
    broken = _depends_on_itself(whole, whole.payload)
    if broken is not None:
        raise broken


def _rst_stream(connection: Http2Connection, whole: Frame) -> None:
    if len(whole.payload) != 4:
        raise _wrong_length(whole)
    if whole.stream == 0:
        raise _wrong_identifier(whole)
    stream = connection.streams.get(whole.stream)
    if stream is None:
        return
    error = int.from_bytes(whole.payload, "big")
    if error == ErrorCodes.CANCEL:
        words = f"client canceled stream {whole.stream}"
    elif error == ErrorCodes.INTERNAL_ERROR:
        words = f"client terminated stream {whole.stream} due to internal error"
    else:
        words = f"client terminated stream {whole.stream} with status {error}"
    request = None if stream.serving is None else stream.serving.request
    stream.log("info", words, request)
    stream.left()


def _settings(connection: Http2Connection, whole: Frame) -> None:
    payload = whole.payload
    if whole.stream:
        raise _wrong_identifier(whole)
    if whole.flags & ACK:
        if payload:
            message = "client sent SETTINGS frame with the ACK flag and nonzero length"
            raise BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, message)
        connection.is_acknowledged = True
        return
    if len(payload) % 6:
        raise _wrong_length(whole)
    for place in range(0, len(payload), 6):
        code = int.from_bytes(payload[place : place + 2], "big")
        _set(connection, code, int.from_bytes(payload[place + 2 : place + 6], "big"))
    connection.sender.send(frame(FrameKind.SETTINGS, ACK, 0))
    for stream in list(connection.streams.values()):
        stream.go_on()


def _set(connection: Http2Connection, code: int, value: int) -> None:
    sender = connection.sender
    if code == SettingCodes.INITIAL_WINDOW_SIZE:
        if value > MOST_WINDOW:
            raise _wrong_setting(ErrorCodes.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE", value)
        for stream in connection.streams.values():
            stream.window += value - sender.initial_window
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


def _ping(connection: Http2Connection, whole: Frame) -> None:
    if len(whole.payload) != 8:
        raise _wrong_length(whole)
    if whole.stream:
        raise _wrong_identifier(whole)
    if not whole.flags & ACK:
        connection.sender.send(frame(FrameKind.PING, ACK, 0, whole.payload))


def _goaway(connection: Http2Connection, whole: Frame) -> None:
    if len(whole.payload) < 8:
        raise _wrong_length(whole)
    if whole.stream:
        raise _wrong_identifier(whole)


def _window_update(connection: Http2Connection, whole: Frame) -> None:
    if len(whole.payload) != 4:
        raise _wrong_length(whole)
    more = int.from_bytes(whole.payload, "big") & MOST_WINDOW
    if more == 0:
        message = "client sent WINDOW_UPDATE frame with incorrect window increment 0"
        raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, message)
    if whole.stream == 0:
        _widen_connection(connection, more)
        return
    stream = connection.streams.get(whole.stream)
    if stream is None:
        return
    if more > MOST_WINDOW - stream.window:
        words = "received WINDOW_UPDATE frame with window increment"
        text = f"client violated flow control for stream {whole.stream}: {words} {more} not allowed for window {stream.window}"
        connection.log("info", text)
        stream.left(ErrorCodes.FLOW_CONTROL_ERROR)
        return
    stream.window += more
    stream.go_on()


def _widen_connection(connection: Http2Connection, more: int) -> None:
    sender = connection.sender
    if more > MOST_WINDOW - sender.window:
        words = "received WINDOW_UPDATE frame with window increment"
        text = f"client violated connection flow control: {words} {more} not allowed for window {sender.window}"
        raise BrokenFrame(ErrorCodes.FLOW_CONTROL_ERROR, text)
    sender.window += more
    for stream in list(connection.streams.values()):
        stream.go_on()


_FRAMES: Final[Mapping[int, Callable[[Http2Connection, Frame], None]]] = {
    FrameKind.DATA: _data,
    FrameKind.HEADERS: _headers,
    FrameKind.PRIORITY: _priority,
    FrameKind.RST_STREAM: _rst_stream,
    FrameKind.SETTINGS: _settings,
    FrameKind.PING: _ping,
    FrameKind.GOAWAY: _goaway,
    FrameKind.WINDOW_UPDATE: _window_update,
    FrameKind.CONTINUATION: _continuation,
}
