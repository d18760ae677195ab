"""execute_notebook.py [--save] NOTEBOOK: runs it in the tslab kernel; exits with 1 and one line on any error, also on late ones."""

import os
import re
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

# tslab reports errors as text on stderr, and errors of timers and promises only by these words.
ERRORS = re.compile(r"^(UncaughtException|UnhandledPromiseRejection|Error: |\w*Error: )|unknown msg_type|^\d+:\d+ - ", re.M)

save = "--save" in sys.argv
path = [argument for argument in sys.argv[1:] if argument != "--save"][0]
notebook = nbformat.read(path, 4)
client = NotebookClient(
    notebook,
    timeout=600,
    kernel_name="tslab",
    resources={"metadata": {"path": os.path.dirname(os.path.abspath(path))}},
)
try:
    client.execute()
except CellExecutionError as error:
    sys.exit("a cell failed: " + " ".join(str(error).split())[:2000])
for number, cell in enumerate(notebook.cells, 1):
    for output in cell.get("outputs", []):
        text = output.get("text", "") if output.get("name") == "stderr" else ""
        found = ERRORS.search(text)
        if found:
            sys.exit("cell %d: %s" % (number, " ".join(text.split())[:2000]))
if save:
    for cell in notebook.cells:
        cell.get("metadata", {}).pop("execution", None)
    temporary = path + ".tmp"
    nbformat.write(notebook, temporary)
    os.replace(temporary, path)
