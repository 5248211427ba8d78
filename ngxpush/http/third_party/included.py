"""The operation that puts the answer of a subrequest into an answer."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from ..body_filter import BodyOutput
from ..operations import WAITING, Operation, Performer, Resume
from ..request import Request


class Included(Struct, Operation[None], frozen=True):
    """Put the answer of a subrequest into the answer, and wait until its place is over."""

    output: BodyOutput
    subrequest: Request
    ends_with_client: ClassVar[bool] = True

    def perform(self, performer: Performer, resume: Resume) -> Any:
        self.output.ask(self.subrequest, lambda: resume(None))
        return WAITING
