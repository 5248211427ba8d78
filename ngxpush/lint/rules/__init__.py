"""All rules, one file each; a file is a rule when it defines `RULE`. Sorted by code."""

from __future__ import annotations

import importlib
import pkgutil

from ..rule import Rule


def _load() -> tuple[Rule, ...]:
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return tuple(sorted((module.RULE for module in modules), key=lambda rule: rule.code))


RULES = _load()
