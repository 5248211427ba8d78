"""The ssi filter: finds commands in the body and has them carried out (`http.ssi`)."""

from __future__ import annotations

from ...config.configuration import Location
from ...config.directives.filters.ssi import SsiLocation
from ..body_output import Output
from ..etag import clear_etag, weaken_etag
from ..request import Request
from ..ssi.commands import SsiCommands
from ..ssi.reader import CommandReader
from ..status import OK

_BEGINNING = b"<!--#"


class Ssi:
    """Replaces the commands of one body. While a command waits for a subrequest, what comes is kept."""

    __slots__ = ("_commands", "_kept", "_longest_value", "_output", "_reader", "_ready", "_waiting", "_waits")

    def __init__(self, output: Output, settings: SsiLocation) -> None:
        self._output = output
        self._longest_value = settings.ssi_value_length
        self._commands = SsiCommands(output.request, self, settings.ssi_silent_errors)
        self._kept = b""
        self._reader: CommandReader | None = None
        self._ready: list[bytes] = []
        self._waits = False
        self._waiting: list[tuple[bytes, bool, bool]] = []

    def feed(self, data: bytes, flush: bool, last: bool) -> None:
        """Take a piece of the body."""
        if self._waits:
            self._waiting.append((data, flush, last))
            return
        data = self._kept + data
        self._kept = b""
        position = 0
        while position < len(data):
            position = self._read_on(data, position)
            if self._waits:
                self._waiting.append((data[position:], flush, last))
                self.flush()
                return
        ready = b"".join(self._ready)
        self._ready.clear()
        if ready or last:  # nginx passes on no flush without bytes
            self._output.send_in_turn(ready, flush, last)

    def _read_on(self, data: bytes, position: int) -> int:
        """Take a text or a part of a command. Returns the position after it."""
        reader = self._reader
        if reader is None:
            begin = data.find(_BEGINNING, position)
            if begin >= 0:
                self._commands.text(data[position:begin])
                self._reader = CommandReader(self._longest_value)
                return begin + len(_BEGINNING)
            end = len(data) - _half_found(data, position)
            self._commands.text(data[position:end])
            self._kept = data[end:]
            return len(data)
        understood = reader.command.error is None
        position = reader.feed(data, position)
        if understood and reader.command.error is not None:
            self._commands.misread(reader.command.error)
        if reader.is_whole:
            self._reader = None
            self._commands.run(reader.command)
        return position

    def put(self, data: bytes) -> None:
        """See `commands.Page`."""
        self._ready.append(data)

    def flush(self) -> None:
        """See `commands.Page`."""
        if self._ready:
            ready = b"".join(self._ready)
            self._ready.clear()
            self._output.send_in_turn(ready, flush=False, last=False)

    @property
    def kept(self) -> int:
        """How many bytes wait until a command that waits for its subrequest has its answer."""
        return sum(len(data) for data, _, _ in self._waiting)

    def include(self, subrequest: Request, wait: bool) -> None:
        """See `commands.Page`."""
        self._waits = wait
        self._output.line().ask(subrequest, self._go_on if wait else None)

    def _go_on(self) -> None:
        """What was waited for is there."""
        self._waits = False
        waiting, self._waiting = self._waiting, []
        for piece in waiting:
            self.feed(*piece)


def _half_found(data: bytes, position: int) -> int:
    """How many bytes at the end may begin a command."""
    for length in range(min(len(_BEGINNING) - 1, len(data) - position), 0, -1):
        if data.endswith(_BEGINNING[:length]):
            return length
    return 0


def concerns(location: Location) -> bool:
    """Whether the location looks for commands."""
    return location.of(SsiLocation).ssi


def filter_header(request: Request, output: Output) -> int:
    """Look for commands in answers of the types of ssi_types. Their length is then unknown."""
    settings = request.location.of(SsiLocation)
    response = request.response
    if not settings.ssi or response.content_length == 0 or not response.has_type(settings.ssi_types):
        return OK
    output.inclusion = Ssi(output, settings)
    if request.parent is None:
        response.content_length = None
        response.clear_accept_ranges()
        if settings.ssi_last_modified:
            weaken_etag(request)
        else:
            response.clear_last_modified()
            clear_etag(request)
    return OK
