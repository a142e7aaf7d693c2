"""Names of topics that later runs find again."""

from pathlib import Path

import numpy as np
import pytest

from mediaframes.errors import InputError
from mediaframes.topics import Topics, topic_names

K = 5


def _model(order: list[int], *, noise: float = 0.0, seed: int = 1, words: str = "w") -> Topics:
    """Topics of ten words each, in this order."""
    rng = np.random.default_rng(seed)
    weights = np.full((K, 10 * K), 0.01)
    for topic in range(K):
        weights[topic, 10 * topic : 10 * topic + 10] = np.linspace(1, 0.5, 10)
    weights = weights + noise * rng.random(weights.shape)
    vocabulary = [f"{words}{n // 10}x{n % 10}" for n in range(10 * K)]
    return Topics.from_arrays(
        words=weights[order], shares=np.eye(K)[:, order], vocabulary=vocabulary
    )


@pytest.fixture
def file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A file whose first topic was named and whose second was marked as an artifact."""
    path = tmp_path / "topics.yml"
    topic_names(_model([0, 1, 2, 3, 4]), path=path)
    text = path.read_text().replace("name: w0x0, w0x1, w0x2", "name: Die Häfen")
    text = text.replace("artifact: false", "artifact: true", 2).replace(
        "artifact: true", "artifact: false", 1
    )
    path.write_text(text)
    capsys.readouterr()
    return path


def test_names_follow_the_words_not_the_numbers(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file.read_bytes()
    names = topic_names(_model([3, 1, 4, 0, 2], noise=0.1, seed=2), path=file)
    assert names.topics.names[3] == "Die Häfen"
    assert names.artifacts == [2]
    assert names.table["was"].tolist() == [4, 2, 5, 1, 3]
    assert names.table["match"].min() > 0.9
    assert capsys.readouterr().out == "topics.yml: 5 of 5 topics found again\n"
    assert file.read_bytes() == before  # read, never written over


def test_topics_of_another_corpus_are_not_taken_for_these(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = topic_names(_model([0, 1, 2, 3, 4], words="v"), path=file)
    assert "Die Häfen" not in names.topics.names and names.artifacts == []
    said = capsys.readouterr().out
    assert "0 of 5" in said and "NOT FOUND in this model: 'Die Häfen'" in said


def test_a_topic_that_split_off_is_new(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = np.full((K + 1, 10 * K + 10), 0.001)
    for topic in range(K + 1):
        weights[topic, 10 * topic : 10 * topic + 10] = 1
    vocabulary = [f"w{n // 10}x{n % 10}" for n in range(10 * K + 10)]
    grown = Topics.from_arrays(words=weights, shares=np.eye(K + 1), vocabulary=vocabulary)
    names = topic_names(grown, path=file)
    assert names.table["was"].isna().tolist() == [False] * K + [True]
    assert "new, with proposed names: 6 w5x0, w5x1, w5x2" in capsys.readouterr().out


def test_written_again_it_is_read_the_same(file: Path, tmp_path: Path) -> None:
    model = _model([3, 1, 4, 0, 2])
    names = topic_names(model, path=file)
    again = topic_names(model, path=names.write(tmp_path / "new.yml"))
    assert again.topics.names == names.topics.names
    assert again.table["was"].tolist() == [1, 2, 3, 4, 5] and again.artifacts == names.artifacts


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("topics: [", "line 1: no YAML"),
        ("- a", "no list 'topics'"),
        ("", "no list 'topics'"),
        ("topics:\n- name: a", "entry 1 needs a name and words"),
        ("topics:\n- {name: a, words: {b: much}}", "entry 1 needs"),
        ("topics:\n- {name: a, words: {w0x0: 1}}\n- {name: a, words: {w1x0: 1}}",
         "two topics are named 'a'"),
        ("topics:\n- {topic: 2, name: a, words: {b: 1}}\n- {topic: 2, name: b, words: {c: 1}}",
         "topic 2 stands there twice"),
        ("topics:\n- {name: a, artifact: 'false', words: {w0x0: 1}}",
         "topic 1: artifact is 'false'; write true or false"),
    ],
)  # fmt: skip
def test_files_that_are_none_are_said(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "topics.yml"
    path.write_text(content)
    model = Topics.from_arrays(words=np.eye(2), shares=np.eye(2), vocabulary=["w0x0", "w1x0"])
    with pytest.raises(InputError, match=message):
        topic_names(model, path=path)


def test_a_name_that_goes_to_other_words_is_said(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Topic 1 of the file, named and with ten words, shares six of them with topic 4 here."""
    weights = np.full((2, 60), 1e-6)
    weights[0, :4], weights[0, 50:54], weights[1, 40:50] = 1, 1, 1
    vocabulary = [f"w{n // 10}x{n % 10}" for n in range(60)]
    model = Topics.from_arrays(words=weights, shares=np.eye(2), vocabulary=vocabulary)
    names = topic_names(model, path=file)
    assert names.topics.names[0] == "Die Häfen" and 0.5 < names.table["match"][0] < 0.7
    said = capsys.readouterr().out
    assert f"'Die Häfen' ({names.table['match'][0]:.2f}) is topic 1; read these" in said
    assert "NOT FOUND in this model: 'w1x0, w1x1, w1x2' (artifact), 2 under proposed names" in said
    assert repr(names) == "TopicNames: 2 topics, 2 found again, 0 marked as artifacts"


def test_a_proposed_name_follows_the_words(file: Path) -> None:
    weights = np.full((2, 50), 1e-6)
    weights[0, 20:30], weights[1, 10:20] = np.linspace(0.5, 1, 10), np.linspace(0.5, 1, 10)
    vocabulary = [f"w{n // 10}x{n % 10}" for n in range(50)]
    model = Topics.from_arrays(words=weights, shares=np.eye(2), vocabulary=vocabulary)
    names = topic_names(model, path=file)
    assert names.table["was"].tolist() == [3, 2]
    assert names.topics.names == ("w2x9, w2x8, w2x7", "w1x9, w1x8, w1x7")
    assert names.artifacts == [2]  # the mark goes with the words, whatever the order of the words


def test_a_path_that_is_no_file_is_said(tmp_path: Path) -> None:
    model = Topics.from_arrays(words=np.eye(2), shares=np.eye(2), vocabulary=["a", "b"])
    with pytest.raises(InputError, match="cannot be read"):
        topic_names(model, path=tmp_path)


def test_a_proposal_gives_way_to_a_name_in_the_file(tmp_path: Path) -> None:
    words, vocabulary = np.eye(4)[:2], ["bank", "park", "tree", "lake"]
    first = Topics.from_arrays(words=words, shares=[[1, 1]], vocabulary=vocabulary)
    path = tmp_path / "topics.yml"
    topic_names(first, path=path)
    proposed = first.names[0]
    other = Topics.from_arrays(words=np.eye(4)[[0, 2]], shares=[[1, 1]], vocabulary=vocabulary)
    named = path.read_text(encoding="utf-8").replace(f"name: {proposed}", f"name: {other.names[1]}")
    path.write_text(named, encoding="utf-8")
    assert topic_names(other, path=path).topics.names == (other.names[1], f"{other.names[1]} (2)")
