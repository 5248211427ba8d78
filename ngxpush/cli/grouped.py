"""Warnings that say the same of several files, as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager


def grouped(texts: Iterable[str]) -> list[str]:
    """The texts in their order, each once. Those that differ only in the path they begin with become one, with all the paths."""
    paths_by_rest: dict[str, list[str]] = {}
    for text in texts:
        path, _, rest = text.partition(" ") if text.startswith("/") else ("", "", text)
        paths = paths_by_rest.setdefault(rest, [])
        if path and path not in paths:
            paths.append(path)
    return [" ".join([", ".join(paths), rest]) if paths else rest for rest, paths in paths_by_rest.items()]


@contextmanager
def gathered(say: Callable[[str], None]) -> Iterator[Callable[[str], None]]:
    """Takes warnings while the block lasts. When it ends, also by an error, they are said."""
    texts: list[str] = []
    try:
        yield texts.append
    finally:
        for text in grouped(texts):
            say(text)
