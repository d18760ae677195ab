"""Makes verification.json: all-pairs VAL at FAR and AUC by scikit-learn, on integer rows (many equal distances) and on random unit rows.

    python test/golden/verification.py > test/golden/verification.json
"""

import datetime
import json
import platform

import numpy
import sklearn
from sklearn.metrics import auc, brier_score_loss, roc_auc_score, roc_curve


def case(name, rows, labels, fars):
    rows = rows.astype(numpy.float32)
    wide = rows.astype(numpy.float64)
    squared = ((wide[:, None] - wide[None]) ** 2).sum(-1)
    upper = numpy.triu_indices(len(rows), 1)
    distances = squared[upper]
    same = (labels[:, None] == labels[None])[upper]
    far, val, cuts = roc_curve(same, -distances, drop_intermediate=False)
    # The largest staircase point whose FAR does not exceed the wanted one: accepted are D <= -cut, the next distance is the threshold.
    points = [{"far": f, "val": val[numpy.searchsorted(far, f * (1 + 1e-12), side="right") - 1]} for f in fars]
    return {
        "name": name,
        "rows": [[float(v) for v in row] for row in rows],
        "labels": labels.tolist(),
        "same": int(same.sum()),
        "different": int((~same).sum()),
        "auc": auc(far, val),
        "auc_score": roc_auc_score(same, -distances),
        "points": points,
    }


random = numpy.random.default_rng(7)
labels = random.integers(0, 12, 60)
tied = random.integers(0, 4, (60, 3)) + (labels[:, None] % 3)
identity = random.integers(0, 15, 90)
centres = random.normal(size=(15, 8))
unit = centres[identity] + 0.7 * random.normal(size=(90, 8))
unit /= numpy.linalg.norm(unit, axis=1, keepdims=True)
probabilities = random.random(200).astype(numpy.float32)
truth = (random.random(200) < probabilities).astype(int)
print(
    json.dumps(
        {
            "header": {
                "command": "python test/golden/verification.py > test/golden/verification.json",
                "date": datetime.date.today().isoformat(),
                "versions": {
                    "scikit-learn": sklearn.__version__,
                    "numpy": numpy.__version__,
                    "python": platform.python_version(),
                },
            },
            "cases": [
                case("integers with ties", tied, labels, [0.3, 0.1, 0.01]),
                case("unit rows", unit, identity, [0.3, 0.1, 0.01, 0.001]),
            ],
            "brier": {
                "probabilities": [float(p) for p in probabilities],
                "truth": truth.tolist(),
                "loss": brier_score_loss(truth, probabilities.astype(numpy.float64)),
            },
        }
    )
)
