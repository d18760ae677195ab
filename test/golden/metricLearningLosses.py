"""Loss and gradient of pytorch-metric-learning on random batches, for test/losses/golden.test.ts.

    python test/golden/metricLearningLosses.py > test/golden/metricLearningLosses.json

Inputs are float32 values; torch computes in float64 from them, so the outputs are exact to the printed digits.
"""

import json
import platform
import sys

import numpy
import pytorch_metric_learning as pml
import torch
from pytorch_metric_learning import distances, losses, reducers

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(20260101)


def float32(*shape, scale=1.0):
    values = scale * torch.randn(*shape, generator=generator, dtype=torch.float64)
    return values.to(torch.float32).to(torch.float64)


def digits(tensor):
    return [float(f"{value:.9g}") for value in tensor.flatten().tolist()]


labels = torch.tensor([0, 1, 2, 0, 1, 2, 3, 3, 0, 2])
embeddings = float32(10, 6, scale=0.6)
weights = float32(4, 6)
half = {"distance": distances.LpDistance(normalize_embeddings=False, power=2)}
plain = {"distance": distances.LpDistance(normalize_embeddings=False)}
mean = {"reducer": reducers.MeanReducer()}
head = {"num_classes": 4, "embedding_size": 6}
cases = {}


def case(name, loss, indices=None):
    x = embeddings.clone().requires_grad_()
    if hasattr(loss, "W"):
        loss.W.data = weights.t().clone()
    value = loss(x, labels, indices)
    value.backward()
    entry = {"loss": float(f"{value.item():.12g}"), "gradient": digits(x.grad)}
    if hasattr(loss, "W"):
        entry["weightGradient"] = digits(loss.W.grad.t())
    cases[name] = entry


# All triplets and pairs of the batch unless said otherwise.
case("triplet", losses.TripletMarginLoss(margin=0.2, **half))
case("tripletMean", losses.TripletMarginLoss(margin=0.2, **half, **mean))
case("tripletSoft", losses.TripletMarginLoss(margin=0, smooth_loss=True, **half, **mean))
# MeanReducer would average the two kinds of pairs apart; sums over ordered pairs are twice ours.
case("contrastivePositive", losses.ContrastiveLoss(pos_margin=0, neg_margin=0, **half, reducer=reducers.SumReducer()))


class SquaredHinge(losses.ContrastiveLoss):
    """Its hinge on negatives is not squared; the classic one is."""

    def neg_calc(self, distance, margin):
        return super().neg_calc(distance, margin) ** 2

    def pos_calc(self, distance, margin):
        return distance**2


case("contrastive", SquaredHinge(pos_margin=0, neg_margin=1.5, **plain, reducer=reducers.SumReducer()))
case("contrastiveUnsquaredHinge", losses.ContrastiveLoss(pos_margin=0, neg_margin=1.5, **plain, reducer=reducers.SumReducer()))
case("normalizedSoftmax", losses.NormalizedSoftmaxLoss(temperature=1 / 16, **head))
case("cosFace", losses.CosFaceLoss(margin=0.35, scale=16, **head))
case("arcFace", losses.ArcFaceLoss(margin=28.6, scale=16, **head))
case("arcFaceWide", losses.ArcFaceLoss(margin=80, scale=4, **head))
case("sphereFace", losses.SphereFaceLoss(margin=4, scale=1, **head))
case("sphereFace3", losses.SphereFaceLoss(margin=3, scale=1, **head))
case("multiSimilarity", losses.MultiSimilarityLoss(alpha=2, beta=50, base=0.5))
case("supervisedContrastive", losses.SupConLoss(temperature=0.1, **mean))
case("ntXent", losses.NTXentLoss(temperature=0.1))
case("liftedStructure", losses.LiftedStructureLoss(neg_margin=1, pos_margin=0, **plain))
case("generalizedLifted", losses.GeneralizedLiftedStructureLoss(neg_margin=1, pos_margin=0, **plain))
case("circle", losses.CircleLoss(m=0.25, gamma=80, **mean))

json.dump(
    {
        "made": {
            "command": "python test/golden/metricLearningLosses.py",
            "date": "2026-11-25",
            "pytorch-metric-learning": pml.__version__,
            "torch": torch.__version__,
            "numpy": numpy.__version__,
            "python": platform.python_version(),
        },
        "labels": labels.tolist(),
        "embeddings": digits(embeddings),
        "weights": digits(weights),
        "cases": cases,
    },
    sys.stdout,
    separators=(",", ":"),
)
sys.stdout.write("\n")
