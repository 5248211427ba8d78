"""`ngxpush pub URL`: publish a message."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from .output import write
from .reaching import checked_field, checked_url, reaching, reaching_options

if TYPE_CHECKING:
    from ..client.publishing import PublishAnswer

_STANDARD_INPUT = "-"


@click.command("pub")
@click.argument("url", callback=checked_url)
@click.argument("text", default=_STANDARD_INPUT)
@click.option("--event-id", metavar="ID", callback=checked_field, help="The Event-Id of the message: subscribers go on after it.")
@click.option(
    "--event-type",
    metavar="TYPE",
    callback=checked_field,
    help="The Event-Type of the message: the event's name for EventSource.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the server's answer as it is.")
@reaching_options
def command(
    url: str,
    text: str,
    event_id: str | None,
    event_type: str | None,
    as_json: bool,
    headers: tuple[str, ...],
    insecure: bool,
    unix_socket: str | None,
) -> None:
    """Publish TEXT at the publisher location URL, and print what the server says of the channel.

    Without TEXT, or with -, the message is what standard input gives, to its end. A ws: or wss: URL is a websocket location that
    lets its subscribers publish; it says nothing of the channel.

    Works with ngxpush, with nginx and the push stream module, and with nchan.
    """
    where = reaching(headers, insecure, unix_socket)
    data = _read() if text == _STANDARD_INPUT else os.fsencode(text)
    from ..client.publishing import publish

    answer = where.run(lambda session: publish(url, data, event_id=event_id, event_type=event_type, session=session))
    write(answer.body.rstrip(b"\r\n") + b"\n" if as_json else _shown(answer) + "\n")


def _read() -> bytes:
    if sys.stdin.isatty():
        raise click.UsageError("give TEXT, or the message on standard input")
    return sys.stdin.buffer.read()


def _shown(answer: PublishAnswer) -> str:
    """`news: 5 published, 2 stored, 1 subscriber`: as much of it as the server says."""
    numbers = [
        "" if answer.published_messages is None else f"{answer.published_messages} published",
        "" if answer.stored_messages is None else f"{answer.stored_messages} stored",
        "" if answer.subscribers is None else f"{answer.subscribers} subscriber{'s' * (answer.subscribers != 1)}",
    ]
    said = ", ".join(number for number in numbers if number)
    return f"{answer.channel}: {said}" if answer.channel and said else said or "published"
