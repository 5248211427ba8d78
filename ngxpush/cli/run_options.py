"""The options of `ngxpush run`, as its command line has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from ..server.redis.channels import ChannelsPlaces


class RunOptions(Struct, frozen=True):
    """What the command line says. moved: port → port.  offset: is added to all other ports.  host: see `Ports`.

    console_at: as it was given; None for any free port.  watch: whether changes of files reload.
    keep_redirects: whether redirects to names of the configuration stay as they are.
    log_form: of the request log: `compact`, `nginx`, `json`, `off`.
    channels: where channels are; None: in the memory of this process.
    """

    moved: dict[int, int]
    offset: int
    host: str | None
    console_at: str | None
    no_console: bool
    nginx_version: str
    watch: bool
    keep_redirects: bool
    metrics: bool
    log_form: str
    channels: ChannelsPlaces | None = None
