"""`nginx -T` dumps: many files in one text, each after a line `# configuration file NAME:`."""

from __future__ import annotations

import re

_HEADER = re.compile(rb"^# configuration file (?P<name>[^\n]+):\n", re.MULTILINE)


def split_dump(content: bytes) -> dict[str, bytes] | None:
    """The files of a dump by name, in order, the main file first; None when `content` is no dump.

    nginx writes a line end after each file, so a file that ends in one is followed by an empty line.
    """
    headers = list(_HEADER.finditer(content))
    if not headers:
        return None
    files: dict[str, bytes] = {}
    for index, header in enumerate(headers):
        end = headers[index + 1].start() if index + 1 < len(headers) else len(content)
        text = content[header.end() : end]
        files.setdefault(header["name"].decode("utf-8", "surrogateescape"), text[:-1] if text.endswith(b"\n\n") else text)
    return files
