"""The pages of `man ngxpush`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import click
import pytest

from ngxpush.cli.commands import commands
from ngxpush.cli.manual import pages, write
from tests.patience import PATIENCE

MAN = Path(__file__).parents[2] / "man"


def test_each_command_and_each_option_has_its_place() -> None:
    """In the pages of the repository, which `make docs` writes."""
    top = click.Context(commands, info_name="ngxpush")
    names = commands.list_commands(top)
    assert {page.name for page in MAN.iterdir()} == {"ngxpush.1", *(f"ngxpush-{name}.1" for name in names)}
    for name in names:
        command = commands.get_command(top, name)
        assert command is not None
        text = (MAN / f"ngxpush-{name}.1").read_text("utf-8").replace("\\-", "-")
        options = [option for each in command.params if isinstance(each, click.Option) for option in each.opts]
        assert [option for option in options if option not in text] == []


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_they_are_written_as_man_reads_them(tmp_path: Path) -> None:
    (tmp_path / "ngxpush-gone.1").touch()
    write(tmp_path, pages())
    made = sorted(tmp_path.iterdir())
    assert tmp_path / "ngxpush-gone.1" not in made
    for page in made:
        command = ["groff", "-Kutf8", "-man", "-Tutf8", "-ww", "-z", str(page)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        assert (done.returncode, done.stderr) == (0, ""), page
