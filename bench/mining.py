"""The peer of bench/mining.mjs: pytorch-metric-learning's semi-hard miner on the embeddings of the same run.

Reads the path of a .npy file (N×D, float32) and the images of each identity from the command line, prints its versions, and then answers every line
on standard input with one line of JSON: seconds of one mining and the number of its triplets; for the line "pairs" also how many anchor–positive
pairs have one (not timed).
"""

import json
import platform
import sys
import time

import numpy
import pytorch_metric_learning
import torch
from pytorch_metric_learning import distances, miners

embeddings = torch.from_numpy(numpy.load(sys.argv[1]))
count = len(embeddings)
labels = torch.arange(count) // int(sys.argv[2])
squared = distances.LpDistance(normalize_embeddings=False, power=2)
miner = miners.TripletMarginMiner(margin=0.2, type_of_triplets="semihard", distance=squared)


def answer(**values):
    print(json.dumps(values), flush=True)


answer(
    versions={
        "pytorch-metric-learning": pytorch_metric_learning.__version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
    },
    threads=torch.get_num_threads(),
)
for line in sys.stdin:
    start = time.perf_counter()
    anchor, positive, negative = miner(embeddings, labels)
    seconds = time.perf_counter() - start
    found = {"seconds": seconds, "triplets": anchor.numel()}
    if line.strip() == "pairs":
        found["pairs"] = torch.unique(anchor * count + positive).numel()
    answer(**found)
    del anchor, positive, negative
