"""An explanation as data, for programs: it is printed as JSON."""

from __future__ import annotations

from typing import Any

from ..config.text import shown
from ..config.tree import Statement
from ..config.written import value_of
from .answer import WrittenAnswer
from .explanation import Explanation
from .trace import Asked
from .watched import Effective
from .words import directive, readable


def as_document(explanation: Explanation) -> dict[str, Any]:
    """The whole explanation. Bytes become text in the same way as without --json."""
    trace, answer = explanation.trace, explanation.answer
    return {
        "request": readable(explanation.inquiry.head).rstrip("\n").split("\n"),
        "from": shown(explanation.inquiry.client),
        "address": explanation.address,
        "notes": [
            {"phase": note.phase.value, "text": note.text, **(_written(note.statement) if note.statement else {})}
            for note in trace.notes
        ],
        "variables": {shown(name): None if value is None else readable(value) for name, value in trace.variables.items()},
        "settings": [_setting(effective) for effective in explanation.effective],
        "handler": explanation.handler,
        "mode": explanation.mode,
        "channels": [_channels(asked) for asked in trace.asked],
        "error_log": [{"level": level, "message": message} for level, message in trace.logged],
        "answer": {
            **_answer(answer),
            "closed": explanation.closed,
            "keepalive": explanation.keepalive,
            "asks": _asked(explanation),
            "stays": explanation.stays,
        },
        "later": [
            {"seconds": later.seconds, "every": later.every, "last": later.last, **_answer(later.answer)}
            for later in explanation.later
        ],
    }


def _setting(effective: Effective) -> dict[str, Any]:
    return {
        "name": effective.directive.name,
        "module": effective.directive.module,
        "default": value_of(effective.directive, effective.value) if not effective.statements else None,
        "written": [_written(statement) for statement in effective.statements],
    }


def _channels(asked: Asked) -> dict[str, Any]:
    return {
        "operation": asked.operation,
        "channels": [readable(channel) for channel in asked.channels],
        "backtracks": list(asked.backtracks),
    }


def _answer(answer: WrittenAnswer) -> dict[str, Any]:
    return {"status": answer.status, "head": [readable(line) for line in answer.head], "body": readable(answer.body)}


def _asked(explanation: Explanation) -> dict[str, Any] | None:
    """The server whose answer is passed on, the bytes that are sent to it, and the parameters in them where there are some."""
    server, parameters = explanation.asks, explanation.parameters
    if server is None:
        return None
    document: dict[str, Any] = {"server": server.name, "sent": readable(bytes(server.sent))}
    if parameters is not None:
        document["parameters"] = [{"name": readable(name), "value": readable(value)} for name, value in parameters]
    return document


def _written(statement: Statement) -> dict[str, Any]:
    return {"directive": directive(statement), "file": statement.start.file, "line": statement.start.line}
