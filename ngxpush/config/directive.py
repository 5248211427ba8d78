"""What a row of the table of directives says, and what becomes of a directive: the types that know each other.

A file of `directives` for each nginx module holds the module's rows and the dataclasses its settings become (`module.Module`).
All that knows directives reads these rows: the analyzer, the compiler, the linter, `explain`, docs/directives.md.  There is no
other list.

The life of a directive:

1. *Declared*: a row (`Directive`) in the file of its module, and its field in one of the module's settings classes, whose default
   is the row's.
2. *Parsed*: the analyzer meets a `Statement` of that name in a block (`Scope`), checks name, place, ending and number of
   arguments, and calls the row's slot with a `DirectiveUse`.  The slot checks the arguments as nginx's "set" function does and
   returns the value, or raises `RefusedDirective` with nginx's message.  Row, value and statement are a `Setting` of the scope.
3. *Checked*: when a block closes, the `close` of the row that opened it looks at it as a whole; when `http` closes, the `checks`
   of all modules come first, in nginx's order.
4. *Merged*: for each server and location the compiler takes the setting that is in force there (`settings`, nginx's inheritance)
   and fills the settings class with it.
5. *Derived*: a module's `derive` completes its settings for a location with what follows from others.
6. *Used*: a request asks its location, `location.of(HttpCoreLocation).root`.  It never sees the directive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Protocol

from .addresses import Address, InvalidAddress
from .columns import EMULATED, ONE, Arguments, Block, Emulation
from .complex_value import ComplexValue, InvalidVariableName, parse_complex_value
from .cycle import Cycle
from .files import Complain
from .pattern import InvalidPattern, Pattern, compile_pattern
from .places import Context
from .text import shown
from .tree import Fault, Node, Position, Statement
from .variables import Variables


class RefusedDirective(Exception):
    """nginx refuses the directive with this message.

    level: nginx's.  placed: whether nginx names the file and line after the message.
    """

    def __init__(self, message: str, level: str = "emerg", placed: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.level = level
        self.placed = placed


class Slot(Protocol):
    """Turns a directive's arguments into its value, with nginx's checks and nginx's messages.

    `description` names the kind of value in docs/directives.md.
    """

    @property
    def description(self) -> str: ...

    def parse(self, use: DirectiveUse) -> Any:
        """The value; raises RefusedDirective. Its type is that of the row's field, or of one item of it for a field of many."""
        ...


Check = Callable[["DirectiveUse", "Scope"], None]
"""Looks at a complete block: called with the use of the directive that opened it. It reports, or raises RefusedDirective."""


@dataclass(frozen=True, slots=True)
class Directive:
    """A row of the table.

    name: as written in the file.
    contexts: where it may stand.
    slot: how its arguments become a value.
    summary: one sentence for docs/directives.md and `explain`.
    arguments: how many arguments.

    field: the attribute of the module's settings that holds the value. It need not be given where it is the directive's name
        without the module's prefix.  None when the value is not kept.
    once: a second use in one block is refused as duplicate; otherwise values add up in a tuple.
    inherit: whether an inner block without the directive takes the outer block's value.
    not_zero, not_blank: values that the module refuses only when the http block is complete, where they have an effect.
    defines: the directive gives a variable of the configuration its value.
    step: the value is a step of the block's rewrite script.
    content_handler: the handler this directive makes of its location (the last one written wins), as a name in http.content.
    upstream: the content handler asks another server. nginx redirects to such a location's name from the name without its slash,
        and a limit_except has only handlers of this kind.
    counts_with: directives one of which a location must have (or have on, for a flag) for this one to have an effect there;
        () when it always may have one.
    block: whether a block follows.
    opens: the context inside the block (for Block.DIRECTIVES).
    close: the check of the complete block.
    emulation: what ngxpush does with it.
    foreground: what `ngxpush run`, which serves with one process as the user who starts it, does instead.

    module, settings, default: filled in by the `Module` the row is in: its name, the settings class that has the field, and the
        field's default there.
    """

    name: str
    contexts: Context
    slot: Slot
    summary: str
    arguments: Arguments = ONE
    _: KW_ONLY
    field: str | None = None
    once: bool = True
    inherit: bool = True
    not_zero: bool = False
    not_blank: bool = False
    defines: bool = False
    step: bool = False
    content_handler: str | None = None
    upstream: bool = False
    counts_with: tuple[str, ...] = ()
    block: Block = Block.NO
    opens: Context | None = None
    close: Check | None = None
    emulation: Emulation = EMULATED
    foreground: str = ""
    module: str = ""
    settings: type[Any] | None = None
    default: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A directive as used once: its row, its typed value (None when it was refused) and where it stands."""

    directive: Directive
    value: Any
    statement: Statement


@dataclass(slots=True, eq=False)
class Scope:
    """A block (or the file itself) with the settings made directly in it, in order, and the blocks inside.

    value: what the opening directive's own arguments became (a location's match and name, an `if`'s condition …).
    uncertain: something in it could not be understood, so what seems to be missing may stand there.
    misplaced: directives that may stand in this block but were written in one inside it, where they may not.
    """

    context: Context
    statement: Statement | None
    parent: Scope | None
    value: Any = None
    settings: list[Setting] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    uncertain: bool = False
    misplaced: set[str] = field(default_factory=set)
    _last: dict[str, Setting] = field(default_factory=dict)

    def add(self, setting: Setting) -> None:
        self.settings.append(setting)
        self._last[setting.directive.name] = setting

    def own(self, name: str) -> Setting | None:
        """The last use of a directive directly in this block."""
        return self._last.get(name)

    def lacks(self, name: str) -> bool:
        """Whether this block does not have a directive, nor anything that may have been meant to be it."""
        return name not in self._last and name not in self.misplaced and not self.uncertain

    def all(self, name: str) -> list[Setting]:
        """Every use of a directive directly in this block, in order."""
        if name not in self._last:
            return []
        return [setting for setting in self.settings if setting.directive.name == name]

    def nearest(self, *names: str) -> Scope | None:
        """This block or the nearest one around it that uses one of these directives: what is written there is in force here."""
        scope: Scope | None = self
        while scope is not None:
            for name in names:
                if name in scope._last:
                    return scope
            scope = scope.parent
        return None

    def effective(self, name: str) -> Setting | None:
        """The last use of a directive in the nearest block that uses it."""
        scope = self.nearest(name)
        return None if scope is None else scope._last[name]

    def effective_all(self, name: str) -> list[Setting]:
        """Every use of a directive in the nearest block that uses it; [] where none does."""
        scope = self.nearest(name)
        return [] if scope is None else scope.all(name)

    def enclosing(self, context: Context) -> Scope:
        """This block or the nearest one around it of that kind; LookupError when there is none."""
        scope: Scope | None = self
        while scope is not None:
            if scope.context & context:
                return scope
            scope = scope.parent
        raise LookupError(context)

    def walk(self) -> Iterator[Scope]:
        """This block and all inside it, outer ones first, in source order."""
        yield self
        for scope in self.scopes:
            yield from scope.walk()


@dataclass(slots=True)
class DirectiveUse:
    """One use of a directive, as slots and checks see it: its words, its place, and the way to complain about it.

    name: of its row.  scope: the block it stands in.  cycle: what the whole configuration declares.
    position: the place nginx names in messages now: the end of the statement, or where a block was closed.
    complain: reports a message.
    """

    name: str
    statement: Statement
    scope: Scope
    cycle: Cycle
    complain: Complain
    position: Position

    @property
    def arguments(self) -> tuple[bytes, ...]:
        return self.statement.arguments

    @property
    def variables(self) -> Variables:
        """The variables of the http or stream block around it."""
        return self.cycle.variables

    # Complaints

    def report(
        self, level: str, message: str, *, fatal: bool = False, placed: bool = True, about: Statement | None = None
    ) -> None:
        """Complain without giving the directive up: a warning, or one of several errors of a block.

        about: the directive at fault, where a check of a whole block knows it.
        """
        self.complain(level, message, self.position if placed else None, fatal, about or self.statement)

    def report_at(self, message: str, position: Position, statement: Statement | None = None) -> None:
        """Report an error at another place."""
        self.complain("emerg", message, position, True, statement)

    def refused(self, error: RefusedDirective) -> None:
        """Report what was refused at this directive's place."""
        self.report(error.level, error.message, fatal=True, placed=error.placed)

    def invalid_value(self) -> RefusedDirective:
        return RefusedDirective(f'"{self.name}" directive invalid value')

    def duplicate(self) -> RefusedDirective:
        return RefusedDirective(f'"{self.name}" directive is duplicate')

    def invalid_parameter(self, text: bytes) -> RefusedDirective:
        return RefusedDirective(f'invalid parameter "{shown(text)}"')

    # Values

    def complex_value(self, text: bytes) -> ComplexValue:
        """Take a text with variables apart, and remember the variables it refers to."""
        try:
            value = parse_complex_value(text)
        except InvalidVariableName as error:
            raise RefusedDirective(str(error)) from None
        for name in value.variables:
            self.variables.refer(name)
        return value

    def pattern(self, text: bytes, caseless: bool = False) -> Pattern:
        """Compile a regular expression and declare its named groups as variables."""
        try:
            pattern = compile_pattern(text, caseless)
        except InvalidPattern as error:
            raise RefusedDirective(str(error)) from None
        for name, _ in pattern.names:
            self.define(name)
        return pattern

    def variable_name(self, text: bytes) -> bytes:
        """The name in an argument that must be `$name` (set, map, geo, auth_request_set …), as written."""
        if not text.startswith(b"$"):
            raise RefusedDirective(f'invalid variable name "{shown(text)}"')
        return text[1:]

    def define(self, name: bytes) -> None:
        """Declare a variable whose value this directive makes (set, map, geo, a named group …)."""
        message = self.variables.define(name)
        if message is not None:
            raise RefusedDirective(message)

    def refer(self, name: bytes) -> None:
        """Remember that a variable is used, for the check at the end of the http block."""
        if not name:
            raise RefusedDirective('invalid variable name "$"')
        self.variables.refer(name.lower())

    def path(self, text: bytes, configuration_prefix: bool = False) -> bytes:
        """The full path of a file the configuration names: relative to the prefix, or to the main file's directory."""
        return self.cycle.full_path(text, configuration_prefix)

    def resolve(self, address: Address) -> None:
        """Refuse a host name that has no address; raises InvalidAddress."""
        if not address.numeric and not self.cycle.system.resolves(shown(address.host)):
            raise InvalidAddress("host not found")

    def resolve_host(self, text: bytes) -> None:
        """Refuse a host name that has no address, where nothing but a host may stand (not even a port)."""
        if not self.cycle.system.resolves(shown(text)):
            raise RefusedDirective(f'host not found in {self.name} "{shown(text)}"')

    # The lines of a block the directive reads itself (Block.LINES)

    def each_line(self, read: Callable[[DirectiveUse], None]) -> None:
        """Call `read` for each line of the directive's block; what it refuses is reported at that line."""
        self._each_of(self.statement.block or (), read)

    def include(self, read: Callable[[DirectiveUse], None]) -> None:
        """This line is an `include`: read the lines of its files in its place."""
        for nodes in self.included():
            self._each_of(nodes, read)

    def included(self) -> Iterator[tuple[Node, ...]]:
        """The trees of the files this `include` names, one after the other."""
        path = self.cycle.full_path(self.arguments[0], configuration_prefix=True)
        for nodes in self.cycle.files.include(path, self.position, self.statement):
            if nodes is None:
                self.scope.uncertain = self.cycle.has_gaps = True
            else:
                yield nodes

    def _each_of(self, nodes: tuple[Node, ...], read: Callable[[DirectiveUse], None]) -> None:
        for node in nodes:
            if isinstance(node, Fault):
                self.cycle.has_gaps = True
                self.complain(node.level, node.message, node.position, True, None)
                continue
            line = DirectiveUse(self.name, node, self.scope, self.cycle, self.complain, node.end)
            if node.block is not None:
                line.report("emerg", 'unexpected "{"', fatal=True)
                continue
            try:
                read(line)
            except RefusedDirective as error:
                line.refused(error)
