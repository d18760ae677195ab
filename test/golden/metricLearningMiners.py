"""Triplets of pytorch-metric-learning's miners on one random batch, for test/miners/golden.test.ts.

    python test/golden/metricLearningMiners.py > test/golden/metricLearningMiners.json

Embeddings are float32 values of nearly unit length; torch computes in float64 from them. Distances are squared L2 where the miner has a choice
(LpDistance with power 2; its own default is unsquared). No comparison that a miner makes is closer than 1e-5, so float32 decides alike.
"""

import datetime
import json
import platform

import numpy
import pytorch_metric_learning as pml
import torch
from pytorch_metric_learning import distances, miners
from pytorch_metric_learning.utils import loss_and_miner_utils

MARGIN = 0.2
torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(20261125)
sizes = [1, 2, 3, 4, 4, 6]
labels = torch.tensor([identity for identity, size in enumerate(sizes) for _ in range(size)])
labels = labels[torch.randperm(len(labels), generator=generator)]
centres = torch.randn(len(sizes), 8, generator=generator)
rows = centres[labels] + 1.1 * torch.randn(len(labels), 8, generator=generator)
embeddings = torch.nn.functional.normalize(rows).to(torch.float32).to(torch.float64)
squared = distances.LpDistance(normalize_embeddings=False, power=2)


def triplets(miner):
    anchor, positive, negative = (part.tolist() for part in miner(embeddings, labels))
    return [value for triplet in sorted(zip(anchor, positive, negative)) for value in triplet]


def easy_hard(positive, negative):
    """BatchEasyHardMiner gives four lists; these strategies pair them one to one."""
    miner = miners.BatchEasyHardMiner(pos_strategy=positive, neg_strategy=negative, distance=squared)
    return lambda x, y: [miner(x, y)[i] for i in (0, 1, 3)]


def hardest_negatives(x, y):
    """All positives with the hardest negative: the miner gives all pairs, and the negative of each anchor."""
    miner = miners.BatchEasyHardMiner(pos_strategy="all", neg_strategy="hard", distance=squared)
    anchor, positive, other, negative = miner(x, y)
    of_anchor = dict(zip(other.tolist(), negative.tolist()))
    return anchor, positive, torch.tensor([of_anchor[a] for a in anchor.tolist()])


def drawing_weights():
    """The probabilities with which DistanceWeightedMiner draws negatives: what it hands to its drawing function."""
    handed = {}

    def keep(labels, ref_labels=None, t_per_anchor=None, weights=None):
        handed["weights"] = weights
        return torch.zeros(3, 1, dtype=torch.long)

    drawing = loss_and_miner_utils.get_random_triplet_indices
    loss_and_miner_utils.get_random_triplet_indices = keep
    try:
        unit = distances.LpDistance(normalize_embeddings=True)
        miners.DistanceWeightedMiner(distance=unit)(embeddings, labels)
    finally:
        loss_and_miner_utils.get_random_triplet_indices = drawing
    return [float(f"{value:.7g}") for value in torch.nan_to_num(handed["weights"]).flatten().tolist()]


def check_gaps():
    d = squared(embeddings, embeddings)
    other = labels[:, None] != labels[None, :]
    for a in range(len(labels)):
        steps = torch.cat([d[a][~other[a]], d[a][~other[a]] + MARGIN, d[a][other[a]]]).sort().values.diff()
        assert steps.min() > 1e-5, (a, steps.min())
    assert (d.sqrt() - 1.4).abs().min() > 1e-5


check_gaps()
margin_miner = {
    kind: miners.TripletMarginMiner(margin=MARGIN, type_of_triplets=kind, distance=squared)
    for kind in ("all", "semihard", "hard", "easy")
}
json_text = json.dumps(
    {
        "made": {
            "command": "python test/golden/metricLearningMiners.py",
            "date": str(datetime.date.today()),
            "pytorch-metric-learning": pml.__version__,
            "torch": torch.__version__,
            "numpy": numpy.__version__,
            "python": platform.python_version(),
        },
        "margin": MARGIN,
        "labels": labels.tolist(),
        "embeddings": [float(f"{value:.9g}") for value in embeddings.flatten().tolist()],
        "tripletMargin": {kind: triplets(miner) for kind, miner in margin_miner.items()},
        "batchHard": triplets(miners.BatchHardMiner(distance=squared)),
        "easyPositiveSemihard": triplets(easy_hard("easy", "semihard")),
        "easyPositiveHard": triplets(easy_hard("easy", "hard")),
        "allPositivesHard": triplets(hardest_negatives),
        "distanceWeights": drawing_weights(),
    },
    separators=(",", ":"),
)
print(json_text)
