"""Which objects a scene holds and where they stand. World frame: metres, y up, the ground (or table top) at y = 0."""
from dataclasses import dataclass

import numpy as np


@dataclass
class Item:
    index: int                  # which object of the list
    rotation: np.ndarray        # (3, 3) canonical -> world
    size: float                 # metres along the object's longest side
    translation: np.ndarray     # (3,): p_world = rotation (size * p) + translation
    low: np.ndarray             # (3,) corner of the world bounding box
    high: np.ndarray
    resting_on: int = -1        # number of the item it stands on, -1 for the ground


def axis_turn(axis, angle):
    c, s = np.cos(angle), np.sin(angle)
    i, j = [(1, 2), (2, 0), (0, 1)][axis]
    r = np.eye(3)
    r[i, i], r[i, j], r[j, i], r[j, j] = c, -s, s, c
    return r


def random_rotation(rng):
    q = rng.normal(size=4)
    w, x, y, z = q / np.linalg.norm(q)
    return np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                     [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                     [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]])


class Chooser:
    """Draws object numbers: half evenly over objects, half evenly over categories; few procedural ones."""

    def __init__(self, objects, allowed, procedural=0.2):
        allowed = np.asarray(allowed)
        made = np.array([objects[i].source == "procedural" for i in allowed])
        category = np.array([objects[i].category for i in allowed])
        _, inverse, count = np.unique(category, return_inverse=True, return_counts=True)
        weight = 0.5 / len(allowed) + 0.5 / len(count) / count[inverse.reshape(-1)]
        share = procedural if made.any() and not made.all() else float(made.all())
        if made.any(): weight[made] *= share / weight[made].sum()
        if not made.all(): weight[~made] *= (1 - share) / weight[~made].sum()
        self.allowed, self.cumulative = allowed, np.cumsum(weight)

    def __call__(self, rng):
        k = np.searchsorted(self.cumulative, rng.random() * self.cumulative[-1], side="right")
        return int(self.allowed[min(k, len(self.allowed) - 1)])


def attitude(rng, config, aligned):
    """Rotation canonical -> world: any yaw (or a quarter turn in tidy scenes), sometimes lying, seldom anything."""
    yaw = rng.integers(4) * np.pi / 2 + rng.normal(0, 0.03) if aligned and rng.random() < 0.8 else rng.uniform(0, 2 * np.pi)
    turn, x = axis_turn(1, yaw), rng.random()
    if x < config.tumbled:
        return random_rotation(rng)
    if x < config.tumbled + config.lying:
        return turn @ axis_turn(rng.choice([0, 2]), rng.choice([-1, 1]) * np.pi / 2) @ axis_turn(1, rng.uniform(0, 6.3))
    if x < config.tumbled + config.lying + config.leaning:
        return turn @ axis_turn(0, rng.normal(0, 0.2)) @ axis_turn(2, rng.normal(0, 0.2))
    return turn


def bounds(o, rotation, size):
    p = (o.vertices * size) @ rotation.T
    return p.min(0), p.max(0)


def top_is_flat(o, rotation):
    """Whether more than a third of the object's footprint is a level face at its very top."""
    p = o.vertices @ rotation.T
    a, b, c = (p[o.faces[:, k]] for k in range(3))
    area = np.cross(b - a, c - a)
    low, high = p.min(0), p.max(0)
    tolerance = 0.03 * (high[1] - low[1]) + 0.005
    level = (np.abs(area[:, 1]) > 0.97 * np.linalg.norm(area, axis=1)) & (np.minimum(np.minimum(a, b), c)[:, 1] > high[1] - tolerance)
    footprint = max((high[0] - low[0]) * (high[2] - low[2]), 1e-6)
    return 0.5 * np.abs(area[level, 1]).sum() > 0.35 * footprint


def apart(low, high, items, skip=-1):
    for k, other in enumerate(items):
        if k != skip and np.all(low < other.high) and np.all(high > other.low):
            return False
    return True


def arrange(rng, objects, choose, config):
    """A list of 2 to 8 Items whose bounding boxes do not overlap (they may touch, and stand on one another)."""
    count = int(rng.integers(config.objects[0], config.objects[1] + 1))
    if rng.random() < config.crowded:
        count = int(rng.integers(config.objects[1] + 1, 9))
    base = np.exp(rng.uniform(np.log(config.sizes[0]), np.log(config.sizes[1])))
    aligned, gap = rng.random() < 0.4, rng.choice([0.01, 0.1, 0.4], p=[0.45, 0.4, 0.15])
    spread = rng.choice([0.15, 0.4, 0.7])
    items, index = [], -1
    for _ in range(count * 4):
        if len(items) == count:
            break
        if index < 0 or not items or rng.random() > config.repeated:
            index = choose(rng)
        o, size = objects[index], float(np.clip(base * np.exp(rng.normal(0, spread)), *config.sizes))
        rotation = attitude(rng, config, aligned)
        low, high = bounds(o, rotation, size)
        if not items:
            at = -np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
            items.append(Item(index, rotation, size, at, low + at, high + at))
            continue
        if rng.random() < config.stacked:
            k = int(rng.integers(len(items)))
            under = items[k]
            if top_is_flat(objects[under.index], under.rotation):
                room = (under.high - under.low)[[0, 2]]
                shrink = min(1.0, 0.8 * float(np.min(room / np.maximum((high - low)[[0, 2]], 1e-6))))
                if shrink < 1:
                    size *= shrink * rng.uniform(0.6, 1)
                    low, high = bounds(o, rotation, size)
                slack = room - (high - low)[[0, 2]]
                corner = under.low[[0, 2]] + slack * rng.uniform(0.05, 0.95, 2)
                at = np.array([corner[0] - low[0], under.high[1] - low[1], corner[1] - low[2]])
                if size >= 0.02 and apart(low + at + 1e-6, high + at, items, skip=k):
                    items.append(Item(index, rotation, size, at, low + at, high + at, k))
                    continue
        # Beside a random item, in a random direction, as near as the boxes allow, plus a gap.
        near = items[int(rng.integers(len(items)))]
        angle = rng.integers(4) * np.pi / 2 if aligned and rng.random() < 0.5 else rng.uniform(0, 2 * np.pi)
        way = np.array([np.cos(angle), 0, np.sin(angle)])
        half = ((near.high - near.low) + (high - low)) / 2
        reach = min(half[d] / abs(way[d]) for d in (0, 2) if abs(way[d]) > 1e-6) + rng.exponential(gap) * base + 0.001 * base
        for _ in range(6):
            centre = (near.low + near.high) / 2 + way * reach
            at = np.array([centre[0] - (low[0] + high[0]) / 2, -low[1], centre[2] - (low[2] + high[2]) / 2])
            if apart(low + at, high + at, items):
                items.append(Item(index, rotation, size, at, low + at, high + at))
                break
            reach += 0.3 * float(min(high[0] - low[0], high[2] - low[2])) + 0.02 * base
    return items


def clutter(rng, objects, choose, items, position, radius):
    """Items behind and beside a group, seen from a camera at `position`: what is about a room and nobody asks for."""
    low, high = np.min([i.low for i in items], 0), np.max([i.high for i in items], 0)
    centre = (low + high) / 2
    ahead = (centre - position) * [1, 0, 1]
    ahead /= max(np.linalg.norm(ahead), 1e-6)
    side = np.array([ahead[2], 0, -ahead[0]])
    result = []
    for _ in range(int(rng.integers(2, 10))):
        index, rotation, size = choose(rng), axis_turn(1, rng.uniform(0, 2 * np.pi)), radius * np.exp(rng.normal(-.5, .5))
        a, b = bounds(objects[index], rotation, size)
        spot = centre + ahead * radius * rng.uniform(.8, 3.5) + side * radius * rng.normal(0, 1.5)
        at = np.array([spot[0], -a[1], spot[2]])
        if apart(a + at, b + at, items):
            result.append(Item(index, rotation, size, at, a + at, b + at))
    return result
