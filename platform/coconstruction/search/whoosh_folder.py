"""Where a Whoosh index lives: one folder per rebuild, and a link to the one that serves.

index/current -> built-1733…   the link is replaced in one step; who reads the old folder still may
index/building-…               a rebuild under way, or one that was killed
index/write.lock rebuild.lock  released by the system when their holder dies
"""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUILT, BUILDING, CURRENT = "built-", "building-", "current"
RETRY_SECONDS = 0.02
State = tuple[Path, int]  # a folder, and the number of its last commit

_COMMIT = re.compile(r"_MAIN_(\d+)\.toc$")


class WhooshFolder:
    def __init__(self, root: Path) -> None:
        self.root = root

    def state(self) -> State | None:
        """What serves now: equal answers, same documents."""
        try:
            folder = self.root / os.readlink(self.root / CURRENT)
            return folder, max(
                (int(each[1]) for name in os.listdir(folder) if (each := _COMMIT.match(name))), default=0
            )
        except OSError:
            return None

    @contextmanager
    def locked(self, name: str, timeout: float) -> Iterator[None]:
        """Raises TimeoutError. The lock goes with the process, however it ends."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / f"{name}.lock").open("w") as file:
            deadline = time.monotonic() + timeout
            while not _try_lock(file.fileno()):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{file.name} is held by another process")
                time.sleep(RETRY_SECONDS)
            yield

    def begin(self) -> Path:
        self.root.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=BUILDING, dir=self.root))

    def publish(self, building: Path) -> None:
        """Hold the write lock."""
        built = building.with_name(BUILT + building.name.removeprefix(BUILDING))
        building.rename(built)
        link = self.root / f"{CURRENT}.new"
        link.unlink(missing_ok=True)
        link.symlink_to(built.name)
        link.replace(self.root / CURRENT)

    def sweep(self) -> None:
        """Hold the rebuild lock: whatever else is being built was abandoned. Of the built folders, the one that
        served last stays, for readers that are opening it at this moment."""
        state = self.state()
        current = state[0] if state else None
        old = sorted((each for each in self.root.glob(f"{BUILT}*") if each != current), key=_changed, reverse=True)
        for folder in [*old[1:], *self.root.glob(f"{BUILDING}*")]:
            shutil.rmtree(folder, ignore_errors=True)


def _changed(folder: Path) -> float:
    return folder.stat().st_mtime


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
