"""Removes noise, guided by colour, normal and depth: Debian's Blender is built without OpenImageDenoise."""

import math

import numpy as np

KERNEL = (1 / 16, 1 / 4, 3 / 8, 1 / 4, 1 / 16)


def denoise(image, normal, albedo, distance):
    """Edge-avoiding a-trous wavelets on light without surface colour (Dammertz et al. 2010)."""
    albedo = np.maximum(albedo, 0.02)
    light = image / albedo
    distance = np.minimum(distance, 100.0)
    # How fast depth changes by itself on a slanted surface.
    slope = np.maximum(np.hypot(*np.gradient(distance)), 1e-4)
    slope = np.minimum(slope, 0.02 * distance)
    for level in range(4):
        step = 1 << level
        tone = np.log1p(light.mean(axis=2) * 4)
        total = np.zeros_like(light)
        weights = np.zeros(light.shape[:2])
        for dy in range(-2, 3):
            for dx in range(-2, 3):
                far = math.hypot(dx, dy) * step + 1
                apart = (
                    np.abs(moved(distance, dx * step, dy * step) - distance) / (slope * far * 1.5)
                    + ((moved(normal, dx * step, dy * step) - normal) ** 2).sum(axis=2) / 0.08
                    + ((moved(albedo, dx * step, dy * step) - albedo) ** 2).sum(axis=2) / 0.06
                    + (moved(tone, dx * step, dy * step) - tone) ** 2 / (0.02 / 4**level)
                )
                weight = KERNEL[dy + 2] * KERNEL[dx + 2] * np.exp(-apart)
                total += moved(light, dx * step, dy * step) * weight[:, :, None]
                weights += weight
        light = total / weights[:, :, None]
    return light * albedo


def moved(values, dx, dy):
    """At each pixel the value dx, dy pixels away, or the nearest within the picture."""
    height, width = values.shape[:2]
    y = np.clip(np.arange(height) + dy, 0, height - 1)
    x = np.clip(np.arange(width) + dx, 0, width - 1)
    return values[y][:, x]
