"""compose(): a random scene of objects with a camera and light, ready to be rendered and described.

World: right-handed, metres, y up, ground (or table top) at y = 0. Camera: x right, y down, z forward.
"""
from dataclasses import dataclass
from itertools import product

import numpy as np

from . import arrange, render, surroundings
from .recolour import recolour

UNKNOWN = 255       # id of surfaces that are neither the task's objects nor plain surroundings


@dataclass
class Config:
    objects: tuple = (2, 5)             # how many, usually
    crowded: float = 0.1                # share of scenes with more, up to 8
    sizes: tuple = (0.05, 2.0)          # metres, longest side
    repeated: float = 0.15              # the next object is the same model again
    stacked: float = 0.3                # try to stand the next object on another
    lying: float = 0.1                  # on its side
    leaning: float = 0.05               # tilted by some degrees
    tumbled: float = 0.03               # any rotation
    elevation: tuple = (4.0, 60.0)      # degrees, towards the lower end
    roll: float = 4.0                   # degrees
    whole: float = 0.4                  # share of scenes seen whole, evenly from `above`; else the picture may cut objects off
    above: tuple = (15.0, 60.0)         # degrees
    view: tuple = (30.0, 75.0)          # degrees, along the picture's side
    procedural: float = 0.2             # share of procedural objects
    least: float = 0.004                # two objects at least show this share of the picture
    recoloured: float = 0.3             # share of objects in other colours than their own
    camouflaged: float = 0.08           # share of scenes with objects in the ground's or a wall's colour
    cluttered: float = 0.25             # share of scenes with more objects around that are no part of the task


@dataclass
class Scene:
    items: list                         # arrange.Item, in the world frame
    rotation: np.ndarray                # (3, 3) camera-to-world
    position: np.ndarray                # (3,) of the camera in the world
    focal: float                        # pixels, for a picture `side` pixels wide and high
    cx: float
    cy: float
    side: int
    stage: render.Geometry              # surroundings (camera space)
    bodies: list                        # per item: arguments of Geometry.add (camera space)
    materials: np.ndarray               # items first (material number = item number), then surroundings
    lights: np.ndarray
    settings: np.ndarray
    seed_look: int                      # for the camera's own effects
    recoloured: np.ndarray              # per item: whether its colours are not the object's own

    def pose(self, k):
        """(rotation (3, 3), translation (3,), size): canonical -> camera, p_cam = rotation (size * p) + translation."""
        i = self.items[k]
        return self.rotation.T @ i.rotation, self.rotation.T @ (i.translation - self.position), i.size


def direction(elevation, azimuth):
    """Unit vector from what is looked at to the camera."""
    return np.array([np.cos(elevation) * np.cos(azimuth), np.sin(elevation), np.cos(elevation) * np.sin(azimuth)])


def facing(back, roll):
    """(3, 3) camera-to-world of a camera that looks against `back`."""
    right = np.cross(-back, [0, 1, 0])
    right /= np.linalg.norm(right)
    down = np.cross(-back, right)
    c, s = np.cos(roll), np.sin(roll)
    return np.stack([c * right + s * down, -s * right + c * down, -back], 1)


def see_whole(rng, low, high, focal, config):
    """(camera-to-world rotation, position) from which the boxes from `low` to `high` (N, 3) lie in the picture, as large as they fit or nearly."""
    back = direction(np.radians(rng.uniform(*config.above)), rng.uniform(0, 2 * np.pi))
    rotation = facing(back, 0.0)
    centre = (low.min(0) + high.max(0)) / 2
    corners = np.concatenate([np.where(upper, high, low) for upper in product((False, True), repeat=3)])
    x, y, z = rotation.T @ (corners - centre).T
    most = rng.uniform(0.4, 0.5)                           # of the picture's side, from its middle
    return rotation, centre + back * np.max(np.maximum(abs(x), abs(y)) * focal / most - z)


def look_at(rng, items, config):
    """(camera-to-world rotation, position, focal length / side, principal point / side)."""
    low, high = np.array([i.low for i in items]), np.array([i.high for i in items])
    corners = np.concatenate([low, high])
    centre = (corners.min(0) + corners.max(0)) / 2
    radius = np.linalg.norm(corners.max(0) - corners.min(0)) / 2
    angle = np.radians(rng.uniform(*config.view))
    focal = 0.5 / np.tan(angle / 2)
    if config.whole > 0 and rng.random() < config.whole:
        return *see_whole(rng, low, high, focal, config), focal, np.full(2, 0.5), radius
    e = np.radians(config.elevation[0] + (config.elevation[1] - config.elevation[0]) * rng.beta(1.2, 2.0))
    size = high - low
    best, tries = None, rng.choice([1, 5, 10], p=[0.3, 0.4, 0.3])
    framing = np.exp(np.clip(rng.normal(-0.55, 0.3), -1.3, 0.3)) if rng.random() < 0.85 else rng.uniform(0.2, 0.4)   # some fill the picture
    for _ in range(tries):                                 # of some directions, the one where objects hide each other most
        a, tilt = rng.uniform(0, 2 * np.pi), e * (rng.uniform(0.5, 1) if tries > 1 else 1)
        tilt = max(tilt, np.radians(config.elevation[0]))
        back = direction(tilt, a)
        right, above = np.array([np.sin(a), 0, -np.cos(a)]), np.array([-np.sin(tilt) * np.cos(a), np.cos(tilt), -np.sin(tilt) * np.sin(a)])
        middle, half = np.stack([(low + high) @ right, (low + high) @ above]) / 2, np.stack([size @ abs(right), size @ abs(above)]) * 0.4
        shared = np.minimum.outer(half[0], half[0]) * 2, np.minimum.outer(half[1], half[1]) * 2
        overlap = [np.clip(np.add.outer(half[d], half[d]) - abs(np.subtract.outer(middle[d], middle[d])), 0, shared[d]) / shared[d] for d in (0, 1)]
        score = np.triu(np.minimum(overlap[0] * overlap[1], 0.7), 1).sum()
        if best is None or score > best[0]:
            best = score, back
    back = best[1]
    position = centre + rng.normal(0, 0.15, 3) * radius + back * radius / np.sin(angle / 2) * framing
    position[1] = max(position[1], 0.08 * radius)
    roll = np.radians(np.clip(rng.normal(0, config.roll / 2), -config.roll, config.roll))
    rotation = facing(back, roll)
    shift = rng.normal(0, 0.02, 2) if rng.random() < 0.2 else np.zeros(2)
    return rotation, position, focal, 0.5 + shift, radius


def compose(rng, objects, choose, config, side):
    """A Scene, or None when the draw was no good (camera inside something, too little to see): draw again."""
    items = arrange.arrange(rng, objects, choose, config)
    if len(items) < 2:
        return None
    rotation, position, focal, principal, radius = look_at(rng, items, config)
    margin = 0.03 * radius
    if any(np.all(position > i.low - margin) and np.all(position < i.high + margin) for i in items):
        return None
    focal, (cx, cy), to_camera = focal * side, principal * side, rotation.T
    bodies, materials = [], []
    numbers = render.bank()[1]
    flat = rng.random() < .25
    around = arrange.clutter(rng, objects, choose, items, position, radius) if rng.random() < config.cluttered else []

    def surface(item, number):
        """(arguments of Geometry.add but the material, the material) of an item; number: its id in the picture."""
        o, r = objects[item.index], to_camera @ item.rotation
        t = to_camera @ (item.translation - position)
        points = ((o.vertices * item.size) @ r.T + t).astype(np.float32)
        m = np.zeros((), render.MATERIAL)
        m["rotation"], m["origin"], m["id"], m["flat"], m["texture"] = r.T, t, number, flat, -1
        return (points, o.faces, (o.normals.reshape(-1, 3) @ r.T.astype(np.float32)).reshape(-1, 3, 3), o.colours), m

    for k, item in enumerate(items):
        body, m = surface(item, k + 1)
        bodies.append((*body, k))
        if rng.random() < .35:
            m["gloss"], m["shininess"] = rng.uniform(.02, .4), np.exp(rng.uniform(2, 4.5))
        if rng.random() < .45:
            kind = rng.choice(["noise", "wood", "speckle", "weave", "marble", "shapes", "stripes"], p=[.3, .2, .12, .1, .08, .14, .06])
            m["texture"], m["repeat"], m["grain"] = rng.choice(numbers[kind]), np.exp(rng.uniform(-.7, 1.4)) / item.size, rng.uniform(.1, .7) if rng.random() < .7 else rng.uniform(.7, 1.7)
        materials.append(m)
    # Only scenes with enough to see go on.
    group = render.Geometry()
    for b in bodies:
        group.add(*b)
    joined, check = group.joined(), 64
    _, tri = render.raster(joined, check, check, focal * check / side, cx * check / side, cy * check / side)
    seen = np.bincount(np.where(tri >= 0, joined[4][tri], len(items)).ravel(), minlength=len(items) + 1)[:len(items)] / check ** 2
    if (seen > config.least).sum() < 2 or seen.sum() < 0.02:
        return None
    stage, settings = surroundings.build(rng, items + around, position, radius)
    settings["up"] = to_camera @ [0, 1, 0]
    geometry = render.Geometry()
    for points, faces, u, v, origin, fields in stage.sheets:
        m = np.zeros((), render.MATERIAL)
        for name, value in fields.items():
            m[name] = value
        m["rotation"] = np.stack([u, v, np.cross(u, v)]) @ rotation
        m["origin"] = to_camera @ (origin - position)
        p = ((points - position) @ rotation).astype(np.float32)
        geometry.add(p, faces, np.zeros((len(faces), 3, 3), np.float32), np.full((len(p), 3), 128, np.uint8), len(materials), False)
        materials.append(m)
    for item in around:
        body, m = surface(item, UNKNOWN)
        geometry.add(*body, len(materials))
        materials.append(m)
    other = rng.random(len(items)) < config.recoloured
    sheets = [fields["c0"] for *_, fields in stage.sheets]
    near = render.encoded(sheets[rng.integers(len(sheets))]) if sheets and rng.random() < config.camouflaged else None
    if near is not None:
        other |= rng.random(len(items)) < .6
    for k in np.flatnonzero(other):
        points, faces, normals, _, number = bodies[k]
        bodies[k] = points, faces, normals, recolour(rng, objects[items[k].index], near), number
    centre = to_camera @ (np.mean([(i.low + i.high) / 2 for i in items], 0) - position)
    lights = surroundings.make_lights(rng, to_camera, centre, radius)
    return Scene(items, rotation, position, focal, cx, cy, side, geometry, bodies, np.array(materials, render.MATERIAL), lights, settings,
                 int(rng.integers(2 ** 31)), other)


def draw(scene, only=None, side=None, focal=None, cx=None, cy=None, samples=2):
    """Renders the scene, or one item alone (`only`): linear RGB + coverage, ids, depth, as render.render()."""
    geometry = render.Geometry()
    for k, b in enumerate(scene.bodies):
        if only is None or k == only:
            geometry.add(*b)
    points = np.concatenate([p[0] for p in geometry.parts])
    settings, lights = scene.settings, scene.lights.copy()
    if only is None:
        geometry.parts += [(p[0], p[1] + geometry.vertices, *p[2:]) for p in scene.stage.parts]
    else:
        settings = settings.copy()
        settings["sky"] = 0
    joined = geometry.joined()
    maps = render.shadow_maps(lights, joined, (points.min(0), points.max(0)))
    side = side or scene.side
    pick = lambda x, default: default if x is None else x
    return render.render(joined, scene.materials, lights, maps, settings, side, side, pick(focal, scene.focal), pick(cx, scene.cx),
                         pick(cy, scene.cy), samples)
