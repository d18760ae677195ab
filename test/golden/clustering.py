"""Makes clustering.json: clusterings, their scores and k-NN votes by scikit-learn, for test/cluster and test/evaluate.

    python test/golden/clustering.py > test/golden/clustering.json

Inputs are float32 values. The grid holds small integers, many of them equal and equally far: every distance is exact in float32.
Agglomeration gets squared L2 as a precomputed matrix (single, complete, average), or the rows (ward, whose heights are squared here).
"""

import datetime
import json
import platform

import numpy as np
import sklearn
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    normalized_mutual_info_score,
    pair_confusion_matrix,
    silhouette_score,
)
from sklearn.neighbors import KNeighborsClassifier

random = np.random.RandomState(20261125)
N, D, IDENTITIES = 70, 5, 8
labels = random.randint(IDENTITIES, size=N)
x = (random.randn(IDENTITIES, D)[labels] + 0.45 * random.randn(N, D)).astype(np.float32)
grid = random.randint(0, 9, size=(60, 2)).astype(np.float32)
grid_labels = random.randint(4, size=60)
exact = x.astype(np.float64)
squared = ((exact[:, None] - exact[None]) ** 2).sum(-1)


def partitions():
    yield labels, labels
    yield labels, random.randint(12, size=N)
    yield labels, np.where(random.rand(N) < 0.7, labels, random.randint(IDENTITIES, size=N))
    yield labels, labels // 3
    yield labels, np.zeros(N, int)
    yield np.zeros(N, int), np.zeros(N, int)
    yield labels, np.arange(N)
    yield np.arange(N), np.arange(N)
    yield random.randint(2, size=300), random.randint(40, size=300)


def pairwise(a, b):
    (_, false), (missed, both) = pair_confusion_matrix(a, b)
    ratio = lambda p, q: float(p / q) if q else None
    return [ratio(both, both + false), ratio(both, both + missed)]


def scores():
    for a, b in partitions():
        yield {
            "labels": a.tolist(),
            "clusters": b.tolist(),
            "ami": float(adjusted_mutual_info_score(a, b)),
            "nmi": float(normalized_mutual_info_score(a, b)),
            "ari": float(adjusted_rand_score(a, b)),
            "pairwise": pairwise(a, b),
        }


def kmeans():
    for k in (3, 8, 20):
        rows = random.choice(N, size=k, replace=False)
        fit = KMeans(k, init=exact[rows], n_init=1, tol=0, algorithm="lloyd").fit(exact)
        yield {"start": rows.tolist(), "inertia": float(fit.inertia_), "clusters": fit.labels_.tolist()}


def trees():
    for linkage in ("single", "complete", "average", "ward"):
        metric, data = ("euclidean", exact) if linkage == "ward" else ("precomputed", squared)
        whole = AgglomerativeClustering(None, distance_threshold=0, metric=metric, linkage=linkage).fit(data)
        heights = whole.distances_**2 if linkage == "ward" else whole.distances_
        heights = np.sort(heights)
        threshold = float((heights[-6] + heights[-5]) / 2)
        cut = np.sqrt(threshold) if linkage == "ward" else threshold
        at = AgglomerativeClustering(None, distance_threshold=cut, metric=metric, linkage=linkage).fit(data)
        into = AgglomerativeClustering(10, metric=metric, linkage=linkage).fit(data)
        yield {
            "linkage": linkage,
            "heights": heights.tolist(),
            "threshold": threshold,
            "below": at.labels_.tolist(),
            "ten": into.labels_.tolist(),
        }


def densities():
    for name, data, radius, least in (
        ("x", exact, 1.1, 3),
        ("x", exact, 2.0, 5),
        ("x", exact, 0.05, 2),
        ("grid", grid, 1.0, 3),
        ("grid", grid, 1.0, 4),
        ("grid", grid, 2.0, 6),
    ):
        fit = DBSCAN(eps=np.sqrt(radius) * (1 + 1e-9), min_samples=least).fit(data)
        yield {"data": name, "radius": radius, "least": least, "clusters": fit.labels_.tolist()}


def votes():
    for name, data, truth, gallery in (("x", exact, labels, 50), ("grid", grid, grid_labels, 45)):
        for k in (1, 2, 3, 7, gallery):
            for weights in ("uniform", "distance"):
                fit = KNeighborsClassifier(k, weights=weights, algorithm="brute").fit(data[:gallery], truth[:gallery])
                shares = np.zeros((len(data) - gallery, truth.max() + 1))
                shares[:, fit.classes_] = fit.predict_proba(data[gallery:])
                distances, rows = fit.kneighbors(data[gallery:])
                further = np.partition(np.linalg.norm(data[gallery:, None] - data[None, :gallery], axis=-1), k - 1)
                # Whether another row is as far as the k-th: then the k neighbours are a matter of taste.
                cut = [(f <= d[-1] * (1 + 1e-9)).sum() > k for f, d in zip(further, distances)]
                yield {
                    "data": name,
                    "gallery": gallery,
                    "k": k,
                    "vote": {"uniform": "majority", "distance": "distance"}[weights],
                    "shares": np.round(shares, 9).tolist(),
                    "ambiguous": [bool(c) for c in cut],
                }


three = KMeans(3, n_init=3, random_state=1).fit(exact).labels_
made = {
    "command": "python test/golden/clustering.py > test/golden/clustering.json",
    "date": datetime.date.today().isoformat(),
    "scikit-learn": sklearn.__version__,
    "numpy": np.__version__,
    "python": platform.python_version(),
}
print(
    json.dumps(
        {
            "made": made,
            "columns": D,
            "x": x.astype(float).ravel().tolist(),
            "labels": labels.tolist(),
            "grid": grid.astype(float).ravel().tolist(),
            "gridLabels": grid_labels.tolist(),
            "scores": list(scores()),
            "kmeans": list(kmeans()),
            "trees": list(trees()),
            "dbscan": list(densities()),
            "votes": list(votes()),
            "silhouettes": [
                {"clusters": c.tolist(), "mean": float(silhouette_score(exact, c))} for c in (labels, three)
            ],
        },
        separators=(",", ":"),
    )
)
