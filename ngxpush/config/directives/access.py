"""The access module: allow and deny."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..addresses import Network, parse_network
from ..tree import Statement
from ..words import Words
from .table import HTTP_SERVER_LOCATION, Context, Directive, Module


@dataclass(frozen=True, slots=True)
class AccessRule:
    """One allow or deny. network: None for `all`; unix: the clients of unix sockets; statement: where it stands."""

    allow: bool
    network: Network | None = None
    unix: bool = False
    statement: Statement | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AccessLocation:
    """The rules of a location, in order."""

    rules: tuple[AccessRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """`all`, `unix:`, an address or a network: an AccessRule."""

    allow: bool
    description: str = "address"

    def parse(self, words: Words) -> AccessRule:
        text = words.arguments[0]
        if text == b"all":
            return AccessRule(self.allow, statement=words.statement)
        if text == b"unix:":
            return AccessRule(self.allow, unix=True, statement=words.statement)
        return AccessRule(self.allow, network_argument(words, text), statement=words.statement)


def network_argument(words: Words, text: bytes) -> Network:
    """An address or network, with nginx's warning for low bits; raises Refused."""
    network = parse_network(text)
    if network is None:
        raise words.invalid_parameter(text)
    if network.low_bits:
        words.report("warn", f"low address bits of {text.decode()} are meaningless")
    return network


def _row(name: str, allow: bool, summary: str) -> Directive:
    contexts = HTTP_SERVER_LOCATION | Context.LIMIT_EXCEPT
    return Directive(name, "access", contexts, Rule(allow), field="rules", default=(), once=False, summary=summary)


_DIRECTIVES = (_row("allow", True, "Lets clients in."), _row("deny", False, "Keeps clients out."))

MODULES = (Module("access", _DIRECTIVES, guards=True, location=AccessLocation),)
