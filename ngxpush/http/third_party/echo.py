"""echo: the content handler that carries out a location's commands.

The head is sent before the first thing that is sent. Subrequests have a place in the answer each; without `_async` the next
command waits for it. Before the first of them the client's body is read, so that they have it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from ...config.directives.third_party.echo import EchoCommand, EchoLocation
from ...numbers import parse_decimal
from ..operations import ReadBody, ReadFile, Sleep
from ..output import send_body, send_header, set_content_type
from ..redirect import internal_redirect, named_location
from ..request import Request
from ..status import BAD_REQUEST, ERROR, INTERNAL_SERVER_ERROR, OK, SPECIAL_RESPONSE
from ..subrequest import make_subrequest, subrequest_refusal
from .echo_texts import arguments, text
from .included import Included

_SECONDS = re.compile(rb"([0-9]+)(?:\.([0-9]{0,3}))?")
_COUNT = re.compile(rb"[0-9][0-9_]*")

_Deed = Callable[[Request, EchoCommand], Awaitable[int]]


async def handle(request: Request) -> int:
    """Carry out the commands, and end the answer."""
    ended = await _run(request, request.location.of(EchoLocation).echo)
    if ended != OK:
        return ERROR if ended >= SPECIAL_RESPONSE and request.response.sent else ended
    if request.parent is None and request.input.body is None:
        broken = request.carrier.discard_body(request)
        if broken != OK:
            return broken
    status = _send_head(request)
    if status == OK:
        send_body(request, b"", last=True)
    return status


async def _run(request: Request, commands: tuple[EchoCommand, ...]) -> int:
    """Returns OK, or the status to finalize the request with."""
    place = 0
    while place < len(commands):
        command = commands[place]
        place += 1
        if command.name == "echo_foreach_split":
            end = _end_of_loop(commands, place)
            for item in _items(request, command):
                request.lasting["echo_it"] = item
                ended = await _run(request, commands[place:end])
                if ended != OK:
                    return ended
            request.lasting["echo_it"] = None
            place = end + 1
            continue
        ended = await _COMMANDS[command.name](request, command)
        if ended != OK:
            return ended
    return OK


def _end_of_loop(commands: tuple[EchoCommand, ...], place: int) -> int:
    return next((end for end in range(place, len(commands)) if commands[end].name == "echo_end"), len(commands))


def _items(request: Request, command: EchoCommand) -> list[bytes]:
    """The parts of the text between the separators, without empty ones."""
    _, values = arguments(request, command)
    separator, whole = values[0], values[1] if len(values) > 1 else b""
    parts = whole.split(separator) if separator else [whole]
    return [part for part in parts if part]


def _send_head(request: Request) -> int:
    response = request.response
    if response.sent:
        return OK
    response.status = request.location.of(EchoLocation).status
    set_content_type(request)
    return send_header(request)


def _send(request: Request, data: bytes, flush: bool = False) -> int:
    status = _send_head(request)
    if status == OK and (data or flush):
        send_body(request, data, flush)
    return status


# ------------------------------------------------------------------------------------------------------------------- commands


async def _echo(request: Request, command: EchoCommand) -> int:
    return _send(request, text(request, command))


async def _duplicate(request: Request, command: EchoCommand) -> int:
    _, (count, data) = arguments(request, command)
    number = parse_decimal(count.replace(b"_", b""))
    if number is None or not _COUNT.fullmatch(count):
        request.connection.log("error", b'invalid size specified: "%b"' % count, request)
        return ERROR
    try:
        return _send(request, data * number)
    except (MemoryError, OverflowError):
        request.connection.log("emerg", b"malloc(%d) failed (12: Cannot allocate memory)" % (len(data) * number), request)
        return INTERNAL_SERVER_ERROR


async def _flush(request: Request, command: EchoCommand) -> int:
    return _send(request, b"", flush=True)


async def _sleep(request: Request, command: EchoCommand) -> int:
    _, (seconds,) = arguments(request, command)
    parts = _SECONDS.fullmatch(seconds)
    whole = None if parts is None else parse_decimal(parts[1])
    if parts is None or whole is None:
        request.connection.log("error", b'invalid sleep duration "%b"' % seconds, request)
        return BAD_REQUEST
    thousandths = parse_decimal((parts[2] or b"").ljust(3, b"0")) or 0
    await Sleep(request, whole + thousandths / 1000)
    return OK


async def _reset_timer(request: Request, command: EchoCommand) -> int:
    request.lasting["echo_timer"] = request.now
    return OK


async def _read_request_body(request: Request, command: EchoCommand) -> int:
    if request.parent is not None or request.input.body is not None:
        return OK
    body = await ReadBody(request)
    return body if isinstance(body, int) else OK


async def _request_body(request: Request, command: EchoCommand) -> int:
    file = request.input.body_file
    return _send(request, (request.input.body or b"") if file is None else file.read(0, file.size))


async def _location(request: Request, command: EchoCommand) -> int:
    _, (uri, *args) = arguments(request, command)
    return await _ask(request, command, b"GET", uri, args[0] if args else None, None)


async def _subrequest_of_any_kind(request: Request, command: EchoCommand) -> int:
    _, (method, uri, *rest) = arguments(request, command)
    options = dict(zip(rest[::2], rest[1::2], strict=False))
    body = options.get(b"-b")
    if b"-f" in options:
        try:
            body = await ReadFile(options[b"-f"])
        except OSError:
            return ERROR
    return await _ask(request, command, method, uri, options.get(b"-q"), body)


async def _ask(request: Request, command: EchoCommand, method: bytes, uri: bytes, args: bytes | None, body: bytes | None) -> int:
    failed = await _read_request_body(request, command)
    status = failed if failed != OK else _send_head(request)
    if status != OK:
        return status
    path, mark, own_args = uri.partition(b"?")
    refusal = subrequest_refusal(request, path)
    if refusal is not None:
        level, message = refusal
        request.connection.log(level, message, request)
        return ERROR
    made = make_subrequest(request, path, args if args is not None else own_args if mark else None, method, body)
    made.response.header_only = method == b"HEAD"
    if body is not None:
        made.input.content_length = len(body)
    output = request.response.output
    assert output is not None
    if command.name.endswith("_async"):
        output.ask(made, None)
    else:
        await Included(output, made)
    return OK


async def _exec(request: Request, command: EchoCommand) -> int:
    _, (uri, *args) = arguments(request, command)
    if uri.startswith(b"@"):
        if args:
            message = b"querystring %b ignored when exec'ing named location %b" % (args[0], uri)
            request.connection.log("warn", message, request)
        return named_location(request, uri)
    path, mark, own_args = uri.partition(b"?")
    return internal_redirect(request, path, args[0] if args else own_args if mark else None)


async def _abort_parent(request: Request, command: EchoCommand) -> int:
    """Debian's build of the module knows the directive, but can't carry it out."""
    request.connection.log("error", b"unknown opcode: 17", request)
    return INTERNAL_SERVER_ERROR


async def _nothing(request: Request, command: EchoCommand) -> int:
    return OK


_COMMANDS: dict[str, _Deed] = {
    "echo": _echo,
    "echo_duplicate": _duplicate,
    "echo_flush": _flush,
    "echo_sleep": _sleep,
    "echo_blocking_sleep": _sleep,
    "echo_reset_timer": _reset_timer,
    "echo_read_request_body": _read_request_body,
    "echo_request_body": _request_body,
    "echo_location": _location,
    "echo_location_async": _location,
    "echo_subrequest": _subrequest_of_any_kind,
    "echo_subrequest_async": _subrequest_of_any_kind,
    "echo_exec": _exec,
    "echo_abort_parent": _abort_parent,
    "echo_end": _nothing,
}
