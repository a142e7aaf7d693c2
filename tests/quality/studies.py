"""What a whole study costs, from reading to figures: CPU seconds and peak memory."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]


def measure(shared: Path) -> pd.DataFrame:
    """CPU seconds and peak memory of the sample study and of the largest real one."""
    rows = [("import mediaframes: seconds", "", _import_seconds(), "<= 1.5")]
    fang = (ROOT / "tests" / "studies" / "fang-covid.toml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fang-covid.toml"
        path.write_text(fang.replace("../../../shared/data", shared.as_posix()), encoding="utf-8")
        for name, study, cpu, memory in (
            ("sample", ROOT / "study.toml", 60, None),
            ("fang_covid_de", path, 360, 3.0),
        ):
            seconds, gigabytes = _run(study, Path(folder) / name)
            rows.append(("a whole study: CPU seconds", name, seconds, f"<= {cpu}"))
            reach = f"<= {memory}" if memory else "-"
            rows.append(("a whole study: largest process, GiB", name, gigabytes, reach))
    return pd.DataFrame(rows, columns=["quality", "on", "value", "reach"])


def _import_seconds() -> float:
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import mediaframes"], check=True)
        times.append(time.perf_counter() - begin)
    return sorted(times)[2]


def _run(study: Path, out: Path) -> tuple[float, float]:
    """Run in a process of its own whose children's usage the system adds up."""
    code = (
        "import resource, subprocess, sys; "
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "u = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(u.ru_utime + u.ru_stime, u.ru_maxrss)"
    )
    command = [sys.executable, "-m", "mediaframes", "reproduce", str(study), "--no-cache"]
    done = subprocess.run(
        [sys.executable, "-c", code, *command, "--out", str(out)],
        capture_output=True, text=True, check=True, cwd=ROOT, env=dict(os.environ),
    )  # fmt: skip
    seconds, peak = done.stdout.split()
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes there, KiB elsewhere
    return float(seconds), float(peak) * unit / 2**30
