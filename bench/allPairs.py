"""The peer of bench/allPairs.mjs: VAL at FAR over all pairs with numpy, on the embeddings of the same run.

Reads the path of a .npy file (N×D, float32) and of a JSON list of labels from the command line, prints its versions, and then answers every line on
standard input with one line of JSON: the seconds of one evaluation and VAL at FAR 1e-1 to 1e-6.
"""

import json
import platform
import sys
import time

import numpy

rows = numpy.load(sys.argv[1])
with open(sys.argv[2]) as file:
    labels = numpy.array(json.load(file))
BLOCK = 1024


def evaluate():
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
    return [float((same < different[rank]).mean()) for rank in ranks]


print(json.dumps({"versions": {"numpy": numpy.__version__, "python": platform.python_version()}}), flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    val = evaluate()
    print(json.dumps({"seconds": time.perf_counter() - start, "val": val}), flush=True)
