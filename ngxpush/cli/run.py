"""`ngxpush run CONF`: serve a configuration in the foreground, on a machine that may lack what it asks for.

What serves is loaded once a configuration is accepted: whoever has made a mistake in it hears so at once.
"""

from __future__ import annotations

import ipaddress
import re
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from ..config.nginx_version import NGINX_VERSION
from ..config.path_map import PathMap
from ..extras import install_command
from ..numbers import parse_decimal
from .channels import OPTION, VARIABLE, BadChannels, channels_places
from .configuration import read
from .origin import Origin, map_option, missing_includes_option, prefix_option
from .run_options import RunOptions
from .said import Said

if TYPE_CHECKING:
    from ..server.redis.channels import ChannelsPlaces


def _version(context: click.Context, parameter: click.Parameter, given: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.+-]+", given):
        raise click.BadParameter(f"takes a version, such as {NGINX_VERSION}, not {given!r}", context, parameter)
    return given


def _channels(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> ChannelsPlaces | None:
    try:
        return channels_places(given)
    except BadChannels as error:
        raise click.UsageError(str(error), context) from None


@click.command("run")
@click.argument("configuration", type=click.Path(exists=True, dir_okay=False), metavar="CONF")
@prefix_option
@map_option
@missing_includes_option
@click.option(
    "--listen",
    "listens",
    multiple=True,
    metavar="OLD=NEW",
    help="Listen on port NEW instead of port OLD; 0 is any free one. May be repeated.",
)
@click.option("--port-offset", type=int, default=0, metavar="N", help="Add N to every port that --listen does not name.")
@click.option(
    "--host", metavar="ADDRESS", help="Listen on this IP address where CONF means all addresses of the machine (`listen 80`)."
)
@click.option("--keep-redirects", is_flag=True, help="Redirect to the server names of CONF, not to the addresses here.")
@click.option("--watch", is_flag=True, help="Reload when a file of CONF changes, as SIGHUP does.")
@click.option(
    "--console",
    "console_at",
    metavar="ADDR",
    help="Where the console is: HOST:PORT or PORT, on a loopback address only; any free port by default.",
)
@click.option("--no-console", is_flag=True, help="Open no console.")
@click.option("--metrics", is_flag=True, help="Show metrics to Prometheus at /metrics of the console.")
@click.option(
    "--log",
    "log_form",
    type=click.Choice(["compact", "nginx", "json", "off"]),
    default="compact",
    show_default=True,
    help="The log of requests and subscribers: compact lines on standard error, nginx's combined format or JSON on standard "
    "output. CONF's own access logs are written as well.",
)
@click.option(
    OPTION,
    "channels",
    multiple=True,
    metavar="[ZONE=]URL",
    callback=_channels,
    help="Keep the channels in Redis or Valkey, where any number of servers share them. URL: redis://HOST:PORT/DB, rediss://…, "
    "unix:///PATH, redis+sentinel://HOST,…/NAME, redis+cluster://HOST,…. With ZONE= it is for the zone of that name only. May be "
    f"repeated. Without it the environment variable {VARIABLE} counts: one, or several with spaces between them. Passwords "
    "belong there: other users can read command lines.",
)
@click.option(
    "--nginx-version",
    default=NGINX_VERSION,
    show_default=True,
    callback=_version,
    help="The version of nginx to show in answers.",
)
def command(
    configuration: str,
    prefix: str | None,
    paths: PathMap,
    needs_includes: bool,
    listens: tuple[str, ...],
    port_offset: int,
    host: str | None,
    keep_redirects: bool,
    watch: bool,
    console_at: str | None,
    no_console: bool,
    metrics: bool,
    log_form: str,
    channels: ChannelsPlaces | None,
    nginx_version: str,
) -> None:
    """Serve CONF in the foreground until Ctrl-C.

    The lines it begins with name the addresses it listens on: `listen 80` means all addresses of the machine, as in nginx.
    The console, at the address of the last line, shows to a browser on this machine what happens inside.
    What this machine lacks (ports below 1024, directories of logs, modules …) does not stop it: warnings say what is done.
    """
    if no_console and (metrics or console_at is not None):
        raise click.UsageError(f"{'--metrics' if metrics else '--console'} and --no-console exclude each other")
    _need("watch", "watchfiles", watch)
    _need("metrics", "prometheus_client", metrics)
    options = RunOptions(
        _ports(listens), port_offset, _host(host), console_at, no_console, nginx_version, watch,
        keep_redirects, metrics, log_form, channels,
    )  # fmt: skip
    origin, said = Origin(configuration, prefix, paths, needs_includes), Said()
    reading = read(origin, said.warn, asks_for_hosts=True)
    if reading.analysis is None:
        sys.exit(1)
    from .serving import serve

    serve(origin, reading, options, said)


def _need(option: str, package: str, wanted: bool) -> None:
    """Refuse an option whose package is not installed. The extra of ngxpush that has it is named as the option."""
    if wanted and find_spec(package) is None:
        raise click.UsageError(f"--{option} needs {package}: {install_command(option)}")


def _ports(listens: tuple[str, ...]) -> dict[int, int]:
    ports: dict[int, int] = {}
    for text in listens:
        old, _, new = text.partition("=")
        given, wanted = parse_decimal(old.encode()), parse_decimal(new.encode())
        if given is None or wanted is None or max(given, wanted) > 65535:
            raise click.UsageError(f"--listen takes two ports from 0 to 65535, such as 80=8080, not {text!r}")
        ports[given] = wanted
    return ports


def _host(text: str | None) -> str | None:
    try:
        return None if text is None else str(ipaddress.ip_address(text))
    except ValueError:
        raise click.UsageError(f"--host takes an IP address, such as 127.0.0.1, not {text!r}") from None
