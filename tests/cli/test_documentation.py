"""The reference page of the commands."""

from __future__ import annotations

from pathlib import Path

import click

from ngxpush.cli.documentation import _section, page

PAGE = Path(__file__).parents[2] / "docs/reference/commands.md"


def test_the_page_is_up_to_date() -> None:
    """`make docs` writes it."""
    assert page() == PAGE.read_text("utf-8")


def test_a_group_has_its_commands_below_it() -> None:
    @click.group("all")
    def group() -> None:
        """Two things."""

    @group.command("one")
    @click.option("--way", type=click.Choice(["a", "b"]), help="Which one.")
    def one(way: str) -> None:
        """Do it.

        \b
        one  a
        """

    assert "\n".join(_section(group, click.Context(click.Group(), info_name="x"))).split("\n") == [
        "## x all", "", "```text", "x all [OPTIONS] COMMAND [ARGS]...", "```", "", "Two things.", "",
        "| option | |", "| --- | --- |", "| `--help` | Show this message and exit. |", "",
        "## x all one", "", "```text", "x all one [OPTIONS]", "```", "", "Do it.", "", "```text", "one  a", "```", "",
        "| option | |", "| --- | --- |", "| `--way [a\\|b]` | Which one. |", "| `--help` | Show this message and exit. |", "",
    ]  # fmt: skip
