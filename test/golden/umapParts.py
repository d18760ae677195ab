"""Makes umapParts.json: umap-learn's fuzzy simplicial set of a small neighbour graph, and its curves, for test/project.

    python test/golden/umapParts.py > test/golden/umapParts.json
"""

import datetime
import json
import platform

import numpy as np
import scipy
import umap
from sklearn.neighbors import NearestNeighbors
from umap.umap_ import find_ab_params, fuzzy_simplicial_set

random = np.random.RandomState(20261125)
rows = random.randn(40, 5).astype(np.float32)
rows[7] = rows[3]
K = 6
distances, indices = NearestNeighbors(n_neighbors=K, algorithm="brute").fit(rows).kneighbors(rows)
for i in range(len(rows)):
    # Each row first in its own list, also where a copy of it stands first.
    place = list(indices[i]).index(i)
    indices[i, [0, place]] = indices[i, [place, 0]]
distances = distances.astype(np.float32)
graph, _, _ = fuzzy_simplicial_set(
    rows, K, np.random.RandomState(1), "euclidean", knn_indices=indices, knn_dists=distances
)
graph = graph.tocoo()

json.dump(
    {
        "made": f"python test/golden/umapParts.py; umap-learn {umap.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}, Python {platform.python_version()}; {datetime.date.today()}",
        "k": K,
        "indices": indices.ravel().tolist(),
        "distances": distances.ravel().tolist(),
        "edges": [[int(i), int(j), float(w)] for i, j, w in zip(graph.row, graph.col, graph.data)],
        "curves": [
            [minimum, spread, *map(float, find_ab_params(spread, minimum))]
            for minimum, spread in [(0.1, 1.0), (0.0, 1.0), (0.5, 1.0), (0.25, 2.0), (0.01, 0.5)]
        ],
    },
    __import__("sys").stdout,
)
