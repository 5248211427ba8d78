"""`ngxpush bench`: how fast a push server delivers, and whether it delivers all."""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import TYPE_CHECKING

import click
from msgspec import Struct, to_builtins

from .output import write
from .reaching import MODES, Reaching, checked_url, reaching, reaching_options

if TYPE_CHECKING:
    from ..client.deliveries import Measured

# Files that this program, or a server of its own, has open besides the subscribers' connections.
_BESIDES = 100

_NAMES = {50: "half within", 90: "90 %", 99: "99 %", 100: "longest"}


@click.command("bench")
@click.argument("target", metavar="URL|CONF")
@click.option("--publish", "publisher", callback=checked_url, metavar="URL", help="The publisher location of the same channel.")
@click.option("--mode", "-m", type=click.Choice(MODES), help="The subscriber location's mode; found out by default.")
@click.option(
    "--subscribers",
    "-s",
    type=click.IntRange(1, 20_000),
    default=100,
    show_default=True,
    metavar="N",
    help="How many subscribers.",
)
@click.option(
    "--messages", "-n", type=click.IntRange(1, 1_000_000), default=1000, show_default=True, metavar="N", help="How many messages."
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Messages per second; by default the next one is published when the server has answered.",
)
@click.option("--size", type=click.IntRange(0, 1 << 24), default=100, show_default=True, help="Bytes of a message, at least.")
@click.option("--prefix", "-p", metavar="DIR", help="nginx's prefix, for relative paths in CONF; its directory by default.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@reaching_options
def command(
    target: str,
    publisher: str | None,
    mode: str | None,
    subscribers: int,
    messages: int,
    rate: float | None,
    size: int,
    prefix: str | None,
    as_json: bool,
    headers: tuple[str, ...],
    insecure: bool,
    unix_socket: str | None,
) -> None:
    """Measure a push server: all subscribers hear all messages. How long does it take, is any lost, does any come twice?

    URL is a subscriber location of a running server (ngxpush, nginx, nchan); --publish names the publisher location.
    With CONF a server of its own is started for it: its first publisher and its first subscriber location are used.

    Publisher and subscribers are in one process, which shares the machine with the server: compare what was measured in the same
    way. Exit code 1 where messages were lost or came twice.
    """
    where = reaching(headers, insecure, unix_socket)
    how = _How(subscribers, messages, rate, size)
    _allow_connections(subscribers)
    if "://" in target:
        checked_url(click.get_current_context(), None, target)
        if publisher is None:
            raise click.UsageError("a subscriber location needs --publish URL, the publisher location of the same channel")
        measured = _measured(how, publisher, target, mode, where)
    else:
        if not os.path.isfile(target):
            raise click.UsageError(f"{target!r} is neither a file nor a URL, which begins with http:// or the like")
        from .own_server import own_server  # it loads what reads configurations

        with own_server(target, prefix, mode) as locations:
            there = Reaching(where.headers, insecure=True, unix_socket=None)
            measured = _measured(how, locations.publisher, locations.subscriber, locations.mode.value, there)
    write(_as_json(measured) if as_json else _as_text(measured))
    sys.exit(1 if measured.lost or measured.duplicates or measured.failed else 0)


def _allow_connections(subscribers: int) -> None:
    """Let this program, and the server that it starts, open so many connections."""
    needed = subscribers + _BESIDES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    except (ValueError, OSError):
        said = f"{subscribers} subscribers need {needed} open files, and the system allows {hard} (ulimit -Hn)"
        raise click.UsageError(said) from None


class _How(Struct, frozen=True):
    """The numbers of the options."""

    subscribers: int
    messages: int
    rate: float | None
    size: int


def _measured(how: _How, publisher: str, subscriber: str, mode: str | None, where: Reaching) -> Measured:
    from ..client.measuring import Load, measure

    load = Load(publisher, subscriber, mode, how.subscribers, how.messages, how.rate, how.size)
    with click.progressbar(
        length=how.subscribers * how.messages, label="deliveries", file=sys.stderr, show_pos=True, hidden=not sys.stderr.isatty()
    ) as bar:
        return where.run(lambda session: measure(load, session, bar.update))


def _as_json(measured: Measured) -> str:
    said = to_builtins(measured)
    said["latencies"] = {str(percent): seconds for percent, seconds in measured.latencies.items()}
    return json.dumps({**said, "deliveries_per_second": round(measured.per_second, 1)}) + "\n"


def _as_text(measured: Measured) -> str:
    times = ", ".join(f"{_NAMES[percent]} {seconds * 1000:.2f} ms" for percent, seconds in measured.latencies.items())
    taken = f"{measured.published} messages" + (f" ({measured.failed} refused)" if measured.failed else "")
    return (
        f"{measured.subscribers} {measured.mode} subscribers, {taken} in {measured.seconds:.2f} s\n"
        f"deliveries  {measured.received} ({measured.per_second:.0f} per second), {measured.lost} lost, "
        f"{measured.duplicates} came twice\n"
        f"latency     {times or 'nothing came: are publisher and subscriber of the same channel?'}\n"
    )
