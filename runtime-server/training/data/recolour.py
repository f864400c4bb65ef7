"""Other colours for an object, so that a colour edge is no sign of an object's edge, nor its lack of none."""
import colorsys

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph


def parts(rng, o, most=4):
    """Group number of every vertex: connected pieces of the mesh thrown together, or slices of a mesh in one piece."""
    edges = o.faces[:, [0, 1, 1, 2]].reshape(-1, 2)
    graph = sparse.coo_matrix((np.ones(len(edges), np.int8), edges.T), (len(o.vertices),) * 2)
    count, piece = csgraph.connected_components(graph, directed=False)
    if count > 1:
        return rng.integers(0, min(most, count), count)[piece]
    at = o.vertices[:, rng.choice([0, 1, 1, 2])]
    return np.searchsorted(np.sort(rng.uniform(at.min(), at.max(), rng.integers(0, 3))), at)


def recolour(rng, o, near=None):
    """uint8 (V, 3) sRGB: every part in a colour of its own, its shading kept. near: an sRGB colour 0..1 to stay close to, so that
    the object hardly stands out."""
    group = parts(rng, o)
    light = o.colours @ np.array([.3, .59, .11])
    result = o.colours.astype(np.float64)
    for k in np.unique(group):
        if near is None and rng.random() < .25:
            continue
        mine = group == k
        if near is None:
            colour = np.array(colorsys.hsv_to_rgb(rng.random(), rng.beta(1.2, 1.6), rng.uniform(.1, 1)))
        else:
            colour = np.asarray(near) * rng.uniform(.75, 1.25)
        result[mine] = 255 * colour * (light[mine] / max(light[mine].mean(), 8))[:, None] ** .7
    return np.clip(result, 0, 255).astype(np.uint8)
