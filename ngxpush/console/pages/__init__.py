"""The documents of the console. Whatever they show is escaped: for HTML, and bytes that are no UTF-8 as `\\xff`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, quote_from_bytes

from jinja2 import Environment, PackageLoader, StrictUndefined

from ...config.text import unshown
from ...server.observing.words import duration, printable
from ..showing import clock, lasted, moment, shown_message, size

_PAGES = Environment(
    loader=PackageLoader(__name__, ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_PAGES.filters.update(
    name=lambda text: printable(text.encode() if isinstance(text, str) else text),
    moment=moment,
    clock=clock,
    duration=duration,
    lasted=lasted,
    size=size,
    message=shown_message,
    query=lambda id: quote_from_bytes(id, ""),
    url=lambda text: quote(text, "", errors="surrogateescape"),
)


def render(name: str, **values: Any) -> str:
    """A page, or a part of one, as HTML."""
    html = _PAGES.get_template(f"{name}.html.j2").render(**values)
    return unshown(html).decode("utf-8", "backslashreplace")


@cache
def asset(name: str) -> bytes:
    """A file that pages refer to."""
    return files(__name__).joinpath(name).read_bytes()
