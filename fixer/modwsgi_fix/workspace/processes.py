"""Copies of this process that answer questions side by side.

A copy (fork) has all that was read, so nothing is read twice and what is asked need not be sent; an answer is sent back
pickled. One that ends before its answer is noticed by the end of its pipe.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any

#: What a copy is asked: a function of a module, and what it is given beside the copy's own state.
Question = tuple[Callable[..., Any], tuple[Any, ...]]

_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class Ended(Exception):
    """A copy ended before it had answered: ``about`` which number it was asked, and ``how`` it ended, in words."""

    def __init__(self, about: int, code: int | None) -> None:
        super().__init__(about, code)
        self.about = about
        self.how = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"


class Processes:
    """So many copies of this process, each with the ``state`` that it had when they were made.

    They must be made while there is no other thread, which a copy would lack. They end with the ``with`` statement, whatever
    ends that.
    """

    def __init__(self, number: int, state: object) -> None:
        context = multiprocessing.get_context("fork")
        self._copies: dict[Connection, BaseProcess] = {}
        #: The copy that was asked about a number before, and remembers what it found out.
        self._asked: dict[int, Connection] = {}
        # A signal between the copying and ``_serve`` would be taken as this process takes it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            for _ in range(number):
                ours, theirs = context.Pipe()
                copy = context.Process(target=_serve, args=(theirs, [*self._copies, ours], state), daemon=True)
                copy.start()
                theirs.close()
                self._copies[ours] = copy
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for copy in self._copies.values():
            copy.kill()
        for ours, copy in self._copies.items():
            copy.join()
            ours.close()

    def ask(self, function: Callable[..., Any], numbers: Sequence[int], *given: object) -> list[Any]:
        """Return ``function(state, number, *given)`` for each number, in their order.

        Raises what the function raised for the first number for which it did, or ``Ended``.
        """
        waiting, answers = list(numbers), dict[int, tuple[bool, Any]]()
        busy: dict[Connection, int] = {}
        idle = list(self._copies)
        while waiting or busy:
            for ours in idle:
                number = next((one for one in waiting if self._asked.get(one, ours) is ours), None)
                if number is not None:
                    waiting.remove(number)
                    self._asked[number], busy[ours] = ours, number
                    self._send(ours, number, (function, number, given))
            idle = [ours for ours in wait(list(busy)) if isinstance(ours, Connection)]
            for ours in idle:
                answers[busy[ours]] = self._answer(ours, busy[ours])
                del busy[ours]
            idle = [ours for ours in self._copies if ours not in busy]
        for number in numbers:
            is_answer, answer = answers[number]
            if not is_answer:
                raise answer if isinstance(answer, Exception) else type(answer[0], (Exception,), {})(answer[1])
        return [answers[number][1] for number in numbers]

    def _send(self, ours: Connection, number: int, question: object) -> None:
        try:
            ours.send(question)
        except ConnectionError:
            raise self._ended(ours, number) from None

    def _answer(self, ours: Connection, number: int) -> tuple[bool, Any]:
        try:
            answer: tuple[bool, Any] = pickle.loads(ours.recv_bytes())
        except (EOFError, ConnectionError):
            raise self._ended(ours, number) from None
        return answer

    def _ended(self, ours: Connection, number: int) -> Ended:
        copy = self._copies[ours]
        copy.join()
        return Ended(number, copy.exitcode)


def _serve(theirs: Connection, others: Sequence[Connection], state: object) -> None:
    """Answer questions until nobody asks any more."""
    for number in _SIGNALS:
        # Ctrl-C reaches every process of a terminal; the first process ends this one.
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    for ours in others:
        # While a copy held it, no other copy would see that the first process is gone.
        ours.close()
    try:
        while True:
            function, about, given = theirs.recv()
            theirs.send_bytes(_answer(function, state, about, *given))
    except (EOFError, ConnectionError):
        return


def _answer(function: Callable[..., Any], *given: object) -> bytes:
    """Return what a function returns or raises, pickled, behind whether it returned it."""
    try:
        return pickle.dumps((True, function(*given)))
    except Exception as error:
        if os.environ.get("MODWSGI_FIX_TRACEBACK"):
            traceback.print_exc()
        try:
            answer = pickle.dumps((False, error))
            pickle.loads(answer)
        except Exception:  # its class may be one that pickle cannot make again
            answer = pickle.dumps((False, (type(error).__name__, str(error))))
        return answer
