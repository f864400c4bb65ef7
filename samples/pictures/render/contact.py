"""Objects that touch: lowering one onto another, and finding those that intersect."""

from itertools import combinations

import bpy
from mathutils.bvhtree import BVHTree

CONTACT = 0.0002
"""Gap left between an object and what it rests on, metres."""


def triangles(item):
    """A search tree of an object's faces in the world."""
    bpy.context.view_layer.update()
    points = [item.matrix_world @ v.co for v in item.data.vertices]
    return BVHTree.FromPolygons(points, [p.vertices[:] for p in item.data.polygons])


def lower_onto(item, below, height):
    """Stands an object on another one that is `height` high, as low as it goes without touching."""
    support = triangles(below)
    low, high = item.location.z, item.location.z + float(height) + 0.01
    for _ in range(18):
        middle = (low + high) / 2
        item.location.z = middle
        if triangles(item).overlap(support):
            low = middle
        else:
            high = middle
    item.location.z = high + CONTACT


def intersections(objects):
    """A sentence for every two objects that intersect."""
    trees = [(standing.label, triangles(standing.item)) for standing in objects]
    return [f'{b} intersects {a}' for (a, first), (b, second) in combinations(trees, 2) if first.overlap(second)]
