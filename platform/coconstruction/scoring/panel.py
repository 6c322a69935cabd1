"""Who may read and write what of the reviews of one need: at least two are written blind. Knows that reviews exist,
never what they say. No site, no database."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

QUORUM = 2


@dataclass(frozen=True)
class Sheet:
    """That a review exists."""

    id: int
    need_id: int
    curator_id: int
    version: int
    submitted: bool


@dataclass(frozen=True)
class Panel:
    """The reviews of a need under one version of the grid, as one curator may know of them. `interested`: the curators
    who have an interest in the need, whose reviews do not count."""

    reader_id: int
    version: int
    sheets: Sequence[Sheet]
    interested: Collection[int] = ()

    @property
    def mine(self) -> Sheet | None:
        """The one under this version; else a draft begun under another, which will be brought to this one."""
        own = [each for each in self.sheets if each.curator_id == self.reader_id]
        here = next((each for each in own if each.version == self.version), None)
        return here or next((each for each in own if not each.submitted), None)

    @property
    def submitted(self) -> bool:
        return self.mine is not None and self.mine.submitted

    @property
    def drafted(self) -> bool:
        return self.mine is not None and not self.mine.submitted

    @property
    def recused(self) -> bool:
        return self.reader_id in self.interested

    @property
    def counted(self) -> list[Sheet]:
        return [each for each in self.rendered if each.curator_id not in self.interested]

    @property
    def rendered(self) -> list[Sheet]:
        return [each for each in self.sheets if each.version == self.version and each.submitted]

    @property
    def complete(self) -> bool:
        return len(self.counted) >= QUORUM

    @property
    def readable(self) -> bool:
        """Whoever is still to submit theirs reads nothing; nor does whoever stepped aside."""
        return self.complete and not self.recused and not self.drafted

    @property
    def writable(self) -> bool:
        """Once it can be read, nobody begins: it would no longer be blind. Who had begun ends."""
        return not self.recused and not self.submitted and (self.drafted or not self.complete)


def version_for(sheets: Iterable[Sheet], interested: Collection[int], in_force: int) -> int:
    """Under which grid a need is reviewed: the one in force, unless reviews begun under another are not complete. Notes
    under two grids do not add up."""
    rendered: dict[int, int] = {}
    for each in sheets:
        if each.submitted and each.curator_id not in interested:
            rendered[each.version] = rendered.get(each.version, 0) + 1
    begun = [version for version, count in rendered.items() if count < QUORUM]
    return max(begun, default=in_force)
