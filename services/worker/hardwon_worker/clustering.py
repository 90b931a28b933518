"""Texts that are about the same, found without labels, and where they lie on a map. Equal vectors in equal order give equal answers.

What all texts share, and what those of one project share, is taken away before, as for thin profiles: a theme is to be met by projects, and
not to be one. Ward's clusters are merged step by step, so nothing is drawn by chance; how many there are is decided by the silhouette
(Rousseeuw 1987). docs/decisions/0024 tells what else was tried.
"""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.metrics.pairwise import cosine_distances

from hardwon_worker.fusing import Floats
from hardwon_worker.themes import without_manner

MOST = 12
"""Themes: as many as a chart on a wall can tell apart."""
_FEWEST_OF_A_THEME, _MOST_OF_A_THEME = 4, 20
"""Texts on average: with fewer there would be more themes than things to say of them, with more a theme could not be called anything."""
_ISLANDS = 0.5
"""On the map a text is drawn so far toward the middle of its theme: two dimensions hold too little of what sets texts apart."""

Labels = npt.NDArray[np.int64]


def clusters(vectors: Floats, projects: Sequence[UUID]) -> tuple[Labels, Floats]:
    """Return of each text which cluster it is in, counted from 0, and its vector without what it shares anyway.

    Args:
        vectors: (texts, dimensions), of unit length; two at least.
        projects: of each text.

    """
    told = without_manner(vectors, projects)
    tree, distances = linkage(told, "ward"), cosine_distances(told)
    least, most = (min(MOST, len(told) // each) for each in (_MOST_OF_A_THEME, _FEWEST_OF_A_THEME))
    cuts = [np.asarray(fcluster(tree, count, "maxclust"), np.int64) - 1 for count in range(max(2, least), most + 1)]
    apart = [cut for cut in cuts if len(np.unique(cut)) > 1]  # texts that say the same cannot be cut
    if not apart:
        return np.zeros(len(told), np.int64), told
    best = max(apart, key=lambda cut: round(float(silhouette_score(distances, cut, metric="precomputed")), 6))
    return best, told


def middles(told: Floats, labels: Labels) -> Floats:
    """Return what each cluster is about: the middle of its texts, (clusters, dimensions)."""
    sums = np.zeros((labels.max() + 1, told.shape[1]))
    np.add.at(sums, labels, told)
    found: Floats = sums / np.bincount(labels)[:, None]
    return found


def on_a_map(told: Floats, labels: Labels) -> Floats:
    """Return a place for each text, (texts, 2), from -1 to 1: texts of one theme lie together, and like themes beside each other."""
    drawn = (1 - _ISLANDS) * told + _ISLANDS * middles(told, labels)[labels]
    places: Floats = PCA(2, svd_solver="full").fit_transform(drawn)
    scaled: Floats = places / (np.abs(places).max(axis=0) + 1e-9)
    return scaled
