"""The index follows the journal: what it has not yet read is what it does not yet know."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from coconstruction.journal import JournalEntry, entries_after, last_line
from coconstruction.search.documents import KINDS, all_documents, documents
from coconstruction.search.index import SearchIndex

BATCH = 500
EVERYTHING = "referential"  # an import touches every organisation and writes one line


def catch_up(index: SearchIndex, session: Session) -> int:
    """Apply the lines written since the index's watermark, a batch at most; the number of lines read. Another process
    that was quicker is no loss: the next call reads on from where it left the index."""
    mark = index.watermark()
    if mark > last_line(session)[0]:  # the index of another database, or of one restored since
        return rebuild(index, session, lambda _done: None)
    entries = list(entries_after(session, mark, BATCH))
    if not entries:
        return 0
    if any(entry.subject_kind == EVERYTHING for entry in entries):
        rebuild(index, session, lambda _done: None)
    else:
        _apply(index, session, entries, since=mark)
    return len(entries)


def rebuild(index: SearchIndex, session: Session, progress: Callable[[int], None]) -> int:
    """Write the whole index anew beside the one that serves, then swap; the number of documents."""
    seq, _ = last_line(session)  # read first: what is written meanwhile is applied again, which is harmless
    return index.rebuild(all_documents(session), seq, progress)


def _apply(index: SearchIndex, session: Session, entries: Sequence[JournalEntry], since: int) -> None:
    changed = {(entry.subject_kind, entry.subject_id) for entry in entries if entry.subject_kind in KINDS}
    found = documents(session, changed)
    gone = changed - {(each.kind, each.id) for each in found}
    index.apply(found, gone, entries[-1].seq, since=since)
