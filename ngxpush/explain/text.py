"""An explanation as text, for people."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ..config.directives.push_stream.settings import PUSH_STREAM
from ..config.text import shown
from ..config.written import value_of
from .answer import WrittenAnswer
from .explanation import Explanation
from .play import SAMPLE_TEXT, Later
from .words import place, readable, short

_MOST_BODY = 4000


def as_text(explanation: Explanation, directory: str) -> str:
    """The whole explanation. directory: the configuration's; file names below it are shortened."""
    sections = (
        _request(explanation),
        _way(explanation, directory),
        _variables(explanation),
        _settings(explanation, directory),
        _channels(explanation),
        _errors(explanation),
        _under("answer", _answer(explanation)),
        _later(explanation),
    )
    return "\n".join(line for section in sections for line in section) + "\n"


def _request(explanation: Explanation) -> Iterator[str]:
    head = explanation.inquiry.head.rstrip(b"\r\n").split(b"\r\n")
    yield readable(head[0])
    for line in head[1:]:
        yield "    " + readable(line)
    yield f"from {shown(explanation.inquiry.client)} to {explanation.address}"


def _way(explanation: Explanation, directory: str) -> Iterator[str]:
    """The decisions in their order, with a heading for each phase."""
    for phase, notes in itertools.groupby(explanation.trace.notes, key=lambda note: note.phase):
        yield f"\n{phase.value}"
        for note in notes:
            if note.statement is None:
                yield f"    {note.text}"
            else:
                yield f"    {place(note.statement, directory)}  {short(note.statement)}: {note.text}"


def _variables(explanation: Explanation) -> Iterator[str]:
    if explanation.trace.variables:
        yield "\nvariables"
    for name, value in explanation.trace.variables.items():
        yield f"    ${shown(name)} = " + ("not found" if value is None else f'"{readable(value)}"')


def _settings(explanation: Explanation, directory: str) -> Iterator[str]:
    """What is written in the file, and the push stream module's defaults; nginx's own are only named, those of others are not."""
    yield "\nsettings"
    others = []
    for effective in explanation.effective:
        row = effective.directive
        for statement in effective.statements:
            yield f"    {short(statement)}  ({place(statement, directory)})"
        if not effective.statements:
            if row.module == PUSH_STREAM:
                yield f"    {row.name} {value_of(row, effective.value) or 'not set'}  (default)"
            elif not row.file:
                others.append(row.name)
    if others:
        yield f"    also used, all at their defaults: {', '.join(others)}"


def _channels(explanation: Explanation) -> Iterator[str]:
    if explanation.trace.asked or explanation.mode:
        yield "\nchannels"
    if explanation.mode:
        yield f"    mode: {explanation.mode}"
    for words in explanation.channel_operations:
        yield f"    {words}"


def _errors(explanation: Explanation) -> Iterator[str]:
    if explanation.trace.logged:
        yield "\nerror log"
    for level, message in explanation.trace.logged:
        yield f"    [{level}] {message}"


def answer_text(explanation: Explanation) -> str:
    """What the client gets, at once and later."""
    lines = (*_answer(explanation), *_later(explanation))
    return "".join(line.removeprefix("    ") + "\n" for line in lines)


def _under(heading: str, lines: Iterator[str]) -> Iterator[str]:
    yield "\n" + heading
    yield from lines


def _answer(explanation: Explanation) -> Iterator[str]:
    answer = explanation.answer
    yield from _written(answer)
    if explanation.closed:
        yield "    The connection is closed without an answer."
    elif explanation.asks is not None and explanation.parameters is not None:
        yield f"    The answer of {explanation.asks.name} to a request with the parameters"
        yield from (f'        {readable(name)} = "{readable(value)}"' for name, value in explanation.parameters)
    elif explanation.asks is not None:
        yield f"    The answer of {explanation.asks.name} to"
        yield from ("        " + line for line in readable(bytes(explanation.asks.sent)).rstrip("\n").split("\n"))
    elif not explanation.stays:
        yield "    The connection is " + ("kept open." if explanation.keepalive else "closed.")
    elif not answer.head:
        yield "    The client waits."


def _written(answer: WrittenAnswer) -> Iterator[str]:
    for line in answer.head:
        yield "    " + readable(line)
    data = answer.body
    if not data:
        return
    if answer.head:
        yield ""
    text = readable(data[:_MOST_BODY])
    yield from ("    " + line for line in text.removesuffix("\n").split("\n"))
    if len(data) > _MOST_BODY:
        yield f"    … and {len(data) - _MOST_BODY} more bytes"


def _later(explanation: Explanation) -> Iterator[str]:
    for later in explanation.later:
        yield f"\n{_when(later)}"
        yield from _written(later.answer)
    if explanation.stays and not any(later.last for later in explanation.later):
        yield "\nonly the client, or a stop or reload of the server, ends the subscription"


def _when(later: Later) -> str:
    if later.seconds is None:
        when = f"when someone publishes {readable(SAMPLE_TEXT)}"
    else:
        when = f"after {later.seconds:g} s without a message"
    if later.every is not None:
        when += f", and every {later.every:g} s from then on"
    return when + (", the end" if later.last else "")
