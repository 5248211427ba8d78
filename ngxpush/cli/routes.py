"""`ngxpush routes`: where requests can go in a configuration."""

from __future__ import annotations

import os

import click

from ..config.compiler import compile_configuration
from ..config.configuration import Http
from ..config.path_map import PathMap
from ..explain.routes import route_table
from ..explain.routes_text import as_json_text, as_text
from .configuration import read_configuration, warn
from .elsewhere import say_where_channels_are
from .origin import Origin, map_option, missing_includes_option, prefix_option
from .output import write


@click.command("routes")
@click.argument("configuration", type=click.Path(exists=True, dir_okay=False), metavar="CONF")
@prefix_option
@map_option
@missing_includes_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(configuration: str, prefix: str | None, paths: PathMap, needs_includes: bool, as_json: bool) -> None:
    """Print the route table of CONF: addresses, servers, and locations in the order in which nginx looks at them.

    Each location is shown with its role, its channels, and who may use it.
    """
    analysis = read_configuration(Origin(configuration, prefix, paths, needs_includes))
    say_where_channels_are(analysis)
    table = route_table(compile_configuration(analysis).http or Http())
    if not table:
        warn("the configuration has no server: there are no routes")
    if as_json:
        write(as_json_text(table))
    else:
        write(as_text(table, os.path.dirname(os.path.abspath(configuration))))
