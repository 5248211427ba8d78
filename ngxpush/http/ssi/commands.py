"""Carries the commands of one answer out: a table of commands, their parameters, and what they do.

What nginx refuses is logged, and `[an error occurred while processing the directive]` stands in the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from ..in_memory import InMemory
from ..request import Request
from ..status import SPECIAL_RESPONSE
from ..subrequest import make_subrequest, subrequest_refusal
from ..uri import UnsafeURI, escape_html, parse_unsafe_uri
from .reader import Command
from .texts import RefusedCommand, Texts

_ERROR = b"[an error occurred while processing the directive]"
_NO_VALUE = b"(none)"
_ENTITIES = ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"), (b'"', b"&quot;"))

Values = dict[bytes, bytes]


class Page(Protocol):
    """The answer with the commands (`filters.ssi.Ssi`)."""

    def put(self, data: bytes) -> None:
        """Add a text to the answer."""

    def flush(self) -> None:
        """Send what has been added so far."""

    def include(self, subrequest: Request, wait: bool) -> None:
        """Put a subrequest's answer there, unless it is kept in memory. wait: what follows is looked at when it is whole."""


class _Kind(Struct, frozen=True):
    """A command: its parameters and whether each is needed. conditional: the states of an `if` in which it may stand."""

    run: Callable[[SsiCommands, Values], None]
    parameters: dict[bytes, bool]
    conditional: tuple[int, ...] = ()


# Where in an `if` the page is.
_OUTSIDE, _AFTER_IF, _AFTER_ELSE = range(3)


class SsiCommands:
    """Carries out the commands of one answer. is_shown: text is sent, because no condition forbids it.

    As in nginx the encoding of an `echo` and the text of errors are those that were named last.
    """

    __slots__ = ("_block", "_chosen", "_encoding", "_error", "_page", "_request", "_silent", "_state", "_texts", "is_shown")

    def __init__(self, request: Request, page: Page, silent: bool) -> None:
        self.is_shown = True
        self._request = request
        self._page = page
        self._silent = silent
        self._texts = Texts(request)
        self._error = _ERROR
        self._encoding = b"entity"
        self._state = _OUTSIDE
        self._chosen = False
        self._block: bytes | None = None

    def text(self, data: bytes) -> None:
        """Take a text between commands."""
        if not self.is_shown:
            return
        if self._block is not None:
            self._texts.shared.blocks[self._block] += data
        elif data:
            self._page.put(data)

    def run(self, command: Command) -> None:
        """Carry a command out, keep it in a block, or skip it."""
        try:
            if command.error is not None:
                self._refuse()
                return
            kind = _KINDS.get(command.name)
            if not self.is_shown and (kind is None or not kind.conditional):
                return
            if self._block is not None and command.name != b"endblock":
                self._texts.shared.blocks[self._block] += command.written() if kind is not None else b""
                return
            if kind is None:
                raise RefusedCommand(b'invalid SSI command: "%b"' % command.name)
            if kind.conditional and self._state not in kind.conditional:
                raise RefusedCommand(b'invalid context of SSI command: "%b"' % command.name)
            kind.run(self, _values(command, kind))
        except RefusedCommand as refused:
            self._request.connection.log(refused.level, refused.message, self._request)
            self._refuse()

    def misread(self, message: bytes) -> None:
        """Log that a command can't be understood. The answer says so when the command has ended."""
        self._request.connection.log("error", message, self._request)

    def _refuse(self) -> None:
        if not self._silent:
            self._page.put(self._error)

    # Conditions

    def begin_if(self, values: Values) -> None:
        if self._state != _OUTSIDE:
            raise RefusedCommand(b'the "if" command inside the "if" command')
        self.is_shown = self._chosen = self._texts.holds(values[b"expr"])
        self._state = _AFTER_IF

    def begin_elif(self, values: Values) -> None:
        self.is_shown = not self._chosen and self._texts.holds(values[b"expr"])
        self._chosen |= self.is_shown

    def begin_else(self, values: Values) -> None:
        self.is_shown = not self._chosen
        self._state = _AFTER_ELSE

    def end_if(self, values: Values) -> None:
        self.is_shown, self._chosen, self._state = True, False, _OUTSIDE

    # Texts and settings

    def echo(self, values: Values) -> None:
        value = self._texts.variable(values[b"var"])
        if value is None:
            value = values.get(b"default", _NO_VALUE)
        encoding = values.get(b"encoding", self._encoding)
        if encoding in (b"none", b"url", b"entity"):
            self._encoding = encoding
        else:
            self._request.connection.log("error", b'unknown encoding "%b" in the "echo" command' % encoding, self._request)
        if self._encoding == b"url":
            value = escape_html(value)
        elif self._encoding != b"none":
            for character, entity in _ENTITIES:
                value = value.replace(character, entity)
        if value:
            self._page.put(value)

    def config(self, values: Values) -> None:
        if b"timefmt" in values:
            self._texts.timefmt = values[b"timefmt"]
        self._error = values.get(b"errmsg", self._error)

    def set(self, values: Values) -> None:
        self._texts.shared.variables[values[b"var"].lower()] = self._texts.evaluate(values[b"value"])

    def begin_block(self, values: Values) -> None:
        self._block = values[b"name"]
        self._texts.shared.blocks[self._block] = b""

    def end_block(self, values: Values) -> None:
        self._block = None

    # Inclusions

    def include(self, values: Values) -> None:
        self._page.flush()
        virtual, file, variable = values.get(b"virtual"), values.get(b"file"), values.get(b"set")
        wait = self._waits(values)
        if virtual is not None and file is not None:
            raise RefusedCommand(b'inclusion may be either virtual="%b" or file="%b"' % (virtual, file))
        path = file if virtual is None else virtual
        if path is None:
            raise RefusedCommand(b'no parameter in "include" SSI command')
        if variable is not None and b"stub" in values:
            raise RefusedCommand(b'"set" and "stub" cannot be used together in "include" SSI command')
        if file is not None and b"wait" in values:
            raise RefusedCommand(b'"wait" cannot be used with file="%b"' % file)
        uri, args = self._parse_uri(path)
        stub = self._stub(values.get(b"stub"))
        if variable is not None:
            variable = variable.lower()
            self._texts.shared.variables.setdefault(variable, b"")
        subrequest = self._subrequest(uri, args)
        subrequest.substitute = stub
        if variable is not None:
            self._keep_in(variable, subrequest)
        self._page.include(subrequest, wait or file is not None or variable is not None)

    @staticmethod
    def _waits(values: Values) -> bool:
        wait = values.get(b"wait", b"no").lower()
        if wait not in (b"yes", b"no") and b"file" not in values:
            raise RefusedCommand(b'invalid value "%b" in the "wait" parameter' % values[b"wait"])
        return wait == b"yes"

    def _parse_uri(self, path: bytes) -> tuple[bytes, bytes | None]:
        """The URI and the arguments to include. Raises RefusedCommand."""
        uri = self._texts.evaluate(path)
        if not uri.startswith(b"/"):
            uri = self._request.uri[: self._request.uri.rfind(b"/") + 1] + uri if uri or path == b"" else uri
        try:
            included, args = parse_unsafe_uri(uri)
        except UnsafeURI as unsafe:
            raise RefusedCommand(b'unsafe URI "%b" was detected' % unsafe.args[0]) from None
        return included, args if b"?" in uri else None

    def _subrequest(self, uri: bytes, args: bytes | None) -> Request:
        """A subrequest, if nginx makes one. Raises RefusedCommand."""
        refusal = subrequest_refusal(self._request, uri)
        if refusal is not None:
            level, message = refusal
            raise RefusedCommand(message, level)
        if self._request.in_memory:
            raise RefusedCommand(b'nested in-memory subrequest "%b"' % uri)
        return make_subrequest(self._request, uri, args, body=b"")

    def _stub(self, name: bytes | None) -> bytes | None:
        """The block that answers where the subrequest fails, or its answer is empty; None for none. Raises RefusedCommand."""
        if name is None:
            return None
        text = self._texts.shared.blocks.get(name)
        if text is None:
            raise RefusedCommand(b'"stub"="%b" for "include" not found' % name)
        return text or None

    def _keep_in(self, variable: bytes, subrequest: Request) -> None:
        """Keep the answer of a subrequest in a variable.

        nginx takes what there is when the request ends: no error's own page. After a status of 300 or more, and where there is
        no body at all, the variable keeps its value.
        """
        variables = self._texts.shared.variables
        memory = InMemory(subrequest)

        def ending() -> None:
            body = memory.body
            if subrequest.response.status < SPECIAL_RESPONSE and body is not None:
                variables[variable] = body

        subrequest.in_memory = True
        subrequest.take_body = lambda data, flush: memory.take(data)
        subrequest.ending = ending


def _values(command: Command, kind: _Kind) -> Values:
    """The parameters by name. Raises RefusedCommand."""
    values: Values = {}
    for parameter in command.parameters:
        if parameter.name not in kind.parameters:
            raise RefusedCommand(b'invalid parameter name: "%b" in "%b" SSI command' % (parameter.name, command.name))
        if parameter.name in values:
            raise RefusedCommand(b'duplicate "%b" parameter in "%b" SSI command' % (parameter.name, command.name))
        values[parameter.name] = parameter.value
    for name, needed in kind.parameters.items():
        if needed and name not in values:
            raise RefusedCommand(b'mandatory "%b" parameter is absent in "%b" SSI command' % (name, command.name))
    return values


_INCLUDE = dict.fromkeys((b"virtual", b"file", b"wait", b"set", b"stub"), False)
_KINDS: dict[bytes, _Kind] = {
    b"include": _Kind(SsiCommands.include, _INCLUDE),
    b"echo": _Kind(SsiCommands.echo, {b"var": True, b"default": False, b"encoding": False}),
    b"config": _Kind(SsiCommands.config, {b"errmsg": False, b"timefmt": False}),
    b"set": _Kind(SsiCommands.set, {b"var": True, b"value": True}),
    b"if": _Kind(SsiCommands.begin_if, {b"expr": True}),
    b"elif": _Kind(SsiCommands.begin_elif, {b"expr": True}, (_AFTER_IF,)),
    b"else": _Kind(SsiCommands.begin_else, {}, (_AFTER_IF,)),
    b"endif": _Kind(SsiCommands.end_if, {}, (_AFTER_IF, _AFTER_ELSE)),
    b"block": _Kind(SsiCommands.begin_block, {b"name": True}),
    b"endblock": _Kind(SsiCommands.end_block, {}),
}
