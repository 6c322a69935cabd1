"""Covers coalitions of 1,000 mixed members of the real referential, in process: `python benchmarks/coverage.py`.

Goal: under 5 ms each. No database: the files are read, the atlas built, and only the covering is timed.
"""

import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "platform"))

from coconstruction.territories.coverage import Atlas
from coconstruction.territories.referential import FOLDER, Referential, read_referential

MEMBERS, ROUNDS, GOAL_MS = 1_000, 200, 5.0


def atlas_of(referential: Referential) -> Atlas:
    keys = {body.reference: key for key, body in enumerate(referential.bodies)}
    populations = {keys[body.reference]: body.population for body in referential.bodies if body.insee_code}
    territories = {keys[b.reference]: [keys[c] for c in b.communes] for b in referential.bodies if not b.insee_code}
    return Atlas.build(populations, territories)


def timings_ms(atlas: Atlas, communes: int, bodies: int) -> list[float]:
    rng, timings = random.Random(2021), []
    for _ in range(ROUNDS):
        members = rng.sample(list(atlas.places), communes) + rng.sample(list(atlas.masks), bodies)
        rng.shuffle(members)
        started = time.perf_counter()
        atlas.coverage(members)
        timings.append((time.perf_counter() - started) * 1_000)
    return sorted(timings)


def main(folder: Path) -> None:
    started = time.perf_counter()
    atlas = atlas_of(read_referential(folder))
    print(f"referential read, atlas of {len(atlas.places):,} communes built in {time.perf_counter() - started:.2f} s")
    print(f"{'members':<32}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}  goal {GOAL_MS} ms")
    for communes, bodies in ((MEMBERS, 0), (700, 300), (0, MEMBERS)):
        ms = timings_ms(atlas, communes, bodies)
        p95 = ms[int(len(ms) * 0.95)]
        verdict = "met" if p95 < GOAL_MS else "MISSED"
        label = f"{communes} communes + {bodies} bodies"
        print(f"{label:<32}{statistics.median(ms):>9.2f}{p95:>9.2f}{ms[-1]:>9.2f}  {verdict}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
