"""What becomes of the frames a client sends.

recorded_frames.json has some hundreds of sequences, what nginx with the push stream module answered to each segment (a dot where
it closed the connection), and the messages it stored. Beyond these, sequences from a seed are held against the table of
`push/frames.py`, worked out here from the frames as they were made: NGXPUSH_FUZZ_FRAMES=50000 tries more of them,
NGXPUSH_FUZZ_SEED=1 other ones.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.push.question import Encoding
from ngxpush.push.subscribers import subscribe
from tests.push.fakes import FakeQuestion, path, run, worker

from .frame_sequences import CLOSE, CONTINUATION, PING, PONG, TEXT, Frame, sequences

_COUNT = int(os.environ.get("NGXPUSH_FUZZ_FRAMES", "3000"))
_SEED = int(os.environ.get("NGXPUSH_FUZZ_SEED", "0"))

_RECORDED = json.loads(Path(__file__).with_name("recorded_frames.json").read_text())
_HANDSHAKE = {b"upgrade": b"", b"connection": b"", b"sec-websocket-key": b"", b"sec-websocket-version": b"13"}


def _play(segments: list[bytes], publish: bool) -> tuple[list[str], str]:
    """What is answered to each segment, up to the end of the connection, and the messages that are stored after the last."""
    common = {"channels_path": path(b"a"), "message_template": b"<~text~>", "store_messages": True}
    settings = PushStreamLocation(subscriber=SubscriberMode.WEBSOCKET, websocket_allow_publish=publish, **common)  # type: ignore[arg-type]
    old = PushStreamLocation(subscriber=SubscriberMode.STREAMING, **{**common, "channels_path": path(b"a.b50")})  # type: ignore[arg-type]
    here = worker(settings, old)
    question = FakeQuestion(headers=dict(_HANDSHAKE))
    run(subscribe(question, settings, here))
    answers = []
    for segment in segments:
        if question.sink.ended:
            break
        assert question.received is not None
        question.received(segment)
        answers.append(question.sink.taken().hex() + ("." if question.sink.ended else ""))
    reader = FakeQuestion(encoding=Encoding.IDENTITY)
    run(subscribe(reader, old, here))
    return answers, reader.sink.taken().decode("latin-1")


def test_as_recorded() -> None:
    different = [
        (recorded, played)
        for recorded in _RECORDED
        if (played := _play([bytes.fromhex(segment) for segment in recorded["segments"]], recorded["publish"]))
        != (recorded["answers"], recorded["stored"])
    ]
    assert len(_RECORDED) > 300 and different == []


def _expected(frames: list[Frame], publish: bool) -> tuple[str, bool, str]:
    """All that is answered, whether the connection ends, and the stored messages."""
    kind, text, answer, stored = None, b"", b"", b""
    for frame in frames:
        if (frame.opcode == CONTINUATION and kind is None) or (frame.opcode != CONTINUATION and kind is not None and frame.final):
            return (answer + b"\x88\0").hex(), True, stored.decode("latin-1")
        is_a = frame.opcode if kind is None else kind
        if is_a not in (TEXT, CLOSE, PING, PONG):
            return (answer + b"\x88\0").hex(), True, stored.decode("latin-1")
        if frame.huge or not frame.is_utf8:
            return answer.hex(), True, stored.decode("latin-1")
        if is_a == CLOSE:
            return (answer + b"\x88\0").hex(), True, stored.decode("latin-1")
        if is_a == PING:
            answer += b"\x8a\0"
        text += frame.payload
        if is_a == TEXT and frame.final and frame.payload and publish:
            message = b"<%b>" % text
            answer += (bytes((0x81, len(message))) if len(message) < 126 else b"\x81\x7e" + len(message).to_bytes(2)) + message
            stored += message
        kind, text = (None, b"") if frame.final else (is_a, text)
    return answer.hex(), False, stored.decode("latin-1")


@pytest.mark.parametrize("publish", [True, False])
def test_as_the_table_says(publish: bool) -> None:
    for number, sequence in enumerate(sequences(_SEED, _COUNT if publish else _COUNT // 4)):
        answers, stored = _play(sequence.segments, publish)
        whole = "".join(answers)
        played = (whole.removesuffix("."), whole.endswith("."), stored)
        assert played == _expected(sequence.frames, publish), (number, sequence)
