"""The peer of bench/umapLayout.mjs: umap-learn on the rows of the same run.

Reads the path of a .npy file (N×D, float32) and the neighbours from the command line, prints its versions, and then answers every line on standard input with
one line of JSON: the seconds of one projection and its picture.
"""

import json
import platform
import sys
import time
import warnings

import numpy
import umap

warnings.filterwarnings("ignore", message="n_jobs value")
rows = numpy.load(sys.argv[1])
neighbors = int(sys.argv[2])
versions = {"umap-learn": umap.__version__, "numpy": numpy.__version__, "python": platform.python_version()}
print(json.dumps({"versions": versions}), flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    picture = umap.UMAP(n_neighbors=neighbors, n_epochs=200, random_state=1).fit_transform(rows)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "picture": picture.ravel().tolist()}), flush=True)
