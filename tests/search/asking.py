from typing import Any

from coconstruction.search.index import Question, SearchIndex

Key = tuple[str, int]


def keys(index: SearchIndex, text: str, **narrowed: Any) -> list[Key]:
    return [(hit.kind, hit.id) for hit in index.search(Question(text, **narrowed)).hits]
