"""`ngxpush rule CODE`: the documentation of a linter rule."""

from __future__ import annotations

import click

from ..lint.documentation import describe, describe_all
from ..lint.rules import RULES
from .output import write


@click.command("rule")
@click.argument("code", required=False)
@click.option("--markdown", is_flag=True, help="Print the documentation of all rules as one Markdown page.")
def command(code: str | None, markdown: bool) -> None:
    """Print what the rule CODE looks for, why, and what to write instead; without CODE, list all rules."""
    if markdown:
        write(describe_all(RULES))
        return
    if code is None:
        write("".join(f"{rule.code} {rule.name}: {rule.what}\n" for rule in RULES))
        return
    for rule in RULES:
        if code.upper() == rule.code or code == rule.name:
            write(describe(rule))
            return
    raise click.UsageError(f"there is no rule {code}; `ngxpush rule` without CODE lists all rules")
