"""Each figure in its smallest form, of ngxpush alone: a benchmark that no one runs stops working."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.contestants import contestants
from benchmarks.figures import TASKS
from benchmarks.plan import QUICK, run
from benchmarks.samples import Results, read

needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="the load generator needs a C compiler (gcc, libc6-dev)")


@needs_compiler
@pytest.mark.parametrize("figure", TASKS)
def test_a_set_up_of_each_figure(figure: str) -> None:
    """The first one: the others differ in a mode or a number."""
    results = Results({})
    task = next(TASKS[figure](QUICK, [next(contestants(None, None))]))
    run([task], 0, results, print)
    cells = list(results.all())
    assert [cell.where for cell in cells] == list(task.cells)
    for cell in cells:
        assert cell.failed == []
        assert all(value > 0 for name, [value] in cell.values.items() if name not in ("lost", "memory_bytes"))


@needs_compiler
def test_the_command_writes_a_file_and_prints_the_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "results.json"
    main(["lint", "--quick", "--servers", "ngxpush", "--into", str(file)])
    [cell] = read(file).cells("lint")
    assert cell.server == "ngxpush"
    assert "clock_s" in capsys.readouterr().out


@needs_compiler
def test_what_the_load_generator_reports() -> None:
    """Lengths of requests are bytes; a second command goes on with the same connections."""
    from benchmarks.load import load
    from benchmarks.servers import running

    ngxpush = next(contestants(None, None))
    with running(ngxpush.prepare()) as server, load(server.port) as clients:
        assert clients.subscribe(3, ngxpush.subscribing("websocket")).done == 3
        clients.publishers(2, *ngxpush.publishing(100))
        assert clients.deliver(4).done == 3 * 2 * 4
        assert clients.publish(5).done == 5
        assert clients.watch(50).closed == 0
        with pytest.raises(RuntimeError, match="an unknown command: dance 1"):
            clients._ask("dance 1")
