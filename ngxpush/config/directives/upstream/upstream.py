"""The upstream module and its load balancing methods: groups of servers by name."""

from __future__ import annotations

from ...addresses import InvalidAddress, parse_address
from ...columns import ANY, Block
from ...directive import Directive, DirectiveUse, RefusedDirective, Scope
from ...http_block import HttpBlock, declared, group_of
from ...module import Module
from ...places import Context
from ...text import shown
from ...values import parse_number, parse_seconds
from .group import UpstreamServer


class UpstreamSlot:
    """The name of the group."""

    description = "name"

    def parse(self, use: DirectiveUse) -> bytes:
        name = use.arguments[0]
        conflict = declared(use).define_upstream(name, use.position)
        if conflict is not None:
            message, use.position = conflict
            raise RefusedDirective(message)
        return name


class ServerSlot:
    """An address and parameters: an UpstreamServer."""

    description = "address and parameters"

    def parse(self, use: DirectiveUse) -> UpstreamServer:
        text, *parameters = use.arguments
        numbers = {"weight": 1, "max_fails": 1, "fail_timeout": 10, "max_conns": 0}
        flags = {"backup": False, "down": False}
        for parameter in parameters:
            name, equals, value = parameter.partition(b"=")
            if shown(parameter) in flags:
                flags[shown(parameter)] = True
                self._check_method(use, parameter, shown(parameter))
            elif equals and shown(name) in numbers:
                parsed = parse_seconds(value) if name == b"fail_timeout" else parse_number(value)
                if parsed is None or (name == b"weight" and parsed == 0):
                    raise use.invalid_parameter(parameter)
                numbers[shown(name)] = parsed
                self._check_method(use, parameter, shown(name))
            else:
                raise use.invalid_parameter(parameter)
        self._check_address(use, text)
        return UpstreamServer(text, **numbers, backup=flags["backup"], down=flags["down"])

    @staticmethod
    def _check_method(use: DirectiveUse, parameter: bytes, name: str) -> None:
        group = group_of(use)
        lacking = _LACKING.get(group.balancer or "", ()) if group is not None else ()
        if name in lacking:
            raise RefusedDirective(f'balancing method does not support parameter "{shown(parameter)}"')

    @staticmethod
    def _check_address(use: DirectiveUse, text: bytes) -> None:
        try:
            address = parse_address(text, default_port=80)
            if address.port != address.last_port:
                raise InvalidAddress("invalid port")
            use.resolve(address)
        except InvalidAddress as error:
            raise RefusedDirective(f'{error} in upstream "{shown(text)}"') from None


# The parameters of `server` that a method does not support.
_LACKING = {"ip_hash": ("backup",), "hash": ("backup",), "random": ("backup",)}


def _close(use: DirectiveUse, scope: Scope) -> None:
    if not scope.all("server") and not scope.uncertain:
        raise RefusedDirective("no servers are inside upstream")


def check(use: DirectiveUse, http: Scope) -> None:
    """Report groups without a server in use, and hosts of a `…_pass` that lack a port or an address."""
    block: HttpBlock = http.value
    groups = {scope.value: scope for scope in reversed(http.scopes) if scope.context is Context.UPSTREAM}
    for upstream in block.upstreams:
        shown_name = shown(upstream.name)
        if upstream.defined:
            scope = groups.get(upstream.name)
            servers = [setting.value for setting in scope.all("server")] if scope is not None else []
            if servers and all(server is not None and server.backup for server in servers):
                use.report_at(f'no servers in upstream "{shown_name}"', upstream.position)
        elif upstream.port == 0 and not upstream.numeric:
            use.report_at(f'no port in upstream "{shown_name}"', upstream.position)
        elif not upstream.numeric and not use.cycle.system.addresses(shown_name.strip("[]")):
            use.report_at(f'host not found in upstream "{shown_name}"', upstream.position)


_UPSTREAM = (
    Directive(
        "upstream",
        Context.HTTP,
        UpstreamSlot(),
        "A group of servers.",
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.UPSTREAM,
        close=_close,
    ),
    Directive("server", Context.UPSTREAM, ServerSlot(), "A server of the group.", ANY, once=False),
)

MODULE = Module("upstream", _UPSTREAM, checks=(check,))
