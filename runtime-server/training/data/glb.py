"""GLB (binary glTF 2.0): write one coloured mesh; read a file's triangles and colours as one Object.

glTF is y up and right-handed, as the canonical frame; its vertex colours are linear, an Object's are sRGB.
"""
import io
import json
import struct
from pathlib import Path

import numpy as np

from .corpus import Object, family_of, normalised
from .render import linear

TYPES = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


def srgb(x):
    x = np.clip(x, 0, 1)
    return np.where(x <= 0.0031308, x * 12.92, 1.055 * np.maximum(x, 1e-9) ** (1 / 2.4) - 0.055)


def write(path, vertices, faces, colours, name="object"):
    """vertices float (V, 3), faces (T, 3), colours uint8 sRGB (V, 3)."""
    position = np.asarray(vertices, "<f4")
    colour = np.full((len(position), 4), 65535, "<u2")
    colour[:, :3] = np.round(linear(np.asarray(colours) / 255) * 65535)
    index = np.asarray(faces, "<u4")
    blobs = [position.tobytes(), colour.tobytes(), index.tobytes()]
    starts = np.cumsum([0] + [len(b) for b in blobs])
    document = {
        "asset": {"version": "2.0", "generator": "SceneMaker"}, "scene": 0, "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": name}],
        "meshes": [{"name": name, "primitives": [{"attributes": {"POSITION": 0, "COLOR_0": 1}, "indices": 2, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 0.9}, "doubleSided": True}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": len(position), "type": "VEC3",
                       "min": position.min(0).tolist(), "max": position.max(0).tolist()},
                      {"bufferView": 1, "componentType": 5123, "normalized": True, "count": len(position), "type": "VEC4"},
                      {"bufferView": 2, "componentType": 5125, "count": index.size, "type": "SCALAR"}],
        "bufferViews": [{"buffer": 0, "byteOffset": int(starts[k]), "byteLength": len(blobs[k]), "target": 34963 if k == 2 else 34962} for k in range(3)],
        "buffers": [{"byteLength": int(starts[-1])}]}
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body = b"".join(blobs)
    body += b"\0" * (-len(body) % 4)
    Path(path).write_bytes(struct.pack("<4sIII4s", b"glTF", 2, 28 + len(text) + len(body), len(text), b"JSON") + text
                           + struct.pack("<I4s", len(body), b"BIN\0") + body)


def read(path):
    """One Object of all triangles in the file's scene, in the canonical frame. Textures need Pillow, else they are left out."""
    raw = Path(path).read_bytes()
    if raw[:4] != b"glTF":
        raise ValueError(f"{path} is no GLB file")
    size = struct.unpack_from("<I", raw, 12)[0]
    g, body = json.loads(raw[20:20 + size]), raw[28 + size:]

    def accessor(k):
        a = g["accessors"][k]
        view, dtype, width = g["bufferViews"][a["bufferView"]], np.dtype(TYPES[a["componentType"]]), WIDTH[a["type"]]
        start, stride = view.get("byteOffset", 0) + a.get("byteOffset", 0), view.get("byteStride", 0) or dtype.itemsize * width
        out = np.ndarray((a["count"], width), dtype, body, start, (stride, dtype.itemsize))
        return out / np.iinfo(dtype).max if a.get("normalized") else out.copy()

    images = {}

    def texture(k):
        source = g["textures"][k].get("source")
        if source not in images:
            images[source] = None
            try:
                from PIL import Image
                view = g["bufferViews"][g["images"][source]["bufferView"]]
                start = view.get("byteOffset", 0)
                images[source] = np.asarray(Image.open(io.BytesIO(body[start:start + view["byteLength"]])).convert("RGB")) / 255
            except (ImportError, KeyError, OSError):
                pass
        return images[source]

    parts = []

    def visit(number, parent):
        node = g["nodes"][number]
        m = np.eye(4)
        if "matrix" in node:
            m = np.array(node["matrix"]).reshape(4, 4).T
        else:
            x, y, z, w = node.get("rotation", (0, 0, 0, 1))
            m[:3, :3] = np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                                  [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                                  [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]]) * np.array(node.get("scale", (1, 1, 1)))
            m[:3, 3] = node.get("translation", (0, 0, 0))
        m = parent @ m
        for p in g["meshes"][node["mesh"]]["primitives"] if "mesh" in node else ():
            if p.get("mode", 4) != 4 or "POSITION" not in p["attributes"]:
                continue
            v = accessor(p["attributes"]["POSITION"]) @ m[:3, :3].T + m[:3, 3]
            f = accessor(p["indices"]).reshape(-1, 3).astype(np.int64) if "indices" in p else np.arange(len(v)).reshape(-1, 3)
            if np.linalg.det(m[:3, :3]) < 0:
                f = f[:, ::-1]
            look = g["materials"][p["material"]].get("pbrMetallicRoughness", {}) if "material" in p else {}
            c = np.ones((len(v), 3)) * np.array(look.get("baseColorFactor", (1, 1, 1, 1)))[:3]
            if "COLOR_0" in p["attributes"]:
                c = c * accessor(p["attributes"]["COLOR_0"])[:, :3]
            t = look.get("baseColorTexture")
            key = f"TEXCOORD_{t.get('texCoord', 0)}" if t else ""
            if t and key in p["attributes"] and (picture := texture(t["index"])) is not None:
                uv = accessor(p["attributes"][key]) % 1
                h, w = picture.shape[:2]
                c = c * linear(picture[np.minimum((uv[:, 1] * h).astype(int), h - 1), np.minimum((uv[:, 0] * w).astype(int), w - 1)])
            parts.append((v, f, c))
        for child in node.get("children", ()):
            visit(child, m)

    for n in g["scenes"][g.get("scene", 0)]["nodes"]:
        visit(n, np.eye(4))
    if not parts:
        raise ValueError(f"{path} has no triangles")
    offset = np.cumsum([0] + [len(p[0]) for p in parts])
    stem = Path(path).stem
    words = stem.replace("_", " ").replace("-", " ").strip() or "object"
    return Object(id=stem, vertices=normalised(np.concatenate([p[0] for p in parts])),
                  faces=np.concatenate([p[1] + o for p, o in zip(parts, offset)]).astype(np.int32),
                  colours=np.round(srgb(np.concatenate([p[2] for p in parts])) * 255).astype(np.uint8),
                  category=words, caption=f"a {words}", source=str(Path(path).name), family=family_of(Path(path).parent.name, stem))
