"""The body of a request, as uwsgi and scgi send it: as it is, after the parameters."""

from __future__ import annotations

from ....config.directives.gateways.location import GatewayLocation
from ...operations import BodyFile
from ...request import Request
from ...upstream.client_body import ClientBody
from ...upstream.codec import SentRequest
from ...upstream.outflow import unframed
from ..passed_on import awaits_body


def is_streamed(request: Request, settings: GatewayLocation) -> bool:
    """Whether the body is passed on as it comes: PREFIX_request_buffering is off, and its length is known."""
    if settings.request_buffering or not settings.pass_request_body or request.input.body is not None:
        return False
    return awaits_body(request) and not request.input.chunked


def with_body(request: Request, settings: GatewayLocation, head: bytes, streamed: ClientBody | None) -> SentRequest:
    """The request: these bytes and the body."""
    if not settings.pass_request_body:
        return SentRequest(head, unframed)
    if streamed is not None:
        return SentRequest(head, unframed, streamed)
    return SentRequest(head + (request.input.body or b""), unframed, file=request.input.body_file)


def length(request: Request, streamed: ClientBody | None) -> int:
    """The length that SCGI announces: of one that is passed on as it comes, as nginx has it, only of what is here already."""
    if streamed is not None:
        return streamed.size
    file: BodyFile | None = request.input.body_file
    return len(request.input.body or b"") if file is None else file.size
