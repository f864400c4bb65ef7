"""What the camera sees of each object."""

from dataclasses import dataclass

import numpy as np

from .contact import intersections

LEAST_SHARE = 0.02
"""Least part of the picture that an object may cover."""


@dataclass
class View:
    """`share` of the picture, part of the object that is `visible`, whether it touches the picture's edge."""

    share: float
    visible: float
    cut: bool


def object_views(objects, numbers, cycles):
    """A View of every object; `numbers` (height, width) is the object at each pixel."""
    views = []
    for number, standing in enumerate(objects, 1):
        for other in objects:
            other.item.hide_render = other is not standing
        alone = object_numbers(cycles.exact('IndexOB')) == number
        seen = numbers == number
        cut = seen[[0, -1]].any() or seen[:, [0, -1]].any()
        views.append(View(float(seen.mean()), float(seen.sum() / alone.sum()), bool(cut)))
    for standing in objects:
        standing.item.hide_render = False
    return views


def object_numbers(passes):
    """The number of the object at each pixel (height, width), 0 for none."""
    return np.rint(passes['IndexOB'][:, :, 0]).astype(np.uint8)


def problems(objects, views):
    """A sentence for every promise that the picture breaks."""
    found = intersections(objects)
    for standing, view in zip(objects, views):
        if view.share < LEAST_SHARE:
            found.append(f'{standing.label} covers {view.share:.1%} of the picture, not {LEAST_SHARE:.0%}')
        if view.cut:
            found.append(f'{standing.label} touches the edge of the picture')
    return found
