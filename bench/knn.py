"""The peers of bench/knn.mjs: exact search by faiss and scikit-learn on the rows of the same run.

Reads the paths of the gallery's and the probes' .npy file (float32) from the command line, prints its versions, and then answers every line "NAME K" on
standard input with one line of JSON: seconds of one search and the nearest row of every probe.
"""

import json
import platform
import sys
import time

import faiss
import numpy
import sklearn
from sklearn.neighbors import NearestNeighbors

gallery, probes = (numpy.load(path) for path in sys.argv[1:3])
index = faiss.IndexFlatL2(gallery.shape[1])
index.add(gallery)
brute = NearestNeighbors(algorithm="brute").fit(gallery)
searches = {
    "faiss": lambda k: index.search(probes, k)[1],
    "sklearn": lambda k: brute.kneighbors(probes, k, return_distance=True)[1],
}


def answer(**values):
    print(json.dumps(values), flush=True)


answer(
    versions={
        "faiss-cpu": faiss.__version__,
        "scikit-learn": sklearn.__version__,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
    },
    threads=faiss.omp_get_max_threads(),
)
for line in sys.stdin:
    name, k = line.split()
    start = time.perf_counter()
    rows = searches[name](int(k))
    seconds = time.perf_counter() - start
    answer(seconds=seconds, first=rows[:, 0].tolist())
