"""Orange and apple: bent balls on a lathe."""

import math

import numpy as np

from ..materials import anywhere, mottled, plain
from ..mesh import lathe, solid


def ball(height, width, steps):
    """A profile from pole to pole; `width` and `height` are functions of the angle from the lower one."""
    angles = np.linspace(0, math.pi, steps)
    return [(0, height(angles[0])), *((width(t), height(t)) for t in angles[1:-1]), (0, height(angles[-1]))]


def dent(t, width):
    """1 at angle 0, falling to 0 over `width` radians."""
    return math.exp(-((t / width) ** 2))


def orange(random, radius=0.04):
    """An orange: a slightly flattened ball with pores and a dimple."""

    def height(t):
        return -radius * 0.94 * math.cos(t) - 0.0035 * dent(math.pi - t, 0.16) + 0.002 * dent(t, 0.2)

    profile = ball(height, lambda t: radius * math.sin(t), 64)
    peel = plain(random, '#e8870f', 0.42, 0.1, grain=480.0, relief=0.35)
    return solid('orange', (lathe(profile), peel), smooth_degrees=180)


def apple(random, radius=0.038):
    """An apple with a stalk; red with a yellow-green cheek."""

    def height(t):
        return -radius * 0.9 * math.cos(t) - 0.014 * dent(math.pi - t, 0.42) + 0.007 * dent(t, 0.35)

    profile = ball(height, lambda t: radius * math.sin(t) * (1 - 0.1 * math.cos(t)), 72)
    top = profile[-1][1]
    stalk = [(0, top - 0.002), (0.0013, top - 0.002), (0.0017, top + 0.017), (0, top + 0.017)]
    reds = [(0.42, '#a3141a'), (0.6, '#b8332a'), (0.74, '#cfa544')]
    skin = mottled(reds, 26.0, 6.0, 0.28, stretch=(1, 1, 0.25), offset=anywhere(random, 9), distortion=0.4)
    return solid(
        'apple', (lathe(profile), skin), (lathe(stalk, 12), plain(random, '#5a3c1e', 0.7)), smooth_degrees=60
    )
