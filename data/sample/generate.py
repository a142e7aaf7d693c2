"""Write the invented sample corpus and its gold standard, the same bytes every time.

python data/sample/generate.py           rewrite articles/ and gold/
python data/sample/generate.py --check   compare only; exit 1 and name what differs
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # the modules beside this one, also when a test loads it by path

from _files import article_files  # noqa: E402
from _gold import gold_files  # noqa: E402
from _plan import corpus  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    """Write or check; the exit code is 1 when --check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args(arguments).check
    articles, packs = corpus()
    files = article_files(articles) | gold_files(articles, packs)
    there = [p for part in ("articles", "gold") for p in (HERE / part).rglob("*") if p.is_file()]
    stale = {p.relative_to(HERE).as_posix() for p in there} - set(files)
    wrong = [
        path
        for path, content in files.items()
        if not (HERE / path).is_file() or (HERE / path).read_bytes() != content
    ]
    differing = sorted([*wrong, *stale])
    if check:
        print("\n".join(differing) or f"all {len(files)} files are as generated")
        return 1 if differing else 0
    for path in sorted(stale):
        (HERE / path).unlink()
    for path in wrong:
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_bytes(files[path])
    print(f"{len(articles)} articles, {len(files)} files, {len(differing)} changed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
