"""Runs CoACD on one mesh for decomposition.ts: JSON on the standard input, JSON on the standard output.

Optional: needs `pip install coacd` (MIT licence, measured with 1.0.14). CoACD writes its log to the standard
output, so the answer goes to a copy of it made before.
"""

import json
import os
import sys
import time

import coacd
import numpy as np

answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
request = json.load(sys.stdin)
vertices = np.array(request["vertices"], dtype=np.float64).reshape(-1, 3)
triangles = np.array(request["triangles"], dtype=np.int32).reshape(-1, 3)
coacd.set_log_level("error")
begin = time.process_time()
parts = coacd.run_coacd(
    coacd.Mesh(vertices, triangles),
    max_convex_hull=request["maxPieces"],
    decimate=True,
    max_ch_vertex=request["maxVertices"],
)
seconds = time.process_time() - begin
json.dump({"pieces": [np.asarray(v).ravel().tolist() for v, _ in parts], "seconds": seconds}, answer)
answer.close()
