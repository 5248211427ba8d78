"""Where a configuration comes from: the options that several commands have for it."""

from __future__ import annotations

import os

import click
from msgspec import Struct

from ..config.path_map import PathMap


class Origin(Struct, frozen=True):
    """What the command line says about it.

    path: as it was given.  prefix: nginx's, for relative paths; None: the directory of the configuration.
    paths: where its files are on this machine.  needs_includes: whether an included file that is not here is an error.
    """

    path: str
    prefix: str | None = None
    paths: PathMap = PathMap()
    needs_includes: bool = True

    @property
    def full_path(self) -> str:
        return os.path.abspath(self.path)

    @property
    def directory(self) -> str:
        """nginx's prefix, with a slash at its end."""
        return os.path.join(os.path.abspath(self.prefix or os.path.dirname(self.full_path)), "")


def _path_map(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> PathMap:
    return PathMap(tuple(_place(text, context, parameter) for text in given))


def _place(text: str, context: click.Context, parameter: click.Parameter) -> tuple[bytes, bytes]:
    there, equals, here = text.partition("=")
    if not equals or not there.startswith("/") or not here:
        what = f"takes a full path there and a path here, such as /etc/nginx=./docker/nginx, not {text!r}"
        raise click.BadParameter(what, context, parameter)
    if not os.path.exists(here):
        raise click.BadParameter(f"there is no {here} here", context, parameter)
    if "$" in here:
        raise click.BadParameter(f"a path here has no dollar sign, {here!r} has one", context, parameter)
    return os.fsencode(there.rstrip("/")), os.fsencode(os.path.abspath(here))


map_option = click.option(
    "--map",
    "paths",
    multiple=True,
    metavar="THERE=HERE",
    callback=_path_map,
    help="The directory or file that CONF calls THERE is HERE, on this machine; may be repeated.",
)
prefix_option = click.option(
    "--prefix", "-p", metavar="DIR", help="nginx's prefix, for relative paths; the configuration's directory by default."
)
missing_includes_option = click.option(
    "--missing-includes",
    "needs_includes",
    type=click.Choice(["error", "warn"]),
    default="error",
    show_default=True,
    callback=lambda context, parameter, given: given == "error",
    help="Whether an included file that is not here is an error, as for nginx, or is left out with a warning.",
)
