"""Connections to an upstream's servers that are kept open."""

from __future__ import annotations

from ...directive import Directive, DirectiveUse, RefusedDirective
from ...http_block import group_of
from ...module import Module
from ...places import Context
from ...slots import milliseconds, number
from ...text import shown
from ...values import parse_number


class Keepalive:
    """How many idle connections a worker keeps."""

    description = "number"

    def parse(self, use: DirectiveUse) -> int:
        connections = parse_number(use.arguments[0])
        if not connections:
            raise RefusedDirective(f'invalid value "{shown(use.arguments[0])}" in "{use.name}" directive')
        group = group_of(use)
        if group is not None:
            group.balancer = group.balancer or "keepalive"
        return connections


MODULE = Module(
    "upstream_keepalive",
    (
        Directive("keepalive", Context.UPSTREAM, Keepalive(), "How many idle connections to the group each worker keeps."),
        Directive("keepalive_time", Context.UPSTREAM, milliseconds(), "How long a connection serves requests at most."),
        Directive("keepalive_timeout", Context.UPSTREAM, milliseconds(), "How long an idle connection is kept."),
        Directive("keepalive_requests", Context.UPSTREAM, number(), "The most requests of one connection."),
    ),
)
