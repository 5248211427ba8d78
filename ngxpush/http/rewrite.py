"""The rewrite module's script: set, if, rewrite, return and break, in the order of the file.

Recordings: core-rewrite, core-return, core-location/captures-after-if.
"""

from __future__ import annotations

from ..config.complex_value import Capture, ComplexValue, Variable
from ..config.configuration import If, Location, Step
from ..config.places import LocationMatch
from ..config.script import Break, Compute, Equals, IsFile, IsTrue, Matches, Return, Rewrite, RewriteFlag, Set
from . import file_tests
from .output import send_response
from .recorder import Fact, Phase, note
from .request import Request
from .status import BAD_REQUEST, DECLINED, FIND_CONFIG, INTERNAL_SERVER_ERROR, Status
from .third_party import set_misc
from .uri import escape_args, unescape_redirect
from .variables.evaluation import capture, evaluate, run_pattern, set_variable, variable

_REWRITE = Phase.REWRITE


def has_script(location: Location) -> bool:
    """Whether there are steps to run."""
    return bool(location.script)


def may_have_changed(location: Location) -> bool:
    """Whether a script may have changed the URI of a request that has come to this location; an `if` is part of a script."""
    return bool(location.script) or location.match is LocationMatch.IF


def check_server(request: Request) -> Status:
    """Run the script of the server. Returns DECLINED to go on with the request, else the status to finalize it with."""
    script = request.location.script
    return _run_script(request, script) if script else DECLINED


def check_location(request: Request) -> Status:
    """Run the script of the location, if the request is in one. The script of the server has run already."""
    script = request.location.script
    if not script or request.location is request.server.location:
        return DECLINED
    return _run_script(request, script)


def follow(request: Request) -> int:
    """Look for the location again if the script has changed the URI; 500 if that has happened too often."""
    progress = request.progress
    if not progress.uri_changed:
        return DECLINED
    progress.uri_changes -= 1
    if progress.uri_changes <= 0:
        message = b'rewrite or internal redirection cycle while processing "%b"' % request.uri
        request.connection.log("error", message, request)
        return INTERNAL_SERVER_ERROR
    request.location = request.server.location
    return FIND_CONFIG


async def _run_script(request: Request, script: tuple[Step, ...]) -> int:
    ended = await _run(request, script)
    return DECLINED if ended is None else ended


async def _run(request: Request, script: tuple[Step, ...]) -> int | None:
    """Run the steps. None when all were run; any other result also ends the script around an `if`."""
    for step in script:
        ended: int | None = None
        if isinstance(step, Set):
            value = _escaped(request, step.value)
            set_variable(request, step.variable, value)
            _note(request, step, "{}", value)
        elif isinstance(step, If):
            if await _holds(request, step):
                _enter(request, step)
                ended = await _run(request, step.script)
        elif isinstance(step, Rewrite):
            ended = _rewrite(request, step)
        elif isinstance(step, Return):
            return _return(request, step)
        elif isinstance(step, Compute):
            ended = _compute(request, step)
        else:
            _break(request, step)
            return DECLINED
        if ended is not None:
            return ended
    return None


def _compute(request: Request, step: Compute) -> int | None:
    try:
        value = set_misc.compute(request, step, [_escaped(request, argument) for argument in step.arguments])
    except set_misc.NotComputed as failed:
        request.connection.log("error", failed.message, request)
        return INTERNAL_SERVER_ERROR
    set_variable(request, step.variable, value)
    _note(request, step, "{}", value)
    return None


def _enter(request: Request, step: If) -> None:
    """Take the settings of an `if`. The content handler stays unless the `if` has one. In a server an `if` has no settings."""
    if step.location is not None:
        request.location = step.location
        if step.location.content_handler is not None:
            request.progress.content_handler = step.location.content_handler


def _note(request: Request, step: Step, text: str, *facts: Fact) -> None:
    note(request, _REWRITE, step.statement, text, *facts)


async def _holds(request: Request, step: If) -> bool:
    """Whether the condition of an `if` is true. A pattern that does not match leaves no captures."""
    condition = step.condition
    asked = _escaped(request, condition.path if isinstance(condition, IsFile) else condition.variable)
    groups: Fact = ""
    if isinstance(condition, IsTrue):
        holds = asked not in (b"", b"0")
    elif isinstance(condition, Equals):
        holds = (asked == _escaped(request, condition.value)) is not condition.negative
    elif isinstance(condition, Matches):
        matches = run_pattern(request, condition.pattern, asked)
        if matches:
            groups = request.captures, condition.pattern
        else:
            request.captures = None
        holds = matches is not condition.negative
    else:
        holds = await file_tests.holds(request, condition, asked)
    _note(request, step, "{} for {}{}", "true" if holds else "false", asked, groups)
    return holds


def _return(request: Request, step: Return) -> int:
    """An error without a text is left to error_page; everything else is answered here."""
    _note(request, step, "answers {}", step.status)
    if step.status >= BAD_REQUEST and (step.text is None or not step.text.text):
        return step.status
    return send_response(request, step.status, b"" if step.text is None else step.text)


def _break(request: Request, step: Break) -> None:
    _note(request, step, "ends the script")
    if request.progress.uri_changed:
        request.progress.valid_location = False
        request.progress.uri_changed = False


def _rewrite(request: Request, step: Rewrite) -> int | None:
    if not run_pattern(request, step.pattern, request.uri):
        request.captures = None
        _note(request, step, "does not match")
        return None
    groups = request.captures, step.pattern
    progress = request.progress
    progress.internal = True
    progress.valid_unparsed_uri = False
    if step.status:
        _redirect(request, step)
        text = "matches{}: answers {}, Location {}"
        _note(request, step, text, groups, step.status, request.response.location)
        return step.status
    if step.flag is RewriteFlag.BREAK:
        progress.valid_location = False
        progress.uri_changed = False
    else:
        progress.uri_changed = True
    uri = evaluate(request, step.replacement)
    if step.args is not None:
        args = _escaped(request, step.args)
        request.args = b"%b&%b" % (args, request.args) if step.add_args and request.args else args
        progress.own_args = True
    elif not step.add_args:
        progress.own_args = progress.own_args or bool(request.args)
        request.args = b""
    if not uri:
        request.connection.log("error", b"the rewritten URI has a zero length", request)
        return INTERNAL_SERVER_ERROR
    request.uri = uri
    _note(request, step, "matches{}: the URI is {} now, its arguments are {}", groups, uri, request.args)
    return None if step.flag is RewriteFlag.NONE else DECLINED


def _redirect(request: Request, step: Rewrite) -> None:
    """Redirect the client. Escapes made in the captures are removed again in the path, but not in the arguments."""
    target = _escaped(request, step.replacement)
    if step.args is not None:
        target += b"?" + _escaped(request, step.args)
    target = unescape_redirect(target)
    if step.add_args and request.args:
        target += (b"?" if step.args is None else b"&") + request.args
    request.response.location = target


def _escaped(request: Request, value: ComplexValue) -> bytes:
    """Evaluate a value. Captures are escaped if the client's own path had escapes."""
    if request.captures is None or not request.is_escaped:
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
