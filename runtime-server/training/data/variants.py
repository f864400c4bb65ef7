"""Other proportions for an object: a few thousand meshes are soon known by heart, and their stretched and mirrored kin are not."""
from dataclasses import replace

import numpy as np

from .corpus import normalised

STRETCH = 0.3  # standard deviation of the logarithm of each axis's factor
LIMIT = 0.6


def variant(rng, o):
    """`o` stretched along each axis of its frame, and mirrored in one of two cases."""
    factor = np.exp(np.clip(rng.normal(0, STRETCH, 3), -LIMIT, LIMIT))
    mirrored = rng.random() < 0.5
    factor[0] *= -1 if mirrored else 1
    faces = np.ascontiguousarray(o.faces[:, ::-1]) if mirrored else o.faces
    return replace(o, vertices=normalised(o.vertices * factor), faces=faces, made_from=o.id, _normals=None)


def variants(objects, count, seed=0):
    """`count` variants of every object."""
    return [variant(np.random.default_rng([seed, turn, i]), o) for turn in range(count) for i, o in enumerate(objects)]
