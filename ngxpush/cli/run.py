"""`ngxpush run CONF`: serve a configuration in the foreground, on a machine that may lack what it asks for."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import replace

import click

from .. import __version__
from ..config.analysis import Analysis, Scope
from ..config.compiler import compile_configuration
from ..config.configuration import Configuration
from ..config.directives.table import Support
from ..server.limit_memory import LimitMemory
from ..server.listeners import address_name
from ..server.logs import STDERR, OpenFiles, open_log
from ..server.startup import Failed, Setup, Source, bind, describe, make_error_log
from .nginx_options import NGINX_VERSION


@click.command("run")
@click.argument("configuration", type=click.Path(exists=True, dir_okay=False))
@click.option("--prefix", "-p", metavar="DIR", help="nginx's prefix, for relative paths; the configuration's folder by default.")
@click.option(
    "--listen", "listens", multiple=True, metavar="OLD=NEW", help="Listen on port NEW in place of OLD; may be repeated."
)
@click.option("--port-offset", type=int, default=0, metavar="N", help="Add N to every port.")
@click.option("--nginx-version", default=NGINX_VERSION, show_default=True, help="The version answers name.")
def command(configuration: str, prefix: str | None, listens: tuple[str, ...], port_offset: int, nginx_version: str) -> None:
    """Serve CONF in the foreground until Ctrl-C."""
    from ..config.analyzer import analyze

    path = os.path.abspath(configuration)
    source = Source(path, os.path.join(os.path.abspath(prefix or os.path.dirname(path)), ""))
    analysis = analyze(source.path, source.prefix)
    _report(analysis)
    try:
        setup = _set_up(analysis, _ports(listens), port_offset)
    except Failed:
        sys.exit(1)
    for listening, _ in setup.sockets:
        click.echo(f"ngxpush {__version__} as nginx/{nginx_version}: listening on {address_name(listening.address)}", err=True)
    _serve(setup, nginx_version.encode())


def _warn(text: str) -> None:
    click.echo(f"warning: {text}", err=True)


def _report(analysis: Analysis) -> None:
    """Print nginx's errors, and leave if there are any; warn once of each directive that is not honoured."""
    fatal = analysis.fatal
    for diagnostic in analysis.diagnostics:
        if diagnostic is fatal or diagnostic.level == "warn":
            click.echo(f"nginx: [{diagnostic.level}] {describe(diagnostic)}", err=True)
        if diagnostic is fatal:
            sys.exit(1)
    told: set[str] = set()
    _warn_of_unsupported(analysis.root, told)


def _warn_of_unsupported(scope: Scope, told: set[str]) -> None:
    for setting in scope.settings:
        row = setting.directive
        if row.emulation.support is Support.UNSUPPORTED and row.name not in told:
            told.add(row.name)
            start = setting.statement.start
            _warn(f"{row.name} ({start.file}:{start.line}) is not emulated: {row.emulation.reason}")
    for inner in scope.scopes:
        _warn_of_unsupported(inner, told)


def _ports(listens: tuple[str, ...]) -> dict[int, int]:
    ports: dict[int, int] = {}
    for text in listens:
        old, _, new = text.partition("=")
        if not (old.isdigit() and new.isdigit()):
            raise click.UsageError(f"--listen takes two ports, such as 80=8080, not {text}")
        ports[int(old)] = int(new)
    return ports


def _set_up(analysis: Analysis, ports: Mapping[int, int], offset: int) -> Setup:
    configuration = compile_configuration(analysis)
    _move_ports(configuration, ports, offset)
    files = OpenFiles(_open_log)
    error_log = make_error_log(configuration.core.error_log, files, None)
    sockets = bind(configuration, None, lambda level, text: click.echo(f"nginx: [{level}] {text}", err=True), False)
    return Setup(configuration, sockets, files, error_log, LimitMemory(configuration.http))


def _open_log(path: str) -> int:
    """A log that can't be opened goes to standard error."""
    try:
        return open_log(path)
    except OSError as error:
        _warn(f"{path} can't be written ({error.strerror}): what is logged there goes to standard error")
        return os.dup(STDERR)


def _move_ports(configuration: Configuration, ports: Mapping[int, int], offset: int) -> None:
    for address in configuration.http.addresses if configuration.http else ():
        listen = address.listen
        if listen.path is None:
            address.listen = replace(listen, port=ports.get(listen.port, listen.port + offset))


def _serve(setup: Setup, nginx_version: bytes) -> None:
    from ..server import worker
    from ..server.journal import Journal
    from ..server.zone_places import OwnZone, Settings

    heir, unused = socket.socketpair()
    place = OwnZone(Journal(), {0: Settings.of(setup.configuration)}, 0, (), heir)
    try:
        worker.run(setup, place, None, nginx_version)
    finally:
        unused.close()
        for listening, _ in setup.sockets:
            listening.close(unlink=True)
