"""Meshes, as (vertices, faces), and the Blender objects made of them."""

import math

import bpy
import numpy as np


def join(*meshes):
    """Several meshes as one."""
    vertices, faces = [], []
    for points, sides in meshes:
        faces += [[k + len(vertices) for k in side] for side in sides]
        vertices += points
    return vertices, faces


def boxes(*parts):
    """Boxes, each (centre, size)."""
    quads = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    corners = np.array([[i & 1, i >> 1 & 1, i >> 2 & 1] for i in range(8)]) - 0.5
    return join(*((list(np.array(centre) + corners * np.array(size)), quads) for centre, size in parts))


def lathe(profile, around=96):
    """A profile of (radius, height) turned about z, closed where the radius is 0."""
    vertices, faces, rings = [], [], []
    angles = 2 * math.pi * np.arange(around) / around
    for radius, height in profile:
        ring = [(0, 0)] if radius < 1e-6 else [(radius * math.cos(a), radius * math.sin(a)) for a in angles]
        rings.append(range(len(vertices), len(vertices) + len(ring)))
        vertices += [(x, y, height) for x, y in ring]
    for low, high in zip(rings, rings[1:]):
        for i in range(around):
            j = (i + 1) % around
            corners = [low[i % len(low)], low[j % len(low)], high[j % len(high)], high[i % len(high)]]
            unique = list(dict.fromkeys(corners))
            if len(unique) > 2:
                faces.append(unique)
    return vertices, faces


def rounded(points, radius=0.004, steps=5):
    """A polyline of (radius, height) with its inner corners rounded."""
    out = [points[0]]
    for before, here, after in zip(points, points[1:], points[2:]):
        a, b, c = (np.array(p, float) for p in (before, here, after))
        cut = min(radius, np.linalg.norm(a - b) * 0.45, np.linalg.norm(c - b) * 0.45)
        start = b + (a - b) / np.linalg.norm(a - b) * cut
        end = b + (c - b) / np.linalg.norm(c - b) * cut
        out += [tuple((1 - t) ** 2 * start + 2 * t * (1 - t) * b + t * t * end) for t in np.linspace(0, 1, steps)]
    return [*out, points[-1]]


def solid(name, *parts, smooth_degrees=40.0):
    """A Blender object of one or several (mesh, material); edges sharper than `smooth_degrees` stay sharp."""
    vertices, faces = join(*(part for part, _ in parts))
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([tuple(map(float, v)) for v in vertices], [], [tuple(map(int, f)) for f in faces])
    for _, material in parts:
        mesh.materials.append(material)
    kinds = np.repeat(np.arange(len(parts)), [len(part[1]) for part, _ in parts])
    mesh.polygons.foreach_set('material_index', kinds)
    mesh.polygons.foreach_set('use_smooth', [True] * len(faces))
    mesh.use_auto_smooth = True
    mesh.auto_smooth_angle = math.radians(smooth_degrees)
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    return item


def bevel(item, width, segments=3):
    """Rounds the edges of an object, for good."""
    modifier = item.modifiers.new('bevel', 'BEVEL')
    modifier.width = width
    modifier.segments = segments
    modifier.limit_method = 'ANGLE'
    modifier.angle_limit = math.radians(50)
    bpy.context.view_layer.objects.active = item
    item.select_set(True)
    bpy.ops.object.modifier_apply(modifier='bevel')
    item.select_set(False)
    return item
