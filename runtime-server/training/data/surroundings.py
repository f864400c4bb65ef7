"""What is around the objects and is not an object: ground, table top, walls, rugs, pictures, windows, sky, and the light."""
import colorsys

import numpy as np

from . import render


def colour(rng, saturation=0.35, low=0.1, high=0.95):
    """Linear RGB of a random colour; saturation is the usual upper end."""
    s = np.clip(abs(rng.normal(0, saturation)), 0, 1)
    hue = rng.choice([rng.random(), rng.normal(0.09, 0.03) % 1], p=[0.5, 0.5])
    return render.linear(colorsys.hsv_to_rgb(hue, s, rng.uniform(low, high)))


def shades(rng, kind):
    """Three linear colours of one surface."""
    if kind == "grass":
        a = render.linear(colorsys.hsv_to_rgb(rng.normal(0.25, 0.04), rng.uniform(.3, .75), rng.uniform(.25, .7)))
        return a, a * rng.uniform(.4, .9, 3), render.linear(colorsys.hsv_to_rgb(rng.normal(.12, .03), .4, .5))
    if kind == "wood":
        a = render.linear(colorsys.hsv_to_rgb(rng.normal(.075, .02), rng.uniform(.25, .75), rng.uniform(.3, .9)))
        return a, a * rng.uniform(.45, .9), a * 0.25
    a = colour(rng)
    contrast = rng.random()
    b = np.clip(a * rng.uniform(.75, 1.25), 0, 1) if contrast < .6 else colour(rng) if contrast < .8 else a * rng.uniform(.2, .7)
    return a, b, colour(rng) if rng.random() < .4 else a * rng.uniform(.3, .9)


class Stage:
    """Collects textured flat surfaces in the world frame; every one becomes triangles and one material of id 0."""

    def __init__(self):
        self.sheets = []        # (points (V, 3), faces (T, 3), u (3,), v (3,), origin (3,), fields of MATERIAL)

    def sheet(self, rng, points, faces, u, v, kind, repeat, **more):
        numbers = render.bank()[1].get({"grass": "noise"}.get(kind, kind))
        c0, c1, c2 = shades(rng, kind)
        fields = dict(c0=c0, c1=c1, c2=c2, grain=rng.uniform(0, .8), repeat=repeat, kind=1, id=0, flat=1, shininess=40,
                      gloss=rng.uniform(0, .25) if rng.random() < .25 else 0, texture=-1 if numbers is None else int(rng.choice(numbers)))
        fields.update(more)
        points = np.asarray(points, float)
        self.sheets.append((points, np.asarray(faces), np.asarray(u, float), np.asarray(v, float), points[0], fields))

    def quad(self, rng, centre, u, v, half_u, half_v, kind, repeat, **more):
        c, u, v = (np.asarray(x, float) for x in (centre, u, v))
        p = [c - u * half_u - v * half_v, c + u * half_u - v * half_v, c + u * half_u + v * half_v, c - u * half_u + v * half_v]
        self.sheet(rng, p, [(0, 1, 2), (0, 2, 3)], u, v, kind, repeat, **more)


FLOORS = ["noise", "speckle", "marble", "wood", "tiles", "checks", "stripes", "weave", "grass", "shapes"]
X, Y, Z = np.eye(3)


def build(rng, items, camera, radius):
    """(Stage, settings): the world around items for a camera at the given world position; radius of the group in metres."""
    stage, s = Stage(), np.zeros(1, render.SETTINGS)
    low, high = np.min([i.low for i in items], 0), np.max([i.high for i in items], 0)
    kind = rng.choice(["room", "outdoors", "studio", "table", "blank"], p=[.42, .18, .17, .17, .06])
    s["sky"], s["sky_texture"] = 1, -1
    s["sky0"], s["sky1"], s["sky2"] = colour(rng, .2, .5, 1), colour(rng, .2, .4, 1), colour(rng, .2, .6, 1)
    texture = lambda k: int(rng.choice(render.bank()[1][k]))
    floor_kind = lambda: str(rng.choice(FLOORS, p=[.2, .08, .08, .26, .16, .04, .04, .04, .05, .05]))
    if kind == "outdoors":
        if rng.random() < .6:
            s["sky0"] = render.linear(colorsys.hsv_to_rgb(rng.normal(.58, .04), rng.uniform(.05, .4), rng.uniform(.7, 1)))
            s["sky1"] = render.linear(colorsys.hsv_to_rgb(rng.normal(.58, .03), rng.uniform(.3, .8), rng.uniform(.5, 1)))
        if rng.random() < .7:
            s["sky_texture"], s["sky_grain"], s["sky_repeat"] = texture("noise" if rng.random() < .6 else "shapes"), rng.uniform(.2, 1), rng.uniform(.15, .6)
        g = "grass" if rng.random() < .4 else floor_kind()
        stage.quad(rng, [0, 0, 0], X, Z, 60 * radius, 60 * radius, g, rng.uniform(.15, 1) / radius)
        if rng.random() < .35:                                   # something tall in the distance
            for _ in range(int(rng.integers(1, 5))):
                a, d, w = rng.uniform(0, 6.3), rng.uniform(8, 25) * radius, rng.uniform(2, 8) * radius
                stage.quad(rng, [np.cos(a) * d, 0, np.sin(a) * d], [-np.sin(a), 0, np.cos(a)], Y, w, w * rng.uniform(.2, 1), "shapes", .3 / w)
    elif kind == "studio":
        c = colour(rng, .3, .3, 1) if rng.random() < .5 else colour(rng, .1, .8, 1)
        stage.quad(rng, [0, 0, 0], X, Z, 80 * radius, 80 * radius, "none", 1, c0=c, c1=c, grain=0)
        s["sky0"] = s["sky1"] = c * rng.uniform(.8, 1.6)
        if rng.random() < .3:                                    # a low stage under the group
            plate(rng, stage, low, high, radius)
    elif kind == "blank":
        s["sky0"] = s["sky1"] = colour(rng, .1, .85, 1) if rng.random() < .6 else colour(rng)
        s["sky0"] *= 1 if rng.random() < .5 else rng.uniform(.6, 1.2)
    else:
        ground, spot = 0.0, np.array([*low[[0, 2]], *high[[0, 2]]])
        if kind == "table":
            ground = -radius * rng.uniform(.5, 3)
            margin = radius * rng.exponential(.6) + .03 * radius
            table_top(rng, stage, spot + margin * np.array([-1, -1, 1, 1]) * rng.uniform(.5, 1.5, 4), radius * rng.uniform(.03, .15))
        gap = radius * (rng.exponential(.8, 4) + (0.02 if kind == "room" else .6))
        x0, z0 = np.minimum(spot[:2], camera[[0, 2]] - .1 * radius) - gap[:2]
        x1, z1 = np.maximum(spot[2:], camera[[0, 2]] + .1 * radius) + gap[2:]
        tall = max(rng.uniform(1.5, 4) * radius, high[1] * 1.1, camera[1] + .3 * radius) - ground
        room(rng, stage, x0, x1, z0, z1, ground, ground + tall, radius, floor_kind())
    if kind != "blank" and rng.random() < (.45 if kind == "room" else .25):
        rug(rng, stage, (low + high) / 2 + rng.normal(0, .35, 3) * radius, radius)
    strength = rng.uniform(.15, 1.2)
    s["ambient_up"] = strength * (0.6 + 0.4 * colour(rng, .4, .5, 1))
    s["ambient_down"] = s["ambient_up"] * rng.uniform(.25, .9) * (0.6 + 0.4 * colour(rng, .5, .4, 1))
    s["ao_radius"], s["ao_strength"] = radius * rng.uniform(.15, .4), rng.uniform(.4, 1) if rng.random() < .85 else 0
    if rng.random() < .16:
        s["levels"] = rng.integers(1, 4)
    if rng.random() < (.6 if s["levels"][0] else .03):
        s["outline"], s["outline_colour"] = rng.uniform(.4, 1), colour(rng, .2, 0, .25)
    if s["levels"][0] and rng.random() < .3 and s["outline"][0] > 0:
        s["unlit"] = 1
    return stage, s


def rug(rng, stage, centre, radius):
    """A rug, mat or sheet of paper on the ground, often with a border: flat, not an object."""
    a, kind = rng.choice([0, rng.uniform(0, 3)]), str(rng.choice(["none", "stripes", "checks", "weave", "noise", "shapes", "marble"]))
    u, v, half = np.array([np.cos(a), 0, np.sin(a)]), np.array([-np.sin(a), 0, np.cos(a)]), radius * np.exp(rng.uniform(-1.2, .6, 2))
    turn = np.linspace(0, 2 * np.pi, 37)[:-1] if rng.random() < .35 else np.array([.25, .75, 1.25, 1.75]) * np.pi
    corner = np.stack([np.cos(turn), np.sin(turn)], 1) * (1 if len(turn) > 4 else np.sqrt(2))
    for k, scale in enumerate([1, rng.uniform(.7, .95)][:1 + (rng.random() < .5)]):
        ring = np.array([centre[0], (.002 + .002 * k) * radius, centre[2]]) + scale * (corner[:, :1] * u * half[0] + corner[:, 1:] * v * half[1])
        n = np.arange(len(ring))
        stage.sheet(rng, ring, np.stack([0 * n[2:], n[1:-1], n[2:]], 1), u, v, kind if k or rng.random() < .7 else "none", rng.uniform(.3, 2) / radius)


def plate(rng, stage, low, high, radius):
    """A slab whose top is the ground, wide enough for the group."""
    margin = radius * rng.uniform(.03, .4)
    table_top(rng, stage, np.array([low[0] - margin, low[2] - margin, high[0] + margin, high[2] + margin]), radius * rng.uniform(.02, .12), lift=.002 * radius)


def table_top(rng, stage, rectangle, thick, lift=0.0):
    """A board of the given thickness whose top is at y = lift."""
    x0, z0, x1, z1 = rectangle
    c, hx, hz = np.array([(x0 + x1) / 2, lift, (z0 + z1) / 2]), (x1 - x0) / 2, (z1 - z0) / 2
    if rng.random() < .3:                                              # an ellipse that holds the rectangle
        a = np.linspace(0, 2 * np.pi, 41)[:-1]
        ring = c + np.stack([np.cos(a) * hx * 1.42, 0 * a, np.sin(a) * hz * 1.42], 1)
    else:
        ring = c + np.array([(-hx, 0, -hz), (hx, 0, -hz), (hx, 0, hz), (-hx, 0, hz)])
    n, k = len(ring), np.arange(len(ring))
    kind = str(rng.choice(["wood", "noise", "marble", "speckle", "weave", "checks", "tiles", "stripes"], p=[.5, .12, .12, .06, .05, .05, .05, .05]))
    repeat = rng.uniform(.3, 2) / max(hx, hz)
    stage.sheet(rng, ring, np.stack([0 * k[2:], k[1:-1], k[2:]], 1), X, Z, kind, repeat)
    look = {f: stage.sheets[-1][5][f] for f in ("c0", "c1", "c2", "texture", "grain", "gloss")}
    both = np.concatenate([ring, ring - [0, thick, 0]])
    j = (k + 1) % n
    stage.sheet(rng, both, np.concatenate([np.stack([k, j, j + n], 1), np.stack([k, j + n, k + n], 1)]), X, Y, kind, repeat, **look)


def room(rng, stage, x0, x1, z0, z1, ground, top, radius, floor):
    cx, cz, hx, hz, cy, hy = (x0 + x1) / 2, (z0 + z1) / 2, (x1 - x0) / 2, (z1 - z0) / 2, (ground + top) / 2, (top - ground) / 2
    stage.quad(rng, [cx, ground, cz], X, Z, hx, hz, floor, rng.uniform(.2, 1.2) / radius)
    walls = [((cx, cy, z0), X, hx, Z), ((cx, cy, z1), X, hx, -Z), ((x0, cy, cz), Z, hz, X), ((x1, cy, cz), Z, hz, -X)]
    kind = str(rng.choice(["none", "noise", "tiles", "stripes", "wood", "speckle", "shapes", "weave"], p=[.4, .2, .12, .06, .07, .05, .05, .05]))
    look, repeat = None, rng.uniform(.2, 1.5) / radius
    skirting = rng.random() < .4
    for centre, u, half, inward in walls:
        same = look if look and rng.random() < .75 else {}
        stage.quad(rng, centre, u, Y, half, hy, kind, repeat, **same)
        look = {f: stage.sheets[-1][5][f] for f in ("c0", "c1", "c2", "texture", "grain")}
        if skirting:
            h = radius * .06
            stage.quad(rng, np.array(centre) + inward * .004 * radius + Y * (h - hy), u, Y, half, h, "none", 1)
        for _ in range(int(rng.integers(0, 4)) if rng.random() < .6 else 0):       # pictures, windows, doors, switches
            w, h = radius * np.exp(rng.normal(-1.2, .6, 2))
            at = np.array(centre) + inward * (.002 + .002 * rng.random()) * radius + u * rng.uniform(-half, half) + Y * rng.uniform(-hy, hy) * .8
            if rng.random() < .5:
                stage.quad(rng, at, u, Y, w * 1.12, h * 1.12, "none", 1)
                at = at + inward * .004 * radius
            light = dict(emission=rng.uniform(1, 4)) if rng.random() < .25 else {}
            stage.quad(rng, at, u, Y, w, h, str(rng.choice(["shapes", "noise", "stripes", "none"], p=[.6, .2, .1, .1])), .5 / max(w, h), **light)


def make_lights(rng, to_camera, centre, radius):
    """LIGHT array of one key light and up to two fills; to_camera turns world directions, centre (camera space) is the group's."""
    count = 1 + int(rng.choice([0, 1, 2], p=[.55, .3, .15]))
    lights = np.zeros(count, render.LIGHT)
    for k, light in enumerate(lights):
        e, a = np.radians(rng.uniform(18, 85)), rng.uniform(0, 2 * np.pi)
        way = to_camera @ np.array([np.cos(e) * np.cos(a), np.sin(e), np.cos(e) * np.sin(a)])
        warm = rng.normal(0, .12)
        power = rng.uniform(.5, 3) * (1 if k == 0 else rng.uniform(.1, .5))
        light["colour"] = power * np.array([1 + warm, 1, 1 - warm]) * (rng.uniform(.7, 1.3, 3) if rng.random() < .1 else 1)
        light["map"] = k
        light["softness"] = rng.choice([.01, rng.uniform(.03, .15), rng.uniform(.15, .5)], p=[.25, .4, .35])
        light["position"] = way
        if rng.random() < .35:
            far = radius * rng.uniform(2, 6)
            light["kind"], light["position"] = 1, centre + way * far
            light["colour"] *= far * far
    return lights
