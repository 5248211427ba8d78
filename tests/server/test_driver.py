"""Coroutines that wait for operations, without a loop."""

from __future__ import annotations

from typing import Any

from ngxpush.http.operations import Operation
from ngxpush.server.driver import WAITING, Resume, Run


class Ask(Operation[Any]):
    """Asks for `answer`: a value, an exception to raise, or WAITING."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer


class Driver:
    """Runs one coroutine and notes how it ends."""

    def __init__(self, coroutine: Any) -> None:
        self.waiting: list[Resume] = []
        self.ended: list[BaseException | None] = []
        self.run = Run(coroutine, self.perform, self.ended.append)
        self.run.start()

    def perform(self, operation: Any, resume: Resume) -> Any:
        if isinstance(operation.answer, Exception):
            raise operation.answer
        if operation.answer is WAITING:
            self.waiting.append(resume)
        return operation.answer


def test_immediate_results_need_no_turn() -> None:
    async def add() -> None:
        seen.append(await Ask(1) + await Ask(2))

    seen: list[int] = []
    assert Driver(add()).ended == [None]
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
    assert (seen, driver.ended) == (["first"], [])
    driver.waiting[1](OSError(2, "no"))
    assert (seen, driver.ended) == (["first", 2], [None])


def test_an_operation_that_fails_raises_where_it_is_awaited() -> None:
    async def catch() -> None:
        try:
            await Ask(OSError(13, "no"))
        except OSError as error:
            seen.append(error.errno)
        raise ValueError

    seen: list[Any] = []
    (error,) = Driver(catch()).ended
    assert seen == [13] and isinstance(error, ValueError)


def test_a_cancelled_coroutine_cleans_up_and_does_not_end() -> None:
    async def wait() -> None:
        try:
            await Ask(WAITING)
        finally:
            seen.append("closed")

    seen: list[str] = []
    driver = Driver(wait())
    driver.run.cancel()
    assert (seen, driver.ended) == (["closed"], [])
