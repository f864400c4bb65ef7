"""Mug, plate, bowl and bottle: profiles on a lathe."""

import math

import numpy as np

from ..materials import plain
from ..mesh import join, lathe, rounded, solid


def mug(random, colour, height=0.095, radius=0.041):
    """A glazed mug with a handle."""
    wall, base = 0.004, 0.006
    profile = [
        (0, 0.001), (radius * 0.8, 0.001), (radius * 0.86, 0.0), (radius, height * 0.16), (radius, height),
        (radius - wall, height), (radius - wall, base + 0.012), (radius * 0.75, base), (0, base),
    ]
    body = lathe(rounded(profile, 0.004))
    return solid('mug', (join(body, mug_handle(height, radius)), plain(random, colour, 0.2, relief=0.02)))


def mug_handle(height, radius, turns=28, sides=14):
    """Half a ring of oval section, its ends inside the mug's wall."""
    vertices, faces = [], []
    for i in range(turns + 1):
        a = -math.pi * 0.5 + math.pi * i / turns
        middle = np.array([radius - 0.003 + 0.028 * math.cos(a), 0, height * 0.5 + height * 0.3 * math.sin(a)])
        outward = np.array([math.cos(a), 0, math.sin(a)])
        for j in range(sides):
            b = 2 * math.pi * j / sides
            vertices.append(middle + outward * 0.0042 * math.cos(b) + np.array([0, 0.0062 * math.sin(b), 0]))
    for i in range(turns):
        for j in range(sides):
            k, n = (j + 1) % sides, i * sides
            faces.append((n + j, n + k, n + sides + k, n + sides + j))
    return vertices, faces


def plate(random, colour, radius=0.12):
    """A shallow plate with a raised rim."""
    profile = [
        (0, 0.003), (radius * 0.56, 0.003), (radius * 0.58, 0), (radius * 0.66, 0), (radius * 0.7, 0.006),
        (radius, 0.021), (radius, 0.024), (radius * 0.7, 0.0125), (radius * 0.62, 0.008), (0, 0.008),
    ]
    return solid('plate', (lathe(rounded(profile, 0.006), 128), plain(random, colour, 0.22, 0.05, relief=0.02)))


def bowl(random, colour, radius=0.08, height=0.07):
    """A deep bowl on a foot."""
    profile = [(0, 0.002), (radius * 0.5, 0.002), (radius * 0.52, 0), (radius * 0.58, 0), (radius * 0.58, 0.007)]
    for t in np.linspace(0.05, 1, 12):
        profile.append((radius * (0.58 + 0.42 * math.sin(t * math.pi / 2)), 0.007 + (height - 0.007) * t**1.25))
    for t in np.linspace(1, 0, 12):
        inner = radius * (0.55 + 0.42 * math.sin(t * math.pi / 2)) - 0.002
        profile.append((inner, 0.011 + (height - 0.011) * t**1.25))
    profile.append((0, 0.011))
    return solid('bowl', (lathe(rounded(profile, 0.002, 3), 128), plain(random, colour, 0.25, 0.08, relief=0.02)))


def bottle(random, body, cap, label, height=0.22, radius=0.034):
    """A bottle with a cap and a paper label."""
    shoulder, neck = height * 0.62, radius * 0.4
    profile = [
        (0, 0.002), (radius * 0.8, 0), (radius, 0.006), (radius, shoulder), (radius * 0.85, shoulder + 0.022),
        (neck, shoulder + 0.045), (neck, height - 0.03), (0, height - 0.03),
    ]
    lid = [(0, height - 0.032), (neck + 0.004, height - 0.032), (neck + 0.004, height), (0, height)]
    paper = [(radius + 0.0005, shoulder * 0.22), (radius + 0.0005, shoulder * 0.8)]
    return solid(
        'bottle',
        (lathe(rounded(profile, 0.008)), plain(random, body, 0.18, 0.1, relief=0.02)),
        (lathe(rounded(lid, 0.003)), plain(random, cap, 0.4, 0.1, relief=0.02)),
        (lathe(paper), plain(random, label, 0.65, 0.1, relief=0.02)),
    )
