"""What a slot gets to work on: one directive with its surroundings, and the way to complain about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .addresses import Address, InvalidAddress
from .complex_value import ComplexValue, InvalidVariableName, parse_complex_value
from .directives.table import Context
from .http_block import HttpBlock
from .pattern import InvalidPattern, Pattern, compile_pattern
from .text import shown
from .tree import Position, Statement

if TYPE_CHECKING:
    from .analysis import Scope
    from .analyzer import Analyzer
    from .cycle import Cycle
    from .directives.table import Directive
    from .variables import Variables


class Refused(Exception):
    """nginx refuses the directive with this message.

    level: nginx's.  placed: whether nginx names the file and line behind the message.
    """

    def __init__(self, message: str, level: str = "emerg", placed: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.level = level
        self.placed = placed


@dataclass(slots=True)
class Words:
    """One use of a directive, as the table's slots and checks see it.

    statement: the directive's statement.  directive: its row.  scope: the block it stands in.  analyzer: the walk it is part of.
    position: the place nginx names in messages now: the end of the statement, or where a block was closed.
    """

    statement: Statement
    directive: Directive
    scope: Scope
    analyzer: Analyzer
    position: Position

    @property
    def name(self) -> str:
        return self.directive.name

    @property
    def arguments(self) -> tuple[bytes, ...]:
        return self.statement.arguments

    @property
    def cycle(self) -> Cycle:
        """What the whole configuration declares: shared memory zones, files to open, folders to make."""
        return self.analyzer.cycle

    @property
    def variables(self) -> Variables:
        """The variables of the http or stream block around it."""
        return self.analyzer.variables

    @property
    def http(self) -> HttpBlock:
        """What the http block around it declares (or the stream block, which declares upstreams and log formats alike)."""
        block = self.scope.enclosing(Context.HTTP | Context.STREAM).value
        assert isinstance(block, HttpBlock)
        return block

    # Complaints

    def report(
        self, level: str, message: str, *, fatal: bool = False, placed: bool = True, about: Statement | None = None
    ) -> None:
        """Complain without giving the directive up: a warning, or one of several errors of a block.

        about: the directive at fault, where a check of a whole block knows it.
        """
        self.analyzer.report(level, message, self.position if placed else None, fatal, about or self.statement)

    def invalid_value(self) -> Refused:
        return Refused(f'"{self.name}" directive invalid value')

    def duplicate(self) -> Refused:
        return Refused(f'"{self.name}" directive is duplicate')

    def invalid_parameter(self, text: bytes) -> Refused:
        return Refused(f'invalid parameter "{shown(text)}"')

    # Values

    def complex_value(self, text: bytes) -> ComplexValue:
        """Take a text with variables apart, and remember the variables it refers to."""
        try:
            value = parse_complex_value(text)
        except InvalidVariableName as error:
            raise Refused(str(error)) from None
        for name in value.variables:
            self.variables.refer(name)
        return value

    def pattern(self, text: bytes, caseless: bool = False) -> Pattern:
        """Compile a regular expression and declare its named groups as variables."""
        try:
            pattern = compile_pattern(text, caseless)
        except InvalidPattern as error:
            raise Refused(str(error)) from None
        for name, _ in pattern.names:
            self.define(name)
        return pattern

    def variable_name(self, text: bytes) -> bytes:
        """The name in an argument that must be `$name` (set, map, geo, auth_request_set …), as written."""
        if not text.startswith(b"$"):
            raise Refused(f'invalid variable name "{shown(text)}"')
        return text[1:]

    def define(self, name: bytes) -> None:
        """Declare a variable whose value this directive makes (set, map, geo, a named group …)."""
        message = self.variables.define(name)
        if message is not None:
            raise Refused(message)

    def refer(self, name: bytes) -> None:
        """Remember that a variable is used, for the check at the end of the http block."""
        if not name:
            raise Refused('invalid variable name "$"')
        self.variables.refer(name.lower())

    def path(self, text: bytes, configuration_prefix: bool = False) -> bytes:
        """The full path of a file named in the configuration: relative to the prefix, or to the configuration file's folder."""
        return self.cycle.full_path(text, configuration_prefix)

    def resolve(self, address: Address) -> None:
        """Refuse a host name that has no address; raises InvalidAddress."""
        if not address.numeric and not self.cycle.system.resolves(shown(address.host)):
            raise InvalidAddress("host not found")

    def resolve_host(self, text: bytes) -> None:
        """Refuse a host name that has no address, where nothing but a host may stand (not even a port)."""
        if not self.cycle.system.resolves(shown(text)):
            raise Refused(f'host not found in {self.name} "{shown(text)}"')

    # The lines of a block the directive reads itself (Block.LINES)

    def each_line(self, read: Callable[[Words], None]) -> None:
        """Call `read` for each line of the directive's block; what it refuses is reported at that line, and it goes on."""
        for line in self._lines():
            words = Words(line, self.directive, self.scope, self.analyzer, line.end)
            if line.block is not None:
                words.report("emerg", 'unexpected "{"', fatal=True)
                continue
            try:
                read(words)
            except Refused as error:
                words.refused(error)

    def _lines(self) -> Iterator[Statement]:
        yield from self.analyzer.statements(self.statement.block or ())

    def include(self, read: Callable[[Words], None]) -> None:
        """This line is an `include`: read the lines of its files in its place."""
        for nodes in self.analyzer.include(self):
            block = Statement(self.statement.name, (), self.statement.start, self.statement.end, block=nodes)
            Words(block, self.directive, self.scope, self.analyzer, self.position).each_line(read)

    def refused(self, error: Refused) -> None:
        """Report what was refused at this directive's place."""
        self.report(error.level, error.message, fatal=True, placed=error.placed)
