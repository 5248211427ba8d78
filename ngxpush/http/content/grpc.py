"""grpc_pass: the request is answered by a gRPC server."""

from __future__ import annotations

from ...config.directives.gateways.grpc import GrpcLocation
from ..gateways.grpc.codec import GrpcCodec
from ..request import Request
from ..upstream.gateway import pass_request


async def handle(request: Request) -> int:
    """Pass the request on."""
    settings = request.location.of(GrpcLocation)
    return await pass_request(request, settings, GrpcCodec(request, settings))
