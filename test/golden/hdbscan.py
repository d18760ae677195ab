"""Clusters of scikit-learn's HDBSCAN, for test/cluster/hdbscan.test.ts.

python test/golden/hdbscan.py > test/golden/hdbscan.json
"""

import datetime
import json
import platform

import numpy as np
import sklearn
from sklearn.cluster import HDBSCAN

rng = np.random.default_rng(7)


def blobs(groups, rows, dimensions, noise, background):
    centres = rng.normal(size=(groups, dimensions))
    labels = rng.integers(groups, size=rows)
    near = centres[labels] + noise * rng.gamma(2.0, size=(rows, 1)) * rng.normal(size=(rows, dimensions))
    far = rng.uniform(-3, 3, size=(background, dimensions))
    return np.round(np.concatenate([near, far]), 4).astype(np.float32)


def cases():
    for groups, rows, dimensions, noise, background in ((5, 120, 2, 0.1, 20), (12, 150, 6, 0.15, 10), (3, 60, 3, 0.4, 0)):
        x = blobs(groups, rows, dimensions, noise, background)
        fits = []
        for smallest, least in ((2, 1), (2, 2), (3, 5), (5, 5), (8, 3), (20, 10)):
            fit = HDBSCAN(min_cluster_size=smallest, min_samples=least, algorithm="brute", copy=True).fit(x.astype(np.float64))
            fits.append({"smallest": smallest, "least": least, "clusters": fit.labels_.tolist()})
        yield {"columns": dimensions, "x": np.round(x.astype(float), 4).ravel().tolist(), "fits": fits}


made = {
    "command": "python test/golden/hdbscan.py > test/golden/hdbscan.json",
    "date": datetime.date.today().isoformat(),
    "scikit-learn": sklearn.__version__,
    "numpy": np.__version__,
    "python": platform.python_version(),
}
print(json.dumps({"made": made, "cases": list(cases())}, separators=(",", ":")))
