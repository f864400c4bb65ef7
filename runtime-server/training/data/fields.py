"""Object -> signed distance and colour on a cube of voxels, kept on disk as bytes.

Cube: [-HALF, HALF]^3 of the canonical frame (the object's longest side is 1), voxel i of R at ((2i + 1) / R - 1) * HALF,
arrays indexed [z, y, x]. Distances are truncated at TRUNCATION = 0.2 * HALF = 0.12 object lengths and stored as
int8 = round(127 * distance / TRUNCATION): one step is 0.001 object lengths; negative inside.
Colour: uint8 sRGB of the nearest surface point, everywhere in the cube.

    python -m data.fields --objects DIR [--resolution 48] [--processes 2]      (run from runtime-server/training)
"""
import argparse
import json
import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
from scipy import ndimage

from . import corpus, native

VERSION = 2           # of this code: part of the cache's name
HALF = 0.6
TRUNCATION = 0.2 * HALF


def object_field(o, resolution):
    """(distance int8 (R, R, R), colour uint8 (3, R, R, R)) of an Object; about 50 ms at 48."""
    return mesh_field(o.vertices, o.faces, o.colours, resolution)


def mesh_field(vertices, faces, colours, resolution):
    c, r = native.library(), resolution
    v, t = np.ascontiguousarray(vertices, np.float32), np.ascontiguousarray(faces, np.int32)
    rgb = np.ascontiguousarray(colours, np.uint8)
    voxel = 2 * HALF / r
    band = max(TRUNCATION, 2 * voxel)
    distance = np.full((r, r, r), band, np.float32)
    colour = np.zeros((r, r, r, 3), np.uint8)
    c.distance_band(native.pointer(v), native.pointer(t), len(t), native.pointer(rgb), r, native.f32(HALF), native.f32(band),
                    native.pointer(distance), native.pointer(colour))
    outside = np.empty((r, r, r), np.uint8)
    c.outside_fill(native.pointer(v), native.pointer(t), len(t), r, native.f32(HALF), native.f32(v[:, 1].min()), native.pointer(outside))
    inside = outside == 0
    # A sheet, or a part thinner than a voxel, has no voxel inside it: give it a thickness of 1.2 voxels.
    touching = distance < 0.9 * voxel
    thin = touching & ~ndimage.maximum_filter(inside, size=5)
    if thin.any():                                     # further off, what the nearest of the surface's voxels says
        index = ndimage.distance_transform_edt(~touching, return_distances=False, return_indices=True)
        thin = thin[index[0], index[1], index[2]]
    signed = np.where(inside, -distance, np.where(thin, distance - 0.6 * voxel, distance))
    near = distance < band
    index = ndimage.distance_transform_edt(~near, return_distances=False, return_indices=True)
    colour = colour[index[0], index[1], index[2]]
    return (np.round(np.clip(signed / TRUNCATION, -1, 1) * 127).astype(np.int8), np.ascontiguousarray(colour.transpose(3, 0, 1, 2)))


def open_fields(objects, resolution=48, processes=2, folder=None, quiet=False):
    """(distance int8 (N, R, R, R), colour uint8 (N, 3, R, R, R)): read-only memory maps, made first where missing."""
    folder = Path(folder or native.CACHE) / f"fields-{resolution}-{VERSION}-{corpus.fingerprint(objects)}"
    folder.mkdir(parents=True, exist_ok=True)
    n, r = len(objects), resolution
    shapes = {"distance": ((n, r, r, r), np.int8), "colour": ((n, 3, r, r, r), np.uint8), "done": ((n,), np.uint8)}
    for name, (shape, dtype) in shapes.items():
        if not (folder / f"{name}.bin").exists():
            part = folder / f"{name}.{os.getpid()}.part"
            with open(part, "wb") as f:
                f.truncate(int(np.prod(shape)) * np.dtype(dtype).itemsize)
            os.replace(part, folder / f"{name}.bin")
    (folder / "about.json").write_text(json.dumps({"resolution": r, "half": HALF, "truncation": TRUNCATION, "ids": [o.id for o in objects]}))
    maps = {k: np.memmap(folder / f"{k}.bin", d, "r+", shape=s) for k, (s, d) in shapes.items()}
    todo = np.flatnonzero(maps["done"] == 0)
    if len(todo):
        native.library()                                     # compile once, before the processes start
        began = time.time()
        context = multiprocessing.get_context("fork")
        with context.Pool(processes, initializer=_begin, initargs=(objects, maps, r)) as pool:
            for k, _ in enumerate(pool.imap_unordered(_one, todo, chunksize=4)):
                if not quiet and (k + 1) % 200 == 0:
                    print(f"fields: {k + 1} of {len(todo)}, {time.time() - began:.0f} s", flush=True)
    return tuple(np.memmap(folder / f"{k}.bin", shapes[k][1], "r", shape=shapes[k][0]) for k in ("distance", "colour"))


def _begin(*state):
    global _state
    _state = state


def _one(i):
    objects, maps, r = _state
    maps["distance"][i], maps["colour"][i] = object_field(objects[i], r)
    maps["done"][i] = 1


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--objects", required=True, nargs="+")
    p.add_argument("--procedural", type=int, default=600)
    p.add_argument("--resolution", type=int, default=48)
    p.add_argument("--processes", type=int, default=2)
    a = p.parse_args()
    os.nice(5)
    start = time.time()
    d, c = open_fields(corpus.load_objects(a.objects, a.procedural), a.resolution, a.processes)
    print(f"{len(d)} objects at {a.resolution}: {time.time() - start:.0f} s")
