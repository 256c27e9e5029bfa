"""Jobs that one render host works on together, and what becomes of each."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from jobs import stopping
from jobs.errors import JobCancelled, JobLost
from jobs.models import Write
from jobs.run import JobRun
from sounds import store
from sounds.engines.host.listener import Listener
from sounds.models.sound import folder_of

logger = logging.getLogger(__name__)

Keep = Callable[[JobRun, dict[str, Any]], Write]
"""Turns what the host made for a job into what is written with its success."""


class Orders(Listener):
    """Runs of the same engine, in the order in which the host knows them.

    A sound that is cancelled ends at once; the others go on. Its files are removed when the host is done
    with all of them, for until then it may still be writing.
    """

    def __init__(self, runs: Sequence[JobRun], keep: Keep) -> None:
        self.runs = runs
        self.notes: dict[int, list[str]] = {}
        self._keep = keep
        self._unwanted: list[int] = []
        self._dropped = False
        self._deadline_anew()
        for run in runs:
            run.undo_with(partial(store.let_go_folder, self.folder(run)))

    @staticmethod
    def folder(run: JobRun) -> Path:
        """Where the host writes the files of this attempt."""
        assert run.job.attempt_uuid
        return folder_of(run.job.attempt_uuid)

    def progress(self, index: int | None, fraction: float, message: str) -> None:
        every = index is None
        for number in range(len(self.runs)) if index is None else [index]:
            self._unless_ended(number, lambda run: run.progress(fraction, message, begun=not every))

    def note(self, index: int, sentence: str) -> None:
        self.notes.setdefault(index, []).append(sentence)

    def made(self, index: int, result: dict[str, Any]) -> None:
        self._deadline_anew()
        run = self.runs[index]
        if run.ended:
            return
        try:
            write = self._keep(run, result | {"notes": self.notes.get(index, [])})
        except Exception as error:  # the others' files may well be kept
            run.end(error)
        else:
            run.succeed(write)

    def failed(self, index: int, error: Exception) -> None:
        self._deadline_anew()
        if not self.runs[index].ended:
            self.runs[index].end(error)

    def check(self) -> None:
        for number in range(len(self.runs)):
            self._unless_ended(number, JobRun.check)
        if stopping.is_wanted():
            self._give_back_the_rest()
        if self._dropped and all(run.ended for run in self.runs):
            raise JobCancelled  # a host that does not get to its next step is ended

    def unwanted(self) -> Iterable[int]:
        dropped, self._unwanted = self._unwanted, []
        return dropped

    def close(self) -> None:
        """Remove what the host wrote for those that were cancelled or given back meanwhile."""
        for run in self.runs:
            if run.ended:
                run.undo()

    def _give_back_the_rest(self) -> None:
        """The worker is to leave: what has not begun is for another."""
        begun = any(run.begun and not run.ended for run in self.runs)
        for number, run in enumerate(self.runs):
            if begun and not run.begun and not run.ended:
                run.give_back(undo=False)
                self._unwanted.append(number)

    def _unless_ended(self, number: int, verb: Callable[[JobRun], None]) -> None:
        run = self.runs[number]
        if run.ended:
            return
        try:
            verb(run)
        except (JobCancelled, JobLost) as wish:
            run.end(wish, undo=False)
            self._dropped = True
            self._unwanted.append(number)
        except DatabaseError:  # a report that is not written down is no reason to stop
            logger.exception("Job %s could not report", run.job.pk)

    def _deadline_anew(self) -> None:
        self.deadline = time.monotonic() + settings.JOB_DEADLINE_S
