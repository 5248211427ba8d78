"""The rewrite module's script: set, if, rewrite, return and break, in the order of the file.

Recordings: core-rewrite, core-return, core-location/captures-after-if.
"""

from __future__ import annotations

from ..config.complex_value import Capture, ComplexValue, Variable
from ..config.configuration import If, Step
from ..config.script import Break, Condition, Equals, IsFile, IsTrue, Matches, Return, Rewrite, RewriteFlag, Set
from . import file_tests
from .output import send_response
from .recorder import Phase, captured, quoted
from .request import Request
from .status import BAD_REQUEST, DECLINED, INTERNAL_SERVER_ERROR
from .uri import escape_args, unescape_redirect
from .variables import capture, evaluate, run_pattern, set_variable, variable


async def run_script(request: Request, script: tuple[Step, ...]) -> int:
    """Run a server's or location's script. DECLINED to go on with the request, else what to finalize it with."""
    ended = await _run(request, script)
    return DECLINED if ended is None else ended


async def _run(request: Request, script: tuple[Step, ...]) -> int | None:
    """None when all steps were run; otherwise the script is at its end, also that around an `if`."""
    for step in script:
        ended: int | None = None
        if isinstance(step, Set):
            value = evaluate(request, step.value)
            set_variable(request, step.variable, value)
            if request.recorder is not None:
                _note(request, step, quoted(value))
        elif isinstance(step, If):
            holds = await _holds(request, step.condition)
            if request.recorder is not None:
                _note(request, step, _outcome(request, step.condition, holds))
            if holds:
                _enter(request, step)
                ended = await _run(request, step.script)
        elif isinstance(step, Rewrite):
            ended = _rewrite(request, step)
        elif isinstance(step, Return):
            return _return(request, step)
        else:
            _break(request, step)
            return DECLINED
        if ended is not None:
            return ended
    return None


def _enter(request: Request, step: If) -> None:
    """Take the settings of an `if`; the content handler stays unless it has its own. In a server an `if` has no settings."""
    if step.location is not None:
        request.location = step.location
        if step.location.content_handler is not None:
            request.content_handler = step.location.content_handler


def _note(request: Request, step: Step, text: str) -> None:
    if request.recorder is not None:
        request.recorder.note(Phase.REWRITE, text, step.statement)


def _outcome(request: Request, condition: Condition, holds: bool) -> str:
    """Whether a condition holds, and why, for a recorder."""
    captures, groups = request.captures, ""
    if isinstance(condition, Matches) and holds is not condition.negative:
        groups = captured(request, condition.pattern)
    asked = evaluate(request, condition.path if isinstance(condition, IsFile) else condition.variable)
    request.captures = captures
    return f"{'true' if holds else 'false'} for {quoted(asked)}{groups}"


async def _holds(request: Request, condition: Condition) -> bool:
    if isinstance(condition, IsTrue):
        return evaluate(request, condition.variable) not in (b"", b"0")
    if isinstance(condition, Equals):
        return (evaluate(request, condition.variable) == evaluate(request, condition.value)) is not condition.negative
    if isinstance(condition, Matches):
        matches = run_pattern(request, condition.pattern, evaluate(request, condition.variable))
        if not matches:
            request.captures = None
        return matches is not condition.negative
    return await file_tests.holds(request, condition)


def _return(request: Request, step: Return) -> int:
    """An error without a text is left to error_page; everything else is answered here."""
    if request.recorder is not None:
        _note(request, step, f"answers {step.status}")
    if step.status >= BAD_REQUEST and (step.text is None or not step.text.text):
        return step.status
    return send_response(request, step.status, b"" if step.text is None else step.text)


def _break(request: Request, step: Break) -> None:
    _note(request, step, "ends the script")
    if request.uri_changed:
        request.valid_location = False
        request.uri_changed = False


def _rewrite(request: Request, step: Rewrite) -> int | None:
    if not run_pattern(request, step.pattern, request.uri):
        request.captures = None
        _note(request, step, "does not match")
        return None
    groups = captured(request, step.pattern) if request.recorder is not None else ""
    request.internal = True
    request.valid_unparsed_uri = False
    if step.status:
        _redirect(request, step)
        if request.recorder is not None:
            _note(request, step, f"matches{groups}: answers {step.status}, Location {quoted(request.response.location)}")
        return step.status
    if step.flag is RewriteFlag.BREAK:
        request.valid_location = False
        request.uri_changed = False
    else:
        request.uri_changed = True
    uri = evaluate(request, step.replacement)
    if step.args is not None:
        args = _escaped(request, step.args)
        request.args = b"%b&%b" % (args, request.args) if step.add_args and request.args else args
        request.emptied_args = True
    elif not step.add_args:
        request.args = b""
        request.emptied_args = True
    if not uri:
        request.connection.log("error", b"the rewritten URI has a zero length", request)
        return INTERNAL_SERVER_ERROR
    request.uri = uri
    if request.recorder is not None:
        _note(request, step, f"matches{groups}: the URI is {quoted(uri)} now, its arguments are {quoted(request.args)}")
    return None if step.flag is RewriteFlag.NONE else DECLINED


def _redirect(request: Request, step: Rewrite) -> None:
    """Send the client elsewhere. What was escaped in the captures is unescaped again in the path, but not in the arguments."""
    target = _escaped(request, step.replacement)
    if step.args is not None:
        target += b"?" + _escaped(request, step.args)
    target = unescape_redirect(target)
    if step.add_args and request.args:
        target += (b"?" if step.args is None else b"&") + request.args
    request.response.location = target


def _escaped(request: Request, value: ComplexValue) -> bytes:
    """Evaluate, with the captures escaped where the client's own path had escapes."""
    if not request.is_escaped:
        return evaluate(request, value)
    for part in value.parts:
        if isinstance(part, Variable):
            variable(request, part.name)
    return b"".join(_piece(request, part) for part in value.parts)


def _piece(request: Request, part: bytes | Variable | Capture) -> bytes:
    if isinstance(part, bytes):
        return part
    if isinstance(part, Capture):
        return escape_args(capture(request, part.number))
    return variable(request, part.name) or b""
