"""The command that installs an extra."""

from __future__ import annotations

import pytest

from ngxpush.extras import install_command


def test_it_is_for_the_python_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/home/a b/bin/python")
    assert install_command("redis") == "'/home/a b/bin/python' -m pip install 'ngxpush[redis]'"
