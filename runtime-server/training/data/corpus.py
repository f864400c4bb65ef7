"""Objects: coloured meshes from folders in the corpus format, and how they are split for validation.

A corpus folder holds manifest.json (an array of entries) and objects-NNN.npz shards, see data/DATASET.md.
Canonical frame of every object: right-handed, y up, bounding box centred at the origin, longest side exactly 1.
"""
import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

CREASE = np.cos(np.radians(40.0))   # edges sharper than this keep their face normals


@dataclass
class Object:
    id: str
    vertices: np.ndarray            # float32 (V, 3), canonical frame
    faces: np.ndarray               # int32 (T, 3), counter-clockwise from outside where the source was
    colours: np.ndarray             # uint8 (V, 3), sRGB base colour
    category: str = "object"
    caption: str = "an object"
    licence: str = ""
    author: str = ""
    source: str = ""
    family: str = ""                # objects of one family are variants of each other: never split apart
    made_from: str = ""             # id of the object that this one is a variant of (data/variants.py)
    _normals: np.ndarray = field(default=None, repr=False)

    @property
    def normals(self):
        """float32 (T, 3, 3): unit normal at each corner; smooth where faces meet gently, the face's own elsewhere."""
        if self._normals is None:
            self._normals = corner_normals(self.vertices, self.faces)
        return self._normals

    @property
    def extent(self):
        return np.ptp(self.vertices, axis=0)


def corner_normals(vertices, faces):
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    area = np.cross(b - a, c - a)
    unit = area / np.maximum(np.linalg.norm(area, axis=1, keepdims=True), 1e-20)
    _, weld = np.unique(np.round(vertices * 20000).astype(np.int32), axis=0, return_inverse=True)
    weld = weld.reshape(-1)[faces]                                       # (T, 3): corners at one place share a number
    smooth = np.zeros((weld.max() + 1, 3))
    for k in range(3):
        for d in range(3):
            smooth[:, d] += np.bincount(weld[:, k], area[:, d], len(smooth))
    smooth /= np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-20)
    corner = smooth[weld]
    gentle = (corner * unit[:, None]).sum(-1, keepdims=True) > CREASE
    return np.where(gentle, corner, unit[:, None]).astype(np.float32)


def normalised(vertices):
    """Vertices moved and scaled into the canonical frame."""
    low, high = vertices.min(0), vertices.max(0)
    return ((vertices - (low + high) / 2) / max((high - low).max(), 1e-9)).astype(np.float32)


VARIANT = {"red", "green", "blue", "yellow", "black", "white", "brown", "grey", "gray", "orange", "purple", "pink",
           "large", "small", "big", "medium", "tall", "short", "long", "wide", "narrow", "open", "closed", "half", "double",
           "single", "left", "right", "top", "bottom", "a", "b", "c", "d", "e", "f", "snow", "dark", "light", "model", "corner"}


def family_of(pack, name):
    """Pack and file-name stem without numbers and variant words: "PineTree_Snow_3" -> "pack/pine tree"."""
    words = re.findall(r"[A-Za-z][a-z]*", re.sub(r"([a-z])([A-Z])", r"\1 \2", Path(name).stem))
    words = [w.lower() for w in words]
    kept = [w for w in words if w not in VARIANT] or words
    return f"{pack}/{' '.join(kept)}"


def load_corpus(folder):
    """All objects of one folder: in the manifest's order, or, without a manifest.json, its *.glb files by name."""
    folder = Path(folder)
    if not (folder / "manifest.json").exists():
        from . import glb
        files = sorted(folder.rglob("*.glb"))
        if not files:
            raise FileNotFoundError(f"{folder} holds neither manifest.json nor .glb files")
        return [glb.read(f) for f in files]
    objects, shards = [], {}
    for entry in json.loads((folder / "manifest.json").read_text()):
        shard = entry["shard"]
        if shard not in shards:
            with np.load(folder / shard) as z:
                shards[shard] = {k: z[k] for k in z.files}
        z, i = shards[shard], entry["index"]
        v0, v1 = z["vertex_offset"][i:i + 2]
        t0, t1 = z["triangle_offset"][i:i + 2]
        vertices = z["vertices"][v0:v1]
        if vertices.dtype == np.uint16:
            vertices = vertices.astype(np.float32) / 65535 - 0.5
        name, pack = entry.get("name", entry["id"]), entry.get("pack", folder.name)
        objects.append(Object(
            id=entry["id"], vertices=np.ascontiguousarray(vertices, np.float32), colours=np.ascontiguousarray(z["colors"][v0:v1, :3]),
            faces=z["triangles"][t0:t1].astype(np.int32), category=entry.get("category", "object"),
            caption=entry.get("caption", entry.get("category", "object")), licence=entry.get("license", ""),
            author=entry.get("author", ""), source=entry.get("source", ""), family=family_of(pack, name)))
    return objects


def load_objects(folders, procedural=600, seed=0, variants=0):
    """Objects of one or several corpus folders, `procedural` generated ones, then `variants` of each; always in the same order."""
    from . import procedural as generator
    from . import variants as stretched
    folders = [folders] if isinstance(folders, (str, Path)) else list(folders)
    objects = [o for f in folders for o in load_corpus(f)]
    objects += generator.objects(procedural, seed)
    return objects + stretched.variants(objects, variants, seed)


def split(objects, share=0.1):
    """(train, validation): index arrays; whole families go to one side, chosen by a hash of the family's name."""
    fraction = np.array([int(hashlib.sha256(o.family.encode()).hexdigest()[:8], 16) / 2 ** 32 for o in objects])
    return np.flatnonzero(fraction >= share), np.flatnonzero(fraction < share)


def fingerprint(objects):
    """Hash of which objects these are and in what order: records that name objects by number depend on it."""
    h = hashlib.sha256()
    for o in objects:
        h.update(f"{o.id} {len(o.vertices)} {len(o.faces)} {int(o.colours.sum(dtype=np.int64))}\n".encode())
    return h.hexdigest()[:16]
