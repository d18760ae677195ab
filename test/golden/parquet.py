"""Writes parquet.json: a table of embeddings as pyarrow writes it, for decodeParquet().

Run: python test/golden/parquet.py > test/golden/parquet.json
"""

import base64
import io
import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq

embeddings = [[0.5, -1.25, 3.0], [0.1, 2.0**-20, -7.0], [0.0, -0.0, 1e30]]
table = pa.table(
    {
        "name": pa.array(["a/1.png", "ü/2.png", "c,\"d\"/3.png"]),
        "identity": pa.array(["a", "ü", "c,\"d\""]),
        "embedding": pa.array(embeddings, pa.list_(pa.float32())),
    }
)
files = {}
for name, options in {
    "plain": {"compression": "none", "use_dictionary": False},
    "snappy": {"compression": "snappy", "row_group_size": 2},
}.items():
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    files[name] = base64.b64encode(out.getvalue()).decode()
rows = pq.read_table(io.BytesIO(base64.b64decode(files["plain"]))).to_pydict()
header = f"pyarrow {pa.__version__}, Python {sys.version.split()[0]}, 2026-11-25: python test/golden/parquet.py"
json.dump({"header": header, **rows, "files": files}, sys.stdout)
