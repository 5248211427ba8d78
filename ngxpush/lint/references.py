"""Addresses of the module's documentation of its directives, for the references of rules."""

from __future__ import annotations

_DIRECTIVES = "https://github.com/wandenberg/nginx-push-stream-module/blob/master/docs/directives"


def of_main(directive: str) -> str:
    """A directive of the http block."""
    return f"{_DIRECTIVES}/main.textile#{directive}"


def of_publishers(directive: str) -> str:
    """A directive of publishers."""
    return f"{_DIRECTIVES}/publishers.textile#{directive}"


def of_subscribers(directive: str) -> str:
    """A directive of subscribers."""
    return f"{_DIRECTIVES}/subscribers.textile#{directive}"
