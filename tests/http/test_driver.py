"""Coroutines that wait for operations, without a loop."""

from __future__ import annotations

from typing import Any

from ngxpush.http.driver import Run
from ngxpush.http.operations import WAITING, Operation, Resume


class Ask(Operation[Any]):
    """Asks for `answer`: a value, an exception to raise, or WAITING."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def perform(self, performer: Any, resume: Resume) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is WAITING:
            performer.append(resume)
        return self.answer


class Driver:
    """Runs one coroutine, and notes what it waits for and how often it has gone on."""

    def __init__(self, coroutine: Any) -> None:
        self.waiting: list[Resume] = []
        self.progress = 0
        self.run = Run(coroutine, self.waiting, self.count)  # type: ignore[arg-type]
        self.run.start()

    def count(self) -> None:
        self.progress += 1


def test_immediate_results_need_no_turn() -> None:
    async def add() -> None:
        seen.append(await Ask(1) + await Ask(2))

    seen: list[int] = []
    driver = Driver(add())
    assert driver.run.ended and driver.progress == 0
    assert seen == [3]


def test_waiting_goes_on_with_the_result_or_the_exception() -> None:
    async def wait() -> None:
        seen.append(await Ask(WAITING))
        try:
            await Ask(WAITING)
        except OSError as error:
            seen.append(error.errno)

    seen: list[Any] = []
    driver = Driver(wait())
    driver.waiting[0]("first")
    assert (seen, driver.run.ended, driver.progress) == (["first"], False, 1)
    driver.waiting[1](OSError(2, "no"))
    assert (seen, driver.run.ended, driver.run.error) == (["first", 2], True, None)


def test_an_operation_that_fails_raises_where_it_is_awaited() -> None:
    async def catch() -> None:
        try:
            await Ask(OSError(13, "no"))
        except OSError as error:
            seen.append(error.errno)
        raise ValueError

    seen: list[Any] = []
    run = Driver(catch()).run
    assert seen == [13] and isinstance(run.error, ValueError) and run.ended


def test_a_closed_coroutine_cleans_up_and_hears_no_more() -> None:
    async def wait() -> None:
        try:
            await Ask(WAITING)
        finally:
            seen.append("closed")

    seen: list[str] = []
    driver = Driver(wait())
    assert isinstance(driver.run.awaits, Ask)
    driver.run.close()
    driver.waiting[0]("late")
    assert (seen, driver.run.ended, driver.progress) == (["closed"], True, 0)
