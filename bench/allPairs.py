"""The peers of bench/allPairs.mjs: VAL at FAR over all pairs with numpy and with scikit-learn, on the embeddings of the same run.

Reads the path of a .npy file (N×D, float32) and of a JSON list of labels from the command line, prints its versions, and then answers every line
("numpy" or "sklearn") on standard input with one line of JSON: the seconds of one evaluation, VAL at FAR 1e-1 to 1e-6, and scikit-learn's AUC.
"""

import json
import platform
import sys
import time

import numpy
import sklearn
from sklearn.metrics import auc, euclidean_distances, roc_curve

rows = numpy.load(sys.argv[1])
with open(sys.argv[2]) as file:
    labels = numpy.array(json.load(file))
BLOCK = 1024


def with_numpy():
    norms = (rows * rows).sum(1)
    same, different = [], []
    for start in range(0, len(rows), BLOCK):
        stop = min(start + BLOCK, len(rows))
        squared = norms[start:stop, None] + norms[None, start:] - 2 * (rows[start:stop] @ rows[start:].T)
        upper = numpy.arange(start, len(rows))[None] > numpy.arange(start, stop)[:, None]
        equal = labels[start:stop, None] == labels[None, start:]
        same.append(squared[upper & equal])
        different.append(squared[upper & ~equal])
    same = numpy.concatenate(same)
    different = numpy.concatenate(different)
    ranks = [int(10.0**-power * len(different) * (1 + 1e-12)) for power in range(1, 7)]
    different.partition(ranks)
    return {"val": [float((same < different[rank]).mean()) for rank in ranks]}


def with_sklearn():
    squared = euclidean_distances(rows, squared=True)
    upper = numpy.triu_indices(len(rows), 1)
    far, val, _ = roc_curve(labels[upper[0]] == labels[upper[1]], -squared[upper])
    return {
        "val": [float(val[numpy.searchsorted(far, 10.0**-power, side="right") - 1]) for power in range(1, 7)],
        "auc": float(auc(far, val)),
    }


versions = {
    "numpy": numpy.__version__,
    "scikit-learn": sklearn.__version__,
    "python": platform.python_version(),
}
print(json.dumps({"versions": versions}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    answer = with_sklearn() if line.strip() == "sklearn" else with_numpy()
    print(json.dumps({"seconds": time.perf_counter() - start, **answer}), flush=True)
