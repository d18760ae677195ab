"""unpack_wheel.py WHEEL FOLDER: of TensorFlow's wheel libtensorflow and its C headers, laid out as FOLDER/{include,lib} like the official C library;
of one of NVIDIA's its libraries, as FOLDER/nvidia/*/lib."""

import os
import shutil
import sys
import zipfile

wheel, folder = sys.argv[1:3]
LIBRARIES = ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2")
HEADERS = (
    "tensorflow/c/",
    "tensorflow/core/platform/ctstring",
    "tensorflow/core/platform/platform.h",
    "tsl/platform/ctstring",
    "tsl/c/",
    "xla/tsl/c/",
    "xla/tsl/platform/ctstring",
)
# Names that the linker and the package's own scripts look for.
LINKS = {
    "libtensorflow.so": LIBRARIES[0],
    "libtensorflow.so.2": LIBRARIES[0],
    "libtensorflow.so.2.9.1": LIBRARIES[0],
    "libtensorflow_framework.so": LIBRARIES[1],
}


def place(name):
    """Where a member of the wheel goes, or None."""
    parts = name.split("/")
    if len(parts) == 2 and parts[0] == "tensorflow" and parts[1] in LIBRARIES:
        return os.path.join("lib", parts[1])
    if len(parts) == 4 and parts[0] == "nvidia" and parts[2] == "lib" and ".so" in parts[3]:
        return os.path.join(*parts)
    header = name.removeprefix("tensorflow/include/")
    if header != name and name.endswith(".h") and header.startswith(HEADERS):
        return os.path.join("include", header)
    return None


with zipfile.ZipFile(wheel) as archive:
    places = {member: target for member in archive.namelist() if (target := place(member))}
    for member, target in places.items():
        path = os.path.join(folder, target)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(member) as source, open(path, "wb") as file:
            shutil.copyfileobj(source, file, 1 << 22)
if not places:
    sys.exit("the wheel holds no library")
if any(not target.startswith("nvidia") for target in places.values()):
    missing = [name for name in LIBRARIES if os.path.join("lib", name) not in places.values()]
    if missing:
        sys.exit("the wheel does not hold " + ", ".join(missing))
    for name, library in LINKS.items():
        os.symlink(library, os.path.join(folder, "lib", name))
