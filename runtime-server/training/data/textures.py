"""A bank of tiling two-channel patterns (0..255) for floors, walls, skies and grain, with their mip levels.

Channel 0 mixes a surface's first two colours, channel 1 its third (joints, stains, veins). A texture only ever
says *where* colours go; each surface brings its own three colours, so a few dozen patterns are enough.
"""
import os

import numpy as np
from scipy import ndimage

from .native import CACHE

SIZE = 256                              # TEX in rasterise.c
BYTES = SIZE * SIZE * 4 // 3 * 2        # one texture with its mip levels
VERSION = 2


def noise(rng, octaves, start=4, roughness=0.5):
    """Tiling value noise (SIZE, SIZE), stretched to 0..1."""
    out, weight = np.zeros((SIZE, SIZE), np.float32), 1.0
    for k in range(octaves):
        n = min(start * 2 ** k, SIZE)
        coarse = np.pad(rng.random((n, n)).astype(np.float32), 2, mode="wrap")
        fine = ndimage.zoom(coarse, (n + 4) * SIZE // n / (n + 4), order=3 if n < 64 else 1, mode="grid-wrap") if n < SIZE else coarse
        cut = (fine.shape[0] - SIZE) // 2
        out += weight * fine[cut:cut + SIZE, cut:cut + SIZE]
        weight *= roughness
    return (out - out.min()) / np.ptp(out)


def cells():
    y, x = np.meshgrid(np.arange(SIZE), np.arange(SIZE), indexing="ij")
    return x / SIZE, y / SIZE


def one(rng, kind):
    x, y = cells()
    if kind == "noise":
        return noise(rng, int(rng.integers(2, 7)), int(rng.choice([2, 4, 8, 32])), rng.uniform(.4, .8)), noise(rng, 5)
    if kind == "speckle":
        a = noise(rng, 3, 32, .7)
        return np.clip((a - rng.uniform(.4, .7)) * 6, 0, 1), noise(rng, 4)
    if kind == "marble":
        a = np.abs(np.sin(2 * np.pi * (x * rng.integers(0, 3) + y * rng.integers(1, 3)) + 6 * noise(rng, 5)))
        return a ** rng.uniform(.3, 1), noise(rng, 4)
    if kind == "wood":
        n = int(rng.choice([1, 4, 8]))
        plank = np.floor(y * n).astype(int)
        shift = rng.random(n)[plank]
        grain = ndimage.gaussian_filter1d(rng.random((SIZE, SIZE)), rng.uniform(8, 30), axis=1, mode="wrap")
        grain = (grain - grain.min()) / np.ptp(grain)
        tone = rng.random(n)[plank] * .5 + grain * .5
        joint = ((y * n) % 1 < .03) | (np.abs(((x + shift) % 1) - .5) < .004)
        return tone, np.where(joint, 1, 0.15 * grain) if n > 1 else .2 * grain
    if kind == "tiles":
        n, bond, gap = int(rng.choice([2, 4, 8])), rng.random() < .5, rng.uniform(.01, .05)
        m = n * 2 if bond else n
        row = np.floor(y * m).astype(int)
        u = (x * n + (.5 * (row % 2) if bond else 0)) % n
        tone = rng.random((m, n))[row, np.floor(u).astype(int) % n]
        joint = ((u % 1) < gap) | (((y * m) % 1) < gap * m / n)
        return tone * .7 + .3 * noise(rng, 4, 8), joint.astype(float)
    if kind == "checks":
        n = int(rng.choice([1, 2, 4]))
        return ((np.floor(x * 2 * n) + np.floor(y * 2 * n)) % 2), .5 * noise(rng, 5)
    if kind == "stripes":
        n, k = int(rng.choice([2, 4, 8, 16])), rng.integers(0, 2)
        return ((x * n + k * y * n) % 1 < rng.uniform(.2, .8)).astype(float), .5 * noise(rng, 4)
    if kind == "weave":
        n = int(rng.choice([16, 32]))
        return .5 + .5 * np.sin(2 * np.pi * n * x) * np.sin(2 * np.pi * n * y), noise(rng, 5)
    if kind == "shapes":                                    # pictures, prints, far things out of focus
        a = np.full((SIZE, SIZE), rng.random())
        b = np.full((SIZE, SIZE), rng.random())
        for _ in range(int(rng.integers(3, 22))):
            cx, cy, rx, ry, t = rng.random(), rng.random(), *rng.uniform(.03, .3, 2), rng.uniform(0, 3.2)
            dx, dy = (x - cx + .5) % 1 - .5, (y - cy + .5) % 1 - .5
            u, v = (dx * np.cos(t) + dy * np.sin(t)) / rx, (dy * np.cos(t) - dx * np.sin(t)) / ry
            mask = (u * u + v * v < 1) if rng.random() < .5 else (np.maximum(abs(u), abs(v)) < 1)
            a, b = np.where(mask, rng.random(), a), np.where(mask, rng.random(), b)
        if rng.random() < .4:
            s = rng.uniform(2, 12)
            a, b = ndimage.gaussian_filter(a, s, mode="wrap"), ndimage.gaussian_filter(b, s, mode="wrap")
        return a, b
    raise ValueError(kind)


KINDS = {"noise": 24, "speckle": 8, "marble": 8, "wood": 20, "tiles": 16, "checks": 6, "stripes": 8, "weave": 4, "shapes": 30}
NAMES = [k for k, n in KINDS.items() for _ in range(n)]


def bank():
    """(uint8 (N, BYTES), {kind: texture numbers}); made once (some seconds), then read from the cache."""
    path = CACHE / f"textures-{VERSION}.npy"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(5)
        out = np.zeros((len(NAMES), BYTES), np.uint8)
        for i, kind in enumerate(NAMES):
            level = np.clip(np.stack(one(rng, kind), -1), 0, 1)
            if rng.random() < .5:
                level = level.transpose(1, 0, 2)
            at = 0
            while level.shape[0] >= 4:
                raw = np.round(level * 255).astype(np.uint8).ravel()
                out[i, at:at + raw.size] = raw
                at += raw.size
                n = level.shape[0] // 2
                level = level.reshape(n, 2, n, 2, 2).mean((1, 3))
        part = CACHE / f"textures-{os.getpid()}.part.npy"
        np.save(part, out)
        os.replace(part, path)
    kinds = {k: np.array([i for i, n in enumerate(NAMES) if n == k]) for k in KINDS}
    return np.load(path, mmap_mode="r"), kinds
