"""The peer of bench/start.mjs: how long Python takes to import PyTorch, and to give a first embedding.

Reads the net's table from the command line, prints its versions, and then answers each line of standard input with one line of JSON:
"run NAME" starts a Python that does NAME and gives its seconds; "forget PATHS" (a JSON list of folders; "torch" stands for PyTorch's) drops their files from the
system's file cache, as far as no process has them mapped.
"""

import json
import os
import platform
import subprocess
import sys
import time

import numpy
import torch

FIRST = """
import json, sys, torch
sys.path.insert(0, sys.argv[2])
from torchNet import Net
net = Net(json.loads(sys.argv[1])).eval()
size = json.loads(sys.argv[1])["inputSize"]
with torch.no_grad():
    net(torch.zeros(1, 3, size, size).contiguous(memory_format=torch.channels_last)).numpy()
"""
PROGRAMS = {"nothing": "0", "import": "import torch", "embed": FIRST}


def forget(folder):
    for place, _, names in os.walk(folder, followlinks=True):
        for name in names:
            try:
                handle = os.open(os.path.join(place, name), os.O_RDONLY)
            except OSError:
                continue
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


here = os.path.dirname(os.path.abspath(__file__))
versions = {"torch": torch.__version__, "numpy": numpy.__version__, "python": platform.python_version()}
print(json.dumps({"versions": versions}), flush=True)
for line in sys.stdin:
    order, word = line.strip().split(maxsplit=1)
    start = time.perf_counter()
    if order == "run":
        subprocess.run([sys.executable, "-c", PROGRAMS[word], sys.argv[1], here], check=True)
    else:
        for folder in json.loads(word):
            forget(os.path.dirname(torch.__file__) if folder == "torch" else folder)
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
