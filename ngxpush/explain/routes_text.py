"""A route table as text, for people, and as data, for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..config.nesting import Walk, finish
from ..config.tree import Statement
from .json_text import json_text
from .routes import AddressRoutes, Route, ServerRoutes
from .words import place

_DEEPEST = 20
"""Routes nested deeper are not indented any further: the text would grow with the square of the depth."""


def as_text(table: tuple[AddressRoutes, ...], directory: str) -> str:
    """A tree with a line for each server and route. directory: the configuration's; file names below it are shortened."""
    return "".join(f"{line}\n" for line in _lines(table, directory))


def _lines(table: tuple[AddressRoutes, ...], directory: str) -> Iterator[str]:
    shown: set[int] = set()
    for address in table:
        yield " ".join((address.address, *address.protocols))
        for number, server in enumerate(address.servers):
            default = "default server" if number == 0 else "server"
            names = " ".join(server.names) or "without a name"
            above = ", as above" if id(server) in shown else ""
            yield f"    {default} {names}{above}{_placed(server.statement, directory)}"
            if id(server) not in shown:
                shown.add(id(server))
                yield from _routes(server.routes, directory)


def _routes(routes: tuple[Route, ...], directory: str) -> Iterator[str]:
    """A line for each route and those inside it."""
    following = [(route, 2) for route in reversed(routes)]
    while following:
        route, depth = following.pop()
        following += [(inner, depth + 1) for inner in reversed(route.routes)]
        facts = [route.role]
        if route.channels is not None:
            facts.append(f"channels {route.channels}")
        if route.access:
            facts.append(f"access: {', '.join(route.access)}")
        block = f"{route.block}: " if route.block else ""
        yield f"{'    ' * min(depth, _DEEPEST)}{block}{'; '.join(facts)}{_placed(route.statement, directory)}"


def _placed(statement: Statement | None, directory: str) -> str:
    return "" if statement is None else f"  ({place(statement, directory)})"


def as_json_text(table: tuple[AddressRoutes, ...]) -> str:
    """The table as JSON. The first server of an address is its default."""
    return json_text(
        [
            {
                "address": address.address,
                "protocols": list(address.protocols),
                "servers": [_server_document(server) for server in address.servers],
            }
            for address in table
        ]
    )


def _server_document(server: ServerRoutes) -> dict[str, Any]:
    return {
        "names": list(server.names),
        **_place_document(server.statement),
        "routes": finish(_route_documents(server.routes)),
    }


def _route_documents(routes: tuple[Route, ...]) -> Walk[list[dict[str, Any]]]:
    documents: list[dict[str, Any]] = []
    for route in routes:
        inside: list[dict[str, Any]] = yield _route_documents(route.routes)
        documents.append(_route_document(route, inside))
    return documents


def _route_document(route: Route, inside: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "block": route.block,
        **_place_document(route.statement),
        "role": route.role,
        "channels": route.channels,
        "access": list(route.access),
        "routes": inside,
    }


def _place_document(statement: Statement | None) -> dict[str, Any]:
    return {} if statement is None else {"file": statement.start.file, "line": statement.start.line}
