"""`ngxpush run CONF`: serve a configuration in the foreground, on a machine that may lack what it asks for."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from .. import __version__
from ..config.analysis import Analysis, Diagnostic
from ..config.configuration import ListenAddress
from ..config.directives.core.main import CoreMain
from ..console.listening import CannotOpen, Console, InvalidConsoleAddress, console_address, open_console
from ..numbers import parse_decimal
from ..server.clients.listeners import address_name
from ..server.processes.daemon import PidFile
from ..server.setup.cache_memory import TooSmallZone
from ..server.setup.foreground import Beside, CannotListen, Ports, serve, set_up, write_pid
from ..server.setup.reading import describe
from ..server.setup.startup import Setup
from ..server.tls.faults import CannotLoad
from .configuration import read_configuration, warn
from .effects import without_effect
from .grouped import gathered
from .nginx_options import NGINX_VERSION
from .places import places

if TYPE_CHECKING:
    from ..lint.report import Report
    from ..server.observing.counts import Counts
    from ..server.observing.run_log import RunLog
    from ..server.processes.worker import Worker

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
@click.option("--nginx-version", default=NGINX_VERSION, show_default=True, help="The version of nginx to show in answers.")
def command(
    configuration: str,
    prefix: str | None,
    listens: tuple[str, ...],
    port_offset: int,
    host: str | None,
    console_at: str | None,
    no_console: bool,
    metrics: bool,
    log_form: str,
    nginx_version: str,
) -> None:
    """Serve CONF in the foreground until Ctrl-C.

    The lines it begins with name the addresses it listens on: `listen 80` means all addresses of the machine, as in nginx.
    The console, at the address of the last line, shows channels and messages to a browser on this machine.
    What this machine lacks (ports below 1024, directories of logs, modules …) does not stop it: warnings say what is done.
    """
    ports = Ports(_ports(listens), port_offset, _host(host))
    wanted, counts = _console(console_at, no_console), _counts(metrics, no_console)
    analysis = read_configuration(configuration, prefix, asks_for_hosts=True)
    _report(analysis)
    try:
        with gathered(warn) as gather:
            setup = set_up(analysis, ports, gather)
        console = None if wanted is None else open_console(wanted, setup, _lint, counts)
    except (CannotListen, CannotLoad, CannotOpen, TooSmallZone) as error:
        click.echo(f"ngxpush: {error}", err=True)
        sys.exit(1)
    pid = analysis.root.own("pid")
    pid_file = None if pid is None else write_pid(os.fsdecode(setup.configuration.of(CoreMain).pid), warn)
    _report_addresses(analysis, setup, ports, nginx_version)
    if console is not None:
        click.echo(f"ngxpush: console {console.url}{', metrics at /metrics' if metrics else ''}", err=True)
    _serve(setup, nginx_version, pid_file, console, _log(log_form))


def _serve(setup: Setup, nginx_version: str, pid_file: PidFile | None, console: Console | None, log: RunLog | None) -> None:
    """Serve until a signal ends it, and say what was done."""
    try:
        with nullcontext() if log is None else log:
            serve(setup, nginx_version.encode(), _beside([part.beside for part in (console, log) if part is not None]))
    except KeyboardInterrupt:
        pass  # Ctrl-C before the first request could be served
    finally:
        if pid_file is not None:
            pid_file.remove()
    click.echo(f"ngxpush: {'stopped' if log is None else log.last_word}", err=True)


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


def _lint(analysis: Analysis) -> Report:
    """The linter's report of the files, as they were read."""
    from ..lint.linter import lint  # only who looks at the console's page of the configuration needs it
    from .linted_files import DiskFiles

    return lint(next(iter(analysis.files)), os.fsdecode(analysis.prefix), DiskFiles(analysis.files))


def _counts(metrics: bool, no_console: bool) -> Counts | None:
    """What the metrics show; None without --metrics."""
    if not metrics:
        return None
    if no_console:
        raise click.UsageError("--metrics are at the console: --metrics and --no-console exclude each other")
    if find_spec("prometheus_client") is None:
        raise click.UsageError("--metrics needs prometheus_client: pip install 'ngxpush[metrics]'")
    from ..server.observing.counts import Counts  # not loaded where no one wants it

    return Counts()


def _log(form: str) -> RunLog | None:
    if form == "off":
        return None
    from ..server.observing.run_log import RunLog  # not loaded where no one wants it

    return RunLog(form)


def _beside(parts: list[Beside]) -> Beside:
    """All of them at once."""

    @contextmanager
    def beside(worker: Worker) -> Iterator[None]:
        with ExitStack() as stack:
            for part in parts:
                stack.enter_context(part(worker))
            yield

    return beside


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
            click.echo(f"nginx: [{diagnostic.level}] {describe(diagnostic)}", err=True)
    for text in without_effect(analysis):
        warn(text)
