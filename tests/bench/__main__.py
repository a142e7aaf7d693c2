"""``make bench``: our code and other libraries side by side in one run, with ratios."""

import contextlib
import io
import os
import sys
from importlib import import_module
from pathlib import Path

import pandas as pd

MODULES = ("codebook", "duplicates", "intake", "keyness", "lda", "parts", "stm", "text")


def main() -> int:
    """Print seconds of CPU and their ratio; timings decide nothing."""
    default = Path(__file__).resolve().parents[3] / "shared" / "data"
    shared = Path(os.environ.get("MEDIAFRAMES_SHARED_DATA", default))
    if not shared.is_dir():
        print(f"no real data at {shared}; set MEDIAFRAMES_SHARED_DATA (see tests/README.md)")
        return 1
    with contextlib.redirect_stdout(io.StringIO()):  # what the verbs say on their way
        tables = [import_module(f"tests.bench.{name}").bench(shared) for name in MODULES]
    tables = [table for table in tables if len(table)]
    print(pd.concat(tables, ignore_index=True).round(2).to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
