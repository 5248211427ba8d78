"""How a command reaches a server: options that `pub`, `sub` and `bench` share, and how they end where it fails."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click
from msgspec import Struct

if TYPE_CHECKING:
    from ..client.session import ClientSession

MODES = ("streaming", "eventsource", "websocket", "long-polling", "polling")
"""How a subscriber location speaks: the values of `SubscriberMode`, for which no more is loaded."""

_SCHEMES = ("http", "https", "ws", "wss")
_HOST_FIRST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::[0-9]+)?(?:/|$)")
_Result = TypeVar("_Result")
_Command = TypeVar("_Command", bound=Callable[..., Any])


class Reaching(Struct, frozen=True):
    """What the shared options say."""

    headers: dict[str, str]
    insecure: bool
    unix_socket: str | None

    def run(self, work: Callable[[ClientSession], Coroutine[Any, Any, _Result]]) -> _Result:
        """What the work results in; where the server can't be used, that is printed and the exit code is 1."""
        from ..client.failures import FAILURES  # an address that is no URL is refused without aiohttp
        from ..client.running import run
        from ..client.session import open_session

        try:
            return run(lambda: open_session(insecure=self.insecure, unix_socket=self.unix_socket, headers=self.headers), work)
        except FAILURES as error:
            click.echo(f"ngxpush: {error}", err=True)
            sys.exit(1)


def reaching_options(command: _Command) -> _Command:
    """Add the shared options; the command gets `headers`, `insecure` and `unix_socket`."""
    options = (
        click.option(
            "--header", "-H", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header field; may be repeated."
        ),
        click.option("--insecure", "-k", is_flag=True, help="Do not verify the server's certificate."),
        click.option("--unix-socket", metavar="PATH", help="Connect to this unix socket, whatever the host of the URL is."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def reaching(headers: tuple[str, ...], insecure: bool, unix_socket: str | None) -> Reaching:
    """The options' values, checked."""
    fields: dict[str, str] = {}
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon or not name.strip() or not _is_sendable(header):
            raise click.UsageError(f"--header takes 'NAME: VALUE', such as 'Host: example.com', not {header!r}")
        fields[name.strip()] = value.strip()
    return Reaching(fields, insecure, unix_socket)


def checked_field(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A callback for the value of a header field."""
    if value is not None and not _is_sendable(value):
        raise click.BadParameter(f"{value!r} can't stand in a header field", context, parameter)
    return value


def _is_sendable(text: str) -> bool:
    """Whether it can be sent in a header field: on one line, without control characters, in UTF-8."""
    return text.replace("\t", " ").isprintable()


def checked_url(context: click.Context, parameter: click.Parameter | None, value: str | None) -> str | None:
    """A callback for a URL: it has to be one of a server."""
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        whole = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise click.BadParameter(f"{value!r} is not the URL of a server: {_meant(value)}", context, parameter)
    return value


def _meant(text: str) -> str:
    """What a URL has to be, or what is most likely meant by one without a scheme."""
    if _HOST_FIRST.match(text):
        return f"did you mean http://{text}?"
    return f"it begins with {', '.join(f'{scheme}://' for scheme in _SCHEMES[:-1])} or {_SCHEMES[-1]}://, and a host follows"
