"""Each operation asks the performer for what its name says."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from ngxpush.config.directives.http.resolver import NameServers
from ngxpush.http.operations import (
    WAITING,
    AskNameServers,
    ListDirectory,
    MakeFile,
    Next,
    Open,
    OpenFile,
    Operation,
    ReadFile,
    Resolve,
    Stat,
    Write,
)


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        (Stat(b"/a", None), "stat"),
        (OpenFile(b"/a", None), "open_file"),
        (ReadFile(b"/a"), "read_file"),
        (ListDirectory(b"/a"), "list_directory"),
        (Open(b"/a"), "connect"),  # type: ignore[arg-type]
    ],
)
def test_what_is_there_at_once(operation: Operation[Any], asked: str) -> None:
    performer = Mock()
    assert operation.perform(performer, Mock()) is getattr(performer, asked).return_value
    assert getattr(performer, asked).call_args.args[0] == b"/a"


def test_temporary_files() -> None:
    performer, file, resume = Mock(), Mock(), Mock()
    assert MakeFile(b"/temp", (1, 2)).perform(performer, resume) is performer.make_body_file.return_value
    performer.make_body_file.assert_called_once_with(b"/temp", (1, 2), named=True)
    assert Write(file, b"data").perform(performer, resume) is WAITING
    file.write.assert_called_once_with(b"data", resume)


def test_what_may_be_waited_for() -> None:
    performer, connection, resume = Mock(), Mock(), Mock()
    assert Resolve(b"host").perform(performer, resume) is performer.resolve.return_value
    performer.resolve.assert_called_once_with(b"host", resume)
    servers = NameServers(())
    assert AskNameServers(b"host", servers, 1500).perform(performer, resume) is performer.ask_name_servers.return_value
    performer.ask_name_servers.assert_called_once_with(b"host", servers, 1.5, resume)
    assert Next(connection, 1500).perform(performer, resume) is connection.wait.return_value
    connection.wait.assert_called_once_with(1.5, resume, False)
    Next(connection, None, held=True).perform(performer, resume)
    connection.wait.assert_called_with(None, resume, True)
