"""What a configuration asks for in vain: each reason once, with the places."""

from __future__ import annotations

from collections.abc import Iterator

from ..config.analysis import Analysis
from ..config.columns import Support
from ..config.directive import Scope, Setting
from ..config.newer import since
from ..config.text import shown
from ..config.third_party import module_of
from ..config.tree import Statement
from .places import places, places_by_name


def without_effect(analysis: Analysis) -> Iterator[str]:
    """Sentences about directives that are not emulated, or that have no effect in a process of `ngxpush run`."""
    unsupported: dict[str, list[Statement]] = {}
    in_foreground: dict[str, list[Statement]] = {}
    needless: dict[str, None] = {}
    for setting in _outermost(analysis):
        row = setting.directive
        if row.emulation.support is Support.UNSUPPORTED:
            unsupported.setdefault(row.emulation.reason, []).append(setting.statement)
        elif row.emulation.support is Support.ACCEPTED:
            needless.setdefault(row.name)
        elif row.foreground and setting.value != row.default:
            in_foreground.setdefault(row.foreground, []).append(setting.statement)
    for reason, statements in unsupported.items():
        yield f"not emulated: {places(statements)}. {reason}"
    for reason, statements in in_foreground.items():
        yield f"no effect: {places(statements)}; {reason}"
    if needless:
        yield f"these directives have no effect, and none is needed here: {', '.join(needless)}"


def left_out(analysis: Analysis) -> Iterator[str]:
    """Sentences about directives that are left out: of modules that are not here, and of versions of nginx that are newer."""
    of_modules: list[tuple[str, Statement]] = []
    by_version: dict[str, list[Statement]] = {}
    for statement in analysis.left_out:
        name = shown(statement.name)
        version = since(name)
        if version:
            by_version.setdefault(version, []).append(statement)
        else:
            of_modules.append(((module_of(name) or name).partition(" (")[0], statement))
    if of_modules:
        yield f"left out, because ngxpush does not have these modules: {places_by_name(of_modules)}"
    for version, statements in by_version.items():
        yield f"left out, because nginx has this since {version}: {places(statements)}"


def _outermost(analysis: Analysis) -> Iterator[Setting]:
    """All settings but those in a block that is not emulated: to name the block is enough."""
    silent: set[Scope] = set()
    opening: set[Statement] = set()
    for scope in analysis.root.walk():
        if scope.parent in silent or scope.statement in opening:
            silent.add(scope)
            continue
        for setting in scope.settings:
            if setting.directive.emulation.support is Support.UNSUPPORTED:
                opening.add(setting.statement)
            yield setting
