"""Random coloured objects made from code: boxes, lathe shapes, furniture, stacks. Each is drawn from its own seed.

A part is (vertices (V, 3), faces (T, 3), colours (V, 3)) with y up; parts are joined and put in the canonical frame.
"""
import colorsys

import numpy as np

from .corpus import Object, normalised

COLOURS = {"red": (190, 40, 40), "orange": (225, 125, 35), "yellow": (230, 200, 60), "green": (70, 140, 60), "dark green": (30, 80, 45),
           "blue": (50, 90, 180), "light blue": (130, 180, 220), "purple": (120, 70, 150), "pink": (225, 140, 165), "brown": (120, 75, 45),
           "beige": (215, 195, 160), "white": (235, 235, 230), "light gray": (185, 185, 185), "gray": (120, 120, 125), "black": (35, 35, 38)}


def paint(rng, wood=0.3):
    """(name, rgb float (3,)) of a random colour, a little off its name's centre."""
    name = rng.choice(["brown", "beige", "white", "black"]) if rng.random() < wood else rng.choice(list(COLOURS))
    h, s, v = colorsys.rgb_to_hsv(*(np.array(COLOURS[name]) / 255))
    rgb = colorsys.hsv_to_rgb((h + rng.normal(0, 0.015)) % 1, np.clip(s * rng.uniform(0.75, 1.2), 0, 1), np.clip(v * rng.uniform(0.8, 1.15), 0.05, 1))
    return str(name), np.array(rgb) * 255


def join(parts):
    """One (vertices, faces, colours) from several."""
    offset = np.cumsum([0] + [len(p[0]) for p in parts])
    return (np.concatenate([p[0] for p in parts]), np.concatenate([p[1] + o for p, o in zip(parts, offset)]),
            np.concatenate([p[2] for p in parts]))


def tinted(vertices, faces, rgb):
    return vertices, faces, np.broadcast_to(np.asarray(rgb, float), vertices.shape).copy()


def moved(part, by, turn=None):
    v = part[0] if turn is None else part[0] @ np.asarray(turn).T
    return v + np.asarray(by, float), part[1], part[2]


def grid(n, m):
    """Faces of an (n + 1) x (m + 1) sheet of vertices."""
    i, j = np.meshgrid(np.arange(n), np.arange(m), indexing="ij")
    a = (i * (m + 1) + j).ravel()
    b, c, d = a + 1, a + m + 2, a + m + 1
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def box(size, rgb, cells=1, bulge=0.0):
    """A box of `size` (3), each side cut into cells x cells; `bulge` > 0 rounds its edges (0.1 slight, 0.5 a pebble)."""
    cells = max(cells, 6) if bulge else cells
    t = np.linspace(-0.5, 0.5, cells + 1)
    if bulge:
        t = np.sign(t) * (0.5 - 0.5 * (1 - np.abs(t) * 2) ** 1.5)
    u, v = (x.ravel() for x in np.meshgrid(t, t, indexing="ij"))
    one, sides = np.full_like(u, 0.5), []
    for d in range(3):
        for s in (-1, 1):
            p = np.empty((len(u), 3))
            p[:, d], p[:, (d + 1) % 3], p[:, (d + 2) % 3] = s * one, (u if s > 0 else v), (v if s > 0 else u)
            sides.append((p, grid(cells, cells)[:, ::-1], p))
    p, f, _ = join(sides)
    size = np.asarray(size, float)
    if bulge:
        radius = bulge * size.min()
        inner = np.clip(p * size, -(size / 2 - radius), size / 2 - radius)
        d = p * size - inner
        p = inner + d / np.maximum(np.linalg.norm(d, axis=1, keepdims=True), 1e-9) * radius
    else:
        p = p * size
    return tinted(p, f, rgb)


def lathe(profile, rgb, around=24):
    """A surface of revolution about y: `profile` (P, 2) of radius and height, from the top of the axis round to its foot."""
    profile = np.asarray(profile, float)
    angle = np.linspace(0, 2 * np.pi, around + 1)
    r, y = profile[:, :1], profile[:, 1:]
    p = np.stack([r * np.cos(angle), y + 0 * angle, r * np.sin(angle)], -1).reshape(-1, 3)
    return tinted(p, grid(len(profile) - 1, around)[:, ::-1], rgb)


def cylinder(radius, height, rgb, top=None, around=20, rings=1):
    t = np.linspace(1, 0, rings + 1)
    top = radius if top is None else top
    return lathe([(0, height), *[(radius + (top - radius) * x, height * x) for x in t], (0, 0)], rgb, around)


def sphere(radius, rgb, rings=12, around=24):
    a = np.linspace(0, np.pi, rings + 1)
    return lathe(np.stack([np.sin(a) * radius, np.cos(a) * radius], 1), rgb, around)


def torus(big, small, rgb, arc=1.0, around=28, rings=12):
    a, b = np.meshgrid(np.linspace(0, 2 * np.pi * arc, around + 1), np.linspace(0, 2 * np.pi, rings + 1), indexing="ij")
    p = np.stack([(big + small * np.cos(b)) * np.cos(a), small * np.sin(b), (big + small * np.cos(b)) * np.sin(a)], -1)
    return tinted(p.reshape(-1, 3), grid(around, rings), rgb)


def smooth_profile(points, n=28):
    """Points (P, 2) joined by a curve through all of them, as n points."""
    from scipy.interpolate import PchipInterpolator
    points = np.asarray(points, float)
    t = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1) + 1e-6)])
    return PchipInterpolator(t, points)(np.linspace(0, t[-1], n))


def hollow(outer, wall, floor):
    """Profile of a vessel: the inner wall from the axis up to the rim, then the outer one down to the axis."""
    outer = np.asarray(outer, float)                                       # (P, 2) from rim to foot
    inner = outer[outer[:, 1] > floor][::-1].copy()
    inner[:, 0] = np.maximum(inner[:, 0] - wall, 0.01)
    return np.concatenate([[(0, floor)], [(inner[0, 0], floor)], inner, outer, [(0, outer[-1, 1])]])


# Kinds: each gives (category, parts, main colour's name) ------------------------------------------------

def plain_solid(rng):
    name, rgb = paint(rng, 0.1)
    s = rng.uniform(0.25, 1, 3)
    kind = rng.choice(["box", "rounded box", "cylinder", "cone", "ball", "ring", "dome", "prism"])
    if kind == "box": part = box(s, rgb, 8)
    elif kind == "rounded box": part = box(s, rgb, 10, rng.uniform(0.1, 0.45))
    elif kind == "cylinder": part = cylinder(s[0] / 2, s[1], rgb, rings=10)
    elif kind == "cone": part = cylinder(s[0] / 2, s[1], rgb, top=rng.uniform(0, 0.2) * s[0], rings=10)
    elif kind == "ball": part = sphere(0.5, rgb, 16, 32)
    elif kind == "ring": part = torus(0.5, rng.uniform(0.08, 0.25), rgb)
    elif kind == "dome": part = lathe([*[(np.sin(a) * 0.5, np.cos(a) * s[0]) for a in np.linspace(0, np.pi / 2, 12)], (0, 0)], rgb)
    else: part = cylinder(s[0] / 2, s[1], rgb, around=int(rng.integers(3, 9)), rings=8)
    return kind, [part], name


def vessel(rng):
    name, rgb = paint(rng, 0.15)
    kind = rng.choice(["vase", "bowl", "mug", "bottle", "plant pot", "plate", "cup", "jar"])
    w = rng.uniform
    if kind == "vase": outer = smooth_profile([(w(.1, .3), 1), (w(.06, .15), w(.75, .85)), (w(.2, .4), w(.35, .55)), (w(.1, .25), 0)])
    elif kind == "bowl": outer = smooth_profile([(.5, w(.3, .5)), (w(.36, .46), w(.12, .2)), (w(.15, .25), 0)])
    elif kind == "plate": outer = smooth_profile([(.5, w(.05, .12)), (w(.32, .4), w(.02, .04)), (w(.2, .3), 0)])
    elif kind == "bottle": outer = smooth_profile([(.05, 1), (.055, w(.75, .9)), (w(.12, .2), w(.55, .65)), (w(.13, .2), .3), (w(.12, .2), 0)])
    elif kind == "jar": outer = smooth_profile([(w(.2, .3), .8), (w(.2, .28), .7), (w(.3, .4), .55), (w(.28, .4), 0)])
    else:
        foot = w(.2, .4)
        outer = np.linspace((w(.3, .4), w(.6, .9)), (foot, 0), 12)
    parts = [lathe(hollow(outer, w(.015, .04), w(.02, .05)), rgb, 28)]
    if kind in ("mug", "cup") and rng.random() < 0.85:
        h, r = outer[0, 1], outer[len(outer) // 2, 0]
        ring = torus(w(.18, .26) * h / .7, w(.025, .045), rgb, 0.55)
        parts.append(moved(ring, (r, h * .5, 0), [[0, 0, -1], [1, 0, 0], [0, -1, 0]]))
    if kind == "bottle":
        other, tint = paint(rng, 0.2)
        parts.append(moved(cylinder(.06, w(.05, .1), tint), (0, .97, 0)))
        if rng.random() < 0.6: parts.append(moved(cylinder(max(outer[:, 0]) * 1.01, .22, paint(rng)[1], rings=4), (0, .15, 0)))
    if kind == "plant pot":
        green = paint(rng, 0)[1] * 0 + np.array(COLOURS["green"]) * w(.6, 1.3)
        for _ in range(int(rng.integers(4, 14))):
            leaf = box((w(.05, .2), w(.3, .7), w(.02, .08)), green * w(.8, 1.2), 6, 0.4)
            leaf = moved(leaf, (0, np.ptp(leaf[0][:, 1]) / 2, 0))
            parts.append(moved(leaf, (0, outer[0, 1] * .8, 0), turned(rng, w(0, .9))))
        kind = "potted plant"
    return kind, parts, name


def turned(rng, tilt):
    """Rotation: tilt (radians) about x, then any turn about y."""
    a, c, s = rng.uniform(0, 2 * np.pi), np.cos(tilt), np.sin(tilt)
    return np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]]) @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def legs(rng, width, depth, height, thick, rgb, inset=0.0):
    make = (lambda: box((thick, height, thick), rgb)) if rng.random() < 0.6 else (lambda: moved(cylinder(thick / 2 * rng.uniform(.6, 1), height, rgb, thick / 2, 12), (0, -height / 2, 0)))
    x, z = width / 2 - thick / 2 - inset, depth / 2 - thick / 2 - inset
    return [moved(make(), (sx * x, height / 2, sz * z)) for sx in (-1, 1) for sz in (-1, 1)]


def table(rng):
    name, rgb = paint(rng, 0.6)
    w, d, h, t = rng.uniform(.6, 1.6), rng.uniform(.5, 1), rng.uniform(.3, .8), rng.uniform(.03, .08)
    top = paint(rng, 0.6)[1] if rng.random() < 0.3 else rgb
    if rng.random() < 0.25:
        parts = [moved(cylinder(d / 2, t, top, around=32), (0, h, 0))]
        if rng.random() < 0.5: parts += [cylinder(.05, h, rgb), cylinder(d * .3, .04, rgb)]
        else: parts += legs(rng, d * .7, d * .7, h, rng.uniform(.04, .09), rgb)
    else:
        parts = [moved(box((w, t, d), top, 6), (0, h + t / 2, 0)), *legs(rng, w, d, h, rng.uniform(.04, .1), rgb, rng.uniform(0, .06))]
        if rng.random() < 0.3: parts.append(moved(box((w * .9, t * .6, d * .9), rgb), (0, h * .3, 0)))
        if rng.random() < 0.2: parts.append(moved(box((w * .3, h * .8, d * .85), rgb), (w * .32, h * .6, 0)))
    return ("desk" if len(parts) == 6 and rng.random() < .3 else "table"), parts, name


def chair(rng):
    name, rgb = paint(rng, 0.5)
    seat = paint(rng, 0.2)[1] if rng.random() < 0.5 else rgb
    w, d, h, t = rng.uniform(.4, .55), rng.uniform(.4, .55), rng.uniform(.38, .5), rng.uniform(.03, .09)
    parts = [moved(box((w, t, d), seat, 6, .3 if t > .06 else 0), (0, h + t / 2, 0)), *legs(rng, w, d, h, rng.uniform(.03, .06), rgb)]
    kind = rng.choice(["chair", "stool", "armchair"], p=[.65, .2, .15])
    if kind == "stool": return kind, parts, name
    back = rng.uniform(.35, .6)
    if rng.random() < 0.5: parts.append(moved(box((w, back, rng.uniform(.02, .05)), seat, 4), (0, h + t + back / 2, -d / 2 + .02)))
    else:
        n = int(rng.integers(2, 6))
        parts += [moved(box((.03, back, .03), rgb), (x, h + back / 2, -d / 2 + .02)) for x in np.linspace(-w / 2 + .02, w / 2 - .02, n)]
        parts.append(moved(box((w, .08, .035), rgb), (0, h + back, -d / 2 + .02)))
    if kind == "armchair": parts += [moved(box((.06, .2, d), rgb), (s * w / 2, h + .15, 0)) for s in (-1, 1)]
    return kind, parts, name


def shelf(rng):
    name, rgb = paint(rng, 0.6)
    w, d, h, t, n = rng.uniform(.5, 1.2), rng.uniform(.22, .45), rng.uniform(.7, 2), .035, int(rng.integers(2, 6))
    parts = [moved(box((t, h, d), rgb), (s * w / 2, h / 2, 0)) for s in (-1, 1)]
    parts += [moved(box((w, t, d), rgb), (0, y, 0)) for y in np.linspace(t / 2, h - t / 2, n)]
    if rng.random() < 0.6: parts.append(moved(box((w, h, .015), rgb * .9), (0, h / 2, -d / 2)))
    if rng.random() < 0.5:
        for y in np.linspace(t / 2, h - t / 2, n)[:-1]:
            x = -w / 2 + .05
            while x < w / 2 - .08 and rng.random() < 0.9:
                b = (rng.uniform(.02, .06), rng.uniform(.4, .85) * h / n, d * rng.uniform(.5, .8))
                parts.append(moved(box(b, paint(rng, .1)[1]), (x + b[0] / 2, y + t / 2 + b[1] / 2, 0)))
                x += b[0] + (rng.uniform(0, .2) if rng.random() < .2 else .003)
    return ("bookcase" if len(parts) > n + 4 else "shelf"), parts, name


def cabinet(rng):
    name, rgb = paint(rng, 0.6)
    w, d, h = rng.uniform(.4, 1.2), rng.uniform(.35, .6), rng.uniform(.4, 1.4)
    parts = [moved(box((w, h, d), rgb), (0, h / 2, 0))]
    rows, columns = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    front, knob = rgb * rng.uniform(.75, 1.1), paint(rng, .5)[1]
    for i in range(rows):
        for j in range(columns):
            x, y = (j + .5) / columns * w - w / 2, (i + .5) / rows * h
            parts.append(moved(box((w / columns * .9, h / rows * .88, .02), front), (x, y, d / 2 + .01)))
            parts.append(moved(box((.06, .02, .03), knob), (x, y, d / 2 + .03)))
    return "drawer cabinet", parts, name


def sofa(rng):
    name, rgb = paint(rng, 0.15)
    w, d, h, a, n = rng.uniform(.8, 2.2), rng.uniform(.7, .95), rng.uniform(.35, .45), rng.uniform(.1, .25), int(rng.integers(1, 4))
    parts = [moved(box((w, h * .6, d), rgb * .9, 4, .1), (0, h * .35, 0)), moved(box((w, rng.uniform(.7, .95), .2), rgb, 4, .3), (0, .45, -d / 2 + .1))]
    parts += [moved(box((a, h + .22, d), rgb, 4, .3), (s * (w / 2 - a / 2), h / 2 + .11, 0)) for s in (-1, 1)]
    cushion = paint(rng, .1)[1] if rng.random() < .3 else rgb * 1.08
    parts += [moved(box(((w - 2 * a) / n * .97, .16, d * .75), cushion, 6, .35), ((i + .5) * (w - 2 * a) / n - w / 2 + a, h * .75, .06)) for i in range(n)]
    return ("armchair" if w < 1.1 else "sofa"), parts, name


def lamp(rng):
    name, rgb = paint(rng, 0.2)
    shade, h = paint(rng, 0.4)[1], rng.uniform(.4, 1.5)
    r = rng.uniform(.15, .3)
    parts = [cylinder(r * rng.uniform(.5, .9), .04, rgb), cylinder(.02, h, rgb, around=10),
             moved(lathe([(r * rng.uniform(.3, .9), .3), (r, 0), (r * .95, 0), (r * .3, .29)], shade), (0, h - .15, 0))]
    return "lamp", parts, name


def books(rng):
    parts, y, name = [], 0.0, ""
    for _ in range(int(rng.integers(1, 6))):
        name, rgb = paint(rng, 0.05)
        w, t, d = rng.uniform(.15, .25), rng.uniform(.015, .06), rng.uniform(.2, .32)
        turn = turned(rng, 0)
        cover = [moved(box((w, .003, d), rgb), (0, s, 0)) for s in (0, t)] + [moved(box((.003, t, d), rgb), (-w / 2, t / 2, 0))]
        parts += [moved(p, (0, y, 0), turn) for p in cover + [moved(box((w * .97, t, d * .96), (235, 228, 205)), (0, t / 2, 0))]]
        y += t + .004
    return ("book" if len(parts) == 4 else "stack of books"), parts, name


def stack(rng):
    """Three to six simple solids on top of each other: no real thing, but many shapes."""
    parts, y, name = [], 0.0, ""
    for _ in range(int(rng.integers(2, 6))):
        name, rgb = paint(rng, 0.1)
        s = rng.uniform(.15, .7, 3)
        p = [box(s, rgb, 4, rng.choice([0, .2])), moved(cylinder(s[0] / 2, s[1], rgb, rng.uniform(.05, .5) * s[0]), (0, -s[1] / 2, 0)),
             sphere(s[1] / 2, rgb), box(s, rgb)][rng.integers(4)]
        parts.append(moved(p, (rng.normal(0, .04), y + s[1] / 2, rng.normal(0, .04)), turned(rng, 0)))
        y += s[1] * .98
    return "toy", parts, name


def house(rng):
    name, rgb = paint(rng, 0.3)
    w, d, h, r = rng.uniform(.6, 1.2), rng.uniform(.5, 1), rng.uniform(.4, 1), rng.uniform(.2, .6)
    roof = paint(rng, .3)[1]
    x, z = w / 2 * 1.1, d / 2 * 1.1
    v = np.array([(-x, h, -z), (x, h, -z), (x, h, z), (-x, h, z), (-x, h + r, 0), (x, h + r, 0)])
    f = np.array([(0, 1, 2), (0, 2, 3), (3, 2, 5), (3, 5, 4), (1, 0, 4), (1, 4, 5), (0, 3, 4), (2, 1, 5)])
    parts = [moved(box((w, h, d), rgb, 4), (0, h / 2, 0)), tinted(v, f, roof), moved(box((.14, .28, .02), roof * .6), (0, .14, d / 2))]
    parts += [moved(box((.14, .14, .02), (170, 205, 225)), (s * w * .3, h * .55, d / 2)) for s in (-1, 1)]
    return "house", parts, name


KINDS = [(plain_solid, 5), (vessel, 6), (table, 4), (chair, 4), (shelf, 2), (cabinet, 2), (sofa, 2), (lamp, 2), (books, 2), (stack, 3), (house, 1)]


def pattern(rng, vertices, colours):
    """(word, colours): stripes, checks or noise painted over the finest parts of an object, seldom."""
    kind = rng.choice(["plain", "striped", "checked", "spotted"], p=[.6, .16, .1, .14])
    other, k = paint(rng, 0.2)[1], rng.uniform(6, 16)
    if kind == "striped": mask = np.sin(vertices[:, rng.integers(3)] * k * 3) > rng.uniform(-.3, .5)
    elif kind == "checked": mask = (np.floor(vertices * k + .01).sum(1) % 2) > 0
    elif kind == "spotted": mask = np.sin(vertices @ rng.normal(0, k * 1.5, (3, 4))).sum(1) > rng.uniform(.6, 1.6)
    else: mask = np.zeros(len(vertices), bool)
    return ("" if kind == "plain" else kind), np.where(mask[:, None], other, colours)


def make(seed):
    rng = np.random.default_rng([seed, 77])
    kinds, weights = zip(*KINDS)
    kind, parts, name = kinds[rng.choice(len(kinds), p=np.array(weights) / sum(weights))](rng)
    vertices, faces, colours = join(parts)
    vertices = normalised(vertices * rng.uniform(.8, 1.25, 3)) if rng.random() < .5 else normalised(vertices)
    word, colours = pattern(rng, vertices, colours)
    return Object(id=f"procedural-{seed}", vertices=vertices, faces=faces.astype(np.int32), colours=np.clip(colours, 0, 255).astype(np.uint8),
                  category=str(kind), caption=" ".join(f"a {word} {name} {kind}".split()), licence="CC0-1.0", author="SceneMaker",
                  source="procedural", family=f"procedural/{seed}")


def objects(count, seed=0):
    return [make(seed * 1000003 + i) for i in range(count)]
