"""unpack_wheel.py WHEEL FOLDER: only libtensorflow and its C headers, laid out as FOLDER/{include,lib} like the official C library."""

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
    header = name.removeprefix("tensorflow/include/") if hasattr(str, "removeprefix") else name[19:]
    if name.startswith("tensorflow/include/") and name.endswith(".h") and header.startswith(HEADERS):
        return os.path.join("include", header)
    return None


with zipfile.ZipFile(wheel) as archive:
    for member in archive.namelist():
        target = place(member)
        if target is None:
            continue
        path = os.path.join(folder, target)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(member) as source, open(path, "wb") as file:
            shutil.copyfileobj(source, file, 1 << 22)
missing = [name for name in LIBRARIES if not os.path.exists(os.path.join(folder, "lib", name))]
if missing:
    sys.exit("the wheel does not hold " + ", ".join(missing))
for name, library in LINKS.items():
    os.symlink(library, os.path.join(folder, "lib", name))
