"""`ngxpush run CONF`: serve a configuration in the foreground, on a machine that may lack what it asks for."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from contextlib import nullcontext

import click

from .. import __version__
from ..config.analysis import Analysis, Diagnostic
from ..config.columns import Support
from ..config.configuration import ListenAddress
from ..config.directives.core.main import CoreMain
from ..config.tree import Statement
from ..console.listening import CannotOpen, InvalidConsoleAddress, console_address, open_console
from ..numbers import parse_decimal
from ..server.clients.listeners import address_name
from ..server.setup.cache_memory import TooSmallZone
from ..server.setup.foreground import CannotListen, Ports, serve, set_up, write_pid
from ..server.setup.reading import describe
from ..server.setup.startup import Setup
from ..server.tls.faults import CannotLoad
from .backends import warn_of_silent_backends
from .configuration import read_configuration, warn
from .nginx_options import NGINX_VERSION
from .output import say
from .places import places

_HTTPS = 443
# The same host, without a port.
_TO_HTTPS = re.compile(rb"https://\$\{?(host|server_name|http_host)\b(?!\}?:)")


@click.command("run")
@click.argument("configuration", type=click.Path(exists=True, dir_okay=False), metavar="CONF")
@click.option(
    "--prefix", "-p", metavar="DIR", help="nginx's prefix, for relative paths; the configuration's directory by default."
)
@click.option(
    "--listen", "listens", multiple=True, metavar="OLD=NEW", help="Listen on port NEW instead of port OLD; may be repeated."
)
@click.option("--port-offset", type=int, default=0, metavar="N", help="Add N to every port that --listen does not name.")
@click.option(
    "--host", metavar="ADDRESS", help="Listen on this IP address where CONF means all addresses of the machine (`listen 80`)."
)
@click.option(
    "--console",
    "console_at",
    metavar="ADDR",
    help="Where the console is: HOST:PORT or PORT, on a loopback address only; any free port by default.",
)
@click.option("--no-console", is_flag=True, help="Open no console.")
@click.option("--nginx-version", default=NGINX_VERSION, show_default=True, help="The version of nginx to show in answers.")
def command(
    configuration: str,
    prefix: str | None,
    listens: tuple[str, ...],
    port_offset: int,
    host: str | None,
    console_at: str | None,
    no_console: bool,
    nginx_version: str,
) -> None:
    """Serve CONF in the foreground until Ctrl-C.

    The lines it begins with name the addresses it listens on: `listen 80` means all addresses of the machine, as in nginx.
    The console, at the address of the last line, shows channels and messages to a browser on this machine.
    What this machine lacks (ports below 1024, directories of logs, modules …) does not stop it: warnings say what is done.
    """
    ports = Ports(_ports(listens), port_offset, _host(host))
    wanted = _console(console_at, no_console)
    analysis = read_configuration(configuration, prefix, asks_for_hosts=True)
    _report(analysis)
    warn_of_silent_backends(analysis)
    try:
        setup = set_up(analysis, ports, warn)
        console = None if wanted is None else open_console(wanted, setup)
    except (CannotListen, CannotLoad, CannotOpen, TooSmallZone) as error:
        say(f"ngxpush: {error}")
        sys.exit(1)
    _report_addresses(analysis, setup, ports, nginx_version)
    if console is not None:
        click.echo(f"ngxpush: console {console.url}", err=True)
    pid = analysis.root.own("pid")
    pid_file = None if pid is None else write_pid(os.fsdecode(setup.configuration.of(CoreMain).pid), warn)
    try:
        serve(setup, nginx_version.encode(), nullcontext if console is None else console.beside)
    except KeyboardInterrupt:
        pass  # Ctrl-C before the first request could be served
    finally:
        if pid_file is not None:
            pid_file.remove()


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


def _console(text: str | None, no_console: bool) -> ListenAddress | None:
    if no_console and text is not None:
        raise click.UsageError("--console and --no-console exclude each other")
    try:
        return None if no_console else console_address(text or "0")
    except InvalidConsoleAddress as error:
        raise click.UsageError(f"--console {error}") from None


def _report_addresses(analysis: Analysis, setup: Setup, ports: Ports, nginx_version: str) -> None:
    for listening, _ in setup.sockets:
        click.echo(f"ngxpush {__version__} as nginx/{nginx_version}: listening on {_shown(ports, listening.address)}", err=True)
    moved = ports.of(ListenAddress(port=_HTTPS)).port
    if moved != _HTTPS and any(listening.address.port == moved for listening, _ in setup.sockets):
        _report_redirects(analysis, moved)
    if not setup.sockets:
        warn("the configuration has no server: ngxpush listens on no address")


def _report_redirects(analysis: Analysis, port: int) -> None:
    """Say which redirects to https lead past this server, which has another port for it."""
    settings = [setting for scope in analysis.root.walk() for name in ("return", "rewrite") for setting in scope.all(name)]
    redirects = [setting.statement for setting in settings if any(map(_TO_HTTPS.match, setting.statement.arguments))]
    if redirects:
        warn(f"these redirects lead to port {_HTTPS}, but https is served on port {port}: {places(redirects)}")


def _shown(ports: Ports, listen: ListenAddress) -> str:
    """An address that is listened on; said in words where that is all of them."""
    bound = ports.bound(listen)
    if not bound.is_wildcard:
        return address_name(bound)
    kind, one = ("IPv6", "::1") if bound.ipv6 else ("IPv4", "127.0.0.1")
    return f"{address_name(bound)}, all {kind} addresses of this machine (--host {one} binds that one only)"


def _report(analysis: Analysis) -> None:
    """Print nginx's warnings, and say each reason why directives are not emulated or have no effect once, with their places."""
    steps = [step for step in analysis.steps if isinstance(step, Diagnostic)]
    for diagnostic in (*analysis.diagnostics, *steps):
        if diagnostic.level == "warn":
            say(f"nginx: [{diagnostic.level}] {describe(diagnostic)}")
    unsupported: dict[str, list[Statement]] = {}
    in_foreground: dict[str, list[Statement]] = {}
    without_effect: dict[str, None] = {}
    for setting in (setting for scope in analysis.root.walk() for setting in scope.settings):
        row = setting.directive
        if row.emulation.support is Support.UNSUPPORTED:
            unsupported.setdefault(row.emulation.reason, []).append(setting.statement)
        elif row.emulation.support is Support.ACCEPTED:
            without_effect.setdefault(row.name)
        elif row.foreground and setting.value != row.default:
            in_foreground.setdefault(row.foreground, []).append(setting.statement)
    for reason, statements in unsupported.items():
        warn(f"not emulated: {places(statements)}. {reason}")
    for reason, statements in in_foreground.items():
        warn(f"no effect: {places(statements)}; {reason}")
    if without_effect:
        warn(f"these directives have no effect, and none is needed here: {', '.join(without_effect)}")
