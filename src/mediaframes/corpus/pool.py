"""Slow readers in several processes: the same result for any number of them."""

import multiprocessing
import os
import sys
import types
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import IO, NamedTuple

from mediaframes._console import say
from mediaframes.corpus.readers import Batch, Options, Reader
from mediaframes.errors import InputError

# A process takes a second or two to start: less work than this is done here sooner.
FEW_FILES, FEW_BYTES = 32, 4 << 20
# What waits for a process at any time: it bounds the memory.
WAITING, WAITING_BYTES = 4, 256 << 20


class Job(NamedTuple):
    """A file to read and its place among all files."""

    place: int
    reader: Reader
    data: bytes
    file: str
    options: Options


Result = tuple[int, Batch | InputError]


def read_one(
    reader: Reader, data: bytes | IO[bytes], file: str, options: Options
) -> Batch | InputError:
    """What a reader makes of a file; a fault of the reader itself is said in words as well."""
    try:
        if isinstance(data, bytes):
            return reader.read(data, file, options)
        return reader.read_stream(data, file, options)
    except InputError as error:
        return error
    except Exception as error:
        return InputError(
            f"{file}: the reader for {reader.name} failed ({type(error).__name__}: {error}), which "
            "is its fault and not the file's; please report it, and save the file in another format"
        )


def available() -> int:
    """Processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Pool:
    """Takes jobs and gives back results, in any order; starts processes when it is worth it."""

    def __init__(self, processes: int | None = None) -> None:
        daemon = multiprocessing.current_process().daemon  # may not start any
        self._processes = 1 if daemon else available() if processes is None else processes
        self._held: list[Job] = []
        self._running: dict[Future[Batch | InputError], Job] = {}
        self._executor: ProcessPoolExecutor | None = None

    def __len__(self) -> int:
        return len(self._held) + len(self._running)

    def add(self, job: Job) -> Iterator[Result]:
        """Take a job; results that are ready meanwhile."""
        if self._processes < 2 or type(job.reader).__module__ == "__main__":  # not to be sent
            yield job.place, read_one(*job[1:])
            return
        self._held.append(job)
        if self._executor is None:
            if len(self._held) < FEW_FILES and self._bytes(self._held) < FEW_BYTES:
                return
            if len(self._held) < 2 or not self._start():
                return
        while self._held:
            while self._running and self._full():
                yield from self._some()
            self._send(self._held.pop(0))

    def finish(self) -> Iterator[Result]:
        """The results that are left."""
        while self._held:
            job = self._held.pop(0)
            yield job.place, read_one(*job[1:])
        while self._running:
            yield from self._some()

    def close(self) -> None:
        """End the processes."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None

    def _bytes(self, jobs: list[Job]) -> int:
        return sum(len(job.data) for job in jobs)

    def _full(self) -> bool:
        running = list(self._running.values())
        return (
            len(running) >= WAITING * self._processes
            or self._bytes(running) + len(self._held[0].data) > WAITING_BYTES
        )

    def _start(self) -> bool:
        """Start the processes; where the system does not let them, all is read in this one."""
        self._executor = _executor(self._processes)
        try:
            with _no_main():
                ready = self._executor.submit(available)
            ready.result()
        except (BrokenProcessPool, OSError):
            self.close()
            self._processes = 1
            say("no further process can be started here: files are read one at a time")
        return self._executor is not None

    def _send(self, job: Job) -> None:
        assert self._executor is not None
        try:
            with _no_main():
                future = self._executor.submit(read_one, *job[1:])
        except BrokenProcessPool:  # a process died while nobody waited
            future = Future()
            future.set_exception(BrokenProcessPool())
        self._running[future] = job

    def _some(self) -> Iterator[Result]:
        """The results that are ready, at least one."""
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        broken: list[Job] = []
        for future in done:
            job = self._running.pop(future)
            try:
                yield job.place, future.result()
            except BrokenProcessPool:
                broken.append(job)
        if broken:
            yield from self._one_by_one([*broken, *self._running.values()])

    def _one_by_one(self, jobs: list[Job]) -> Iterator[Result]:
        """Jobs that were under way when a process died, each alone: so the culprit is named."""
        self._running.clear()
        self.close()
        for job in sorted(jobs, key=lambda job: job.place):
            if self._executor is None:
                self._executor = _executor(1)
            try:
                with _no_main():
                    future = self._executor.submit(read_one, *job[1:])
                yield job.place, future.result()
            except BrokenProcessPool:
                self.close()
                yield (
                    job.place,
                    InputError(
                        f"{job.file}: the process that read it died, most often for want of "
                        "memory; split the file, or read it alone"
                    ),
                )
        self.close()
        self._executor = _executor(self._processes)


def _executor(processes: int) -> ProcessPoolExecutor:
    # fork would copy threads and locks of the notebook in whatever state they are
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def _no_main() -> Iterator[None]:
    """Start processes that do not run the user's script again.

    A new process imports the main script, and one without ``if __name__ == "__main__"``, as most
    analysts write them, would start over in each. Nothing that is sent to it stands there.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
