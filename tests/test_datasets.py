"""Published data sets by name, from a server on this machine."""

import gzip
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

import mediaframes as mf
from mediaframes.corpus import datasets

REAL = {
    "narrative_frames/articles_metadata.tsv": "narrative_frames_en/articles_metadata.tsv.gz",
    "gnad10k_test/test.csv": "gnad10k_test_de/test.csv.gz",
    "climate_sentences_canada/Annotated_sentences.jsonl": (
        "ccf_climate_frames_en_fr/Annotated_sentences.jsonl.gz"
    ),
}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address under which it is served."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch, served: tuple[Path, str]) -> bytes:
    """A registry with one small data set, which the server holds."""
    content = b"id;outlet;text\n1;The Post;The ferry sails again.\n"
    entry = {
        "what": "one invented article", "articles": 1, "language": "en", "licence": "CC0",
        "citation": "Nobody (2021).", "address": served[1] + "/post/",
        "files": {"a.csv": {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}},
    }  # fmt: skip
    monkeypatch.setattr(datasets, "_registry", lambda: {"post": entry})
    (served[0] / "post").mkdir()
    (served[0] / "post" / "a.csv").write_bytes(content)
    return content


def test_fetch_downloads_once_checks_and_cites(
    served: tuple[Path, str], invented: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = datasets.fetch("post", folder=tmp_path / "raw")
    assert path.read_bytes() == invented
    assert "Nobody (2021)." in capsys.readouterr().out
    assert "CC0" in (path.parent / "README.txt").read_text()
    (served[0] / "post" / "a.csv").unlink()  # the second time nothing is asked of the server
    assert datasets.fetch("post", folder=tmp_path / "raw") == path
    corpus = mf.read(path.parent)  # the folder can be read as well
    assert len(corpus) == 1


@pytest.mark.usefixtures("invented")
def test_other_content_is_refused_and_not_kept(served: tuple[Path, str], tmp_path: Path) -> None:
    (served[0] / "post" / "a.csv").write_bytes(b"id;text\n1;Something else.\n")
    with pytest.raises(mf.InputError, match="not the published file"):
        datasets.fetch("post", folder=tmp_path / "raw")
    assert not list(tmp_path.glob("raw/**/*.csv"))


@pytest.mark.usefixtures("invented")
def test_a_file_changed_by_hand_is_never_overwritten(tmp_path: Path) -> None:
    path = datasets.fetch("post", folder=tmp_path)
    path.write_text("mine")
    with pytest.raises(mf.InputError, match="not the published file"):
        datasets.fetch("post", folder=tmp_path)
    assert path.read_text() == "mine"


@pytest.mark.usefixtures("invented")
def test_no_server_and_no_address(served: tuple[Path, str], tmp_path: Path) -> None:
    with pytest.raises(mf.InputError, match="the server says 404"):
        datasets.fetch("post", folder=tmp_path, mirror=served[1] + "/nowhere")
    with pytest.raises(mf.InputError, match="could not be downloaded"):
        datasets.fetch("post", folder=tmp_path, mirror="http://127.0.0.1:9")
    with pytest.raises(mf.InputError, match="give an address"):
        datasets.fetch("post", folder=tmp_path, mirror="file:///etc")


def test_registry_is_complete(root: Path) -> None:
    known = yaml.safe_load((root / "src/mediaframes/corpus/datasets.yml").read_text())
    table = datasets.available()
    assert set(table.index) == set(known) and table.notna().all(axis=None)
    for entry in known.values():
        assert entry["address"].strip().startswith("https://") and entry["files"]
        assert all(len(one["sha256"]) == 64 for one in entry["files"].values())


@pytest.mark.real
@pytest.mark.parametrize("file", REAL)
def test_published_data_sets_come_through_and_are_read(
    file: str, served: tuple[Path, str], tmp_path: Path, shared_data: Path
) -> None:
    target = served[0] / file
    target.parent.mkdir(parents=True)
    target.write_bytes(gzip.decompress((shared_data / REAL[file]).read_bytes()))
    name = file.split("/")[0]
    path = datasets.fetch(name, folder=tmp_path / "raw", mirror=served[1])
    assert len(mf.read(path)) == datasets.available().loc[name, "articles"]
