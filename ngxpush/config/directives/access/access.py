"""The access module: allow and deny."""

from __future__ import annotations

from msgspec import Struct

from ...addresses import Network, parse_network
from ...directive import Directive, DirectiveUse
from ...module import Module
from ...places import ALSO_IN_LIMIT_EXCEPT
from ...tree import Statement


class AccessRule(Struct, frozen=True):
    """One allow or deny. network: None for `all`.  unix: applies to clients of unix sockets.  statement: where it is written."""

    allow: bool
    network: Network | None = None
    unix: bool = False
    statement: Statement | None = None


class AccessLocation(Struct, frozen=True):
    """The rules of a location, in order."""

    rules: tuple[AccessRule, ...] = ()


class AccessRuleSlot(Struct, frozen=True):
    """`all`, `unix:`, an address or a network: an AccessRule."""

    allow: bool
    description: str = "address"

    def parse(self, use: DirectiveUse) -> AccessRule:
        text = use.arguments[0]
        if text == b"all":
            return AccessRule(self.allow, statement=use.statement)
        if text == b"unix:":
            return AccessRule(self.allow, unix=True, statement=use.statement)
        return AccessRule(self.allow, network_argument(use, text), statement=use.statement)


def network_argument(use: DirectiveUse, text: bytes) -> Network:
    """Parse an address or a network, with nginx's warning for low bits. Raises RefusedDirective."""
    network = parse_network(text)
    if network is None:
        raise use.invalid_parameter(text)
    if network.low_bits:
        use.report("warn", f"low address bits of {text.decode()} are meaningless")
    return network


_DIRECTIVES = (
    Directive(
        "allow", ALSO_IN_LIMIT_EXCEPT, AccessRuleSlot(True), "Grants access to an address or network.", field="rules", once=False
    ),
    Directive(
        "deny", ALSO_IN_LIMIT_EXCEPT, AccessRuleSlot(False), "Refuses access to an address or network.", field="rules", once=False
    ),
)

MODULE = Module("access", _DIRECTIVES, guards=True, location=AccessLocation)
