"""Where the files of another machine are on this one: `--map /etc/nginx=./docker/nginx`."""

from __future__ import annotations

from msgspec import Struct


class PathMap(Struct, frozen=True):
    """places: a directory or file there, and where it is here, both full paths without a slash at the end.

    A path has the place of the longest one that it is or is below; of two for one place the last counts. What lies in a place
    here already stays.
    """

    places: tuple[tuple[bytes, bytes], ...] = ()

    def here(self, path: bytes) -> bytes:
        """Where on this machine the file is that the configuration calls by this full path."""
        if not self.places or any(_is_in(path, here) for _, here in self.places):
            return path
        found = max([place for place in reversed(self.places) if _is_in(path, place[0])], key=_length, default=None)
        return path if found is None else found[1] + path[len(found[0]) :]


def _is_in(path: bytes, place: bytes) -> bool:
    return path == place or path.startswith(place + b"/")


def _length(place: tuple[bytes, bytes]) -> int:
    return len(place[0])
