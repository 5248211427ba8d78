"""Makes performance.md and performance.svg in docs/how-it-works from a file of results.

python -m benchmarks.page [FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .contestants import MODES, POLL
from .plot import Group, Mark, plot
from .samples import Cell, Results, read
from .tables import beside, failures, table, value, with_own

_HERE = Path(__file__).parent
_DOCS = _HERE.parent / "docs/how-it-works"
_C = ("push stream module", "nchan")
_WORDS = {"eventsource": "EventSource", "websocket": "websocket", "streaming": "streaming", POLL: "long-polling"}


def main() -> None:
    """Write both files."""
    results = read(Path(sys.argv[1]) if len(sys.argv) > 1 else _HERE / "results" / "published.json")
    (_DOCS / "performance.md").write_text(page(results))
    (_DOCS / "performance.svg").write_text(picture(results))


def page(results: Results) -> str:
    """The text. Its words are in performance.md.j2."""
    environment = Environment(loader=FileSystemLoader(_HERE), undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.get_template("performance.md.j2").render(
        about=results.about,
        overview=overview(results),
        peers=peers(results),
        fan_out=lambda mode, size: fan_out(results, mode, size),
        rates=lambda mode: rates(results, mode),
        figures=_figures(results),
        modes={mode: _WORDS[mode] for mode in MODES},
        failures=failures(list(results.cells("fan-out"))),
        names=list(results.about["versions"]),
        versions=results.about["versions"],
    )


def picture(results: Results) -> str:
    """The plot: what ngxpush's users would look for first."""
    groups = [Group(title, marks) for title, cells in _pictured(results) if (marks := _marks(cells))]
    return plot("Processor time that a server spends", "µs on one core, for one of what each title names", groups)


def _pictured(results: Results) -> list[tuple[str, list[Cell]]]:
    def deliveries(mode: str, in_flight: int) -> list[Cell]:
        return [cell for cell in results.cells("fan-out") if cell.where == _fan_out_cell(mode, 1000, in_flight, 100)]

    return [
        ("A delivery to one of 1,000 EventSource subscribers, one message at a time", deliveries("eventsource", 1)),
        ("… 64 messages at the same time", deliveries("eventsource", 64)),
        ("A delivery to one of 1,000 websocket subscribers, one message at a time", deliveries("websocket", 1)),
        ("… 8 messages at the same time", deliveries("websocket", 8)),
        ("Publishing a message, no one subscribed", list(results.cells("publish"))),
        ("A long-polling client is answered and asks again", list(results.cells("long-poll"))),
        ("A new EventSource subscriber", [cell for cell in results.cells("connections") if cell.where["mode"] == "eventsource"]),
    ]


def _marks(cells: list[Cell]) -> list[Mark]:
    found = [(cell.server, cell.median("server_us")) for cell in cells]
    return [Mark(server, _kind(server), median) for server, median in found if median is not None]


def _kind(server: str) -> str:
    return "ngxpush" if "ngxpush" in server else "c" if server in _C else "python"


def overview(results: Results) -> str:
    """The most important figures: the C modules, the best Python peer, ngxpush, and it as a multiple of the better C module."""
    rows = [_row(title, list(cells), *what) for title, cells, *what in _overview_rows(results)]
    return table(["", *_C, "best Python peer", "ngxpush", "of the better C module"], [row for row in rows if row])


def _overview_rows(results: Results) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for mode in MODES:
        for in_flight in (1, 8, 64):
            cells = [cell for cell in results.cells("fan-out") if cell.where == _fan_out_cell(mode, 1000, in_flight, 100)]
            rows.append((f"a delivery, 1,000 {_WORDS[mode]} subscribers, {in_flight} in flight, µs", cells, "server_us", 1, 1))
    rows.append(("a publish, 16 connections, no one subscribed, µs", results.cells("publish"), "server_us", 1, 1))
    rows.append(("a long-polling cycle, 200 clients, µs", results.cells("long-poll"), "server_us", 1, 1))
    for mode in (*MODES, POLL):
        cells = [cell for cell in results.cells("connections") if cell.where["mode"] == mode]
        rows.append((f"memory of an idle {_WORDS[mode]} subscriber, KiB", cells, "memory_bytes", 1, 1024))
    commands = {
        command: [cell for cell in results.cells("start") if cell.where["command"] == command] for command in ("run", "nginx")
    }
    rows.append(("`ngxpush run` to the first answer, s", commands["run"], "answer_s", 2, 1))
    rows.append(("`nginx`, first answer, `nginx -s stop`, s", commands["nginx"], "cycle_s", 2, 1))
    rows.append(("`ngxpush lint` of 10,000 lines, s", results.cells("lint"), "clock_s", 2, 1))
    return rows


def _row(title: str, cells: list[Cell], name: str, digits: int, scale: float) -> list[str]:
    medians = {cell.server: median / scale for cell in cells if (median := cell.median(name)) is not None}
    if "ngxpush" not in medians:
        return []
    better = min((medians[server] for server in _C if server in medians), default=None)
    best_peer = min((median for server, median in medians.items() if _kind(server) == "python"), default=None)
    shown = [medians.get(_C[0]), medians.get(_C[1]), best_peer, medians["ngxpush"]]
    numbers = ["–" if number is None else f"{number:,.{digits}f}" for number in shown]
    return [title, *numbers, "–" if better is None else f"{medians['ngxpush'] / better:.2f} ×"]


def peers(results: Results) -> str:
    """Deliveries in a second beside the best Python peer."""
    rows = []
    for mode in MODES:
        for in_flight in (1, 8, 64):
            cells = [cell for cell in results.cells("fan-out") if cell.where == _fan_out_cell(mode, 1000, in_flight, 100)]
            rates = {cell.server: rate for cell in cells if (rate := cell.median("per_s")) is not None}
            best = max((server for server in rates if _kind(server) == "python"), key=rates.__getitem__, default=None)
            if best and "ngxpush" in rates:
                peer, own = rates[best], rates["ngxpush"]
                rows.append(
                    [f"{_WORDS[mode]}, {in_flight} in flight", best, f"{peer:,.0f}", f"{own:,.0f}", f"{own / peer:.1f} ×"]
                )
    return table(["1,000 subscribers", "best Python peer", "deliveries/s", "ngxpush", "of the peer"], rows)


def _fan_out_cell(mode: str, subscribers: int, in_flight: int, size: int) -> dict[str, str | int]:
    return {"mode": mode, "subscribers": subscribers, "in_flight": in_flight, "size": size}


def fan_out(results: Results, mode: str, size: int) -> str:
    """Processor time of a delivery, by subscribers and messages in flight."""
    return _grid(results, mode, size, with_own)


def rates(results: Results, mode: str) -> str:
    """Deliveries in a second by the clock."""
    return _grid(results, mode, 100, value("per_s", 0))


def _grid(results: Results, mode: str, size: int, show: Any) -> str:
    cells = [cell for cell in results.cells("fan-out") if cell.where["mode"] == mode and cell.where["size"] == size]
    places = dict.fromkeys((int(cell.where["subscribers"]), int(cell.where["in_flight"])) for cell in cells)
    rows = [
        (f"{subscribers:,} × {in_flight}", _is(subscribers=subscribers, in_flight=in_flight)) for subscribers, in_flight in places
    ]
    return beside(cells, rows, show, "subscribers × in flight")


def _is(**where: str | int) -> Any:
    return lambda cell: where.items() <= cell.where.items()


def _figures(results: Results) -> dict[str, str]:
    """A table for each of the other figures, where it was measured."""
    latency, connections = list(results.cells("latency")), list(results.cells("connections"))
    start, reload, workers = list(results.cells("start")), list(results.cells("reload")), list(results.cells("workers"))
    growth = list(results.cells("growth"))
    subscribing = [cell for cell in connections if cell.where["mode"] != POLL]
    return {
        "publish": beside(list(results.cells("publish")), [("µs", _is())], with_own),
        "publish_rate": beside(list(results.cells("publish")), [("in a second", _is())], value("per_s", 0)),
        "long_poll": beside(list(results.cells("long-poll")), [("µs", _is())], with_own),
        "subscribing": beside(subscribing, [(_WORDS[mode], _is(mode=mode)) for mode in MODES], with_own),
        "subscribing_rate": beside(subscribing, [(_WORDS[mode], _is(mode=mode)) for mode in MODES], value("per_s", 0)),
        "memory": beside(
            connections, [(_WORDS[mode], _is(mode=mode)) for mode in (*MODES, POLL)], value("memory_bytes", 1, scale=1024)
        ),
        "latency": beside(
            latency,
            [(_WORDS[mode], _is(mode=mode)) for mode in MODES],
            lambda cell: " / ".join(value(f"{name}_ms")(cell) for name in ("p50", "p95", "p99", "max")),
        ),
        "latency_time": beside(latency, [(_WORDS[mode], _is(mode=mode)) for mode in MODES], with_own),
        "start": _start(start),
        "reload": beside(
            reload,
            [("wait; closed; missed", _is())],
            lambda cell: f"{value('longest_ms', 0)(cell)} ms; {value('closed', 0)(cell)}; {value('lost', 0)(cell)}",
        ),
        "workers": _workers(workers),
        "growth": beside(growth, [(_beside(cell), _is(**cell.where)) for cell in growth if cell.server == "ngxpush"], with_own),
        "lint": beside(
            list(results.cells("lint")), [("", _is())], lambda cell: f"{value('clock_s', 2)(cell)} ({value('server_s', 2)(cell)})"
        ),
    }


def _beside(cell: Cell) -> str:
    return f"{cell.where['beside']}: {cell.where['number']:,}"


def _start(cells: list[Cell]) -> str:
    rows = [
        ("`nginx` returns after", "nginx", "start_s"),
        ("the first answer comes after another", "nginx", "answer_s"),
        ("`nginx -s stop`, until the master is gone", "nginx", "stop_s"),
        ("these together", "nginx", "cycle_s"),
        ("`ngxpush run`, until the first answer", "run", "answer_s"),
    ]
    names = list(dict.fromkeys(cell.server for cell in cells))
    return table(
        ["seconds", *names],
        [
            [
                title,
                *(
                    next((value(name, 3)(cell) for cell in cells if (cell.server, cell.where["command"]) == (who, command)), "–")
                    for who in names
                ),
            ]
            for title, command, name in rows
        ],
    )


def _workers(cells: list[Cell]) -> str:
    whats = dict.fromkeys(_without_workers(cell) for cell in cells)
    names = list(dict.fromkeys(cell.server for cell in cells))

    def gain(who: str, what: tuple[tuple[str, Any], ...]) -> str:
        by_workers = {cell.where["workers"]: cell for cell in cells if cell.server == who and _without_workers(cell) == what}
        one, two = (by_workers[workers].median("per_s") if workers in by_workers else None for workers in (1, 2))
        return "–" if not one or not two else f"{one:,.0f} → {two:,.0f} ({two / one:.2f} ×; {value('own_us')(by_workers[2])} µs)"

    return table(["in a second", *names], [[_describe(what), *(gain(who, what) for who in names)] for what in whats])


def _without_workers(cell: Cell) -> tuple[tuple[str, Any], ...]:
    return tuple((name, what) for name, what in cell.where.items() if name != "workers")


def _describe(what: tuple[tuple[str, Any], ...]) -> str:
    where = dict(what)
    if "in_flight" in where:
        return f"deliveries to {where['subscribers']:,} subscribers, {where['in_flight']} in flight"
    return f"messages published over {where['connections']} connections"


if __name__ == "__main__":
    main()
