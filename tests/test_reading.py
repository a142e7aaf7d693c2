"""`read`: what is lost is counted, what is ambiguous is said, the order of rows is nothing."""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mediaframes.corpus.reading import read
from mediaframes.errors import InputError

ROWS = [
    {
        "id": f"a{number}",
        "outlet": ["Echo", "Globe"][number % 2],
        "date": f"2024-10-{number + 1:02d}",
        "title": f"Title {number}",
        "text": f'Talks resume; "soon", he said.\nPart {number} | two\tthree\n\nÄrger.',
        "words": number * 10,
        "coded": number % 3 == 0,
        "score": number / 4,
    }
    for number in range(8)
]
SAME = ["text", "title", "date", "outlet", "language", "words", "coded", "score"]


def write(path: Path, rows: list[dict]) -> Path:
    """Rows in the format of the path's ending."""
    frame = pd.DataFrame(rows)
    match path.suffixes[0]:
        case ".csv":
            frame.to_csv(path, index=False)
        case ".tsv":
            frame.to_csv(path, index=False, sep="\t", lineterminator="\r\n")
        case ".psv":
            frame.to_csv(path, index=False, sep="|", encoding="utf-8-sig")
        case ".jsonl":
            path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        case ".json":
            path.write_text(json.dumps(rows, ensure_ascii=False, indent=2), encoding="utf-8")
        case ".parquet":
            frame.assign(date=pd.to_datetime(frame["date"])).to_parquet(path)
    return path


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    path = write(tmp_path_factory.mktemp("truth") / "a.csv", ROWS)
    return read(path).docs


@pytest.mark.parametrize("ending", ["csv", "tsv", "psv", "jsonl", "json", "parquet"])
def test_formats_give_the_same_articles(tmp_path: Path, truth: pd.DataFrame, ending: str):
    docs = read(write(tmp_path / f"a.{ending}", ROWS)).docs
    pd.testing.assert_frame_equal(docs[SAME], truth[SAME])
    assert docs["date_raw"].tolist() == truth["date_raw"].tolist()


def test_columns_get_their_types(truth: pd.DataFrame):
    assert truth["text"].iloc[0].count("\n") == 3
    assert truth["date"].dtype == "datetime64[us]"
    assert (truth["words"].dtype, truth["coded"].dtype) == ("Int64", "boolean")
    assert truth["score"].dtype == "float64"
    assert list(truth.columns[:5]) == ["text", "title", "date", "outlet", "language"]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_order_of_rows_changes_nothing(tmp_path: Path, ending: str):
    rows = [{key: row[key] for key in row if key != "id"} for row in [*ROWS, ROWS[0], ROWS[3]]]
    rows[9]["words"] = 7  # equal articles which differ in another column
    docs = read(write(tmp_path / f"a.{ending}", rows)).docs
    assert sum(name.endswith("-2") for name in docs.index) == 2
    for seed in range(3):
        mixed = [rows[place] for place in np.random.default_rng(seed).permutation(len(rows))]
        again = read(write(tmp_path / f"a.{ending}", mixed)).docs
        pd.testing.assert_frame_equal(docs, again)


def test_order_of_paths_changes_nothing(tmp_path: Path):
    one = write(tmp_path / "b.csv", ROWS[:5])
    other = write(tmp_path / "a.jsonl", ROWS[3:])
    first, second = read([one, other]), read([other, one])
    pd.testing.assert_frame_equal(first.docs, second.docs)
    pd.testing.assert_frame_equal(first.files, second.files)
    assert first.made.fingerprint == second.made.fingerprint
    assert list(first.made.sources) == ["a.jsonl", "b.csv"]


def test_gzip_is_known_by_its_bytes(tmp_path: Path, truth: pd.DataFrame):
    plain = write(tmp_path / "a.csv", ROWS).read_bytes()
    (tmp_path / "b.csv").write_bytes(gzip.compress(plain))  # no .gz in the name
    pd.testing.assert_frame_equal(read(tmp_path / "b.csv").docs[SAME], truth[SAME])


def test_ids_are_hashes_of_the_content_without_an_id_column(tmp_path: Path):
    rows = [{"text": row["text"], "title": row["title"]} for row in ROWS]
    docs = read(write(tmp_path / "a.csv", rows)).docs
    fewer = read(write(tmp_path / "b.csv", rows[2:4])).docs
    assert docs.index.str.fullmatch("[0-9a-f]{12}").all()
    assert set(fewer.index) < set(docs.index)


def test_repeated_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    other = {**ROWS[2], "text": "Quite another text."}
    corpus = read(write(tmp_path / "a.csv", [*ROWS, ROWS[1], other]))
    assert len(corpus) == 9
    assert "a2-2" in corpus.docs.index
    gone = corpus.left_out
    assert gone[["id", "reason"]].values.tolist() == [["a1", "duplicate id, same content"]]
    assert corpus.files[["announced", "read", "rejected"]].values.tolist() == [[10, 9, 1]]
    assert "1 articles carry an id that another article has" in capsys.readouterr().out


def test_renamed_ids_do_not_hit_another(tmp_path: Path):
    rows = [{"id": name, "text": f"Text {n}."} for n, name in enumerate(["a", "a", "a-2", "a"])]
    docs = read(write(tmp_path / "a.jsonl", rows)).docs
    assert docs.index.tolist() == ["a", "a-2", "a-3", "a-4"]
    assert docs.loc["a-2", "text"] == "Text 2."


def test_empty_texts_are_left_out_with_their_line(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("id,title,text\n1,One,Talks resume.\n2,Two,  \n3,Three,NA\n", encoding="utf-8")
    corpus = read(path)
    assert corpus.left_out[["id", "reason", "file", "row", "start"]].values.tolist() == [
        ["2", "empty text", "a.csv", "3", "Two"],
        ["3", "empty text", "a.csv", "4", "Three"],
    ]


def test_ragged_rows_are_rejected_with_their_line(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(
        "id,outlet,text\n1,Echo,Talks resume.\n2,Globe,Prices rise, he said.\n"
        "3,Echo\n4,Echo,Rain,,\n5,Globe,Sun.\n",
        encoding="utf-8",
    )
    corpus = read(path)
    assert corpus.docs.index.tolist() == ["1", "4", "5"]
    assert corpus.left_out[["row", "reason"]].values.tolist() == [
        ["3", "4 cells where there should be 3"],
        ["4", "2 cells where there should be 3"],
    ]
    assert corpus.files[["announced", "read", "rejected"]].values.tolist() == [[5, 3, 2]]


def test_null_bytes_are_removed_and_said(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,text\n1,Ta\0lks resume.\n2,Sun.\n")
    corpus = read(path)
    assert corpus.docs["text"].tolist() == ["Talks resume.", "Sun."]
    assert "1 null bytes removed" in corpus.files["note"].iloc[0]


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le (no mark)"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, shown: str):
    path = tmp_path / "a.csv"
    path.write_bytes("Titel;Text\nÖl;„Äpfel“ fürs Volk\n".encode(encoding))
    corpus = read(path)
    assert corpus.docs[["title", "text"]].values.tolist() == [["Öl", "„Äpfel“ fürs Volk"]]
    assert corpus.files["encoding"].iloc[0] == shown


def test_single_bad_bytes_do_not_spoil_the_rest(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes("text\nÄpfel fürs Öl\nGrüne Tür ".encode() + b"f\xfcr alle\n")
    corpus = read(path)
    assert sorted(corpus.docs["text"]) == ["Grüne Tür für alle", "Äpfel fürs Öl"]
    assert corpus.files["encoding"].iloc[0] == "utf-8, 1 bytes cp1252"


def test_mojibake_is_mended_and_counted(tmp_path: Path):
    good = "Die Grünen fürchten „Ärger“."
    bad = good.encode().decode("cp1252", "ignore").replace("â€Ärger", "â€žÄrger")
    rows = [{"text": good + " 1"}, {"text": "fÃ¼r Ã–konomie"}, {"text": "São Tomé, Ângela"}]
    corpus = read(write(tmp_path / "a.jsonl", rows))
    assert sorted(corpus.docs["text"]) == [good + " 1", "São Tomé, Ângela", "für Ökonomie"]
    assert corpus.files["repaired"].tolist() == [1]
    assert bad != good


def test_unreadable_dates_are_counted_and_kept_as_written(tmp_path: Path):
    rows = [{"text": f"Text {n}.", "date": date} for n, date in enumerate(["2024-10-24", "soon"])]
    corpus = read(write(tmp_path / "a.jsonl", rows))
    assert corpus.files["dates_unreadable"].tolist() == [1]
    soon = corpus.docs[corpus.docs["date_raw"] == "soon"].iloc[0]
    assert pd.isna(soon["date"])
    assert pd.isna(soon["date_source"])


def test_guessed_dates_are_marked_and_can_be_settled(tmp_path: Path):
    rows = [{"text": f"Text {n}.", "date": date} for n, date in enumerate(["3/4/2024", "5/6/2024"])]
    path = write(tmp_path / "a.jsonl", rows)
    guessed = read(path)
    assert set(guessed.docs["date_source"]) == {"guessed"}
    assert guessed.files["dates_guessed"].tolist() == [2]
    settled = read(path, day_first=False).docs
    assert set(settled["date_source"]) == {"metadata"}
    assert sorted(settled["date"].dt.strftime("%m-%d")) == ["03-04", "05-06"]


def test_retrieval_is_no_publication(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [
        {"retrieved_at": "2024-10-24", "shown": "23 October 2024", "text": "One."},
        {"retrieved_at": "2024-10-24", "shown": "31 February 2024", "text": "Two."},
        {"retrieved_at": "2024-10-24", "shown": "2124-10-25", "text": "Three."},
        {"retrieved_at": "2024-10-24", "shown": "2024-10-25T01:00:00", "text": "Four."},
    ]
    corpus = read(write(tmp_path / "a.jsonl", rows[:1]))
    assert corpus.files["roles"].iloc[0] == "text = text, date = shown"
    corpus = read(write(tmp_path / "a.jsonl", rows), columns={"date": "shown"})
    fact = corpus.files.iloc[0]
    assert fact[["dates_unreadable", "dates_impossible", "dates_too_late"]].tolist() == [2, 2, 0]
    rows[2]["shown"] = "2099-10-25"
    corpus = read(write(tmp_path / "a.jsonl", rows), columns={"date": "shown"})
    assert corpus.files["dates_too_late"].tolist() == [1]
    assert corpus.docs["date"].max().year == 2099  # nothing is changed
    said = capsys.readouterr().out
    assert "1 dates unreadable (1 of them name a day that does not exist)" in said
    assert "1 DATES LATER THAN THE DAY OF RETRIEVAL in the same record" in said
    assert "1 DATES LIE IN THE FUTURE" in said


def test_the_day_of_the_analysis_changes_nothing_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from mediaframes.corpus import receipt

    path = write(tmp_path / "a.jsonl", [{"date": "2030-01-01", "text": "One."}])
    corpora = []
    for today in ("2029-01-01", "2031-01-01"):
        monkeypatch.setattr(receipt, "_today", lambda today=today: pd.Timestamp(today))
        corpora.append(read(path))
    assert capsys.readouterr().out.count("FUTURE") == 1
    assert corpora[0].files.equals(corpora[1].files)
    assert corpora[0].content_hash == corpora[1].content_hash


def test_columns_overrule_the_guess(tmp_path: Path):
    rows = [{"header": "One", "article": "Talks resume.", "text": "teaser", "n": 1}]
    corpus = read(write(tmp_path / "a.jsonl", rows), columns={"text": "article", "title": "header"})
    assert corpus.docs[["text", "title", "given_text"]].values.tolist() == [
        ["Talks resume.", "One", "teaser"]
    ]
    assert corpus.files["roles"].iloc[0] == "text = article, title = header"


def test_contents_decide_where_names_do_not(tmp_path: Path):
    path = tmp_path / "a.csv"
    long = "Es war ein langer Tag; und er sagte nichts. " * 8
    path.write_text("".join(f"Sport;24.10.2024;'{long}{n}'\n" for n in range(4)), encoding="utf-8")
    corpus = read(path)
    assert len(corpus) == 4
    assert corpus.files["roles"].iloc[0] == "text = column 3, date = column 2"
    assert corpus.docs["column 1"].tolist() == ["Sport"] * 4
    assert "no header line" in corpus.files["note"].iloc[0]


def test_folder_of_text_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "sub").mkdir()
    for number in range(7):
        name = f"Daily Example_2024-10-0{number + 1}_{number}.txt"
        (tmp_path / "sub" / name).write_text(f"Title\n\nText {number}.", encoding="utf-8")
    (tmp_path / "README.md").write_text("notes")
    (tmp_path / ".hidden.csv").write_text("x")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    corpus = read(tmp_path)
    assert corpus.docs.index.tolist() == [str(number) for number in range(7)]
    assert set(corpus.docs["outlet"]) == {"Daily Example"}
    assert corpus.docs["date"].iloc[0] == pd.Timestamp("2024-10-01")
    assert set(corpus.docs["date_source"]) == {"file name"}
    skipped = corpus.files.set_index("file")["note"]
    assert skipped["README.md"] == "not read: a README"
    assert skipped[".hidden.csv"] == "not read: hidden"
    assert skipped["picture.png"].startswith("not read: no known format")
    assert "7 files in sub: text, utf-8: 7 announced, 7 read" in capsys.readouterr().out


def test_pattern_reads_folders(tmp_path: Path):
    (tmp_path / "Echo").mkdir()
    (tmp_path / "Echo" / "2024-10-24 Talks.txt").write_text("Talks resume.")
    docs = read(tmp_path, pattern="{outlet}/{date} {title}.txt").docs
    assert docs[["outlet", "title"]].values.tolist() == [["Echo", "Talks"]]
    assert docs["date"].tolist() == [pd.Timestamp("2024-10-24")]


def test_broken_json_lines_are_rejected(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "Talks."}\n{"text": "Pri\n\n[1]\n{"text": "Sun."}\n')
    corpus = read(path)
    assert len(corpus) == 2
    assert corpus.left_out["row"].tolist() == ["2", "4"]
    assert corpus.left_out["id"].tolist() == ["a.jsonl:2", "a.jsonl:4"]


def test_nested_json_becomes_columns(tmp_path: Path):
    path = tmp_path / "a.json"
    item = {"source": {"name": "Echo"}, "body": "Talks resume.", "authors": ["A. S.", "B. T."]}
    path.write_text(json.dumps({"status": "ok", "articles": [item, {**item, "body": "Sun."}]}))
    docs = read(path).docs
    assert docs["outlet"].tolist() == ["Echo", "Echo"]
    assert docs["author"].tolist() == ["A. S.; B. T."] * 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a.csv: the file is empty; export it again"),
        ("a.csv", b" \n\n", "the file is empty"),
        ("a.csv", b"name,place\nx,y\n", "no column holds the articles' text .*'name', 'place'"),
        ("a.csv", b"id,text\n1,\n", "no article in a.csv: 1 times 'empty text'"),
        ("a.csv", b"id,text\n", "no article in a.csv: no rows"),
        ("a.json", b'[{"text": "x"', "a.json, line 1: no JSON"),
        ("a.parquet", b"PAR1 and nothing", "the Parquet file is damaged"),
        ("a.csv.gz", gzip.compress(b"id,text\n1,x\n")[:9], "the gzip archive is damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\1\2\3\4", "a file of Office before 2007"),
        ("a.docm", b"\0\1\2\3\4", "no known format. Tables"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, content: bytes, message: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(tmp_path / name)


def test_bad_arguments(tmp_path: Path):
    with pytest.raises(InputError, match="no such file or folder"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="nothing to read: the folder is empty"):
        read(tmp_path)
    path = write(tmp_path / "a.csv", ROWS)
    with pytest.raises(InputError, match="'body' is no role; the roles are text, title"):
        read(path, columns={"body": "text"})
    with pytest.raises(InputError, match=r"no file has a column 'volltext' \(for text\)"):
        read(path, columns={"text": "volltext"})
    with pytest.raises(InputError, match="stands for two roles"):
        read(path, columns={"text": "title", "title": "title"})
    with pytest.raises(InputError, match="is no encoding"):
        read(path, encoding="utf-9")
    with pytest.raises(InputError, match="line 2: byte 0xc3 is no ascii"):
        read(write(tmp_path / "b.csv", [{"text": "Ärger"}]), encoding="ascii")
    (tmp_path / "c.txt").write_text("Talks resume.")
    with pytest.raises(InputError, match="write fields in braces"):
        read(tmp_path / "c.txt", pattern="paper.txt")


def test_damaged_files_in_a_folder_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write(tmp_path / "a.csv", ROWS)
    (tmp_path / "b.csv").write_bytes(b"")
    corpus = read(tmp_path)
    assert len(corpus) == len(ROWS)
    assert "b.csv: not read: the file is empty" in capsys.readouterr().out


def test_the_corpus_can_be_saved(tmp_path: Path):
    (tmp_path / "raw").mkdir()
    write(tmp_path / "raw" / "a.csv", [*ROWS, ROWS[0]])
    (tmp_path / "raw" / "b.png").write_bytes(b"\0\0\0")
    corpus = read(tmp_path / "raw")
    corpus.save(tmp_path / "saved")
    pd.testing.assert_frame_equal(type(corpus).load(tmp_path / "saved").files, corpus.files)


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "articles", "outlets", "first", "last"),
    [
        ("fang_covid_de/articles.jsonl.gz", 7136, 8, "2020-02-02", "2021-03-29"),
        ("narrative_frames_en/articles_metadata.tsv.gz", 428, 63, "2017-04-02", "2019-12-24"),
        ("gnad10k_test_de/test.csv.gz", 1028, 0, None, None),
        ("uk_immigration_news_2014_en/immigrationnews.csv.gz", 2833, 9, None, None),
        ("seed_page_de", 1, 0, None, None),
    ],
)
def test_real_files(
    shared_data: Path, file: str, articles: int, outlets: int, first: str | None, last: str | None
):
    corpus = read(shared_data / file)
    assert (len(corpus), corpus.docs["outlet"].nunique()) == (articles, outlets)
    assert len(corpus.left_out) == 0
    dates = corpus.docs["date"]
    if first is None:
        assert dates.isna().all()
    else:
        assert (str(dates.min().date()), str(dates.max().date())) == (first, last)
        assert dates.notna().all()


@pytest.mark.real
def test_real_quirks(shared_data: Path):
    frames = read(shared_data / "narrative_frames_en" / "articles_metadata.tsv.gz")
    assert "line 213: 5 of 10 cells, the rest taken as missing" in frames.files["note"].iloc[0]
    assert frames.docs["EC"].isin(["False)"]).sum() == 1
    assert frames.docs["RE"].sum() == 191  # .446 of 428
    sections = read(shared_data / "gnad10k_test_de" / "test.csv.gz").docs["column 1"]
    assert sections.nunique() == 9
    papers = read(shared_data / "uk_immigration_news_2014_en" / "immigrationnews.csv.gz")
    assert papers.files["repaired"].tolist() == [4]
    assert (papers.docs["day"].min(), papers.docs["day"].max()) == (53, 143)
    covid = read(shared_data / "fang_covid_de" / "articles.jsonl.gz")
    assert not covid.docs["title"].str.contains(r"[\t\n]").any()
    assert covid.docs["outlet"].value_counts().iloc[0] == 1953


def test_single_articles_share_their_evidence(tmp_path: Path):
    for number, day in enumerate(["3/4/2024", "25/4/2024"]):
        item = {"text": f"Text {number}.", "date": day}
        (tmp_path / f"{number}.json").write_text(json.dumps(item))
    corpus = read(tmp_path)
    assert sorted(corpus.docs["date"].dt.strftime("%m-%d")) == ["04-03", "04-25"]
    assert set(corpus.docs["date_source"]) == {"metadata"}
    assert corpus.files["read"].tolist() == [1, 1]


def test_exports_of_many_articles_are_refused_as_one_text(tmp_path: Path):
    story = "Echo {}\n\nTalks resume.\n\n" + "=" * 50 + "\n"
    (tmp_path / "some.txt").write_text("".join(story.format(n) for n in (1, 2, 3)))
    with pytest.raises(InputError, match="holds several articles, it seems"):
        read(tmp_path / "some.txt")


def test_a_repeating_id_column_is_no_id(tmp_path: Path):
    rows = [{"id": number % 2, "text": f"Text {number}."} for number in range(8)]
    docs = read(write(tmp_path / "a.csv", rows)).docs
    assert docs.index.str.fullmatch("[0-9a-f]{12}").all()
    assert sorted(docs["given_id"]) == [0] * 4 + [1] * 4


def test_nested_lists_are_no_text(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"articles": [{"a": 1}], "name": "x"}] * 3))
    with pytest.raises(InputError, match="no column holds the articles' text"):
        read(path)
    path.write_text(json.dumps({"1": {"a": [1]}, "2": {"a": [2]}}))
    with pytest.raises(InputError, match="no column holds the articles' text"):
        read(path)


@pytest.mark.real
def test_every_real_file_is_read_or_refused_in_words(shared_data: Path):
    """No file of any kind ends in another error than ours."""
    for path in sorted(shared_data.rglob("*")):
        if path.is_file() and path.stat().st_size < 300_000:
            try:
                read(path)
            except InputError as error:
                assert len(str(error)) < 1200


def test_paths_that_overlap_or_loop(tmp_path: Path):
    write(tmp_path / "a.csv", ROWS)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    corpus = read([tmp_path, tmp_path / "a.csv", tmp_path / "sub" / ".." / "a.csv"])
    assert corpus.files["file"].tolist() == ["a.csv"]
    assert len(corpus) == len(ROWS)
    with pytest.raises(InputError, match="name the folder, or list the files"):
        read(tmp_path / "*.csv")


def test_columns_with_our_names_are_kept(tmp_path: Path):
    rows = [{"text": f"Text {n}.", "row": n, "source_file": "mine", "weight": 2} for n in range(3)]
    docs = read(write(tmp_path / "a.csv", rows)).docs
    assert sorted(docs["given_row"]) == [0, 1, 2]
    assert set(docs["given_source_file"]) == {"mine"}
    assert set(docs["given_weight"]) == {2}
    assert set(docs["source_file"]) == {"a.csv"}


def test_another_file_changes_no_id(tmp_path: Path):
    rows = [{"text": "Talks.", "id": "a", "n": n, "outlet": f"O{n}"} for n in range(6)]
    one = write(tmp_path / "a.csv", rows)
    alone = read(one).docs
    other = write(tmp_path / "b.csv", [{"text": "Sun.", "page": 3, "id": "b"}])
    both = read([one, other]).docs
    assert both.loc[alone.index, "outlet"].tolist() == alone["outlet"].tolist()


def test_made_keeps_what_was_announced_and_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,The ferry sails.\n2,\n")
    (tmp_path / "b.csv").write_text("id,text\n3,It was late.\n")
    settings = read(tmp_path).made.settings
    assert settings["reconciliation"] == {"files": 2, "announced": 3, "read": 2, "rejected": 1}
