"""The check of a codebook: every kind of finding, and none where there is nothing."""

from pathlib import Path

import pandas as pd
import pytest

from mediaframes.corpus.articles import Corpus
from mediaframes.errors import InputError
from mediaframes.frames import Codebook, Rule, apply_codebook, check_codebook
from mediaframes.text import Tokens, tokenize


def tokens_of(texts: list[str], outlets: list[str] | None = None) -> Tokens:
    frame = pd.DataFrame({"text": texts, "language": "en"})
    if outlets:
        frame["outlet"] = outlets
    return tokenize(Corpus.from_frame(frame))


def found(check: object, kind: str) -> list[tuple[str, str]]:
    rows = check.of(kind)  # type: ignore[attr-defined]
    return list(zip(rows["frame"], rows["term"], strict=True))


def test_every_kind_of_finding() -> None:
    book = Codebook.from_terms(
        {
            "A": ["tax*", "taxes", "gdp", "labor", "labor market", "hot war"],
            "B": ["moral*", "tax*", "duty"],
        },
        language="en",
        exclude={"A": ["hot *"]},
    )
    texts = ["taxes and labor market in a hot war"] * 12 + ["taxpayers tax labor markets"] * 6
    check = check_codebook(tokens_of(texts), book)
    assert found(check, "matches nothing") == [("A", "gdp"), ("B", "moral*"), ("B", "duty")]
    assert found(check, "contradiction") == [("A", "hot war")]
    assert found(check, "never counts") == [("A", "taxes")]
    assert found(check, "covered") == [("A", "taxes")]
    assert found(check, "several frames") == [("A", "tax*")]
    assert found(check, "most of the frame") == [("A", "tax*"), ("B", "tax*")]
    assert found(check, "one outlet") == []
    terms = check.terms.set_index(["frame", "term"])
    assert terms.loc[("A", "tax*"), "forms"] == "taxes 12, tax 6, taxpayers 6"
    assert terms.loc[("A", "tax*"), "docs"] == 18
    assert terms.loc[("A", "labor"), "hits"] == 6
    assert set(check.findings["mend"]) and "CodebookCheck: 9 terms" in repr(check)


def test_terms_of_one_outlet_need_more_than_its_share_of_words() -> None:
    book = Codebook.from_terms({"A": ["tax", "duty"], "B": ["moral"]}, language="en")
    texts = ["tax duty moral filler"] * 12 + ["duty moral filler filler"] * 24
    check = check_codebook(tokens_of(texts, ["X"] * 12 + ["Y"] * 24), book)
    assert found(check, "one outlet") == [("A", "tax")]
    row = check.terms.set_index("term").loc["tax"]
    assert (row["top_outlet"], row["outlet_share"]) == ("X", 1)
    assert row["outlet_expected"] == pytest.approx(1 / 3)
    alone = check_codebook(tokens_of(texts, ["X"] * 36), book)
    assert found(alone, "one outlet") == []


def test_a_term_with_a_rule_is_not_called_covered() -> None:
    rules = {"A": {"taxes": Rule(weight=2)}}
    book = Codebook.from_terms({"A": ["tax*", "taxes"]}, language="en", rules=rules)
    assert found(check_codebook(tokens_of(["taxes"]), book), "covered") == []


def test_forms_of_phrases_and_of_many() -> None:
    book = Codebook.from_terms({"A": ["labo?r market*"]}, language="en")
    texts = [f"labour market{'s' * k} rise. labour markets" for k in range(9)]
    check = check_codebook(tokens_of(texts), book, forms=2)
    assert check.terms["forms"].tolist() == ["labour markets 10, labour market 1"]


def test_an_empty_corpus_and_unknown_kinds() -> None:
    book = Codebook.from_terms({"A": ["tax"]}, language="en")
    check = check_codebook(tokens_of(["", "nothing here"]), book)
    assert found(check, "matches nothing") == [("A", "tax")]
    with pytest.raises(InputError, match="matches nothing"):
        check.of("nonsense")
    with pytest.raises(InputError, match="forms=0"):
        check_codebook(tokens_of(["tax"]), book, forms=0)


def test_the_page_escapes() -> None:
    book = Codebook.from_terms({"<b>": ["gdp"]}, language="en")
    assert "<b>" not in check_codebook(tokens_of(["x"]), book)._repr_html_().replace(
        "<b>matches nothing</b>", ""
    )


def test_the_shipped_codebooks_on_the_sample(root: Path) -> None:
    import mediaframes as mf

    tokens = mf.tokenize(mf.read(root / "data/sample/articles"))
    for name in ("policy-frames", "generic-frames"):
        book = mf.read_codebook(root / f"data/codebooks/{name}.yml")
        check = check_codebook(tokens, book)
        counts = apply_codebook(tokens, book).counts
        assert len(check.of("matches nothing")) == int((counts["matches"] == 0).sum())
