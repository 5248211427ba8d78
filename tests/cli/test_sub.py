"""`ngxpush sub` over the end of a connection, and its own end."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from ngxpush.cli.reaching import MODES
from ngxpush.config.directives.push_stream.settings import SubscriberMode
from tests.cli.test_pub import ngxpush
from tests.client.served import JSON, push_server
from tests.patience import PATIENCE
from tests.running import NGXPUSH, end


def test_it_goes_on_and_ends_quietly(tmp_path: Path) -> None:
    with push_server(tmp_path) as base:
        ngxpush("pub", f"{base}/pub?id=a", "one")
        command = [NGXPUSH, "sub", f"{base}/short/a", "--since", "all", "--template", JSON.decode()]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        try:
            assert process.stdout is not None and process.stderr is not None
            assert process.stdout.readline() == "one\n"
            assert "the connection has ended; connecting again" in process.stderr.readline()
            ngxpush("pub", f"{base}/pub?id=a", "two")
            assert process.stdout.readline() == "two\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
            assert "Traceback" not in process.stderr.read()
        finally:
            end(process)


def test_all_modes() -> None:
    assert sorted(MODES) == sorted(mode.value for mode in SubscriberMode)


def test_once(tmp_path: Path) -> None:
    with push_server(tmp_path) as base:
        assert ngxpush("sub", f"{base}/poll/nothing", "--no-resume") == (0, "", "")


def test_header_fields_that_say_where_to_begin(tmp_path: Path) -> None:
    with push_server(tmp_path) as base:
        for number in ("1", "2", "3"):
            ngxpush("pub", f"{base}/pub?id=a", number, "--event-id", number)
        field = ("--header", "Last-Event-ID: 1")
        assert ngxpush("sub", f"{base}/lp/a", *field, "--count", "2") == (0, "2\n3\n", "")
        code, _, said = ngxpush("sub", f"{base}/lp/a", *field, "--since", "all")
        assert (code, said.splitlines()[-1]) == (2, "Error: --since and a --header both say where to begin")
