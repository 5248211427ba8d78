"""Every command of README.md, CONTRIBUTING.md and docs/ is run, and prints what its page shows."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages.network import alone
from tests.pages.page import Command, File, PageError, Running, fits, steps
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
_PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("benchmarks/*.md")])
_CODE = re.compile(r"^(?: {4,}|\t)(?:\$ |sudo |make\b|git |curl |ngxpush |nginx |docker |pip |alias |\.venv/)", re.M)
_FENCED = re.compile(r"^ *```.*?^ *```$", re.M | re.S)


# Programs that `sudo make debian-packages` installs.
_OF_DEBIAN = ("curl", "redis-server")


def _missing(page: Path) -> list[str]:
    """The programs of _OF_DEBIAN that a page calls, and that are not here."""
    words = {word for step in steps(page) if not isinstance(step, File) for word in re.findall(r"[\w-]+", step.text)}
    return [program for program in _OF_DEBIAN if program in words and shutil.which(program) is None]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@contextlib.contextmanager
def _in_turn() -> Iterator[None]:
    """Where pages can't have networks of their own, they use the ports they name one after the other."""
    if alone():
        yield
        return
    with Path(tempfile.gettempdir(), f"ngxpush-pages-{os.getuid()}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _played(page: Path) -> subprocess.CompletedProcess[str]:
    with _in_turn():
        words = [*alone(), sys.executable, "-m", "tests.pages.play", str(page)]
        return subprocess.run(words, capture_output=True, text=True, cwd=ROOT, timeout=2 * PATIENCE)


@pytest.mark.parametrize("page", [page for page in _PAGES if steps(page)], ids=_name)
def test_a_page(page: Path) -> None:
    if missing := _missing(page):
        pytest.skip(f"{', '.join(missing)} not installed: sudo make debian-packages")
    done = _played(page)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", _PAGES, ids=_name)
def test_no_command_escapes(page: Path) -> None:
    """Commands stand in fenced blocks, which are run."""
    assert _CODE.findall(_FENCED.sub("", page.read_text("utf-8"))) == []


_SERVED = """
```nginx title="sites/nginx.conf"
events {} http { access_log off; server { listen 127.0.0.1:8080; location / { return 200 "hello\\n"; } } }
```

<!-- keeps running -->
```console
$ ngxpush run --no-console sites/nginx.conf
…listening on 127.0.0.1:8080
```

```console
$ cd sites
$ curl -s http://127.0.0.1:8080/ |
> cat
hello
$ ls
nginx.conf
```

<!-- exit code: 7 -->
```console
$ curl -s http://127.0.0.1:8081/
```
"""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("", "", None),
        ("\nhello\n", "\nhallo\n", "line 14: the page shows\n    hallo\nand this is printed\n    hello\n"),
        ("127.0.0.1:8081", "127.0.0.1:8080", "line 23: exit code 0, not 7\nhello\n"),
        ("$ ls", "$ lx", "line 17: exit code 127, not 0\n"),
        ("listening on 127.0.0.1:8080", "listening on 127.0.0.1:80", "line 8: the page shows\n    …listening on 127.0.0.1:80\n"),
        ("events {}", "events }", "line 8: the page shows\n"),
        ("<!-- keeps running -->", "<!-- keeps running, ready when: false -->", None),
    ],
)
def test_a_page_that_is_wrong_fails(tmp_path: Path, right: str, wrong: str, said: str | None) -> None:
    page = tmp_path / "page.md"
    text = _SERVED.replace(right, wrong, 1)
    if "false" in wrong:
        text, said = text.replace("--no-console", "--no-such-option"), "line 8: it ended before it was ready\n"
    page.write_text(text, "utf-8")
    done = _played(page)
    if said is None:
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert done.returncode == 1 and done.stderr.startswith(f"{page}: {said}"), done.stderr


def test_what_is_read_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        '1. A file:\n\n   ```py title="a.py"\n   if x:\n       y\n   ```\n\n```python\nno = "command"\n```\n\n'
        "<!-- not run: it needs the Internet -->\n```sh\npip install x\n```\n\n```sh\ncd x\nls\n```\n\n"
        "<!-- keeps running, ready when: true -->\n```console\n$ sleep 9\n```\n",
        "utf-8",
    )
    assert steps(page) == [
        File(3, "a.py", "if x:\n    y\n"),
        Command(17, "set -e\ncd x\nls\nset +e", None),
        Running(24, "sleep 9", (), "true"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!-- not run -->\n```sh\nx\n```", "line 2: a block that is not run needs a reason: <!-- not run: REASON -->"),
        ("<!-- exit code: 1 -->\ntext", "line 2: the comment before it is about a block, and none follows"),
        ("```bash\nx\n```", "line 1: commands are in blocks of console or sh, not of bash"),
        ("```console\nx\n```", 'line 2: the first line of a console block begins with "$ "'),
        ("```console\n```", "line 1: an empty console block"),
        ("<!-- keeps running -->\n```console\n$ x\n```",
         "line 3: when does the page go on? Show what is printed, or say ready when: COMMAND"),
        ("<!-- keeps running, slowly -->\n```console\n$ x\n```", "line 3: keeps running: ', slowly' is not understood"),
    ],
)  # fmt: skip
def test_a_page_that_can_not_be_read(tmp_path: Path, text: str, said: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, "utf-8")
    with pytest.raises(PageError) as error:
        steps(page)
    assert str(error.value) == said


@pytest.mark.parametrize(
    ("shown", "printed", "whole", "they_fit"),
    [
        (("a", "b"), "a\nb\n", True, True),
        (("a", "b"), "a\nb", True, True),
        (("a",), "a\nb\n", True, False),
        (("a",), "a\nb\n", False, True),
        (("a…", "…", "z"), "abc\n1\n2\nz\n", True, True),
        (("…", "z"), "z\n", True, True),
        (("1.5",), "1x5\n", True, False),
        (("…b…",), "abc\n", True, True),
        (("a", ""), "a\n", True, False),
    ],
)
def test_what_fits(shown: tuple[str, ...], printed: str, whole: bool, they_fit: bool) -> None:
    assert fits(shown, printed, whole=whole) is they_fit
