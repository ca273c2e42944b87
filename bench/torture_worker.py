"""Kill real speech processes N times at random moments and print one JSON line of what was lost.

    python -m bench.torture_worker 3000 [--seed 1] [--sample] [--database postgresql://...]

The engine is the quick one of the tests; with --sample it is real Whisper code on the bundled
briefing. `lost` counts finished chunks that were gone or done anew, `duplicates` segments beyond an
unkilled run, `redone_max` how many chunks one kill made be begun again at most on the average of a
recording; with no loss in N kills the rate of loss is below 3/N at 95 %.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from meetly.paths import DEMO_DATA
from tests.workers.torture import House, kill_at_random

#: The bundled briefing heard by real Whisper code, which takes a while to load and to hear.
SAMPLE: dict[str, Any] = {
    "sound": DEMO_DATA / "briefing.opus", "model": str(DEMO_DATA / "micro-vi.pt"), "life": 6.0,
}  # fmt: skip


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="SQLAlchemy URL of an empty database")
    parser.add_argument("--sample", action="store_true", help="the bundled briefing and model")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), database=given.database, **(SAMPLE if given.sample else {}))
        outcome = kill_at_random(house, given.kills, given.seed)
    print(
        json.dumps(
            {
                **asdict(outcome),
                "seed": given.seed,
                "database": given.database.split(":")[0] or "sqlite",
                "loss_below": round(3 / outcome.kills, 6),
            }
        )
    )


if __name__ == "__main__":
    main()
