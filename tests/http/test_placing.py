"""Files that get their place; tests/http/content/test_dav and upstream/test_stored_answer show what becomes of failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from ngxpush.http.placing import NotPlaced, directory_access, place
from ngxpush.server.system.file_tree import SystemFileTree


@pytest.mark.parametrize(("file", "directory"), [(0o600, 0o700), (0o640, 0o750), (0o664, 0o775), (0o622, 0o722)])
def test_who_may_read_a_file_may_enter_its_directory(file: int, directory: int) -> None:
    assert directory_access(file) == directory


def test_directories_are_made_where_that_is_wanted(tmp_path: Path) -> None:
    tree, source, target = SystemFileTree((b"root",)), tmp_path / "source", tmp_path / "a/b/target"
    source.write_text("content")
    with pytest.raises(NotPlaced) as failed:
        place(tree, tree.rename, bytes(source), bytes(target), None)
    assert failed.value.message == b'rename() "%b" to "%b" failed (2: No such file or directory)' % (bytes(source), bytes(target))
    place(tree, tree.rename, bytes(source), bytes(target), 0o750)
    assert target.read_text() == "content"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o750
