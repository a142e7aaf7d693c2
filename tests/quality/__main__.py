"""``make quality``: every measured quality against its reach, as one table."""

import contextlib
import io
import os
import sys
import time
from importlib import import_module
from pathlib import Path

import pandas as pd

MODULES = (
    "cleaning",
    "duplicates",
    "effects",
    "frames",
    "intervals",
    "keyness",
    "reading",
    "sentences",
    "stm",
    "studies",
    "topics",
    "webpages",
)


def main() -> int:
    """Print the table; a missing folder of real data is said, not taken for success."""
    default = Path(__file__).resolve().parents[3] / "shared" / "data"
    shared = Path(os.environ.get("MEDIAFRAMES_SHARED_DATA", default))
    if not shared.is_dir():
        print(f"no real data at {shared}; set MEDIAFRAMES_SHARED_DATA (see tests/README.md)")
        return 1
    tables = []
    for name in MODULES:
        begin = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):  # what the verbs say on their way
            tables.append(import_module(f"tests.quality.{name}").measure(shared))
        print(f"measured {name}: {time.process_time() - begin:.0f} s of CPU")
    table = pd.concat(tables, ignore_index=True)
    print()
    print(table.round(4).to_string(index=False, na_rep="-", max_colwidth=90))
    return 0


if __name__ == "__main__":
    sys.exit(main())
