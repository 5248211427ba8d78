"""Makes docs/reference/testing.md from the docstrings: `python -m tests.testing.reference`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import ngxpush.testing
from ngxpush import client, pytest_plugin

_HEAD = """<!-- Made by `make docs` from the docstrings of ngxpush/testing, ngxpush/client and ngxpush/pytest_plugin.py. -->

# ngxpush.testing

What tests of programs that push use. [How to test with pytest](../how-to/pytest.md) shows it at work. Everything has types that
`mypy --strict` accepts.
"""

_FIXTURES = ("ngxpush_server", "ngxpush_async_server", "ngxpush_configuration", "ngxpush_channels")
_CLASSES = ("LiveServer", "Subscription", "ChannelCounts", "PublishedMessage")
_OF_CLIENT = ("ReceivedMessage", "UnexpectedAnswer", "WrongMode", "NotReached")
_ASYNC = ("AsyncLiveServer", "AsyncSubscription")
_FAILURES = ("CannotStart", "CannotFork", "NoLocation", "ServerDied", "ChannelsElsewhere", "SubscriptionEnded")


def page() -> str:
    """The page."""
    return "\n".join([_HEAD, *_lines()])


def _lines() -> Iterator[str]:
    yield "## Fixtures\n"
    yield "They come with the package: pytest finds them by its entry point `ngxpush`.\n"
    for name in _FIXTURES:
        yield f"### `{name}`\n\n{_said(getattr(pytest_plugin, name))}\n"
    yield "## Functions and classes\n"
    yield f"### `serve`\n\n{_signature('serve', ngxpush.testing.serve)}\n\n{_said(ngxpush.testing.serve)}\n"
    for name in _CLASSES:
        yield from _class(name, getattr(ngxpush.testing, name))
    yield "### Asynchronous ones\n"
    for name in _ASYNC:
        yield f"`{name}`: {_said(getattr(ngxpush.testing, name))}\n"
    yield "## What subscribers get, and errors\n"
    yield from _class("ReceivedMessage", client.ReceivedMessage, "ngxpush.client.")
    for prefix, module, names in (("ngxpush.client.", client, _OF_CLIENT[1:]), ("", ngxpush.testing, _FAILURES)):
        for name in names:
            yield f"- `{prefix}{name}`: {_said(getattr(module, name))}"


def _class(name: str, kind: type, prefix: str = "") -> Iterator[str]:
    yield f"### `{prefix}{name}`\n\n{_said(kind)}\n"
    fields = getattr(kind, "__struct_fields__", ())
    if fields:
        yield f"Fields: {', '.join(f'`{field}`' for field in fields)}.\n"
    for member, value in vars(kind).items():
        if member.startswith("_") or member in fields or not inspect.getdoc(value):
            continue
        signature = "" if isinstance(value, property) else _signature(member, value) + "\n\n"
        yield f"#### `{member}`\n\n{signature}{_said(value)}\n"


def _signature(name: str, function: Callable[..., Any]) -> str:
    """How it is called, as code."""
    signature = inspect.signature(function)
    parameters = [each for each in signature.parameters.values() if each.name != "self"]
    shown = str(signature.replace(parameters=parameters)).replace("'", "")
    if inspect.unwrap(function) is not function:  # a generator that contextmanager has made one of
        shown = shown.replace("Iterator[", "ContextManager[")
    return f"```python\n{name}{shown}\n```"


def _said(value: object) -> str:
    """A docstring. Lines that say what one thing is become a list."""
    found: list[str] = []
    for line in (inspect.getdoc(value) or "").splitlines():
        shown = re.sub(r"^([a-z_]+(?:, [a-z_]+)*): ", r"- `\1`: ", line)
        if found and found[-1] and shown and shown.startswith("- ") != found[-1].startswith("- "):
            found.append("")
        found.append(shown)
    return "\n".join(found)


if __name__ == "__main__":
    print(page())
