"""`ngxpush sub URL`: print the messages of a location as they come."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import time
from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from .output import write
from .reaching import MODES, Reaching, checked_url, reaching, reaching_options

if TYPE_CHECKING:
    from ..client.received_message import ReceivedMessage
    from ..client.resume_point import ResumePoint
    from ..client.session import ClientSession

_ALL = "all"
_AGO = re.compile(r"([0-9]{1,9})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

# A message is one line.
_LINE_ENDS = str.maketrans({"\n": "\\n", "\r": "\\r"})


def _start(context: click.Context, parameter: click.Parameter, text: str | None) -> float | None:
    """The second since which messages are wanted."""
    if text is None:
        return None
    ago = _AGO.fullmatch(text)
    if text == _ALL:
        return 0
    if ago is not None:
        return time.time() - int(ago[1]) * _SECONDS[ago[2]]
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        what = "takes `all`, a time such as 2026-11-29T17:00:00, or how long ago, such as 90s, 10m, 2h or 1d"
        raise click.BadParameter(f"{what}, not {text!r}", context, parameter) from None


def _template(context: click.Context, parameter: click.Parameter, text: str | None) -> bytes | None:
    if text is None:
        return None
    if "~text~" not in text.lower():
        raise click.BadParameter("a template needs ~text~: without it messages have no text", context, parameter)
    # As in a configuration, where nginx reads these.
    return os.fsencode(text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t"))


@click.command("sub")
@click.argument("url", callback=checked_url)
@click.option("--mode", "-m", type=click.Choice(MODES), help="How the location speaks; found out from its answer by default.")
@click.option(
    "--since", "start", callback=_start, metavar="WHEN", help="Begin with stored messages: `all`, a time, or how long ago (10m)."
)
@click.option("--count", "-n", type=click.IntRange(min=1), metavar="N", help="End after N messages.")
@click.option(
    "--template",
    callback=_template,
    metavar="TEXT",
    help="push_stream_message_template of the location: id, time and tag of messages are read from what it makes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print each message as a JSON object, with all that is known of it.")
@click.option("--no-resume", is_flag=True, help="End when the server ends the answer; polling asks once.")
@click.option("--interval", type=click.FloatRange(min=0), default=1.0, show_default=True, help="Seconds between two polls.")
@click.option("--quiet", "-q", is_flag=True, help="Do not say when a connection is lost.")
@reaching_options
def command(
    url: str,
    mode: str | None,
    start: float | None,
    count: int | None,
    template: bytes | None,
    as_json: bool,
    no_resume: bool,
    interval: float,
    quiet: bool,
    headers: tuple[str, ...],
    insecure: bool,
    unix_socket: str | None,
) -> None:
    """Print the messages of the subscriber location URL as they come, each on a line, until Ctrl-C.

    When the connection ends, it connects again and goes on after the last message, as far as the server says where that is: by
    the headers of polling answers, by event ids, or by ~time~ and ~tag~ in --template.

    ~time~, ~tag~ and ~event-id~ in URL stand for those of the last message, for a location that takes them from arguments.

    A line end in a message is printed as \\n. Works with ngxpush, with nginx and the push stream module, and with nchan.
    """
    where, begin = _beginning(reaching(headers, insecure, unix_socket), start)
    told = _ignore if quiet else _tell

    def messages(session: ClientSession) -> AsyncGenerator[ReceivedMessage, None]:
        from ..client.subscribing import subscribe

        return subscribe(
            url, mode, start=begin, template=template, resume=not no_resume, interval=interval, session=session, told=told
        )

    with contextlib.suppress(KeyboardInterrupt):
        where.run(lambda session: _print(messages(session), count, _as_json if as_json else _as_line))


def _beginning(where: Reaching, start: float | None) -> tuple[Reaching, ResumePoint | float | None]:
    """Where to begin: --since, or what the header fields say; these are then sent once only."""
    from ..client.resume_point import taken_from  # with it comes aiohttp, which takes long to load

    point, others = taken_from(where.headers)
    if point is None:
        return where, start
    if start is not None:
        raise click.UsageError("--since and a --header both say where to begin")
    return Reaching(others, where.insecure, where.unix_socket), point


async def _print(
    messages: AsyncGenerator[ReceivedMessage, None], count: int | None, form: Callable[[ReceivedMessage], str]
) -> None:
    """Print so many messages; None for all of them."""
    number = 0
    async with contextlib.aclosing(messages):
        async for message in messages:
            write(form(message))
            number += 1
            if number == count:
                return


def _tell(said: str) -> None:
    click.echo(f"ngxpush: {said}", err=True)


def _ignore(said: str) -> None:
    """--quiet."""


def _as_line(message: ReceivedMessage) -> str:
    return message.text.translate(_LINE_ENDS) + "\n"


def _as_json(message: ReceivedMessage) -> str:
    names = ("id", "channel", "time", "tag", "event_id", "event_type")
    said = {name: getattr(message, name) for name in names if getattr(message, name) is not None}
    with contextlib.suppress(UnicodeDecodeError):
        return json.dumps({"text": message.data.decode(), **said}, ensure_ascii=False) + "\n"
    return json.dumps({"text": message.text, "base64": base64.b64encode(message.data).decode(), **said}) + "\n"
