"""The pages of `man ngxpush`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import click
import pytest

from ngxpush.cli.commands import all_commands
from ngxpush.cli.manual import pages, write
from tests.patience import PATIENCE

MAN = Path(__file__).parents[2] / "man"


def test_they_are_up_to_date() -> None:
    """`make docs` writes them."""
    assert dict(pages()) == {page.name: page.read_text("utf-8") for page in MAN.iterdir()}


def test_each_option_has_its_place() -> None:
    text = dict(pages())
    for command in all_commands():
        page = text[f"ngxpush-{command.name}.1"].replace("\\-", "-")
        options = [option for each in command.params if isinstance(each, click.Option) for option in each.opts]
        assert [option for option in options if option not in page] == []


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
