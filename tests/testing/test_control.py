"""ngxpush.testing.control: frames, and the test's end of the line."""

from __future__ import annotations

import socket
import threading

import msgspec
import pytest

from ngxpush.testing.control import Advance, ControlLine, Frames, ListChannels, PublishedMessage, frame, read_frame


def test_frames_are_taken_apart_wherever_they_are_cut() -> None:
    written = frame([1]) + frame("two" * 100) + frame(None)
    frames, found = Frames(), []
    for number in range(len(written)):
        frames.add(written[number : number + 1])
        while (data := frames.take()) is not None:
            found.append(msgspec.msgpack.decode(data))
    assert found == [[1], "two" * 100, None]


def test_a_line_gives_each_question_its_answer() -> None:
    ours, theirs = socket.socketpair()
    line = ControlLine(ours)

    def answer() -> None:
        frames = Frames()
        while (data := read_frame(theirs, frames)) is not None:
            theirs.sendall(frame(msgspec.msgpack.decode(data)["type"]))
        theirs.close()

    thread = threading.Thread(target=answer)
    thread.start()
    assert [msgspec.msgpack.decode(line.ask(question)) for question in (Advance(1), ListChannels())] == [
        "Advance",
        "ListChannels",
    ]
    assert line.close(10)
    thread.join()


def test_an_answer_that_no_one_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test may be interrupted while it asks; the next one has an answer of its own."""
    ours, theirs = socket.socketpair()
    line = ControlLine(ours)

    def interrupted(end: socket.socket, frames: Frames) -> None:
        raise KeyboardInterrupt

    with theirs, monkeypatch.context() as patched:
        patched.setattr("ngxpush.testing.control.read_frame", interrupted)
        with pytest.raises(KeyboardInterrupt):
            line.ask(Advance(1))
        patched.undo()
        assert line.is_behind
        theirs.sendall(frame("first") + frame("second"))
        assert msgspec.msgpack.decode(line.ask(ListChannels())) == "second"
        assert not line.is_behind
    line.close(10)


def test_a_server_that_is_gone() -> None:
    ours, theirs = socket.socketpair()
    line = ControlLine(ours)
    theirs.close()
    with pytest.raises(OSError):
        line.ask(ListChannels())
    assert line.close(10)


def test_a_server_that_does_not_end() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        assert not ControlLine(ours).close(0.01)


def test_the_text_of_a_message() -> None:
    message = PublishedMessage(1, "a", "é".encode() + b"\xff", 0, 1, None, None)
    assert message.text == "é\\xff"
