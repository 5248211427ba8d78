"""Plays a recording: one scenario, and what the real nginx with the push stream module answered at each step.

A recording is a JSON object: `name`, `about`, `config` (the text of nginx.conf), `files` (path → content) and `steps`.
`{{dir}}`, `{{port}}`, `{{port2}}` … stand for the scratch directory and free ports. Bytes are written as latin-1 text. The steps:

    send NAME, data, port, host      send bytes on connection NAME, made at first use
    recv NAME, wait_ms, quiet_ms, until   read from it → data, closed
    close NAME
    sleep_ms N; align_second         wait; wait for the begin of a second, so that what follows falls into one
    capture VAR, from, pattern       take a piece of what was read last; `{{VAR}}` stands for it from then on
    write_config; write_file, content
    signal NAME, settle_ms           nginx -s NAME → exit
    configtest                       nginx -t → exit, stderr
    run [ARGUMENT …]                 nginx ARGUMENT … → exit, stdout, stderr
    read_file PATH                   → text
    wait_exit MS                     wait until the server ends → exit

A step that reads has `expect`, the masked result of the real server.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.conformance.connection import Connection
from tests.conformance.masking import mask
from tests.forked import Forked
from tests.patience import PATIENCE
from tests.running import end, free_port, wait_for_port
from tests.watchdog import complaints

Step = dict[str, Any]
Result = dict[str, Any]

# Starts a command that takes nginx's options: its arguments, a file for its standard output, one for its standard error.
Starter = Callable[[Sequence[str], Path, Path], "subprocess.Popen[bytes] | Forked"]

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_PORT_PLACEHOLDER = re.compile(r"\{\{(port\d*)\}\}")
# Files have an old modification time, so that a Last-Modified taken from one isn't masked.
_FILE_TIME = 1_000_000_000


def load(path: Path) -> dict[str, Any]:
    """The recording in the file `path`."""
    recording: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return recording


def program(*words: str) -> Starter:
    """Starts the command `words` as a new process."""

    def start(arguments: Sequence[str], stdout: Path, stderr: Path) -> subprocess.Popen[bytes]:
        with stdout.open("ab") as output, stderr.open("ab") as errors:
            command = [*words, *arguments]
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True)

    return start


def differences(path: Path, server: Starter) -> list[str]:
    """Play the recording `path` against `server`; a report of what is not equal."""
    report: list[str] = []
    player = Player(load(path), server)
    try:
        for step, result in player.play():
            if lines := _compare(step.get("expect", {}), result):
                report += [f"at step { ({key: value for key, value in step.items() if key != 'expect'}) }", *lines]
    except (OSError, RuntimeError, subprocess.TimeoutExpired, KeyError) as error:
        # A server that doesn't start, dies or hangs is a difference like any other.
        report.append(f"{type(error).__name__}: {error}")
    return report + player.complaints


class Player:
    """One run of one recording in a scratch directory and on ports of its own: runs share nothing.

    complaints: what its server has written that no server may write (tests/watchdog.py).
    """

    def __init__(self, recording: dict[str, Any], server: Starter) -> None:
        self._recording = recording
        self._server = server
        # As long as the recorder's: some recordings hold the length of a path.
        self._directory = Path(tempfile.mkdtemp(prefix="conformance-"))
        self._directory.chmod(0o755)
        self._hostname = socket.gethostname().lower()
        text = recording["config"] + json.dumps(recording["steps"])
        ports = {name: str(free_port()) for name in sorted({*_PORT_PLACEHOLDER.findall(text), "port"})}
        self._variables = {"dir": str(self._directory), "hostname": self._hostname, **ports}
        self.complaints: list[str] = []
        self._connections: dict[str, Connection] = {}
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._steps: dict[str, Callable[[Step], Result | None]] = {
            "send": self._send,
            "recv": self._receive,
            "close": self._close,
            "sleep_ms": self._sleep,
            "align_second": self._align_second,
            "capture": self._capture,
            "write_config": self._write_config,
            "write_file": self._write_file,
            "signal": self._signal,
            "configtest": self._configtest,
            "run": self._run,
            "read_file": self._read_file,
            "wait_exit": self._wait_exit,
        }

    def play(self) -> Iterator[tuple[Step, Result]]:
        """Run the scenario; each step that reads, with its masked result."""
        steps: list[Step] = self._recording["steps"]
        try:
            self._lay_files()
            if any(not {"configtest", "run"} & step.keys() for step in steps):
                self._start()
            for step in steps:
                kind = next(key for key in self._steps if key in step)
                result = self._steps[kind](step)
                if result is not None:
                    yield step, result
        finally:
            self._stop()

    # ------------------------------------------------------------------ the server

    def _lay_files(self) -> None:
        for name in ("logs", "html", "temp"):
            (self._directory / name).mkdir()
        for name, content in self._recording.get("files", {}).items():
            path = self._directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._fill(content))
            os.utime(path, (_FILE_TIME, _FILE_TIME))
        self._config_path.write_bytes(self._fill(self._recording["config"]))

    def _start(self) -> None:
        output = self._directory / "stderr.txt"
        self._process = self._server(self._arguments("-g", "daemon off;"), output, output)
        try:
            wait_for_port(int(self._variables["port"]), self._process)
        except RuntimeError as error:
            raise RuntimeError(f"{error}: {output.read_text('latin-1')}") from error
        time.sleep(0.05)  # as when it was recorded: the probe's own connection is over before the first step

    def _stop(self) -> None:
        for connection in self._connections.values():
            connection.close()
        if self._process is not None:
            end(self._process)
        self.complaints = complaints(self._directory)
        shutil.rmtree(self._directory, ignore_errors=True)

    # ------------------------------------------------------------------ the steps

    def _send(self, step: Step) -> None:
        name = step["send"]
        if name not in self._connections:
            port = int(self._variables[step.get("port", "port")])
            self._connections[name] = Connection(step.get("host", "127.0.0.1"), port)
        self._connections[name].send(self._fill(step["data"]))

    def _receive(self, step: Step) -> Result:
        connection = self._connections[step["recv"]]
        data = connection.receive(step.get("wait_ms", 1500), step.get("quiet_ms", 150), step.get("until", "auto"))
        return {"data": self._mask(data), "closed": connection.closed}

    def _close(self, step: Step) -> None:
        self._connections.pop(step["close"]).close()

    def _sleep(self, step: Step) -> None:
        time.sleep(step["sleep_ms"] / 1000)

    def _align_second(self, step: Step) -> None:
        time.sleep(1.03 - time.time() % 1)

    def _capture(self, step: Step) -> None:
        match = re.search(step["pattern"], self._connections[step["from"]].last.decode("latin-1"))
        self._variables[step["capture"]] = match[1] if match else "<no match>"

    def _write_config(self, step: Step) -> None:
        self._config_path.write_bytes(self._fill(step["write_config"]))

    def _write_file(self, step: Step) -> None:
        (self._directory / step["write_file"]).write_bytes(self._fill(step["content"]))

    def _signal(self, step: Step) -> Result:
        code, _, _ = self._run_to_its_end("-s", step["signal"])
        time.sleep(step.get("settle_ms", 600) / 1000)
        return {"exit": code}

    def _configtest(self, step: Step) -> Result:
        code, _, stderr = self._run_to_its_end("-t")
        return {"exit": code, "stderr": self._mask(stderr)}

    def _run(self, step: Step) -> Result:
        code, stdout, stderr = self._run_to_its_end(*step["run"])
        return {"exit": code, "stdout": self._mask(stdout), "stderr": self._mask(stderr)}

    def _read_file(self, step: Step) -> Result:
        path = self._directory / step["read_file"]
        return {"text": self._mask(path.read_bytes()) if path.exists() else None}

    def _wait_exit(self, step: Step) -> Result:
        assert self._process is not None
        try:
            return {"exit": self._process.wait(step["wait_exit"] / 1000)}
        except subprocess.TimeoutExpired:
            return {"exit": "still running"}

    # ------------------------------------------------------------------ texts

    @property
    def _config_path(self) -> Path:
        return self._directory / "nginx.conf"

    def _arguments(self, *arguments: str) -> list[str]:
        return ["-p", str(self._directory), "-c", str(self._config_path), *arguments]

    def _run_to_its_end(self, *arguments: str) -> tuple[int, bytes, bytes]:
        """Run the command beside the server: its exit code, standard output and standard error."""
        with tempfile.TemporaryDirectory(prefix="ngxpush-") as directory:
            stdout, stderr = Path(directory, "stdout"), Path(directory, "stderr")
            process = self._server(self._arguments(*arguments), stdout, stderr)
            try:
                return process.wait(PATIENCE), stdout.read_bytes(), stderr.read_bytes()
            except subprocess.TimeoutExpired:
                end(process)
                raise

    def _fill(self, text: str) -> bytes:
        return _PLACEHOLDER.sub(lambda match: self._variables.get(match[1], match[0]), text).encode("latin-1")

    def _mask(self, data: bytes) -> str:
        names = {str(self._directory): "{{dir}}"}
        names |= {port: f"{{{{{name}}}}}" for name, port in self._variables.items() if name.startswith("port")}
        return mask(data.decode("latin-1"), names, self._hostname)


def _compare(expected: Result, got: Result) -> list[str]:
    """Lines that show where `got` is not what was recorded; none when it is."""
    lines: list[str] = []
    for key, value in expected.items():
        other = got.get(key)
        if value == other:
            continue
        if isinstance(value, str) and isinstance(other, str):
            lines.append(f"  {key}: (- nginx, + ngxpush)")
            diff = difflib.unified_diff(_visible_lines(value), _visible_lines(other), lineterm="", n=2)
            lines += ["    " + line for line in diff][2:]
        else:
            lines.append(f"  {key}: nginx {value!r}, ngxpush {other!r}")
    return lines


def _visible_lines(text: str) -> list[str]:
    """The lines of `text`, with their ends and control characters made visible."""
    return [repr(line)[1:-1] for line in text.splitlines(keepends=True)]
