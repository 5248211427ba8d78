"""Search for bytes that make a reader raise what it does not declare: `make fuzz`, or one of the targets alone with

    python -m tests.fuzz.coverage_guided frames -max_total_time=600

The options are those of libFuzzer. It needs atheris (`pip install '.[fuzz]'`). What it finds is left in a file and printed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ngxpush"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    name, *options = sys.argv[1:]
    target = TARGETS[name]
    with tempfile.TemporaryDirectory(prefix="ngxpush-fuzz-") as directory:
        words = Path(directory, "words")
        words.write_text("".join('"{}"\n'.format("".join(f"\\x{byte:02x}" for byte in word)) for word in target.words))
        corpus = Path(directory, "corpus")
        corpus.mkdir()
        for number, seed in enumerate(target.seeds):
            Path(corpus, str(number)).write_bytes(seed)
        arguments = [sys.argv[0], f"-dict={words}", "-max_len=2000", "-timeout=20", *options, str(corpus)]
        atheris.Setup(arguments, target.read)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
