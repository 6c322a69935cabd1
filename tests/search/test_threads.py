from concurrent.futures import ThreadPoolExecutor

from coconstruction.search.index import Document, Question, SearchIndex


def test_threads_search_while_another_writes(index: SearchIndex) -> None:
    def search(number: int) -> int:
        if number % 10 == 0:
            index.apply([Document("need", 100 + number, "Éclairage")], [], 11 + number)
        return index.search(Question("cantine")).total

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(search, range(60))) == {2}
    assert index.search(Question("éclairage")).total == 6
