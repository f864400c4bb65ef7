"""One scene as one fixed-size record (numpy structured dtype), and make(): how a record is drawn.

Units: metres, pixels of the picture (pixel (column j, row i) covers [j, j + 1) x [i, i + 1), its centre is at + 0.5).
Camera space: x right, y down, z forward. Canonical object space: y up, box centred, longest side 1.
`p_camera = rotation (size * p_canonical) + translation`.
"""
import numpy as np
from scipy import ndimage

from . import camera, render, scene as scenes

OBJECTS, CROPS, UNUSED = 8, 4, 255


def layout(px=192, crop=96):
    """The record's dtype for pictures of px x px and crops of crop x crop."""
    return np.dtype([
        ("picture", "u1", (px, px, 3)),            # sRGB
        ("depth", "f2", (px, px)),                 # z in metres, inf where there is only sky
        ("ids", "u1", (px, px)),                   # 0 surroundings, k + 1 = object slot k, 255 clutter
        ("focal", "f4"), ("cx", "f4"), ("cy", "f4"),
        ("up", "f4", 3),                           # against gravity, camera space
        ("rotation", "f4", (3, 3)), ("position", "f4", 3),   # camera-to-world; ground at y = 0
        ("count", "u1"),                           # objects in slots 0 .. count - 1
        ("object", "i4", OBJECTS),                 # number in the object list, -1 unused
        ("pose", "f4", (OBJECTS, 13)),             # rotation canonical -> camera (9, row by row), translation (3), size
        ("centroid", "f4", (OBJECTS, 2)),          # mean x, y of the visible pixels
        ("pixels", "i4", OBJECTS),                 # visible pixels
        ("fraction", "f4", OBJECTS),               # visible / whole silhouette, the part outside the picture counted as hidden
        ("cropSlot", "u1", CROPS),                 # which object, 255 unused
        ("cropWindow", "f4", (CROPS, 3)),          # left, top, side in picture pixels: deocclude_window of the visible mask
        ("cropWhole", "u1", (CROPS, crop, crop, 4)),   # the object alone, sRGB (not premultiplied) and alpha
        ("cropDepth", "f2", (CROPS, crop, crop)),  # z of the object alone, inf outside
        ("cropVisible", "u1", (CROPS, crop, crop)),    # 1: the object's visible pixels
        ("cropHidden", "u1", (CROPS, crop, crop)),     # 1: another object's pixel, or outside the picture
    ])


def touches_hidden(ids, slot, box):
    """Whether more than 2 % of the ring round the visible mask is another object or outside the picture."""
    x0, y0, x1, y1 = box
    r = max(2, round(0.03 * max(x1 - x0, y1 - y0)))
    h, w = ids.shape
    patch = np.full((y1 - y0 + 2 * r, x1 - x0 + 2 * r), UNUSED, np.uint8)
    a, b, c, d = max(y0 - r, 0), min(y1 + r, h), max(x0 - r, 0), min(x1 + r, w)
    patch[a - y0 + r:b - y0 + r, c - x0 + r:d - x0 + r] = ids[a:b, c:d]
    mask = patch == slot + 1
    ring = ndimage.maximum_filter(mask, size=2 * r + 1, mode="constant") & ~mask
    return (ring & (patch != 0)).sum() > 0.02 * max(ring.sum(), 1)


def deocclude_window(ids, slot):
    """(left, top, side) of the square window round the visible pixels of one slot."""
    rows, columns = np.flatnonzero((ids == slot + 1).any(1)), np.flatnonzero((ids == slot + 1).any(0))
    x0, y0, x1, y1 = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    side = max(x1 - x0, y1 - y0) * (1.7 if touches_hidden(ids, slot, (x0, y0, x1, y1)) else 1.2)
    return (x0 + x1 - side) / 2, (y0 + y1 - side) / 2, side


def whole_pixels(s, k, n=96):
    """Area of the whole silhouette of item k in picture pixels, also beyond the picture's border."""
    p = s.bodies[k][0]
    if p[:, 2].min() < render.NEAR * 2:
        return np.inf
    x, y = p[:, 0] / p[:, 2] * s.focal + s.cx, p[:, 1] / p[:, 2] * s.focal + s.cy
    side = max(np.ptp(x), np.ptp(y)) + 1
    zoom = n / side
    one = render.Geometry()
    one.add(*s.bodies[k])
    _, tri = render.raster(one.joined(), n, n, s.focal * zoom, (s.cx - x.min() + .5) * zoom, (s.cy - y.min() + .5) * zoom)
    return (tri >= 0).sum() / zoom ** 2


def make(seed, objects, choose, config, dtype):
    """One record, (shape (), dtype), from a seed (an int or a list of ints). Also returned: the Scene it shows."""
    rng = np.random.default_rng(seed)
    px, crop = dtype["picture"].shape[0], dtype["cropDepth"].shape[1]
    while (s := scenes.compose(rng, objects, choose, config, px)) is None:
        pass
    r = np.zeros((), dtype)
    out, ids, depth = scenes.draw(s)
    look = np.random.default_rng(s.seed_look)
    gain, shoulder, gamma, vignette = camera.tone(look, out, ids)
    r["picture"] = camera.expose(look, render.develop(out, gain, shoulder, gamma, vignette))
    r["depth"], r["ids"] = np.where(depth > 60000, np.inf, depth), ids
    r["focal"], r["cx"], r["cy"], r["up"], r["rotation"], r["position"] = s.focal, s.cx, s.cy, s.settings["up"][0], s.rotation, s.position
    r["count"], r["object"] = len(s.items), -1
    r["cropSlot"] = UNUSED
    pixels = np.bincount(ids.ravel(), minlength=OBJECTS + 1)[1:OBJECTS + 1]
    r["pixels"] = pixels
    for k, item in enumerate(s.items):
        rotation, translation, size = s.pose(k)
        r["object"][k] = item.index
        r["pose"][k] = np.concatenate([rotation.ravel(), translation, [size]])
        if pixels[k]:
            y, x = np.nonzero(ids == k + 1)
            r["centroid"][k] = x.mean() + .5, y.mean() + .5
            r["fraction"][k] = min(1.0, pixels[k] / max(whole_pixels(s, k), pixels[k]))
    large = np.flatnonzero((pixels >= 0.006 * px * px)[:len(s.items)] & ~s.recoloured)    # crops stand beside the object's own colours
    order = large[np.argsort(r["fraction"][large] + rng.uniform(0, 0.5, len(large)))]      # the more hidden first, mostly
    full = render.Geometry()
    for b in s.bodies:
        full.add(*b)
    full.parts += [(p[0], p[1] + full.vertices, *p[2:]) for p in s.stage.parts]
    joined = full.joined()
    owner = s.materials["id"][joined[4]]
    for c, k in enumerate(order[:CROPS]):
        x, y, side = deocclude_window(ids, k)
        zoom = crop / side
        view = dict(focal=s.focal * zoom, cx=(s.cx - x) * zoom, cy=(s.cy - y) * zoom)
        whole, _, z = scenes.draw(s, only=k, side=crop, **view)
        r["cropSlot"][c], r["cropWindow"][c] = k, (x, y, side)
        r["cropWhole"][c, ..., :3] = render.develop(whole, gain, shoulder, gamma)
        r["cropWhole"][c, ..., 3] = np.round(whole[..., 3] * 255)
        r["cropDepth"][c] = z
        _, tri = render.raster(joined, crop, crop, **view)
        seen = np.where(tri >= 0, owner[tri], 0)
        at = (np.arange(crop) + .5) / zoom
        within = (((at + y >= 0) & (at + y < px))[:, None]) & (((at + x >= 0) & (at + x < px))[None])
        r["cropVisible"][c] = (seen == k + 1) & within
        r["cropHidden"][c] = ((seen > 0) & (seen != k + 1)) | ~within
    return r, s
