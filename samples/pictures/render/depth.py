"""Depth maps: along the camera's z, uint16 millimetres, 0 = no reading."""

import numpy as np

FARTHEST = 60
"""Metres; what is farther away has no reading."""


def exact(distance, _random):
    """Distances (height, width) in metres, to the millimetre."""
    return millimetres(distance, distance > FARTHEST)


def noisy(distance, random):
    """Distances as a depth camera reads them: noise that grows with their square, holes beside edges."""
    values = distance + random.normal(0, 1, distance.shape) * 0.0011 * distance**2
    left = np.abs(distance - np.roll(distance, 1, axis=1)) > 0.03
    up = np.abs(distance - np.roll(distance, 1, axis=0)) > 0.03
    edge = left | np.roll(left, -1, axis=1) | np.roll(left, 1, axis=1) | up
    edge[:, 0] = edge[0] = False
    holes = edge & (random.random(distance.shape) < 0.8)
    holes |= random.random(distance.shape) < 0.002
    return millimetres(values, holes | (distance > FARTHEST))


def millimetres(values, holes):
    return np.where(holes, 0, np.clip(np.rint(values * 1000), 1, 65535)).astype(np.uint16)
