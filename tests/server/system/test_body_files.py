"""Temporary files for bodies: their names, who sees them, and writing in the background."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from ngxpush.server.system import body_files
from ngxpush.server.system.body_files import BodyFiles, DescriptorBodyFile


async def _write(file: DescriptorBodyFile, data: bytes) -> OSError | None:
    written: asyncio.Future[OSError | None] = asyncio.get_running_loop().create_future()
    file.write(data, written.set_result)
    return await written


def _make(directory: Path | None, levels: tuple[int, ...] = (), count: int = 1, named: bool = True) -> list[DescriptorBodyFile]:
    files = BodyFiles(asyncio.new_event_loop())
    path = None if directory is None else os.fsencode(directory)
    return [files.make(path, levels, named) for _ in range(count)]


def test_a_name_is_a_number_whose_last_digits_name_the_subdirectories(tmp_path: Path) -> None:
    made = _make(tmp_path / "new", (1, 2), 11)
    names = [file.name.decode().removeprefix(f"{tmp_path}/new/") for file in made]
    assert (names[0], names[10]) == ("1/00/0000000001", "1/01/0000000011")
    assert os.stat(made[0].name).st_mode & 0o777 == 0o600


def test_its_directories_are_for_this_user_alone(tmp_path: Path) -> None:
    BodyFiles(asyncio.new_event_loop()).make(os.fsencode(tmp_path / "temp"), (1, 2), named=True)
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "temp").rglob("*") if path.is_dir()] == [0o700, 0o700]


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "0000000001").write_text("kept")
    (file,) = _make(tmp_path)
    assert file.name.endswith(b"/0000123457") and (tmp_path / "0000000001").read_text() == "kept"


def test_without_a_name_no_one_sees_it(tmp_path: Path) -> None:
    (file,) = _make(tmp_path, named=False)
    assert file.name.endswith(b"/0000000001") and not list(tmp_path.iterdir())


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    async def use() -> bytes:
        file = BodyFiles(asyncio.get_running_loop()).make(os.fsencode(tmp_path), (), False)
        assert await _write(file, b"abc") is None and await _write(file, b"def") is None
        assert file.size == 6
        found = file.read(2, 3)
        file.close(remove=False)
        return found

    assert asyncio.run(use()) == b"cde"


@pytest.mark.parametrize("removed", [True, False])
def test_closing_may_remove_it(tmp_path: Path, removed: bool) -> None:
    (file,) = _make(tmp_path)
    file.close(remove=removed)
    assert bool(list(tmp_path.iterdir())) != removed


def test_a_full_disk_is_reported() -> None:
    async def use() -> OSError | None:
        file = DescriptorBodyFile(asyncio.get_running_loop(), b"/dev/full", os.open("/dev/full", os.O_RDWR))
        return await _write(file, b"abc")

    error = asyncio.run(use())
    assert error is not None and error.errno == 28


def test_closing_in_the_middle_of_a_write_waits_for_it(tmp_path: Path) -> None:
    async def use() -> list[OSError | None]:
        file = BodyFiles(asyncio.get_running_loop()).make(os.fsencode(tmp_path), (), True)
        heard: list[OSError | None] = []
        file.write(b"abc", heard.append)
        file.close(remove=True)
        await asyncio.get_running_loop().shutdown_default_executor()
        await asyncio.sleep(0)
        return heard

    assert asyncio.run(use()) == [] and not list(tmp_path.iterdir())


def test_where_the_directory_can_not_be_made_the_systems_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_files.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(body_files, "_is_made", lambda directory: False)
    for directory in (tmp_path / "not allowed", None):
        (file,) = _make(directory, (1,))
        assert file.name.startswith(os.fsencode(tmp_path / f"ngxpush-client-body-{os.geteuid()}") + b"/0")


def test_a_directory_of_someone_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_files.tempfile, "gettempdir", lambda: str(tmp_path))
    someone = os.geteuid() + 1
    (tmp_path / f"ngxpush-client-body-{someone}").mkdir()
    monkeypatch.setattr(body_files.os, "geteuid", lambda: someone)
    with pytest.raises(PermissionError):
        _make(None)


def test_an_error_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError) as error:
        _make(tmp_path / "file")
    assert error.value.filename == os.fsencode(tmp_path / "file/0000000001")
