"""One walk over the directive tree in nginx's own order. It puts typed values into scopes and collects nginx's complaints.

nginx stops at its first fatal message. This walk goes on after it, but leaves out what can no longer be judged. So the
diagnostics up to the first fatal one are nginx's own, and the later ones are what nginx would report once that one is fixed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from .analysis import Analysis, Diagnostic, StartStep
from .columns import Block
from .cycle import CreatePidFile, Cycle, MapMemory, directory_of
from .directive import Check, Directive, DirectiveUse, RefusedDirective, Scope, Setting
from .directives.core.events import EventsMain
from .files import Files
from .garbage import kept
from .http_block import HttpBlock
from .modules import DIRECTIVES, MODULES, find
from .nesting import Walk, finish
from .newer import since, without_newer
from .places import Context
from .reader import parse_parameter
from .system import System
from .text import BYTE_ORDER_MARK, shown, unshown
from .third_party import module_of
from .tree import Fault, Node, Position, Statement

_VARIABLE_NAME = re.compile(rb"(?:\$\{?|\(\?P?[<'])(\w+)")
_CHECKS = tuple(check for module in MODULES for check in module.checks)


def analyze(
    path: str, prefix: str, global_directives: str = "", *, system: System, leave_out_third_party: bool = False
) -> Analysis:
    """Check the configuration file `path` as `nginx -t -p PREFIX -c PATH -g GLOBAL_DIRECTIVES` would, up to `syntax is ok`.

    path, prefix: full paths.  system: where files and host names come from.  What nginx does next is in `Analysis.steps`.
    leave_out_third_party: what is newer than nginx 1.22.1, and directives of modules known by name are not errors; they go to
        `Analysis.left_out`. Directives that ngxpush emulates are known without `load_module`.
    """
    with kept():
        return _Analyzer(path, prefix, system, leave_out_third_party).analyze(unshown(path), unshown(global_directives))


class _Analyzer:
    """The state of one walk."""

    def __init__(self, path: str, prefix: str, system: System, leave_out_third_party: bool) -> None:
        files = Files(system, self._complain)
        self._cycle = Cycle(posixpath.join(unshown(prefix), b""), directory_of(unshown(path)), system, files)
        self._root = Scope(Context.MAIN, None, None)
        self._diagnostics: list[Diagnostic] = []
        self._leaves_out_third_party = leave_out_third_party
        if leave_out_third_party:
            self._cycle.loaded |= {module.file for module in MODULES}

    def analyze(self, path: bytes, global_directives: bytes) -> Analysis:
        if global_directives:
            finish(self._block(parse_parameter(global_directives), self._root))
        nodes = self._cycle.files.read(path)
        if nodes is not None:
            finish(self._block(nodes, self._root))
        cycle = self._cycle
        said, steps, paths = self._diagnostics, self._steps(), cycle.system.paths
        return Analysis(self._root, cycle.prefix, said, steps, cycle.left_out, cycle.named, paths, cycle.files.sources)

    # Complaints

    def _complain(self, level: str, message: str, position: Position | None, fatal: bool, statement: Statement | None) -> None:
        self._diagnostics.append(Diagnostic(level, message, position, fatal, statement))

    def _doubt(self, statement: Statement) -> None:
        """A directive that is not understood may define the variables that it, or what stands in its block, names."""
        doubted = [statement]
        while doubted:
            statement = doubted.pop()
            self._doubt_words(statement)
            doubted += [node for node in statement.block or () if isinstance(node, Statement)]

    def _doubt_words(self, statement: Statement) -> None:
        """The same of a directive whose block is looked at on its own."""
        for text in (statement.name, *statement.arguments):
            self._cycle.mentioned.update(name.lower() for name in _VARIABLE_NAME.findall(text))

    def _refuse(self, scope: Scope, message: str, statement: Statement) -> None:
        scope.uncertain = True
        self._doubt(statement)
        self._complain("emerg", message, statement.end, True, statement)

    # Blocks

    def _block(self, nodes: Sequence[Node], scope: Scope) -> Walk[None]:
        for node in nodes:
            if isinstance(node, Fault):
                scope.uncertain = self._cycle.has_gaps = True
                self._complain(node.level, node.message, node.position, True, None)
            else:
                inside = self._statement(node, scope) if not self._leaves_out_third_party else self._older(node, scope)
                if inside is not None:
                    yield inside

    def _older(self, statement: Statement, scope: Scope) -> Walk[None] | None:
        """The same without what nginx 1.22.1 does not have yet."""
        kept, left_out = without_newer(statement)
        self._cycle.left_out += left_out
        return None if kept is None else self._statement(kept, scope)

    def _files(self, use: DirectiveUse, scope: Scope) -> Walk[None]:
        for included in use.included():
            yield self._block(included, scope)

    def _statement(self, statement: Statement, scope: Scope) -> Walk[None] | None:
        """Check in nginx's order: the name, the context, `;` or block, the number of arguments, the directive's own.

        Returns the walk of what is inside the directive: its block, or the files it includes.
        """
        rows = DIRECTIVES.get(statement.name, ())
        if not rows or (rows[0].file and rows[0].file not in self._cycle.loaded):
            return self._unknown(statement, scope)
        row = find(statement.name, scope.context)
        if row is None:
            _note_misplaced(rows, scope)
            self._doubt(statement)
            message = f'"{shown(statement.name)}" directive is not allowed here'
            self._complain("emerg", message, statement.end, True, statement)
            return None
        wrong = _wrong_form(row, statement)
        if wrong is None and not row.arguments.allow(len(statement.arguments)):
            # The missing argument may be the variable it defines.
            self._cycle.has_gaps = self._cycle.has_gaps or len(statement.arguments) < row.arguments.least
            wrong = f'invalid number of arguments in "{row.name}" directive'
        if wrong is not None:
            self._refuse(scope, wrong, statement)
            return None
        use = DirectiveUse(row.name, statement, scope, self._cycle, self._complain, statement.end)
        return self._files(use, scope) if row.block is Block.FILES else self._use(use, row, scope)

    def _unknown(self, statement: Statement, scope: Scope) -> Walk[None] | None:
        name = shown(statement.name)
        third_party = module_of(name) is not None
        if (third_party or since(name) is not None) and self._leaves_out_third_party:
            self._cycle.left_out.append(statement)
            return None
        self._cycle.has_gaps = self._cycle.has_gaps or third_party
        self._refuse(scope, f'unknown directive "{name}"', statement)
        if not statement.name.startswith(BYTE_ORDER_MARK):
            return None
        # What is known without the mark has errors of its own, and what it sets is not missing.
        marked = replace(statement, name=statement.name.removeprefix(BYTE_ORDER_MARK))
        return self._statement(marked, scope) if marked.name in DIRECTIVES else None

    def _use(self, use: DirectiveUse, row: Directive, scope: Scope) -> Walk[None] | None:
        """The directive's own checks. Returns the walk of its block, after which the complete block is checked."""
        statement = use.statement
        if row.once and (scope.own(row.name) is not None or scope.has_any(row.set_by)):
            self._refuse(scope, f'"{row.name}" directive is duplicate', statement)
            return None
        value: Any = None
        try:
            value = row.slot.parse(use)
        except RefusedDirective as error:
            scope.uncertain = scope.uncertain or statement.end.line > statement.start.line  # a `;` may be missing in it
            if row.opens is None:
                self._doubt(statement)
            else:
                self._doubt_words(statement)
            use.refused(error)
        scope.add(Setting(row, value, statement))
        if row.opens is None or statement.block is None:
            return None
        inner = Scope(row.opens, statement, scope, value)
        scope.scopes.append(inner)
        return self._opened(use, row, inner, statement.block)

    def _opened(self, use: DirectiveUse, row: Directive, inner: Scope, block: Sequence[Node]) -> Walk[None]:
        yield self._block(block, inner)
        self._close(use, row, inner)

    def _close(self, use: DirectiveUse, row: Directive, inner: Scope) -> None:
        use.position = use.statement.block_end or use.statement.end
        checks: list[Check] = [*_CHECKS] if row.opens is Context.HTTP else []
        if row.close is not None:
            checks.append(row.close)
        for check in checks:
            try:
                check(use, inner)
            except RefusedDirective as error:
                use.refused(error)

    # After the syntax

    def _connections(self) -> Iterator[StartStep]:
        """A worker needs a connection for each listening socket, and one more. Without an events block no one asks."""
        scopes = self._root.scopes
        blocks = [scope.value for scope in scopes if isinstance(scope.value, HttpBlock)]
        sockets = sum(block.sockets() for block in blocks)
        for events in scopes:
            setting = events.own("worker_connections")
            connections = EventsMain().worker_connections if setting is None else setting.value
            if events.context is Context.EVENTS and connections is not None and connections <= sockets:
                yield Diagnostic("emerg", f"{connections} worker_connections are not enough for {sockets} listening sockets")

    def _steps(self) -> list[StartStep]:
        """What nginx does after the syntax check, in its order."""
        cycle = self._cycle
        steps: list[StartStep] = [*self._connections()]
        for pool, position in cycle.thread_pools.items():
            steps.append(Diagnostic("emerg", f'unknown thread pool "{shown(pool)}"', position))
        if self._root.own("events") is None:
            steps.append(Diagnostic("emerg", 'no "events" section in configuration'))
        if cycle.pid is not None:
            steps.append(CreatePidFile(cycle.pid))
        steps += cycle.paths
        steps += cycle.logs.values()
        for zone in cycle.shared_memory.values():
            empty = Diagnostic("emerg", f'zero size shared memory zone "{shown(zone.name)}"')
            steps.append(MapMemory(zone.size) if zone.size else empty)
        if self._root.own("http") is None:
            steps += [Diagnostic("notice", module.without_http, fatal=False) for module in MODULES if module.without_http]
        steps += [Diagnostic("notice", message, fatal=False) for message in cycle.notices]
        return steps


def _wrong_form(row: Directive, statement: Statement) -> str | None:
    """nginx's message for a directive without the block it needs, or with a block it must not have; None for any other."""
    if statement.block is None and row.block in (Block.DIRECTIVES, Block.LINES):
        return f'directive "{row.name}" has no opening "{{"'
    if statement.block is not None and row.block in (Block.NO, Block.FILES):
        return f'directive "{row.name}" is not terminated by ";"'
    return None


def _note_misplaced(rows: Sequence[Directive], scope: Scope) -> None:
    """A misplaced directive may be meant for a block around it. That block then counts as having the directive."""
    around = scope.parent
    while around is not None:
        names = {row.name for row in rows if row.contexts & around.context}
        if names and names <= around.misplaced:
            return  # and so do all blocks around that one
        around.misplaced |= names
        around = around.parent
