"""Reads one command, in pieces of any size: what follows `<!--#`, up to `-->`.

A command that can't be understood is read to its end too. Names and values have the lengths nginx gives them, so a command that
never ends takes no more memory than one that does.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

_SPACES = b" \t\r\n"
_LONGEST_NAME = 32
MOST_PARAMETERS = 16
_MINUS, _GREATER, _EQUALS, _BACKSLASH = b"->=\\"
_QUOTES = b"\"'"


class CommandParameter(Struct):
    """A parameter of a command."""

    name: bytes
    value: bytes = b""


class Command(Struct):
    """A command as it is written. error: nginx's message about it, or None."""

    name: bytes = b""
    parameters: list[CommandParameter] = field(default_factory=list)
    error: bytes | None = None

    def written(self) -> bytes:
        """The command again, as a block keeps it."""
        parameters = b"".join([b' %b="%b"' % (parameter.name, parameter.value) for parameter in self.parameters])
        return b"<!--#%b%b -->" % (self.name, parameters)


class CommandReader:
    """Reads one command. longest_value: bytes."""

    __slots__ = ("_longest_value", "_quote", "_state", "command", "is_whole")

    def __init__(self, longest_value: int) -> None:
        self.command = Command()
        self.is_whole = False
        self._longest_value = longest_value
        self._quote = 0
        self._state: Callable[[int], None] = self._before_name

    def feed(self, data: bytes, position: int) -> int:
        """Take bytes from a position on. Returns the position after the last byte that was taken."""
        while position < len(data) and not self.is_whole:
            self._state(data[position])
            position += 1
        return position

    @property
    def _last(self) -> CommandParameter:
        return self.command.parameters[-1]

    def _fail(self, text: bytes, byte: int) -> None:
        self.command.error = text
        self._state = self._failed_minus if byte == _MINUS else self._failed

    def _unexpected(self, byte: int, where: bytes) -> None:
        self._fail(b'unexpected "%c" symbol %b"%b" SSI command' % (byte, where, self.command.name), byte)

    def _before_name(self, byte: int) -> None:
        if byte not in _SPACES:
            self.command.name = bytes((byte,))
            self._state = self._name

    def _name(self, byte: int) -> None:
        name = self.command.name
        if byte in _SPACES:
            self._state = self._before_parameter
        elif byte == _MINUS:
            self._state = self._minus
        elif len(name) == _LONGEST_NAME:
            self._fail(b'the "%b%c..." SSI command is too long' % (name, byte), byte)
        else:
            self.command.name += bytes((byte,))

    def _before_parameter(self, byte: int) -> None:
        if byte in _SPACES:
            return
        if byte == _MINUS:
            self._state = self._minus
        elif len(self.command.parameters) == MOST_PARAMETERS:
            self._fail(b'too many SSI command parameters: "%b"' % self.command.name, byte)
        else:
            self.command.parameters.append(CommandParameter(bytes((byte,))))
            self._state = self._parameter

    def _parameter(self, byte: int) -> None:
        parameter = self._last
        if byte in _SPACES:
            self._state = self._before_equals
        elif byte == _EQUALS:
            self._state = self._before_value
        elif byte == _MINUS:
            self._unexpected(byte, b'after "%b" parameter in ' % parameter.name)
        elif len(parameter.name) == _LONGEST_NAME:
            self._fail(b'too long "%b%c..." parameter in "%b" SSI command' % (parameter.name, byte, self.command.name), byte)
        else:
            parameter.name += bytes((byte,))

    def _before_equals(self, byte: int) -> None:
        if byte == _EQUALS:
            self._state = self._before_value
        elif byte not in _SPACES:
            self._unexpected(byte, b'after "%b" parameter in ' % self._last.name)

    def _before_value(self, byte: int) -> None:
        if byte in _QUOTES:
            self._quote = byte
            self._state = self._value
        elif byte not in _SPACES:
            self._unexpected(byte, b'before value of "%b" parameter in ' % self._last.name)

    def _value(self, byte: int) -> None:
        if byte == self._quote:
            self._state = self._after_value
            return
        if byte == _BACKSLASH:
            self._state = self._escaped
        self._add(byte)

    def _escaped(self, byte: int) -> None:
        """After a backslash, which stays in the value (`texts` drops it)."""
        self._state = self._value
        self._add(byte)

    def _add(self, byte: int) -> None:
        parameter = self._last
        if len(parameter.value) == self._longest_value:
            where = b'value of "%b" parameter in "%b" SSI command' % (parameter.name, self.command.name)
            self._fail(b'too long "%b%c..." %b' % (parameter.value, byte, where), byte)
        else:
            parameter.value += bytes((byte,))

    def _after_value(self, byte: int) -> None:
        if byte in _SPACES:
            self._state = self._before_parameter
        elif byte == _MINUS:
            self._state = self._minus
        else:
            parameter = self._last
            self._unexpected(byte, b'after "%b" value of "%b" parameter in ' % (parameter.value, parameter.name))

    def _minus(self, byte: int) -> None:
        if byte == _MINUS:
            self._state = self._two_minus
        else:
            self._unexpected(byte, b"in ")

    def _two_minus(self, byte: int) -> None:
        if byte == _GREATER:
            self.is_whole = True
        else:
            self._unexpected(byte, b"in ")

    def _failed(self, byte: int) -> None:
        if byte == _MINUS:
            self._state = self._failed_minus

    def _failed_minus(self, byte: int) -> None:
        self._state = self._failed_two_minus if byte == _MINUS else self._failed

    def _failed_two_minus(self, byte: int) -> None:
        if byte == _GREATER:
            self.is_whole = True
        elif byte != _MINUS:
            self._state = self._failed
