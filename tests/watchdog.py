"""What no server under test may write, wherever it writes it.

After each test that has a `tmp_path`, and at the end of a run, all files are searched for tracebacks, for requests that failed
inside ngxpush, for what asyncio says of tasks no one has looked after, and for alerts that nginx would not log. A test whose
server has its files elsewhere asks by itself (tests/conformance/player.py, tests/test_acceptance.py). tests/conftest.py makes
all tests use this.
"""

from __future__ import annotations

import contextlib
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

_COMPLAINT = re.compile(
    rb"^.*(?:failed inside ngxpush|Traceback \(most recent call last\)"
    rb"|exception was never retrieved|was never awaited|\[alert\]).*",
    re.M,
)

# Alerts that nginx logs, too, and when.
_OF_NGINX = re.compile(
    rb"\[alert\] (?:\d+#\d+: )?(?:\*\d+ )?(?:"
    + b"|".join(
        (
            rb"worker process \d+ exited on signal \d+",  # a test has killed it
            rb"worker process \d+ exited with fatal code 2",
            rb"kill\(\d+, \d+\) failed",  # -s to a master that is gone
            rb"(?:initgroups|setgid|setuid|setpriority|prctl)\(.*\) failed",  # what the user may not do
            rb"could not open error log file: ",  # a directory without logs/
            rb"mmap\(MAP_ANON\|MAP_SHARED, \d+\) failed|munmap\(F{16}, \d+\) failed",  # a zone larger than the memory
            rb"zero size buf in writer",  # only nginx has these words (differences.md: a recoded piece without bytes)
            rb"header already sent",  # a WebSocket without a channel
            rb'"alias" cannot be used in location ',
            rb'"[^"]*" is not a directory',
            rb"[\w ]+\(\) failed: -\d+ on ",  # a pattern that reaches PCRE's limits
        )
    )
    + rb")"
)

# Larger files are bodies and profiles.
_LARGEST = 1 << 28


def complaints(directory: Path) -> list[str]:
    """`PATH: LINE` for each line below `directory` that no server may write. Python's sources quote such lines."""
    found = []
    for path in sorted(directory.rglob("*")):
        with contextlib.suppress(OSError):
            status = path.lstat()
            written = stat.S_ISREG(status.st_mode) and path.suffix not in (".py", ".pyc")
            if written and 0 < status.st_size <= _LARGEST:
                lines = (match[0] for match in _COMPLAINT.finditer(path.read_bytes()))
                found += [f"{path}: {line.decode('utf-8', 'replace')}" for line in lines if not _OF_NGINX.search(line)]
    return found


def check(directory: Path) -> None:
    """Fail if a server has written such a line."""
    found = complaints(directory)
    assert not found, "\n".join(["a server under test complained:", *found])


@pytest.fixture(autouse=True)
def watch(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check the directory of a test after it, if it has one."""
    if "tmp_path" not in request.fixturenames:
        yield
        return
    directory: Path = request.getfixturevalue("tmp_path")
    yield
    check(directory)


@pytest.fixture(autouse=True, scope="session")
def watch_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Check the directories that several tests have shared."""
    yield
    check(tmp_path_factory.getbasetemp())
