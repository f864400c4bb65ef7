"""Colours: sRGB to the linear light that Blender computes with."""

import numpy as np


def linear(srgb):
    """sRGB values 0 to 1 to linear light."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def rgb(text):
    """`#rrggbb` (sRGB) to linear red, green and blue."""
    return tuple(linear(np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)]) / 255))


def rgba(text):
    """`#rrggbb` (sRGB) to linear, opaque RGBA."""
    return (*rgb(text), 1.0)
