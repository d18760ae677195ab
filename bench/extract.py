"""The peer of bench/extract.mjs: images to embeddings with OpenCV and PyTorch.

Reads from the command line the net's table and the path of a JSON file: the images, five points of each, and the template's points, in pixels. Prints its versions,
then answers each line, the path of a .npy file, with one line of JSON when that file is written: the seconds it took.
"""

import json
import platform
import sys
import time

import cv2
import numpy
import torch
from torchNet import Net

spec = json.loads(sys.argv[1])
with open(sys.argv[2]) as file:
    work = json.load(file)
paths = work["paths"]
points = numpy.array(work["points"], numpy.float64).reshape(-1, 5, 2)
template = numpy.array(work["template"], numpy.float64).reshape(5, 2)
SIZE, BATCH = spec["inputSize"], 128
net = Net(spec).eval()


def similarity(source):
    """The similarity transform with the smallest squared error, source to template, as a 2 x 3 matrix."""
    middle, target = source.mean(0), template.mean(0)
    s, t = source - middle, template - target
    a, b = (s * t).sum(), (s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum()
    turn = numpy.array([[a, -b], [b, a]]) / (s**2).sum()
    return numpy.column_stack([turn, target - turn @ middle])


def crop(path, source):
    """Bilinear; blurred first where the picture shrinks, as OpenCV's warp does not average."""
    image = cv2.imread(path)
    matrix = similarity(source)
    scale = numpy.hypot(matrix[0, 0], matrix[0, 1])
    if scale < 0.7:
        image = cv2.GaussianBlur(image, (0, 0), 0.5 * numpy.sqrt(1 / scale**2 - 1))
    warped = cv2.warpAffine(
        image, matrix, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return warped[:, :, ::-1]


@torch.no_grad()
def extract(out):
    parts = []
    for start in range(0, len(paths), BATCH):
        stop = min(start + BATCH, len(paths))
        crops = numpy.stack([crop(paths[i], points[i]) for i in range(start, stop)])
        images = torch.from_numpy(crops).permute(0, 3, 1, 2).float().sub_(127.5).div_(64)
        parts.append(net(images.contiguous(memory_format=torch.channels_last)))
    numpy.save(out, torch.cat(parts).numpy())


versions = {
    "torch": torch.__version__,
    "opencv": cv2.__version__,
    "numpy": numpy.__version__,
    "python": platform.python_version(),
}
print(json.dumps({"versions": versions, "threads": torch.get_num_threads()}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    extract(line.strip())
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
