"""A row of the table of directives, and what becomes of a directive: the types that refer to each other.

A file of `directives` for each nginx module holds the module's rows and the classes its settings become (`module.Module`).
Everything that needs to know a directive reads these rows: the analyzer, the compiler, the linter, `ngxpush explain`,
docs/reference/directives.md.  There is no other list.

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

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Protocol

from msgspec import Struct, field

from .addresses import Address, InvalidAddress
from .columns import EMULATED, ONE, Arguments, Block, Emulation
from .complex_value import ComplexValue, InvalidVariableName, parse_complex_value
from .cycle import Cycle
from .files import Complain
from .nesting import Walk, finish
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

    `description` names the kind of value in docs/reference/directives.md.
    """

    @property
    def description(self) -> str: ...

    def parse(self, use: DirectiveUse) -> Any:
        """The value; raises RefusedDirective. Its type is that of the row's field, or of one item of it for a field of many."""
        ...


Check = Callable[["DirectiveUse", "Scope"], None]
"""Looks at a complete block: called with the use of the directive that opened it. It reports, or raises RefusedDirective."""


class Directive(Struct, frozen=True):
    """A row of the table."""

    # As written in the file.
    name: str

    # Where the directive may stand.
    contexts: Context

    # How its arguments become a value.
    slot: Slot

    # One sentence for docs/reference/directives.md and `ngxpush explain`.
    summary: str

    # How many arguments it takes.
    arguments: Arguments = ONE

    # The attribute of the module's settings that holds the value. It is not written where it is the directive's name without
    # the module's prefix. None where the value is not kept.
    field: str | None = None

    # A second use in one block is refused as duplicate. Otherwise the values of one block form a tuple.
    once: bool = True

    # Directives that set this one's value, too: a use after one of them in one block is a duplicate.
    set_by: tuple[str, ...] = ()

    # The value that those give it.
    set_to: Any = None

    # Whether an inner block without the directive takes the outer block's value.
    inherit: bool = True

    # The value is a tuple, and an item that is None is that of the block around.
    items_inherit: bool = False

    # The module refuses 0, but only when the http block is complete and only where the value has an effect.
    not_zero: bool = False

    # The module refuses an empty text, at the same time and under the same condition.
    not_blank: bool = False

    # The directive gives a variable of the configuration its value.
    defines: bool = False

    # The value is a step of the block's rewrite script.
    step: bool = False

    # The content handler this directive gives to its location, as a name in http.content. The last one written wins.
    content_handler: str | None = None

    # What a location with that handler is for push: its publisher, its subscriber, its statistics. The field has its mode.
    role: str | None = None

    # The content handler asks another server. nginx redirects the name of such a location without its last slash to the whole
    # name, and only handlers of this kind may stand in a limit_except.
    upstream: bool = False

    # The directive has an effect only in a location that has one of these directives (a flag: has it on). (): in every one.
    counts_with: tuple[str, ...] = ()

    # Whether a block follows.
    block: Block = Block.NO

    # The context inside the block (for Block.DIRECTIVES).
    opens: Context | None = None

    # The check of the complete block.
    close: Check | None = None

    # What ngxpush does with the directive.
    emulation: Emulation = EMULATED

    # What `ngxpush run`, which serves with one process as the user who starts it, does instead.
    foreground: str = ""

    # The name of the module the row is in. The `Module` fills in this and the next three.
    module: str = ""

    # The file of that module, if it is one that nginx only has when `load_module` names the file. Empty: it is built in.
    file: str = ""

    # The settings class that has the field.
    settings: type[Any] | None = None

    # The default of the field there.
    default: Any = None


class Setting(Struct, frozen=True, eq=False):
    """One use of a directive: its row, its typed value (None when it was refused) and where it stands."""

    directive: Directive
    value: Any
    statement: Statement


class Scope(Struct, eq=False):
    """A block (or the file itself) with the settings made directly in it, in order, and the blocks inside.

    value: the typed value of the directive that opens the block (a location's match and name, an `if`'s condition …).
    uncertain: something in the block was not understood, so what seems to be missing may stand there.
    misplaced: directives that may stand in this block but are written in a block inside it, where they may not stand.
    """

    context: Context
    statement: Statement | None
    parent: Scope | None
    value: Any = None
    settings: list[Setting] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    uncertain: bool = False
    misplaced: set[str] = field(default_factory=set)
    _uses: dict[str, list[Setting]] = field(default_factory=dict)

    def add(self, setting: Setting) -> None:
        self.settings.append(setting)
        self._uses.setdefault(setting.directive.name, []).append(setting)

    @property
    def names(self) -> Collection[str]:
        """The directives that are used directly in this block."""
        return self._uses.keys()

    def own(self, name: str) -> Setting | None:
        """The last use of a directive directly in this block."""
        found = self._uses.get(name)
        return None if found is None else found[-1]

    def has_any(self, names: Collection[str]) -> bool:
        """Whether one of these directives is used directly in this block."""
        return not self._uses.keys().isdisjoint(names)

    def lacks(self, name: str) -> bool:
        """Whether a directive is missing in this block, and nothing in the block may have been meant as that directive."""
        return name not in self._uses and name not in self.misplaced and not self.uncertain

    def all(self, name: str) -> Sequence[Setting]:
        """Every use of a directive directly in this block, in order."""
        return self._uses.get(name, ())

    def nearest(self, *names: str) -> Scope | None:
        """This block, or the nearest one around it, that uses one of these directives. What is written there applies here."""
        scope: Scope | None = self
        while scope is not None:
            for name in names:
                if name in scope._uses:
                    return scope
            scope = scope.parent
        return None

    def effective(self, name: str) -> Setting | None:
        """The last use of a directive in the nearest block that uses it."""
        scope = self.nearest(name)
        return None if scope is None else scope._uses[name][-1]

    def effective_all(self, name: str) -> Sequence[Setting]:
        """Every use of a directive in the nearest block that uses it; () where none does."""
        scope = self.nearest(name)
        return () if scope is None else scope.all(name)

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
        following = [self]
        while following:
            scope = following.pop()
            yield scope
            following += reversed(scope.scopes)


class DirectiveUse(Struct):
    """One use of a directive, as slots and checks see it: its words, its place, and the way to complain about it."""

    # The name in its row.
    name: str

    statement: Statement

    # The block it stands in.
    scope: Scope

    # What the whole configuration declares.
    cycle: Cycle

    # Reports a message.
    complain: Complain

    # The place that nginx's messages name now: the end of the statement, or where a block was closed.
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

        about: the directive at fault, if a check of a whole block knows which one it is.
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
        """Parse a text with variables, and note the variables it refers to."""
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
        for name in pattern.written_names:
            self.define(name)
            self.variables.missing_at_first(name)
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
        """Note that a variable is used, for the check at the end of the http block."""
        if not name:
            raise RefusedDirective('invalid variable name "$"')
        self.variables.refer(name.lower())

    def path(self, text: bytes, configuration_prefix: bool = False) -> bytes:
        """The full path of a file the configuration names: relative to the prefix, or to the main file's directory."""
        return self.cycle.full_path(text, self.name, configuration_prefix)

    def resolve(self, address: Address) -> None:
        """Refuse a host name that has no address; raises InvalidAddress."""
        if not address.numeric and not self.cycle.system.addresses(shown(address.host)):
            raise InvalidAddress("host not found")

    def resolve_host(self, text: bytes) -> None:
        """Refuse a host name that has no address. Only a host may stand here, without a port."""
        if not self.cycle.system.addresses(shown(text)):
            raise RefusedDirective(f'host not found in {self.name} "{shown(text)}"')

    # The lines of a block the directive reads itself (Block.LINES)

    def each_line(self, read: ReadLine) -> None:
        """Call `read` for each line of the directive's block. What `read` refuses is reported at that line."""
        finish(self._lines(self.statement.block or (), read))

    def included(self) -> Iterator[tuple[Node, ...]]:
        """The trees of the files this `include` names, in order."""
        path = self.path(self.arguments[0], configuration_prefix=True)
        for nodes in self.cycle.files.include(path, self.position, self.statement):
            if nodes is None:
                self.scope.uncertain = self.cycle.has_gaps = True
            else:
                yield nodes

    def _lines(self, nodes: tuple[Node, ...], read: ReadLine) -> Walk[None]:
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
                files = read(line)
            except RefusedDirective as error:
                line.refused(error)
            else:
                for included in files or ():
                    yield self._lines(included, read)


ReadLine = Callable[[DirectiveUse], Iterator[tuple[Node, ...]] | None]
"""Reads a line of a block. For an `include` it returns what `included` gives: those lines are read in its place."""
