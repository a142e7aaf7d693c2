"""mediaframes: from a folder of news articles to the figures of a framing paper.

The verbs, in the order in which a study uses them::

    import mediaframes as mf
    from mediaframes import plot

    corpus = mf.read("data/raw")
    corpus = mf.language(corpus)
    corpus = mf.clean(corpus)
    corpus = mf.dedupe(corpus)
    tokens = mf.tokenize(corpus)
    hits = mf.apply_codebook(tokens, "data/codebooks/policy-frames.yml")
    monthly = mf.prevalence(hits.scores(), by="outlet", every="month", seed=7)
    plot.prevalence(monthly, frame="Security and defense")

| wing | values and verbs |
|---|---|
| `mediaframes.corpus` | `Corpus`; `read corpora_in language outlets clean dedupe copies_between` |
| `mediaframes.text` | `Tokens Counts`; `tokenize count count_parts concordance` |
| `mediaframes.inference` | `prevalence residuals effects marginal` |
| | `keyness keyness_test keyness_drivers keyness_over_parts dispersion` |
| | `collocates count_near cooccurrence compare_networks` |
| `mediaframes.frames` | `Codebook Hits`; `read_codebook write_codebook check_codebook` |
| | `apply_codebook induce` |
| `mediaframes.topics` | `Topics`; `fit_topics choose_k topic_stability topic_names` |
| | `topic_map topic_network browse_topics topic_correlation topic_words_by` |
| `mediaframes.people` | `IntrusionTest`; `agreement word_intrusion topic_intrusion` |
| `mediaframes.plot` | figures; `save_figure save_table save_numbers` |
| `mediaframes.study` | `open_study reproduce verify` and the command line |
"""

from mediaframes._kernels import forget_stale as _forget_stale
from mediaframes.corpus import (
    Corpus,
    check_cleaning,
    clean,
    copies_between,
    corpora_in,
    datasets,
    dedupe,
    language,
    outlets,
    propose_outlets,
    read,
    read_stubs,
    show_cleaning,
    wire_share,
)
from mediaframes.errors import InputError
from mediaframes.frames import (
    Codebook,
    Hits,
    apply_codebook,
    check_codebook,
    induce,
    read_codebook,
    write_codebook,
)
from mediaframes.inference import (
    Bootstrap,
    Effects,
    Network,
    collocates,
    compare_networks,
    cooccurrence,
    count_near,
    dispersion,
    effects,
    keyness,
    keyness_drivers,
    keyness_over_parts,
    keyness_test,
    marginal,
    prevalence,
    residuals,
)
from mediaframes.made import Made
from mediaframes.people import (
    agreement,
    intrusion_results,
    krippendorff_alpha,
    topic_intrusion,
    word_intrusion,
    word_set_intrusion,
)
from mediaframes.plot import save_figure, save_numbers, save_table
from mediaframes.scores import Scores
from mediaframes.study import open_study, reproduce, verify
from mediaframes.text import Counts, Tokens, concordance, count, count_parts, tokenize
from mediaframes.topics import (
    TopicBrowser,
    TopicNames,
    TopicNetwork,
    Topics,
    browse_topics,
    choose_k,
    co_membership,
    fit_topics,
    network_map,
    representative_sentences,
    shared_words,
    topic_correlation,
    topic_map,
    topic_names,
    topic_network,
    topic_sheet,
    topic_stability,
    topic_words_by,
)

__version__ = "0.1.0"

_forget_stale()  # before the first loop is called

__all__ = [
    "Bootstrap",
    "Codebook",
    "Corpus",
    "Counts",
    "Effects",
    "Hits",
    "InputError",
    "Made",
    "Network",
    "Scores",
    "Tokens",
    "TopicBrowser",
    "TopicNames",
    "TopicNetwork",
    "Topics",
    "agreement",
    "apply_codebook",
    "browse_topics",
    "check_cleaning",
    "check_codebook",
    "choose_k",
    "clean",
    "co_membership",
    "collocates",
    "compare_networks",
    "concordance",
    "cooccurrence",
    "copies_between",
    "corpora_in",
    "count",
    "count_near",
    "count_parts",
    "datasets",
    "dedupe",
    "dispersion",
    "effects",
    "fit_topics",
    "induce",
    "intrusion_results",
    "keyness",
    "keyness_drivers",
    "keyness_over_parts",
    "keyness_test",
    "krippendorff_alpha",
    "language",
    "marginal",
    "network_map",
    "open_study",
    "outlets",
    "prevalence",
    "propose_outlets",
    "read",
    "read_codebook",
    "read_stubs",
    "representative_sentences",
    "reproduce",
    "residuals",
    "save_figure",
    "save_numbers",
    "save_table",
    "shared_words",
    "show_cleaning",
    "tokenize",
    "topic_correlation",
    "topic_intrusion",
    "topic_map",
    "topic_names",
    "topic_network",
    "topic_sheet",
    "topic_stability",
    "topic_words_by",
    "verify",
    "wire_share",
    "word_intrusion",
    "word_set_intrusion",
    "write_codebook",
]
