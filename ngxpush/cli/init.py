"""`ngxpush init`: a configuration to begin with, and a page that uses it."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click

from .output import say, write

_STARTER = Path(__file__).parent / "starter"
FILES = ("nginx.conf", "html/index.html")
"""What is written, as paths below the directory."""

_NEXT = """\
{written}
Next:

    ngxpush run {configuration}

Then open http://127.0.0.1:8080/ in a browser, choose a transport and publish a message. The same from another terminal:

    curl -N http://127.0.0.1:8080/sub/news
    curl -d hello 'http://127.0.0.1:8080/pub?id=news'

`ngxpush lint {configuration}` checks the configuration when you have changed it.
"""


@click.command("init")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="[DIR]")
def command(directory: Path) -> None:
    """Write a configuration to begin with, nginx.conf, and a page that uses it, html/index.html, into DIR.

    DIR is this directory by default, and is made where it is missing. Files that are there already are not overwritten: then, and
    where one can't be written, none is, and the exit code is 1.
    """
    there = [str(directory / name) for name in FILES if os.path.lexists(directory / name)]
    if there:
        say(f"ngxpush init: there already: {', '.join(there)}; nothing is written, name another directory")
        sys.exit(1)
    made: list[Path] = []
    for name in FILES:
        path = directory / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                made.append(path)
                file.write((_STARTER / name).read_bytes())
        except OSError as error:
            for half in made:
                half.unlink()
            say(f"ngxpush init: can't write {path}: {error.strerror}")
            sys.exit(1)
    written = "".join(f"Written: {directory / name}\n" for name in FILES)
    write(_NEXT.format(written=written, configuration=shlex.quote(str(directory / FILES[0]))))
