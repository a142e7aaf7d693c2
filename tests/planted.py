"""Articles drawn from topics that are known."""

import numpy as np
from scipy.sparse import csr_array

from mediaframes import Counts


def planted(n_docs: int = 300, k: int = 5, n_words: int = 200) -> tuple[Counts, np.ndarray]:
    """Articles of 120 words, and the topics' words (topics × words)."""
    rng = np.random.default_rng(4)
    words = rng.dirichlet(np.full(n_words, 0.05), size=k)
    shares = rng.dirichlet(np.full(k, 0.2), size=n_docs)
    matrix = np.array([rng.multinomial(120, share @ words) for share in shares])
    keep = matrix.sum(axis=0) > 0
    names = [f"w{i:03d}" for i in np.flatnonzero(keep)]
    return Counts.from_matrix(csr_array(matrix[:, keep]), names), words[:, keep]
