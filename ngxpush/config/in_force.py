"""What is written in the directives that are in force in a block."""

from __future__ import annotations

from .directive import Scope


def argument(scope: Scope, name: str) -> bytes | None:
    """The first argument of a directive; None without the directive."""
    setting = scope.effective(name)
    return None if setting is None else setting.statement.arguments[0]


def arguments(scope: Scope, name: str) -> list[bytes]:
    """The first arguments of all uses of a directive in the block that is in force."""
    return [setting.statement.arguments[0] for setting in scope.effective_all(name)]
