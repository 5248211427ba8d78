"""One walk over the directive tree in nginx's own order: typed values into scopes, and everything nginx would complain about.

nginx stops at its first fatal message; this walk goes on behind it, leaving out what can't be judged any more, so that the
diagnostics up to the first fatal one are nginx's own and all that follow would come up once that one is mended.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any

from .analysis import Analysis, Diagnostic, Scope, Setting, Step
from .cycle import CreatePidFile, Cycle, RealSystem, System, folder_of
from .directives.table import Block, Context, Directive
from .directives.third_party import module_of
from .modules import DIRECTIVES, MODULES
from .reader import parse, parse_parameter
from .text import shown
from .tree import Fault, Node, Position, Statement
from .variables import HTTP_VARIABLES, STREAM_VARIABLES, Variables
from .words import Refused, Words

# A file that includes itself ends, in nginx, when it has no descriptor left.
_DEEPEST_INCLUDE = 60
_VARIABLE_NAME = re.compile(rb"(?:\$\{?|\(\?P?[<'])(\w+)")
_TABLES = {Context.HTTP: HTTP_VARIABLES, Context.STREAM: STREAM_VARIABLES}


def analyze(
    path: str, prefix: str, global_directives: str = "", system: System | None = None, *, leave_out_third_party: bool = False
) -> Analysis:
    """Check the configuration file `path` as `nginx -t -p PREFIX -c PATH -g GLOBAL_DIRECTIVES` would, up to `syntax is ok`.

    path, prefix: full paths.  system: files and host names; None: the real ones.  What nginx does then is in `Analysis.steps`.
    leave_out_third_party: directives of modules that are known by name are no errors but go to `Analysis.left_out`.
    """
    main = os.fsencode(path)
    cycle = Cycle(os.path.join(os.fsencode(prefix), b""), folder_of(main), system or RealSystem())
    analyzer = Analyzer(cycle, leave_out_third_party)
    return analyzer.analyze(main, os.fsencode(global_directives))


class Analyzer:
    """The state of one walk."""

    def __init__(self, cycle: Cycle, leave_out_third_party: bool = False) -> None:
        self.cycle = cycle
        self.analysis = Analysis(Scope(Context.MAIN, None, None), cycle.prefix)
        self.variables = Variables({})
        self._dynamic = {module.name for module in MODULES if module.dynamic}
        self._includes = 0
        self._mentioned: set[bytes] = set()
        self._has_gaps = False  # something was not read, or belongs to a module that may bring variables of its own
        self._leaves_out_third_party = leave_out_third_party

    def analyze(self, path: bytes, global_directives: bytes) -> Analysis:
        root = self.analysis.root
        if global_directives:
            self._block(parse_parameter(global_directives), root)
        nodes = self._read(path, None)
        if nodes is not None:
            self._block(nodes, root)
        self._after_syntax(root)
        return self.analysis

    def load_module(self, path: bytes) -> None:
        """A module that is not there from the start is there now: `…/ngx_mail_module.so` brings mail."""
        name = shown(path).rsplit("/", 1)[-1].removeprefix("ngx_").removesuffix(".so").removesuffix("_module")
        self._dynamic = {module for module in self._dynamic if module.split("_")[0] != name.split("_")[0]}

    # Complaints

    def report(
        self, level: str, message: str, position: Position | None, fatal: bool = False, statement: Statement | None = None
    ) -> None:
        self.analysis.diagnostics.append(Diagnostic(level, message, position, fatal, statement))

    def unknown_variables(self) -> list[bytes]:
        """The variables that are used and that nothing gives a value, nor may have been meant to."""
        return [] if self._has_gaps else [name for name in self.variables.unknown() if name not in self._mentioned]

    def _doubt(self, statement: Statement) -> None:
        """A directive that is not understood may be one that makes the variables it names."""
        for text in (statement.name, *statement.arguments):
            self._mentioned.update(name.lower() for name in _VARIABLE_NAME.findall(text))
        for node in statement.block or ():
            if isinstance(node, Statement):
                self._doubt(node)

    def _refuse(self, scope: Scope, message: str, statement: Statement) -> None:
        scope.uncertain = True
        self._doubt(statement)
        self.report("emerg", message, statement.end, True, statement)

    # Blocks

    def statements(self, nodes: Sequence[Node]) -> Iterator[Statement]:
        """The statements of a block; syntax faults between them are reported."""
        for node in nodes:
            if isinstance(node, Fault):
                self._has_gaps = True
                self.report(node.level, node.message, node.position, True)
            else:
                yield node

    def _block(self, nodes: Sequence[Node], scope: Scope) -> None:
        for node in nodes:
            if isinstance(node, Fault):
                scope.uncertain = self._has_gaps = True
                self.report(node.level, node.message, node.position, True)
            else:
                self._statement(node, scope)

    def _statement(self, statement: Statement, scope: Scope) -> None:
        """nginx's order of checks: the name, the context, `;` or block, the number of arguments, then the directive's own."""
        rows = [row for row in DIRECTIVES.get(statement.name, ()) if row.module not in self._dynamic]
        if not rows and self._leaves_out_third_party and module_of(shown(statement.name)) is not None:
            return self.analysis.left_out.append(statement)
        if not rows:
            self._has_gaps = self._has_gaps or module_of(shown(statement.name)) is not None
            return self._refuse(scope, f'unknown directive "{shown(statement.name)}"', statement)
        row = next((row for row in rows if row.contexts & scope.context), None)
        name = shown(statement.name)
        if row is None:
            _note_misplaced(rows, scope)
            self._doubt(statement)
            return self.report("emerg", f'"{name}" directive is not allowed here', statement.end, True, statement)
        if statement.block is None and row.block in (Block.DIRECTIVES, Block.LINES):
            return self._refuse(scope, f'directive "{name}" has no opening "{{"', statement)
        if statement.block is not None and row.block in (Block.NO, Block.FILES):
            return self._refuse(scope, f'directive "{name}" is not terminated by ";"', statement)
        if not row.arguments.allow(len(statement.arguments)):
            # What is missing may be the variable it makes.
            self._has_gaps = self._has_gaps or len(statement.arguments) < row.arguments.least
            return self._refuse(scope, f'invalid number of arguments in "{name}" directive', statement)
        words = Words(statement, row, scope, self, statement.end)
        if row.block is Block.FILES:
            for included in self.include(words):
                self._block(included, scope)
            return None
        return self._use(words, row, scope)

    def _use(self, words: Words, row: Directive, scope: Scope) -> None:
        """The directive's own checks; then its block, with those of the complete block."""
        statement = words.statement
        if row.once and scope.own(row.name) is not None:
            return self._refuse(scope, f'"{row.name}" directive is duplicate', statement)
        if row.opens in _TABLES:
            self.variables = Variables(_TABLES[row.opens])
        value: Any = None
        try:
            value = row.slot.parse(words)
        except Refused as error:
            scope.uncertain = scope.uncertain or statement.end.line > statement.start.line  # it may have swallowed another one
            self._doubt(statement)
            words.refused(error)
        scope.add(Setting(row, value, statement))
        if row.opens is not None and statement.block is not None:
            self._inside(words, row, Scope(row.opens, statement, scope, value))
        return None

    def _inside(self, words: Words, row: Directive, inner: Scope) -> None:
        inner.parent.scopes.append(inner)  # type: ignore[union-attr]  # an inner scope has a parent
        statement = words.statement
        self._block(statement.block or (), inner)
        words.position = statement.block_end or statement.end
        checks = [check for module in MODULES for check in module.checks] if row.opens is Context.HTTP else []
        for check in (*checks, row.close):
            try:
                if check is not None:
                    check(words, inner)
            except Refused as error:
                words.refused(error)

    # Files

    def include(self, words: Words) -> Iterator[tuple[Node, ...]]:
        """The trees of the files an `include` names, one after the other."""
        path = self.cycle.full_path(words.arguments[0], configuration_prefix=True)
        if not any(character in path for character in b"*?["):
            paths = [path]
        else:
            paths = [os.fsencode(found) for found in self.cycle.system.glob(os.fsdecode(path))]
        for found in paths:
            self._includes += 1
            nodes = self._read(found, words)
            if nodes is None:
                words.scope.uncertain = self._has_gaps = True
            else:
                yield nodes
            self._includes -= 1

    def _read(self, path: bytes, words: Words | None) -> tuple[Node, ...] | None:
        """The tree of one file; None, and nginx's message, when it can't be read. `words`: of the include, if it is one."""
        name = os.fsdecode(path)
        try:
            if self._includes > _DEEPEST_INCLUDE:
                raise OSError(24, "Too many open files")
            source = self.cycle.system.read(name)
        except IsADirectoryError:
            self.report(
                "crit", f'pread() "{name}" failed (21: Is a directory)', None, True, None if words is None else words.statement
            )
            return None
        except OSError as error:
            position, statement = (None, None) if words is None else (words.position, words.statement)
            self.report("emerg", f'open() "{name}" failed ({error.errno}: {error.strerror})', position, True, statement)
            return None
        self.analysis.files.setdefault(name, source)
        return parse(source, name)

    # After the syntax

    def _after_syntax(self, root: Scope) -> None:
        steps: list[Step] = self.analysis.steps
        for pool, position in self.cycle.thread_pools.items():
            steps.append(Diagnostic("emerg", f'unknown thread pool "{shown(pool)}"', position))
        if root.own("events") is None:
            steps.append(Diagnostic("emerg", 'no "events" section in configuration'))
        if self.cycle.pid is not None:
            steps.append(CreatePidFile(self.cycle.pid))
        steps += self.cycle.paths
        steps += self.cycle.logs
        for zone in self.cycle.shared_memory.values():
            if not zone.size:
                steps.append(Diagnostic("emerg", f'zero size shared memory zone "{shown(zone.name)}"'))
        steps += [Diagnostic("notice", message, fatal=False) for message in self.cycle.notices]


def _note_misplaced(rows: Sequence[Directive], scope: Scope) -> None:
    """A misplaced directive may have been meant for a block around it, which does not lack it, then."""
    around = scope.parent
    while around is not None:
        around.misplaced.update(row.name for row in rows if row.contexts & around.context)
        around = around.parent
