"""Which words occur together: co-occurrence tables and networks, and where two outlets' differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pandas as pd

from mediaframes._docs import article_weights
from mediaframes.errors import InputError
from mediaframes.inference.collocates import ASSOCIATION
from mediaframes.inference.edges import compared_edges
from mediaframes.inference.layout import forces, ranks, scaled, springs
from mediaframes.inference.measures import g2
from mediaframes.inference.together import together
from mediaframes.made import Made, write_atomic
from mediaframes.text.counts import Counts
from mediaframes.text.tokens import Tokens

EDGE_MEASURES = (*ASSOCIATION, "g2")


@dataclass(frozen=True)
class Network:
    """Words and how they occur together.

    Attributes
    ----------
    nodes : DataFrame
        ``word``, ``n`` (weighted units that hold it), ``docs`` (articles).
    edges : DataFrame
        ``source target n expected docs`` and the measures.
    unit : str
        What words share: ``"document"``, ``"sentence"`` or ``"5 words"``.
    made : Made
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    unit: str
    made: Made

    def map(self, *, by: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The network laid out, for `plot.word_network`: words with places, edges ranked.

        Parameters
        ----------
        by : str, optional
            Measure of the edges, by default their first; edges at or below 0 are left out.

        Returns
        -------
        nodes : DataFrame
            The words that an edge leads to, with ``x y``.
        edges : DataFrame
            With ``strength`` (the measure) and ``rank``, the edge's place among those of its two
            words, the better one.

        Notes
        -----
        As `mediaframes.topics.network_map`: the forces of Fruchterman and Reingold along the three
        strongest edges of each word; nothing is random.

        Raises
        ------
        InputError
            For a measure the edges do not have, or where none lies above 0.
        """
        known = [name for name in self.edges if name in EDGE_MEASURES]
        by = by or known[0]
        if by not in known:
            raise InputError(f"the edges have no measure '{by}'; there are: {', '.join(known)}")
        ends = ("source", "target")
        edges = self.edges[self.edges[by] > 0].assign(strength=lambda table: table[by])
        if edges.empty:
            raise InputError(f"no edge has {by} above 0: no two words stand together often enough")
        edges = edges.assign(rank=ranks(edges, ends, "strength")).reset_index(drop=True)
        joined = self.nodes["word"].isin({*edges["source"], *edges["target"]})
        nodes = self.nodes[joined].reset_index(drop=True)
        pull = springs(edges, ends, "strength", nodes["word"])
        start, _ = scaled(1 - pull - np.eye(len(pull)))
        places = forces(start, pull)
        return nodes.assign(x=places[:, 0], y=places[:, 1]), edges

    def save_graphml(self, path: str | Path) -> None:
        """Write the network as GraphML, which Gephi, igraph, networkx and Cytoscape read."""
        write_atomic(Path(path), graphml(self.nodes, self.edges).encode())


def cooccurrence(
    source: Counts | Tokens,
    *,
    unit: str | int = "document",
    words: int | Sequence[str] = 100,
    measures: Sequence[str] = ("npmi", "ppmi", "g2"),
    min_docs: int = 5,
) -> Network:
    """How often words share an article, a sentence or a window, beside what chance would make it.

    Parameters
    ----------
    source : Counts or Tokens
        Counts for articles; Tokens for sentences and windows as well.
    unit : str or int
        ``"document"``, ``"sentence"``, or a number of words: pairs at most so far apart within
        one article.
    words : int or list of str
        The most frequent words (by articles; of Tokens no stop words or numbers), or which.
    measures : list of str
        ``npmi ppmi pmi g2 log_dice t_score``.
    min_docs : int
        Pairs in fewer articles (by weight: copies count together as one) are left out.

    Returns
    -------
    Network
        ``edges`` sorted by the first measure; each pair once, its words in alphabetical order.

    Notes
    -----
    A unit counts once for a pair, however often its words stand there (windows: each pair of
    positions). ``expected`` is ``n_source n_target / N`` with N units (windows: pairs), of which
    ``n`` hold the word. g2 is over the four cells, signed.

    Raises
    ------
    InputError
        For sentences or windows of Counts, words that do not occur, or where no pair is left.

    Source
    ------
    Bouma (2009) for NPMI; Evert (2008) for units of co-occurrence.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> matrix = csr_array([[1, 1, 0], [2, 1, 0], [0, 0, 1], [1, 0, 1]])
    >>> counts = Counts.from_matrix(matrix, ["bank", "crisis", "rain"])
    >>> network = cooccurrence(counts, measures=("npmi",), min_docs=1)
    >>> network.edges[["source", "target", "n", "expected", "npmi"]].round(2).values.tolist()
    [['bank', 'crisis', 2.0, 1.5, 0.42], ['bank', 'rain', 1.0, 1.5, -0.29]]
    """
    unknown = [name for name in measures if name not in EDGE_MEASURES]
    if unknown or not len(measures):
        known = ", ".join(EDGE_MEASURES)
        raise InputError(f"no measure '{''.join(unknown[:1])}'; there are: {known}")
    found = together(source, unit, words, min_docs)
    weight = article_weights(source.docs).to_numpy()
    joint, margin, n = (
        found.joint @ weight,
        found.margin @ weight,
        float((found.units * weight).sum()),
    )
    f1, f2 = margin[found.first], margin[found.second]
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = f1 * f2 / n
    edges = pd.DataFrame(
        {"source": found.words[found.first], "target": found.words[found.second], "n": joint,
         "expected": expected, "docs": np.diff(found.joint.indptr)}
    )  # fmt: skip
    for name in measures:
        if name == "g2":
            edges[name] = g2(joint, f2 - joint, f1, n - f1)
        else:
            edges[name] = ASSOCIATION[name](joint, expected, f1, f2, n)
    nodes = pd.DataFrame(
        {"word": found.words, "n": margin, "docs": np.diff(found.margin.indptr)}
    ).sort_values(["n", "word"], ascending=[False, True], ignore_index=True)
    edges = edges.sort_values(
        [measures[0], "source", "target"], ascending=[False, True, True], ignore_index=True
    )
    settings = {"unit": unit, "words": words, "measures": list(measures), "min_docs": min_docs}
    made = Made.by("cooccurrence", settings=settings, parents=(source.made,))
    return Network(nodes, edges, f"{unit} words" if isinstance(unit, int) else unit, made)


def graphml(nodes: pd.DataFrame, edges: pd.DataFrame, *, key: str = "word") -> str:
    """A network as GraphML text; `key` names the nodes, edges go from `source` to `target`.

    All words are escaped; missing numbers are left out.

    Examples
    --------
    >>> nodes = pd.DataFrame({"word": ["a<b", "c"], "n": [2.0, 1.0]})
    >>> edges = pd.DataFrame({"source": ["a<b"], "target": ["c"], "npmi": [0.5]})
    >>> "a&lt;b" in graphml(nodes, edges)
    True
    """
    numbers = {str(word): place for place, word in enumerate(nodes[key])}
    keys, body = [], []
    for kind, table, skip in (("node", nodes, ()), ("edge", edges, ("source", "target"))):
        columns = [name for name in table if name not in skip]
        kinds = {"f": "double", "i": "long", "u": "long"}
        types = {name: kinds.get(table[name].dtype.kind, "string") for name in columns}
        keys += [
            f'<key id="{kind}_{place}" for="{kind}" attr.name={quoteattr(str(name))} '
            f'attr.type="{types[name]}"/>'
            for place, name in enumerate(columns)
        ]
        for row, values in enumerate(table.to_dict("records")):
            if kind == "node":
                head = f'<node id="n{row}">'
            else:
                ends = [numbers[str(values[end])] for end in ("source", "target")]
                head = f'<edge source="n{ends[0]}" target="n{ends[1]}">'
            data = "".join(
                f'<data key="{kind}_{place}">{escape(str(values[name]))}</data>'
                for place, name in enumerate(columns)
                # GraphML knows no missing or infinite number: those are left out
                if types[name] == "string"
                or (not pd.isna(values[name]) and np.isfinite(values[name]))
            )
            body.append(f"{head}{data}</{kind}>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        + "\n".join(keys) + '\n<graph edgedefault="undirected">\n' + "\n".join(body)
        + "\n</graph>\n</graphml>\n"
    )  # fmt: skip


def compare_networks(
    source: Counts | Tokens,
    *,
    by: str,
    target: str,
    reference: str | None = None,
    unit: str | int = "document",
    words: int | Sequence[str] = 100,
    seed: int,
    permutations: int = 1000,
) -> pd.DataFrame:
    """Which pairs of words hang together more in one group of articles than in another.

    Parameters
    ----------
    source : Counts or Tokens
    by, target, reference
        As in `keyness`.
    unit, words
        As in `cooccurrence`; pairs in fewer than five articles of both groups are left out.
    seed, permutations
        Of the relabelings of articles, as in `keyness_test`.

    Returns
    -------
    DataFrame
        One row per pair, sorted by ``t``: ``source target n_target n_reference docs_target
        docs_reference``; ``pmi_target pmi_reference`` (bits, half a unit added to what is
        observed); ``difference`` (of the two), ``t`` (over its standard error for independent
        units), ``p``, ``p_family`` and ``q`` from relabeled articles, which do not suppose that.
        Missing where a group lacks one of the words.

    Notes
    -----
    PMI is held against each group's own frequencies of the two words: a pair is not called because
    one group merely uses a word more. Relabeling supposes, for the pair at hand, groups alike in
    all else; a word used very differently makes the test approximate.

    Raises
    ------
    InputError
        As `cooccurrence` and `keyness_test`.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> rows = [[1, 1, 0], [0, 0, 1]] * 10 + [[1, 0, 1], [0, 1, 0], [1, 1, 1], [0, 0, 0]] * 5
    >>> docs = pd.DataFrame({"outlet": ["A"] * 20 + ["B"] * 20}, [f"{i:02d}" for i in range(40)])
    >>> words = ["bank", "crisis", "rain"]
    >>> counts = Counts.from_matrix(csr_array(np.array(rows)), words, docs=docs)
    >>> table = compare_networks(counts, by="outlet", target="A", seed=1)
    >>> table[["source", "target", "difference"]].round(2).values.tolist()[0]
    ['bank', 'crisis', 0.93]
    """
    found = together(source, unit, words, 5, split=(by, str(target), reference))
    return compared_edges(source, found, (by, str(target), reference), seed, permutations)
