"""Files without a name."""

from __future__ import annotations

import os
import sys
import tempfile

import pytest

from ngxpush.server.system.unlinked_file import unlinked_file


@pytest.mark.parametrize("platform", [sys.platform, "darwin"])
def test_it_can_be_written_and_read(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    with open(unlinked_file(), "w+b") as file:
        file.write(b"hello")
        assert os.pread(file.fileno(), 9, 0) == b""
        file.flush()
        assert os.pread(file.fileno(), 9, 0) == b"hello"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux makes files in memory")
def test_it_needs_no_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container whose root can't be written."""
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    os.close(unlinked_file())
