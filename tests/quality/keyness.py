"""Whether keyness by articles errs as rarely as it says, covers the truth and finds differences.

Bursty text is Dirichlet-multinomial: each article has its own word distribution around the common
one. Real text is fang_covid_de with outlets dealt out to articles at random, so nothing differs.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

import mediaframes as mf
from mediaframes.text import Counts

ARTICLES, WORDS, LENGTH = 120, 300, 300
BURST = 100.0  # Dirichlet mass: a word that came once is about three times as likely to come again
RUNS = 40
G2_05 = 3.841458820694124  # 5 % of chi-square with one degree of freedom


def measure(shared: Path) -> pd.DataFrame:
    """Errors at 5 %, coverage of 95 % intervals, and power."""
    rows = [
        *errors("bursty text, no difference", _bursty_runs()),
        *errors("fang_covid_de, shuffled labels", _real_runs(shared)),
        *clustered(),
        *coverage(),
        *power(),
    ]
    return pd.DataFrame(rows, columns=["quality", "on", "value", "reach"])


def _bursty(
    rng: np.random.Generator, base: np.ndarray, changed: np.ndarray | None = None
) -> Counts:
    """Half of the articles from `base`, the other half from `changed` (default: the same)."""
    half = ARTICLES // 2
    shares = [base] * half + [base if changed is None else changed] * half
    matrix = [rng.multinomial(LENGTH, rng.dirichlet(share * BURST)) for share in shares]
    docs = pd.DataFrame(
        {"outlet": ["B"] * half + ["A"] * half}, index=[f"{i:03d}" for i in range(ARTICLES)]
    )
    words = [f"w{i:03d}" for i in range(len(base))]
    return Counts.from_matrix(csr_array(np.array(matrix)), words, docs=docs)


def _base(rng: np.random.Generator) -> np.ndarray:
    # no share is quite 0: a Dirichlet distribution needs all of them
    share = rng.dirichlet(np.full(WORDS, 0.5)) + 1e-6
    return np.asarray(share / share.sum())


def _bursty_runs() -> list[Counts]:
    rng = np.random.default_rng(20261)
    base = _base(rng)
    return [_bursty(rng, base) for _ in range(RUNS)]


def _real_runs(shared: Path) -> list[Counts]:
    """600 articles each, of which a random third is called an outlet."""
    corpus = mf.read(shared / "fang_covid_de" / "articles.jsonl.gz")
    rng = np.random.default_rng(20262)
    chosen = np.sort(rng.permutation(len(corpus.docs))[:3000])
    corpus = corpus.where(
        pd.Series(np.isin(np.arange(len(corpus.docs)), chosen), corpus.docs.index),
        reason="a sample for measuring",
    )
    counts = mf.count(mf.tokenize(mf.language(corpus, languages=["de"])), min_docs=10)
    runs = []
    for _ in range(RUNS):
        part = np.zeros(len(counts.docs), bool)
        part[rng.permutation(len(part))[:600]] = True
        some = counts.where(pd.Series(part, counts.docs.index))
        label = np.where(rng.permutation(len(some.docs)) < len(some.docs) // 3, "A", "B")
        docs = pd.DataFrame({"outlet": label}, some.docs.index)
        runs.append(Counts.from_matrix(some.matrix, some.vocabulary, docs=docs))
    return runs


def errors(on: str, runs: list[Counts]) -> list[tuple[str, str, float, str]]:
    """False positives of all ways to judge, where no word differs."""
    called = {"z": 0, "p": 0, "g2": 0, "words": 0}
    family = {"p_family": 0, "q": 0, "g2": 0}
    for seed, counts in enumerate(runs):
        group = {"by": "outlet", "target": "A", "min_docs": 10}
        table = mf.keyness(counts, seed=seed, draws=300, **group)
        tested = mf.keyness_test(counts, seed=seed, permutations=499, **group)
        g2 = table["g2"].abs()
        called["z"] += int((table["p"] <= 0.05).sum())
        called["p"] += int((tested["p"] <= 0.05).sum())
        called["g2"] += int((g2 > G2_05).sum())
        called["words"] += len(table)
        family["p_family"] += int((tested["p_family"] <= 0.05).any())
        family["q"] += int((table["q"] <= 0.05).any())
        # the usual reading of G2: Bonferroni over all words
        family["g2"] += int(tail_of_chi2(g2.max()) * len(table) <= 0.05)
    n, many = called["words"], len(runs)
    return [
        ("false positives at p <= .05, bootstrap z", on, called["z"] / n, "0.05"),
        ("the same, permuted labels", on, called["p"] / n, "0.05"),
        ("the same, G2 over words (for comparison)", on, called["g2"] / n, "-"),
        (f"runs of {many} with any word at p_family <= .05", on, family["p_family"] / many, "0.05"),
        (f"runs of {many} with any word at q <= .05", on, family["q"] / many, "0.05"),
        ("the same, G2 with Bonferroni (for comparison)", on, family["g2"] / many, "-"),
    ]


def tail_of_chi2(value: float) -> float:
    """Upper tail of chi-square with one degree of freedom."""
    from scipy.special import chdtrc

    return float(chdtrc(1, value))


def clustered() -> list[tuple[str, str, float, str]]:
    """False positives where outlets have habits of their own, and kinds of outlets do not differ.

    Six outlets against six, ten articles each.
    """
    rng = np.random.default_rng(20265)
    base = _base(rng)
    called = dict.fromkeys(("articles, labels", "outlets, labels", "outlets, bootstrap"), 0)
    words = 0
    docs = pd.DataFrame(
        {
            "kind": ["A"] * 60 + ["B"] * 60,
            "outlet": [f"outlet {i // 10:02d}" for i in range(ARTICLES)],
        },
        index=[f"{i:03d}" for i in range(ARTICLES)],
    )
    for seed in range(RUNS):
        habits = np.repeat([rng.dirichlet(base * 200) + 1e-9 for _ in range(12)], 10, axis=0)
        matrix = [rng.multinomial(LENGTH, rng.dirichlet(share * BURST)) for share in habits]
        names = [f"w{i:03d}" for i in range(WORDS)]
        counts = Counts.from_matrix(csr_array(np.array(matrix)), names, docs=docs)
        group = {"by": "kind", "target": "A", "min_docs": 10, "seed": seed}
        alone = mf.keyness_test(counts, permutations=499, **group)
        together = mf.keyness_test(counts, permutations=499, cluster="outlet", **group)
        drawn = mf.keyness(counts, draws=mf.Bootstrap(300, cluster="outlet"), **group)
        for name, table in zip(called, (alone, together, drawn), strict=True):
            called[name] += int((table["p"] <= 0.05).sum())
        words += len(alone)
    on = "bursty text, outlets with habits, 6 + 6 outlets"
    reach = {"articles, labels": "-"}
    return [
        (f"false positives at p <= .05, by {name}", on, n / words, reach.get(name, "0.05"))
        for name, n in called.items()
    ]


def coverage() -> list[tuple[str, str, float, str]]:
    """How often the 95 % intervals of log ratio and log-odds hold the true value."""
    rng = np.random.default_rng(20263)
    base = _base(rng)
    changed = base * rng.choice([0.5, 1.0, 2.0], WORDS)
    changed /= changed.sum()
    ratio = pd.Series(np.log2(changed / base), [f"w{i:03d}" for i in range(WORDS)])
    # what the weighted log-odds estimates: the prior pulls both groups toward their mean
    n, mass = LENGTH * ARTICLES / 2, 500.0
    alpha = mass * (base + changed) / 2
    a, b = n * changed + alpha, n * base + alpha
    odds = pd.Series(np.log(a / (n + mass - a)) - np.log(b / (n + mass - b)), ratio.index)
    held = {"log_ratio": [0, 0], "log_odds": [0, 0]}
    for seed in range(RUNS):
        table = mf.keyness(_bursty(rng, base, changed), by="outlet", target="A", seed=seed,
                           draws=400, min_docs=20).set_index("word")  # fmt: skip
        for name, truth in (("log_ratio", ratio), ("log_odds", odds)):
            known = table[[f"{name}_low", f"{name}_high"]].notna().all(axis=1)
            part, true = table[known], truth[table.index[known]]
            inside = (part[f"{name}_low"] <= true) & (true <= part[f"{name}_high"])
            held[name][0] += int(inside.sum())
            held[name][1] += len(part)
    return [
        (f"coverage of the 95 % interval of {name}, words in 20 articles or more",
         "bursty text, half of the words differ", inside / tried, "0.95")
        for name, (inside, tried) in held.items()
    ]  # fmt: skip


def power() -> list[tuple[str, str, float, str]]:
    """Share of words found that are twice as frequent in one group (1 % of all words)."""
    rng = np.random.default_rng(20264)
    found = {"p_family": 0, "q_test": 0, "q": 0}
    n = 0
    for seed in range(RUNS // 2):
        base = np.full(WORDS, 1 / WORDS)
        planted = rng.choice(WORDS, 6, replace=False)
        base[planted] = 0.01
        changed = base.copy()
        changed[planted] *= 2
        counts = _bursty(rng, base / base.sum(), changed / changed.sum())
        names = [f"w{i:03d}" for i in planted]
        tested = mf.keyness_test(counts, by="outlet", target="A", seed=seed).set_index("word")
        table = mf.keyness(counts, by="outlet", target="A", seed=seed, draws=400).set_index("word")
        found["p_family"] += int((tested.loc[names, "p_family"] <= 0.05).sum())
        found["q_test"] += int((tested.loc[names, "q"] <= 0.05).sum())
        found["q"] += int((table.loc[names, "q"] <= 0.05).sum())
        n += len(names)
    on = "bursty text, 6 of 300 words twice as frequent, 60 + 60 articles"
    return [
        ("power, p_family <= .05 of permuted labels", on, found["p_family"] / n, "-"),
        ("power, q <= .05 of permuted labels", on, found["q_test"] / n, "-"),
        ("power, q <= .05 of bootstrap z", on, found["q"] / n, "-"),
    ]
