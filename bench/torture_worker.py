"""Kill real speech processes N times at random moments and print one JSON line of what was lost.

    python -m bench.torture_worker 3000 [--seed 1] [--database postgresql://...]

The engine is the deterministic one of the tests. `lost` counts finished chunks that were gone or
done anew, `duplicates` segments beyond an unkilled run, `redone_max` how many chunks one kill made
be begun again at most on the average of a recording; with no loss in N kills the rate of loss is
below 3/N at 95 %.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.workers.torture import House, kill_at_random


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="SQLAlchemy URL of an empty database")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), database=given.database)
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
