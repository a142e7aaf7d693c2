"""The house itself: wings import downwards, the lists of packages agree, notebooks are clean."""

import ast
import inspect
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import mediaframes

# a module may import from lower numbers only; the same number is another room on the same floor
FLOORS = {
    "errors": 0, "_console": 0, "_xml": 0, "_docs": 1, "made": 1, "scores": 2, "corpus": 3,
    "plot": 3, "text": 4, "inference": 5, "frames": 6, "topics": 6, "people": 7, "study": 8,
}  # fmt: skip
CONDA_NAMES = {"matplotlib-base": "matplotlib", "nbconvert-core": "nbconvert"}


def imports(path: Path) -> list[str]:
    """Every module of this package that a file imports, also inside functions."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path.name}: write imports in full"
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return [name for name in found if name.startswith("mediaframes.")]


def test_wings_import_downwards(root: Path) -> None:
    package = root / "src" / "mediaframes"
    wrong = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        if parts[0] in ("__init__", "__main__"):
            continue
        for name in imports(path):
            other = name.split(".")[1]
            if other == parts[0] or other not in FLOORS:
                continue
            private = any(part.startswith("_") for part in name.split(".")[2:])
            if FLOORS[other] >= FLOORS[parts[0]] or private:
                wrong.append(f"{'/'.join(parts)} imports {name}")
        if parts[0] == "plot":
            allowed = {"errors", "_console", "made", "plot"}
            wrong += [f"plot imports {n}" for n in imports(path) if n.split(".")[1] not in allowed]
    assert wrong == []


def test_import_loads_numpy_and_pandas_only() -> None:
    code = (
        "import sys, mediaframes; "
        "heavy = ('sklearn', 'nltk', 'matplotlib', 'numba', 'scipy', 'statsmodels', 'py3langid', "
        "'ftfy', 'nbclient', 'nbconvert', 'IPython', 'tqdm', 'yaml'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def requirement(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"([A-Za-z0-9_.-]+)\s*(.*)", text.strip())
    assert match, text
    return match.group(1).lower().replace("_", "-"), match.group(2)


def test_lists_of_packages_agree(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    needed = dict(requirement(text) for text in project["dependencies"])
    optional = project["optional-dependencies"]
    assert set(optional) == {"dev", "bench", "topica", "korean", "chinese", "japanese"}
    extras = optional["dev"] + optional["bench"] + optional["topica"]
    unasked = optional["korean"] + optional["chinese"] + optional["japanese"]

    conda = yaml.safe_load((root / "environment.yml").read_text())["dependencies"]
    pip = next(item["pip"] for item in conda if isinstance(item, dict))
    listed = [item for item in conda if isinstance(item, str)] + [p for p in pip if p != "-e ."]
    given = {CONDA_NAMES.get(name, name): version for name, version in map(requirement, listed)}
    assert given.pop("python") == project["requires-python"]
    for tool in ("pip", "make"):
        given.pop(tool)
    assert given == needed

    lock = (root / "requirements.lock").read_text()
    locked = set(re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE))
    wanted = set(needed) | {requirement(text)[0] for text in extras}
    assert wanted - locked == set()
    assert locked & {requirement(text)[0] for text in unasked} == set(), "kiwipiepy is LGPL"
    assert "--extra dev --extra bench " in (root / "Makefile").read_text()
    entries = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "http" not in re.sub(r"^http(core|x)==.*", "", lock, flags=re.MULTILINE)
    assert "index-url" not in lock


def test_notebooks_hold_no_outputs_and_begin_with_a_question(root: Path) -> None:
    paths = sorted((root / "notebooks").glob("*.ipynb"))
    assert [path.stem for path in paths] == ["01-corpus", "02-frames", "03-topics", "04-over-time"]
    for path in paths:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert "**Question.**" in "".join(cells[0]["source"])
        kinds = [cell["cell_type"] for cell in cells]
        assert kinds.count("markdown") >= 4
        for cell in cells:
            if cell["cell_type"] == "code":
                assert cell["outputs"] == []
                assert cell["execution_count"] is None
                assert len("".join(cell["source"]).splitlines()) <= 20, "thin: move it to src"


def test_public_verbs_are_documented() -> None:
    for name in mediaframes.__all__:
        thing = getattr(mediaframes, name)
        text = inspect.getdoc(thing) or ""
        assert len(text.splitlines()) > 2 or not callable(thing), f"{name} needs a docstring"
        if inspect.isfunction(thing):
            parameters = inspect.signature(thing).parameters
            assert len(parameters) <= 8, name
            rest = list(parameters.values())[1:]
            free = [p.name for p in rest if p.kind is p.POSITIONAL_OR_KEYWORD]
            allowed = {"codebook", "counts", "pattern", "mapping", "out", "reports", "name"}
            assert set(free) <= allowed, f"{name}: data first, everything else by keyword"


def test_files_stay_small(root: Path) -> None:
    sizes = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("src", "data/sample") for path in (root / folder).rglob("*.py")
    }  # fmt: skip
    assert {name: n for name, n in sizes.items() if n > 460} == {}


@pytest.mark.parametrize(
    "name", ["README.md", "REPRODUCING.md", "docs/methods.md", "data/README.md"]
)
def test_documents_name_only_what_exists(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):.*##", (root / "Makefile").read_text(), re.MULTILINE)
    for command in re.findall(r"`make ([a-z]+)", text):
        assert command in targets, command
    for link in re.findall(r"\]\((?!http|#|mailto)([^)#]+)", text):
        assert (root / name).parent.joinpath(link).exists(), link
    for verb in re.findall(r"`?mf\.([a-z_]+)\(", text):
        assert hasattr(mediaframes, verb), verb
