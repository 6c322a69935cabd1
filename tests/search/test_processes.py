"""Several processes share one index, and any of them may be killed."""

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

import pytest

from coconstruction.search.index import Document, Question
from tests.search.place import Place

pytestmark = pytest.mark.concurrency
WRITERS, EACH = 4, 8
processes = multiprocessing.get_context("spawn")


def need(number: int) -> Document:
    return Document("need", number, f"Besoin numéro{number}", "une même chose")


def _write_ones_share(place: Place, first: int) -> None:
    with place.opened() as index:
        for number in range(first, first + EACH):
            while not index.apply([need(number)], [], (mark := index.watermark()) + 1, since=mark):
                pass


def _write_without_end(place: Place, acknowledged: Connection) -> None:
    with place.opened() as index:
        while True:
            number = index.watermark() + 1
            index.apply([need(number)], [], number, since=number - 1)
            acknowledged.send(number)


def _search_until(place: Place, stop: Event, ready: Event, totals: Connection) -> None:
    seen: set[int] = set()
    with place.opened() as index:
        while not stop.is_set():
            seen.add(index.search(Question("chose")).total)
            ready.set()
    totals.send(seen)


def test_four_processes_writing_at_once_lose_nothing(place: Place) -> None:
    writers = [processes.Process(target=_write_ones_share, args=(place, 1 + EACH * each)) for each in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    with place.opened() as index:
        assert index.watermark() == WRITERS * EACH
        hits = index.search(Question("chose", per_page=100)).hits
        assert {hit.id for hit in hits} == set(range(1, WRITERS * EACH + 1))


def test_a_killed_writer_corrupts_nothing_and_holds_nobody_up(place: Place) -> None:
    for acknowledgements in (1, 3, 6):
        last = _kill_after(place, acknowledgements)
        with place.opened() as index:
            mark = index.watermark()
            assert mark >= last
            assert index.search(Question("chose")).total == mark
            assert index.apply([need(mark + 1)], [], mark + 1, since=mark)
            assert index.search(Question("chose")).total == mark + 1


def test_a_killed_rebuild_leaves_the_index_that_served(place: Place) -> None:
    with place.opened() as index:
        index.rebuild([need(1)], 1)
        reading, writing = processes.Pipe(duplex=False)
        builder = processes.Process(target=_rebuild_without_end, args=(place, writing))
        builder.start()
        assert reading.poll(60)
        os.kill(builder.pid or 0, signal.SIGKILL)
        builder.join()
        assert index.search(Question("chose")).total == index.watermark() == 1
        assert index.rebuild([need(1), need(2)], 2) == 2
        assert index.search(Question("chose")).total == index.watermark() == 2


def test_searching_never_notices_a_rebuild(place: Place) -> None:
    with place.opened() as index:
        index.rebuild(map(need, range(50)), 1)
        stop, ready = processes.Event(), processes.Event()
        reading, writing = processes.Pipe(duplex=False)
        searcher = processes.Process(target=_search_until, args=(place, stop, ready, writing))
        searcher.start()
        assert ready.wait(60)
        for watermark in (2, 3, 4):
            index.rebuild(map(need, range(50)), watermark)
            index.apply([need(7)], [], watermark)
        stop.set()
        assert reading.poll(60)
        assert reading.recv() == {50}
        searcher.join()


def _rebuild_without_end(place: Place, begun: Connection) -> None:
    def documents() -> list[Document]:
        begun.send(True)
        return []

    with place.opened() as index:
        while True:
            index.rebuild((each for part in (map(need, range(3000)), documents()) for each in part), 9)


def _kill_after(place: Place, acknowledgements: int) -> int:
    reading, writing = processes.Pipe(duplex=False)
    writer = processes.Process(target=_write_without_end, args=(place, writing))
    writer.start()
    last = 0
    for _ in range(acknowledgements):
        assert reading.poll(60)
        last = reading.recv()
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join()
    return last
