"""`ngxpush explain`: what a configuration does with a request, and why."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import time

import click

from ..config.nginx_version import NGINX_VERSION
from ..config.path_map import PathMap
from ..explain.document import as_document
from ..explain.explanation import explain
from ..explain.play import Inquiry, NothingListens
from ..explain.text import as_text
from .configuration import read_configuration
from .elsewhere import say_where_channels_are
from .origin import Origin, map_option, missing_includes_option, prefix_option
from .output import write

_HOST = re.compile(r"https?://([^/?]+)")
_PORT = re.compile(r"(?:\S+ +)?https?://[^/?\s]*:([0-9]+)(?:[/?\s]|$)")
_REQUEST = re.compile(r"(?:([A-Za-z_-]+) +)?((?:/|https?://)\S*)(?: +(HTTP/1\.[01]))?")


@click.command("explain")
@click.argument("configuration", type=click.Path(exists=True, dir_okay=False), metavar="CONF")
@click.argument("request", nargs=-1, required=True, metavar="REQUEST")
@click.option("--header", "-H", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header line; may be repeated.")
@click.option("--body", default=None, metavar="TEXT", help="The body of the request.")
@click.option("--from", "client", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The client's address.")
@click.option(
    "--listen",
    default=None,
    metavar="PORT",
    help="The port, address:port or unix:path that the request comes in on; by default the port of a URL, or else the first of "
    "CONF, for an https:// URL the first with TLS.",
)
@prefix_option
@map_option
@missing_includes_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    configuration: str,
    request: tuple[str, ...],
    headers: tuple[str, ...],
    body: str | None,
    client: str,
    listen: str | None,
    prefix: str | None,
    paths: PathMap,
    needs_includes: bool,
    as_json: bool,
) -> None:
    """Show what CONF does with a request, and why.

    REQUEST is 'POST /pub?id=news', 'GET /sub/news HTTP/1.0' or just '/sub/news', for example.

    No port is opened and nothing is sent: the request is served in this process as by a server that has no channels yet.
    """
    analysis = read_configuration(Origin(configuration, prefix, paths, needs_includes))
    say_where_channels_are(analysis)
    asked = " ".join(request).strip()
    inquiry = Inquiry(_head(asked, headers, body), os.fsencode(body or ""), _address(client), listen or _port(asked))
    try:
        explanation = explain(analysis, inquiry, time.time(), NGINX_VERSION.encode())
    except NothingListens as error:
        raise click.UsageError(f"{error} (--listen chooses one)") from None
    if as_json:
        write(json.dumps(as_document(explanation), indent=2, ensure_ascii=False) + "\n")
    else:
        write(as_text(explanation, os.path.dirname(os.path.abspath(configuration))))


def _head(request: str, headers: tuple[str, ...], body: str | None) -> bytes:
    """The head a client would send: Host and Content-Length are added where they are missing."""
    parts = _REQUEST.fullmatch(request)
    if parts is None:
        raise click.UsageError(
            f"REQUEST is METHOD TARGET, such as 'GET /sub/news', or a target such as /sub/news, not {request!r}"
        )
    method, target, version = parts[1] or "GET", parts[2], parts[3] or "HTTP/1.1"
    lines = [f"{method} {target} {version}"]
    names = set()
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon or not name.strip() or "\n" in header or "\r" in header:
            raise click.UsageError(f"--header takes 'NAME: VALUE', such as 'Host: example.com', not {header!r}")
        names.add(name.strip().lower())
        lines.append(f"{name.strip()}: {value.strip()}")
    if "host" not in names:
        host = _HOST.match(target)
        lines.insert(1, f"Host: {host[1] if host else 'localhost'}")
    if body is not None and not names & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(os.fsencode(body))}")
    return os.fsencode("\r\n".join([*lines, "", ""]))


def _port(request: str) -> str | None:
    """The port that a URL names."""
    port = _PORT.match(request)
    return None if port is None else port[1]


def _address(text: str) -> bytes:
    try:
        return str(ipaddress.ip_address(text)).encode()
    except ValueError:
        raise click.UsageError(f"--from takes an IP address, such as 192.0.2.1, not {text!r}") from None
