"""Starts Jupyter kernels for bench/start.mjs, in the environment that holds JupyterLab: from the start of the process to the answer to its first cell.

Reads the folder to run in from the command line, prints one line, and then answers each line of standard input, {"kernel": NAME, "cell": CODE}, with one line of
JSON: the seconds.
"""

import json
import subprocess
import sys
import time

import jupyter_client

print(json.dumps({"versions": {"jupyter-client": jupyter_client.__version__}}), flush=True)
for line in sys.stdin:
    wanted = json.loads(line)
    start = time.perf_counter()
    manager, client = jupyter_client.manager.start_new_kernel(
        kernel_name=wanted["kernel"],
        startup_timeout=120,
        cwd=sys.argv[1],
        stderr=subprocess.DEVNULL,
    )
    try:
        reply = client.execute_interactive(wanted["cell"], timeout=120, output_hook=lambda message: None)
        seconds = time.perf_counter() - start
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if reply["content"]["status"] != "ok":
        sys.exit("the cell failed: " + str(reply["content"])[:500])
    print(json.dumps({"seconds": seconds}), flush=True)
