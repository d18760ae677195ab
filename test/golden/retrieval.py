"""Makes retrieval.json: scores by pytorch-metric-learning's AccuracyCalculator for test/evaluate/retrieval.test.ts.

    python test/golden/retrieval.py > test/golden/retrieval.json

Inputs are float32 values without equal distances. k is the number of items, so that mean_average_precision covers the whole ranking.
"""

import datetime
import json
import platform

import numpy as np
import pytorch_metric_learning
import torch
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator
from pytorch_metric_learning.utils.inference import CustomKNN

random = np.random.RandomState(20261126)
IDENTITIES, D = 9, 6
NAMES = ["precision_at_1", "r_precision", "mean_average_precision_at_r", "mean_average_precision"]


def points(count, noise):
    labels = random.randint(IDENTITIES, size=count)
    return (centres[labels] + noise * random.randn(count, D)).astype(np.float32), labels


centres = random.randn(IDENTITIES, D)
x, labels = points(80, 0.8)
labels[:2] = [100, 101]  # two queries that have nothing to find
queries, query_labels = points(25, 1.0)


def scores(a, la, b, lb, same):
    calculator = AccuracyCalculator(
        include=NAMES,
        k=len(b) - 1 if same else len(b),
        knn_func=CustomKNN(LpDistance(normalize_embeddings=False, power=2)),
        device=torch.device("cpu"),
    )
    tensor = lambda values: torch.from_numpy(np.ascontiguousarray(values))
    found = calculator.get_accuracy(tensor(a), tensor(la), tensor(b), tensor(lb), ref_includes_query=same)
    return {name: float(found[name]) for name in NAMES}


print(
    json.dumps(
        {
            "made": {
                "program": "AccuracyCalculator, CustomKNN(LpDistance, power 2)",
                "pytorch-metric-learning": pytorch_metric_learning.__version__,
                "torch": torch.__version__,
                "python": platform.python_version(),
                "date": datetime.date.today().isoformat(),
                "command": "python test/golden/retrieval.py > test/golden/retrieval.json",
            },
            "x": x.tolist(),
            "labels": labels.tolist(),
            "queries": queries.tolist(),
            "queryLabels": query_labels.tolist(),
            "leaveOneOut": scores(x, labels, x, labels, True),
            "gallery": scores(queries, query_labels, x, labels, False),
        },
        separators=(",", ":"),
    )
)
