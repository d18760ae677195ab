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


def unit32(*shape):
    values = torch.nn.functional.normalize(float32(*shape))
    return values.to(torch.float32).to(torch.float64)


squared = {"distance": distances.LpDistance(normalize_embeddings=False, power=2)}
unsquared = {"distance": distances.LpDistance(normalize_embeddings=False)}
mean = {"reducer": reducers.MeanReducer()}
head = {"num_classes": 4, "embedding_size": 6}


class SquaredHinge(losses.ContrastiveLoss):
    """Its hinge on negatives is not squared; the classic one is."""

    def neg_calc(self, distance, margin):
        return super().neg_calc(distance, margin) ** 2

    def pos_calc(self, distance, margin):
        return distance**2


# Over all triplets and pairs of the batch. Sums are over ordered pairs.
CASES = {
    "triplet": losses.TripletMarginLoss(margin=0.2, **squared),
    "tripletMean": losses.TripletMarginLoss(margin=0.2, **squared, **mean),
    "tripletSoft": losses.TripletMarginLoss(margin=0, smooth_loss=True, **squared, **mean),
    "contrastivePositive": losses.ContrastiveLoss(pos_margin=0, neg_margin=0, **squared, reducer=reducers.SumReducer()),
    "contrastive": SquaredHinge(pos_margin=0, neg_margin=1.5, **unsquared, reducer=reducers.SumReducer()),
    "contrastiveUnsquaredHinge": losses.ContrastiveLoss(pos_margin=0, neg_margin=1.5, **unsquared, reducer=reducers.SumReducer()),
    "normalizedSoftmax": losses.NormalizedSoftmaxLoss(temperature=1 / 16, **head),
    "cosFace": losses.CosFaceLoss(margin=0.35, scale=16, **head),
    "arcFace": losses.ArcFaceLoss(margin=28.6, scale=16, **head),
    "arcFaceWide": losses.ArcFaceLoss(margin=80, scale=4, **head),
    "sphereFace": losses.SphereFaceLoss(margin=4, scale=1, **head),
    "sphereFace3": losses.SphereFaceLoss(margin=3, scale=1, **head),
    "multiSimilarity": losses.MultiSimilarityLoss(alpha=2, beta=50, base=0.5),
    "supervisedContrastive": losses.SupConLoss(temperature=0.1, **mean),
    "ntXent": losses.NTXentLoss(temperature=0.1),
    "liftedStructure": losses.LiftedStructureLoss(neg_margin=1, pos_margin=0, **unsquared),
    "generalizedLifted": losses.GeneralizedLiftedStructureLoss(neg_margin=1, pos_margin=0, **unsquared),
    "circle": losses.CircleLoss(m=0.25, gamma=80, **mean),
}


def results(embeddings, labels, weights):
    cases = {}
    for name, loss in CASES.items():
        x = embeddings.clone().requires_grad_()
        if hasattr(loss, "W"):
            loss.W.data = weights.t().clone()
            loss.W.grad = None
        value = loss(x, labels)
        value.backward()
        cases[name] = {"loss": float(f"{value.item():.12g}"), "gradient": digits(x.grad)}
        if hasattr(loss, "W"):
            cases[name]["weightGradient"] = digits(loss.W.grad.t())
    return {
        "labels": labels.tolist(),
        "embeddings": digits(embeddings),
        "weights": digits(weights),
        "cases": cases,
    }


batches = {
    "free": results(float32(10, 6, scale=0.6), torch.tensor([0, 1, 2, 0, 1, 2, 3, 3, 0, 2]), float32(4, 6)),
    # Unit vectors, one identity with a single row: reducers differ there.
    "unit": results(unit32(13, 6), torch.tensor([2, 0, 1, 1, 0, 3, 2, 1, 2, 0, 1, 0, 2]), float32(4, 6)),
}

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
        "batches": batches,
    },
    sys.stdout,
    separators=(",", ":"),
)
sys.stdout.write("\n")
