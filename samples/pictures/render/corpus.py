"""The object corpus: coloured meshes by id."""

import json
from pathlib import Path

import numpy as np

from .colour import linear
from .materials import vertex_coloured
from .mesh import solid


class Corpus:
    """A folder with `manifest.json` and `objects-NNN.npz`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        entries = json.loads((self.folder / 'manifest.json').read_text(encoding='utf-8'))
        self.entries = {entry['id']: entry for entry in entries}
        self.shards = {}

    def source(self, identifier):
        """Where an object comes from, for the document."""
        entry = self.entries[identifier]
        return {'corpus': identifier, 'pack': entry['pack'], 'author': entry['author'], 'licence': entry['license']}

    def load(self, random, identifier, metres, roughness):
        """A Blender object whose longest side is `metres`."""
        vertices, colours, triangles = self._arrays(self.entries[identifier])
        points = vertices.astype(np.float64) / 65535 - 0.5
        points = points / np.ptp(points, axis=0).max() * metres
        points = np.stack([points[:, 0], -points[:, 2], points[:, 1]], axis=1)  # y up to z up
        # One vertex a position, so that normals are smooth across seams of colour.
        _, first, welded = np.unique(vertices, axis=0, return_index=True, return_inverse=True)
        faces = welded.reshape(-1)[triangles]
        keep = (faces != np.roll(faces, 1, axis=1)).all(axis=1)
        item = solid(
            identifier, ((list(points[first]), faces[keep]), vertex_coloured(random, roughness)), smooth_degrees=38.0
        )
        corners = linear(colours[triangles[keep].reshape(-1)] / 255.0)
        layer = item.data.color_attributes.new('Col', 'FLOAT_COLOR', 'CORNER')
        layer.data.foreach_set('color', np.insert(corners, 3, 1.0, axis=1).astype(np.float32).reshape(-1))
        return item

    def _arrays(self, entry):
        """Quantised vertices (V, 3), sRGB colours (V, 3) and triangles (T, 3)."""
        if entry['shard'] not in self.shards:
            self.shards[entry['shard']] = dict(np.load(self.folder / entry['shard']))
        shard, i = self.shards[entry['shard']], entry['index']
        v0, v1 = shard['vertex_offset'][i : i + 2]
        t0, t1 = shard['triangle_offset'][i : i + 2]
        return shard['vertices'][v0:v1], shard['colors'][v0:v1], shard['triangles'][t0:t1].astype(int)
