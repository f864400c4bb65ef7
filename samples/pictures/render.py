"""Renders the sample pictures with Blender's Cycles.

    blender -b --factory-startup -P render.py -- CORPUS [options]

    CORPUS            folder of the object corpus: manifest.json and objects-NNN.npz
    --scene NAME      only this scene; may be repeated (default: all of them)
    --out FOLDER      where to write (default: the folder this script lies in)
    --samples N       samples a pixel (default 64)
    --scale F         scales the picture size, for quick looks (default 1)
    --seed N          seed of the sampler, the materials and the depth noise (default 1)
    --threads N       render threads (default 2)
    --draft           write the picture even when a promise is broken, for work on a scene

Every scene writes `NAME.jpg` and `NAME.json`; some write `NAME.depth.png` (16-bit, millimetres,
0 = nothing measured) and `NAME.masks.png` (8-bit, pixel value = number of the object, 0 = none).

Blender works with z up; the documents this script writes do not:

    written world: right-handed, y up, metres     camera: x right, y down, z forward

          y                                            z
          |                                           /
          o-- x                                      o-- x
         /                                           |
        z                                            y

    written (x, y, z) = Blender (x, z, -y)

The script checks what it promises and stops when a promise is broken: no two objects intersect,
every object rests on something, none touches the picture's edge, each covers at least 2 % of the
picture.

Debian's Blender is built without OpenImageDenoise, so the picture is cleaned here by an
edge-avoiding wavelet filter that is guided by colour, normal and depth of the surfaces.
"""

import argparse
import json
import math
import os
import shutil
import struct
import sys
import tempfile
import zlib

import bpy
import numpy as np
from mathutils import Matrix, Vector
from mathutils.bvhtree import BVHTree

LEAST_SHARE = 0.02
"""Least part of the picture that an object may cover."""

CONTACT = 0.0002
"""Gap left between an object and what it rests on, metres."""


# --- documents ------------------------------------------------------------------------------------


def to_written(v):
    """Blender's z-up coordinates to the y-up coordinates of the written documents."""
    return np.array([v[0], v[2], -v[1]], dtype=np.float64)


def rounded(values, digits=6):
    """A list of plain floats, short enough to read."""
    return [round(float(v), digits) + 0.0 for v in values]


def quaternion_of(matrix):
    """The xyzw quaternion of a 3x3 rotation matrix, w not negative."""
    q = Matrix(matrix.tolist()).to_quaternion()
    values = np.array([q.x, q.y, q.z, q.w])
    return values if values[3] >= 0 else -values


def write_png(path, values):
    """Writes a greyscale PNG of 8 or 16 bits; `values` is (height, width), top row first."""
    bits = 16 if values.dtype == np.uint16 else 8
    height, width = values.shape
    rows = values.astype('>u2').view(np.uint8) if bits == 16 else values
    rows = rows.reshape(height, -1)
    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    filtered = np.hstack([np.full((height, 1), 2, np.uint8), rows - above])  # 2: the "up" filter

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    with open(path, 'wb') as out:
        out.write(b'\x89PNG\r\n\x1a\n')
        out.write(chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, bits, 0, 0, 0, 0)))
        out.write(chunk(b'IDAT', zlib.compress(filtered.tobytes(), 9)))
        out.write(chunk(b'IEND', b''))


# --- materials ------------------------------------------------------------------------------------


def rgb(text):
    """`#rrggbb` (sRGB) to linear RGBA."""
    values = np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return (*linear(values), 1.0)


def linear(srgb):
    """sRGB values 0 to 1 to linear light."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


class Nodes:
    """A material's node tree with a short way to add nodes to it."""

    def __init__(self, name):
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.shader = self.tree.nodes['Principled BSDF']
        self.shader.inputs['Specular'].default_value = 0.4

    def add(self, kind, links=None, **values):
        """Adds a node. `values` are inputs by name or properties; `links` are outputs to connect."""
        node = self.tree.nodes.new('ShaderNode' + kind)
        for key, value in values.items():
            if hasattr(node, key):
                setattr(node, key, value)
            else:
                node.inputs[key.replace('_', ' ')].default_value = value
        for key, output in (links or {}).items():
            self.link(output, node.inputs[key])
        return node

    def link(self, output, target):
        """Connects an output (or a node's first output) to an input."""
        self.tree.links.new(output if hasattr(output, 'is_linked') else output.outputs[0], target)

    def ramp(self, value, stops):
        """A colour ramp over `value`; `stops` are (position, linear RGBA)."""
        node = self.add('ValToRGB', {'Fac': value})
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(0.5)
        for element, (position, colour) in zip(elements, stops):
            element.position = position
            element.color = colour
        return node

    def range(self, value, low, high):
        """Maps a value of 0 to 1 linearly to low to high."""
        return self.add('MapRange', {'Value': value}, To_Min=low, To_Max=high)

    def coordinates(self, scale=(1, 1, 1), offset=(0, 0, 0), turn=0.0):
        """Object coordinates, scaled, moved and turned about z."""
        source = self.add('TexCoord')
        node = self.add('Mapping', {'Vector': source.outputs['Object']})
        node.inputs['Scale'].default_value = scale
        node.inputs['Location'].default_value = offset
        node.inputs['Rotation'].default_value = (0, 0, turn)
        return node

    def bump(self, height, strength, distance=0.002):
        """Bends the normals by a height; returns the node."""
        node = self.add('Bump', {'Height': height}, Strength=strength, Distance=distance)
        self.link(node.outputs['Normal'], self.shader.inputs['Normal'])
        return node


def material_vertex(name, roughness, random):
    """The corpus' vertex colours, slightly uneven in tone, roughness and relief."""
    m = Nodes(name)
    where = m.coordinates(offset=tuple(random.uniform(-50, 50, 3)))
    colour = m.add('VertexColor', layer_name='Col')
    blotches = m.add('TexNoise', {'Vector': where}, Scale=9.0, Detail=5.0)
    tone = m.range(blotches, 0.72, 1.22)
    mixed = m.add('VectorMath', {0: colour.outputs['Color'], 1: tone}, operation='MULTIPLY')
    m.link(mixed, m.shader.inputs['Base Color'])
    m.link(m.range(blotches, roughness - 0.15, roughness + 0.15), m.shader.inputs['Roughness'])
    fine = m.add('TexNoise', {'Vector': where}, Scale=90.0, Detail=3.0)
    m.bump(fine, 0.08)
    return m.material


def material_plain(name, colour, roughness, random, uneven=0.12, metallic=0.0, grain=90.0, relief=0.06):
    """One colour with uneven tone and roughness."""
    m = Nodes(name)
    where = m.coordinates(offset=tuple(random.uniform(-50, 50, 3)))
    blotches = m.add('TexNoise', {'Vector': where}, Scale=14.0, Detail=6.0)
    tone = m.range(blotches, 1 - uneven, 1 + uneven)
    mixed = m.add('VectorMath', {1: tone}, operation='MULTIPLY')
    mixed.inputs[0].default_value = rgb(colour)[:3]
    m.link(mixed, m.shader.inputs['Base Color'])
    m.link(m.range(blotches, roughness - 0.08, roughness + 0.08), m.shader.inputs['Roughness'])
    m.shader.inputs['Metallic'].default_value = metallic
    m.bump(m.add('TexNoise', {'Vector': where}, Scale=grain, Detail=3.0), relief)
    return m.material


def material_wood(name, dark, light, random, planks=0.0, turn=0.0, roughness=0.4):
    """Wood with grain along x; `planks` is the width of a board in metres, 0 for one piece."""
    m = Nodes(name)
    offset = tuple(random.uniform(-20, 20, 3))
    where = m.coordinates(turn=turn)
    grain_at = m.coordinates(scale=(1.2, 16, 16), offset=offset, turn=turn)
    shift = None
    if planks:
        brick = m.add(
            'TexBrick', {'Vector': where}, offset=0.37, offset_frequency=2, Scale=1.0, Mortar_Size=0.0016,
            Mortar_Smooth=0.6, Bias=0.0, Brick_Width=planks * 9, Row_Height=planks,
            Color1=(0.1, 0.1, 0.1, 1), Color2=(0.9, 0.9, 0.9, 1), Mortar=(0.5, 0.5, 0.5, 1),
        )
        # Every board has its own piece of the grain.
        shift = m.add('VectorMath', {0: brick.outputs['Color']}, operation='SCALE', Scale=37.0)
        moved = m.add('VectorMath', {0: grain_at, 1: shift}, operation='ADD')
        source = moved.outputs['Vector']
    else:
        source = grain_at.outputs['Vector']
    broad = m.add('TexNoise', {'Vector': source}, Scale=1.0, Detail=9.0, Roughness=0.62, Distortion=0.9)
    stops = [(0.28, rgb(dark)), (0.5, tuple((a + b) / 2 for a, b in zip(rgb(dark), rgb(light)))), (0.72, rgb(light))]
    colour = m.ramp(broad, stops)
    output = colour.outputs['Color']
    if planks:
        tone = m.range(brick.outputs['Color'], 0.8, 1.12)
        output = m.add('VectorMath', {0: output, 1: tone}, operation='MULTIPLY').outputs['Vector']
        gap = m.add('MapRange', {'Value': brick.outputs['Fac']}, To_Min=1.0, To_Max=0.35)
        output = m.add('VectorMath', {0: output, 1: gap}, operation='MULTIPLY').outputs['Vector']
    m.link(output, m.shader.inputs['Base Color'])
    m.link(m.range(broad, roughness - 0.1, roughness + 0.14), m.shader.inputs['Roughness'])
    m.bump(broad, 0.12)
    return m.material


def material_tiles(name, first, second, grout, side, random, turn=0.0):
    """Square tiles in two close tones with grout between them."""
    m = Nodes(name)
    where = m.coordinates(turn=turn)
    brick = m.add(
        'TexBrick', {'Vector': where}, offset=0.0, Scale=1.0, Mortar_Size=side * 0.012, Mortar_Smooth=0.3, Bias=0.0,
        Brick_Width=side, Row_Height=side, Color1=rgb(first), Color2=rgb(second), Mortar=rgb(grout),
    )
    clouds = m.add('TexNoise', {'Vector': m.coordinates(offset=tuple(random.uniform(-20, 20, 3)))}, Scale=6.0, Detail=8.0)
    tone = m.range(clouds, 0.78, 1.2)
    mixed = m.add('VectorMath', {0: brick.outputs['Color'], 1: tone}, operation='MULTIPLY')
    m.link(mixed, m.shader.inputs['Base Color'])
    m.link(m.add('MapRange', {'Value': brick.outputs['Fac']}, To_Min=0.32, To_Max=0.85), m.shader.inputs['Roughness'])
    m.bump(m.add('MapRange', {'Value': brick.outputs['Fac']}, To_Min=1.0, To_Max=0.0), 0.5, 0.003)
    return m.material


def material_rug(name, ground, stripe, random):
    """A woven rug: fine threads and broad stripes across x."""
    m = Nodes(name)
    where = m.coordinates()
    stripes = m.add('TexWave', {'Vector': where}, bands_direction='X', Scale=2.4, Distortion=0.08, Detail_Scale=8.0)
    colour = m.ramp(stripes, [(0.0, rgb(ground)), (0.62, rgb(ground)), (0.7, rgb(stripe)), (1.0, rgb(stripe))])
    threads = m.add('TexNoise', {'Vector': m.coordinates(scale=(1, 3.2, 1))}, Scale=260.0, Detail=3.0)
    tone = m.range(threads, 0.55, 1.4)
    mixed = m.add('VectorMath', {0: colour.outputs['Color'], 1: tone}, operation='MULTIPLY')
    m.link(mixed, m.shader.inputs['Base Color'])
    m.shader.inputs['Roughness'].default_value = 0.95
    m.shader.inputs['Specular'].default_value = 0.1
    m.bump(threads, 0.9, 0.004)
    return m.material


# --- meshes ---------------------------------------------------------------------------------------


def mesh_object(name, vertices, faces, smooth_degrees=40.0):
    """A Blender object of a mesh in metres, z up."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([tuple(map(float, v)) for v in vertices], [], [tuple(map(int, f)) for f in faces])
    mesh.validate()
    mesh.polygons.foreach_set('use_smooth', [True] * len(mesh.polygons))
    mesh.use_auto_smooth = True
    mesh.auto_smooth_angle = math.radians(smooth_degrees)
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    return item


def lathe(profile, around=96):
    """Vertices and faces of a profile of (radius, height) turned about z, closed at radius 0."""
    vertices, faces, rings = [], [], []
    for radius, height in profile:
        if radius < 1e-6:
            rings.append([len(vertices)])
            vertices.append((0, 0, height))
        else:
            rings.append(list(range(len(vertices), len(vertices) + around)))
            angles = 2 * math.pi * np.arange(around) / around
            vertices += [(radius * math.cos(a), radius * math.sin(a), height) for a in angles]
    for low, high in zip(rings, rings[1:]):
        for i in range(around):
            j = (i + 1) % around
            corners = [low[i % len(low)], low[j % len(low)], high[j % len(high)], high[i % len(high)]]
            unique = list(dict.fromkeys(corners))
            if len(unique) > 2:
                faces.append(unique)
    return vertices, faces


def rounded_profile(points, radius=0.004, steps=5):
    """Rounds the inner corners of a polyline of (radius, height)."""
    out = [points[0]]
    for before, here, after in zip(points, points[1:], points[2:]):
        a, b, c = (np.array(p, float) for p in (before, here, after))
        cut = min(radius, np.linalg.norm(a - b) * 0.45, np.linalg.norm(c - b) * 0.45)
        start = b + (a - b) / np.linalg.norm(a - b) * cut
        end = b + (c - b) / np.linalg.norm(c - b) * cut
        for t in np.linspace(0, 1, steps):
            out.append(tuple((1 - t) ** 2 * start + 2 * t * (1 - t) * b + t * t * end))
    return [*out, points[-1]]


def box_parts(parts):
    """Vertices and faces of several boxes, each (centre, size)."""
    vertices, faces = [], []
    for centre, size in parts:
        base = len(vertices)
        for i in range(8):
            sign = np.array([(i & 1) * 2 - 1, (i >> 1 & 1) * 2 - 1, (i >> 2 & 1) * 2 - 1])
            vertices.append(np.array(centre) + sign * np.array(size) / 2)
        quads = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
        faces += [tuple(base + k for k in quad) for quad in quads]
    return vertices, faces


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


def paint(item, material):
    """Gives an object one material."""
    item.data.materials.clear()
    item.data.materials.append(material)
    return item


class Corpus:
    """The object corpus: coloured meshes by id."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, 'manifest.json'), encoding='utf-8') as source:
            self.entries = {entry['id']: entry for entry in json.load(source)}
        self.shards = {}

    def load(self, identifier, metres, random, roughness, stretch):
        """A corpus object whose longest side is `metres`, with a note on where it comes from."""
        entry = self.entries[identifier]
        if entry['shard'] not in self.shards:
            self.shards[entry['shard']] = np.load(os.path.join(self.folder, entry['shard']))
        shard, i = self.shards[entry['shard']], entry['index']
        v0, v1 = shard['vertex_offset'][i : i + 2]
        t0, t1 = shard['triangle_offset'][i : i + 2]
        points = shard['vertices'][v0:v1].astype(np.float64) / 65535 - 0.5
        points = points * np.array(stretch)
        points = points / np.ptp(points, axis=0).max() * metres
        colours = shard['colors'][v0:v1] / 255.0
        triangles = shard['triangles'][t0:t1].astype(int)
        # One vertex a position, so that normals are smooth across seams of colour.
        keys, welded = np.unique(shard['vertices'][v0:v1], axis=0, return_inverse=True)
        where = np.zeros((len(keys), 3))
        where[welded.reshape(-1)] = points
        where = np.stack([where[:, 0], -where[:, 2], where[:, 1]], axis=1)
        faces = welded.reshape(-1)[triangles]
        keep = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 0] != faces[:, 2])
        faces, triangles = faces[keep], triangles[keep]
        mesh = bpy.data.meshes.new(identifier)
        mesh.from_pydata(where.tolist(), [], faces.tolist())
        layer = mesh.color_attributes.new('Col', 'FLOAT_COLOR', 'CORNER')
        corners = np.ones((len(faces) * 3, 4), np.float32)
        corners[:, :3] = linear(colours[triangles.reshape(-1)])
        layer.data.foreach_set('color', corners.reshape(-1))
        mesh.polygons.foreach_set('use_smooth', [True] * len(mesh.polygons))
        mesh.use_auto_smooth = True
        mesh.auto_smooth_angle = math.radians(38)
        item = bpy.data.objects.new(identifier, mesh)
        bpy.context.scene.collection.objects.link(item)
        paint(item, material_vertex(identifier, roughness, random))
        source = {'corpus': identifier, 'pack': entry['pack'], 'author': entry['author'], 'licence': entry['license']}
        return item, source


# --- procedural objects ---------------------------------------------------------------------------


def make_mug(colour, random, height=0.095, radius=0.041):
    """A glazed mug with a handle."""
    wall, base = 0.004, 0.006
    profile = [
        (0, 0.001), (radius * 0.8, 0.001), (radius * 0.86, 0.0), (radius, height * 0.16), (radius, height),
        (radius - wall, height), (radius - wall, base + 0.012), (radius * 0.75, base), (0, base),
    ]
    vertices, faces = lathe(rounded_profile(profile, 0.004))
    base_index, turns, sides = len(vertices), 28, 14
    for i in range(turns + 1):
        a = -math.pi * 0.5 + math.pi * i / turns
        middle = np.array([radius - 0.003 + 0.028 * math.cos(a), 0, height * 0.5 + height * 0.3 * math.sin(a)])
        outward = np.array([math.cos(a), 0, math.sin(a)])
        for j in range(sides):
            b = 2 * math.pi * j / sides
            vertices.append(middle + outward * 0.0042 * math.cos(b) + np.array([0, 0.0062 * math.sin(b), 0]))
    for i in range(turns):
        for j in range(sides):
            k, n = (j + 1) % sides, base_index + i * sides
            faces.append((n + j, n + k, n + sides + k, n + sides + j))
    return paint(mesh_object('mug', vertices, faces), material_plain('glaze', colour, 0.2, random, relief=0.02))


def make_plate(colour, random, radius=0.12):
    """A shallow plate with a raised rim."""
    profile = [
        (0, 0.003), (radius * 0.56, 0.003), (radius * 0.58, 0), (radius * 0.66, 0), (radius * 0.7, 0.006),
        (radius, 0.021), (radius, 0.024), (radius * 0.7, 0.0125), (radius * 0.62, 0.008), (0, 0.008),
    ]
    vertices, faces = lathe(rounded_profile(profile, 0.006), 128)
    return paint(mesh_object('plate', vertices, faces), material_plain('plate', colour, 0.22, random, 0.05, relief=0.02))


def make_bowl(colour, random, radius=0.08, height=0.07):
    """A deep bowl on a foot."""
    profile = [(0, 0.002), (radius * 0.5, 0.002), (radius * 0.52, 0), (radius * 0.58, 0), (radius * 0.58, 0.007)]
    for t in np.linspace(0.05, 1, 12):
        profile.append((radius * (0.58 + 0.42 * math.sin(t * math.pi / 2)), 0.007 + (height - 0.007) * t**1.25))
    for t in np.linspace(1, 0, 12):
        inner = radius * (0.55 + 0.42 * math.sin(t * math.pi / 2)) - 0.002
        profile.append((inner, 0.011 + (height - 0.011) * t**1.25))
    profile.append((0, 0.011))
    vertices, faces = lathe(rounded_profile(profile, 0.002, 3), 128)
    return paint(mesh_object('bowl', vertices, faces), material_plain('bowl', colour, 0.25, random, 0.08, relief=0.02))


def make_bottle(body, cap, label, random, height=0.22, radius=0.034):
    """A bottle with a cap and a paper label."""
    shoulder, neck = height * 0.62, radius * 0.4
    profile = [
        (0, 0.002), (radius * 0.8, 0), (radius, 0.006), (radius, shoulder), (radius * 0.85, shoulder + 0.022),
        (neck, shoulder + 0.045), (neck, height - 0.03), (0, height - 0.03),
    ]
    vertices, faces = lathe(rounded_profile(profile, 0.008))
    cap_profile = [(0, height - 0.032), (neck + 0.004, height - 0.032), (neck + 0.004, height), (0, height)]
    more, cap_faces = lathe(rounded_profile(cap_profile, 0.003))
    label_profile = [(radius + 0.0005, shoulder * 0.22), (radius + 0.0005, shoulder * 0.8)]
    third, label_faces = lathe(label_profile)
    item = mesh_object(
        'bottle', [*vertices, *more, *third],
        [*faces, *[[k + len(vertices) for k in f] for f in cap_faces],
         *[[k + len(vertices) + len(more) for k in f] for f in label_faces]],
    )
    for colour, roughness in ((body, 0.18), (cap, 0.4), (label, 0.65)):
        item.data.materials.append(material_plain('bottle', colour, roughness, random, 0.1, relief=0.02))
    kinds = [0] * len(faces) + [1] * len(cap_faces) + [2] * len(label_faces)
    item.data.polygons.foreach_set('material_index', kinds[: len(item.data.polygons)])
    return item


def make_orange(random, radius=0.04):
    """An orange: a slightly flattened ball with pores and a dimple."""
    profile = []
    for t in np.linspace(0, math.pi, 64):
        r, z = radius * math.sin(t), -radius * 0.94 * math.cos(t)
        z -= 0.0035 * math.exp(-(((math.pi - t) / 0.16) ** 2)) - 0.002 * math.exp(-((t / 0.2) ** 2))
        profile.append((r if 0.001 < t < math.pi - 0.001 else 0, z))
    vertices, faces = lathe(profile, 96)
    skin = material_plain('peel', '#e8870f', 0.42, random, 0.1, grain=480.0, relief=0.35)
    return paint(mesh_object('orange', vertices, faces, 180), skin)


def make_apple(random, radius=0.038):
    """An apple with a stalk; red with a yellow-green cheek."""
    profile = []
    for t in np.linspace(0, math.pi, 72):
        r = radius * math.sin(t) * (1 + 0.1 * (-math.cos(t)))
        z = -radius * 0.9 * math.cos(t) - 0.014 * math.exp(-(((math.pi - t) / 0.42) ** 2)) + 0.007 * math.exp(-((t / 0.35) ** 2))
        profile.append((r if 0.001 < t < math.pi - 0.001 else 0, z))
    vertices, faces = lathe(profile, 96)
    top = profile[-1][1]
    stalk, stalk_faces = lathe([(0, top - 0.002), (0.0013, top - 0.002), (0.0017, top + 0.017), (0, top + 0.017)], 12)
    item = mesh_object('apple', [*vertices, *stalk], [*faces, *[[k + len(vertices) for k in f] for f in stalk_faces]], 60)
    m = Nodes('apple')
    where = m.coordinates(scale=(1, 1, 0.25), offset=tuple(random.uniform(-9, 9, 3)))
    patches = m.add('TexNoise', {'Vector': where}, Scale=26.0, Detail=6.0, Distortion=0.4)
    m.link(m.ramp(patches, [(0.42, rgb('#a3141a')), (0.6, rgb('#b8332a')), (0.74, rgb('#cfa544'))]).outputs['Color'], m.shader.inputs['Base Color'])
    m.shader.inputs['Roughness'].default_value = 0.28
    item.data.materials.append(m.material)
    item.data.materials.append(material_plain('stalk', '#5a3c1e', 0.7, random))
    item.data.polygons.foreach_set('material_index', ([0] * len(faces) + [1] * len(stalk_faces))[: len(item.data.polygons)])
    return item


def make_book(cover, random, size=(0.15, 0.21, 0.03)):
    """A closed book lying flat: boards, spine and a block of pages."""
    x, y, z = size
    board = 0.003
    parts = [
        ((0, 0, board / 2), (x, y, board)),
        ((0, 0, z - board / 2), (x, y, board)),
        ((-x / 2 + board / 2, 0, z / 2), (board, y, z)),
        ((-0.002, 0, z / 2), (x - 0.009, y - 0.010, z - 2 * board - 0.0002)),
    ]
    vertices, faces = box_parts(parts)
    item = mesh_object('book', vertices, faces)
    item.data.materials.append(material_plain('cover', cover, 0.5, random, 0.1, grain=400, relief=0.2))
    m = Nodes('pages')
    lines = m.add('TexNoise', {'Vector': m.coordinates(scale=(1, 1, 600))}, Scale=3.0, Detail=2.0)
    m.link(m.ramp(lines, [(0.35, rgb('#b9ac8c')), (0.65, rgb('#efe7d2'))]).outputs['Color'], m.shader.inputs['Base Color'])
    m.shader.inputs['Roughness'].default_value = 0.9
    item.data.materials.append(m.material)
    item.data.polygons.foreach_set('material_index', [0] * 18 + [1] * 6)
    return bevel(item, 0.0008, 2)


def make_cardboard(random, size=(0.2, 0.15, 0.12)):
    """A taped cardboard box."""
    x, y, z = size
    tape = 0.0004
    item = mesh_object('cardboard', *box_parts([
        ((0, 0, z / 2), size), ((0, 0, z + tape / 2), (x, 0.045, tape)),
        ((x / 2 + tape / 2, 0, z - 0.02), (tape, 0.045, 0.04)), ((-x / 2 - tape / 2, 0, z - 0.02), (tape, 0.045, 0.04)),
    ]))
    m = Nodes('cardboard')
    ribs = m.add('TexNoise', {'Vector': m.coordinates(offset=tuple(random.uniform(-9, 9, 3)))}, Scale=60.0, Detail=6.0)
    m.link(m.ramp(ribs, [(0.3, rgb('#a9845a')), (0.7, rgb('#b8936a'))]).outputs['Color'], m.shader.inputs['Base Color'])
    m.shader.inputs['Roughness'].default_value = 0.85
    m.bump(ribs, 0.15)
    item.data.materials.append(m.material)
    item.data.materials.append(material_plain('tape', '#cdb68a', 0.3, random, 0.05))
    item.data.polygons.foreach_set('material_index', [0] * 6 + [1] * 18)
    return bevel(item, 0.002 if min(size) < 0.5 else 0.005)


def make_crate(random, side=0.4):
    """A wooden crate of slats on a frame."""
    post, slat, parts = side * 0.1, side * 0.035, []
    half = side / 2 - post / 2
    for sx in (-1, 1):
        for sy in (-1, 1):
            parts.append(((sx * half, sy * half, side / 2), (post, post, side)))
    rows = 4
    pitch = (side - 0.02 * side) / rows
    for row in range(rows):
        z = 0.01 * side + pitch * (row + 0.5)
        for s in (-1, 1):
            parts.append(((0, s * (side / 2 + slat / 2), z), (side + 2 * slat, slat, pitch * 0.9)))
            parts.append(((s * (side / 2 + slat / 2), 0, z), (slat, side, pitch * 0.9)))
    for row in range(5):
        parts.append(((0, side * (row / 5 - 0.4), 0.02 * side), (side, side * 0.19, slat)))
    item = mesh_object('crate', *box_parts(parts))
    paint(item, material_wood('crate wood', '#7a5530', '#c39a63', random, roughness=0.75))
    return bevel(item, side * 0.006, 2)


# --- a scene --------------------------------------------------------------------------------------


class Scene:
    """One picture: surroundings, objects, camera and what is written about them."""

    def __init__(self, name, corpus, seed, size, surface_height):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.name, self.corpus, self.size = name, corpus, size
        self.random = np.random.default_rng([seed, *name.encode()])
        self.height = surface_height
        self.objects = []
        self.scene = bpy.context.scene
        world = bpy.data.worlds.new('world')
        world.use_nodes = True
        self.scene.world = world

    def sky(self, colour, strength):
        """Even light from everywhere."""
        background = self.scene.world.node_tree.nodes['Background']
        background.inputs[0].default_value = rgb(colour)
        background.inputs[1].default_value = strength

    def area_light(self, place, target, size, watts, colour='#ffffff'):
        """A rectangular light that looks at a point."""
        data = bpy.data.lights.new('area', 'AREA')
        data.shape, data.size, data.size_y = 'RECTANGLE', size[0], size[1]
        data.energy, data.color = watts, rgb(colour)[:3]
        item = bpy.data.objects.new('area', data)
        item.location = place
        item.rotation_euler = (Vector(target) - Vector(place)).to_track_quat('-Z', 'Y').to_euler()
        self.scene.collection.objects.link(item)

    def slab(self, name, centre, size, material, rounding=0.003):
        """A fixed box of the surroundings: table top, floor, wall, skirting board."""
        item = paint(mesh_object(name, *box_parts([((0, 0, 0), size)])), material)
        if rounding:
            bevel(item, rounding)
        item.location = centre
        return item

    def camera(self, place, target, focal):
        """A pinhole camera; `focal` is the focal length as a multiple of the picture's width."""
        data = bpy.data.cameras.new('camera')
        data.sensor_fit, data.sensor_width, data.lens = 'HORIZONTAL', 36.0, 36.0 * focal
        data.clip_start = 0.01
        item = bpy.data.objects.new('camera', data)
        item.location = place
        item.rotation_euler = (Vector(target) - Vector(place)).to_track_quat('-Z', 'Y').to_euler()
        self.scene.collection.objects.link(item)
        self.scene.camera = item
        self.focal = focal

    def put(self, label, item, at, degrees=0.0, on=None, source=None):
        """Stands an object on the surface (or on another object, by label) at (x, y)."""
        bpy.context.view_layer.update()
        points = np.array([v.co for v in item.data.vertices])
        # The origin goes to the middle of the bounding box, as in canonical space.
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        item.data.transform(Matrix.Translation(Vector(-middle)))
        size = np.ptp(points, axis=0)
        item.rotation_euler = (0, 0, math.radians(degrees))
        item.location = (at[0], at[1], self.height + size[2] / 2 + CONTACT)
        item.pass_index = len(self.objects) + 1
        entry = {'label': label, 'item': item, 'size': size, 'degrees': degrees, 'restsOn': on or 'surface'}
        entry['source'] = source or {'procedural': 'render.py', 'licence': 'Apache-2.0'}
        if on:
            self.drop(entry, next(o for o in self.objects if o['label'] == on))
        self.objects.append(entry)

    def put_corpus(self, label, identifier, metres, at, degrees=0.0, on=None, roughness=0.5, stretch=(1, 1, 1)):
        """Like put, for an object of the corpus."""
        item, source = self.corpus.load(identifier, metres, self.random, roughness, stretch)
        self.put(label, item, at, degrees, on, source)

    def tree(self, entry):
        """The object's triangles in the world, for tests of intersection."""
        bpy.context.view_layer.update()
        item = entry['item']
        matrix = item.matrix_world
        return BVHTree.FromPolygons([matrix @ v.co for v in item.data.vertices], [p.vertices[:] for p in item.data.polygons])

    def drop(self, entry, below):
        """Lowers an object onto another one until they all but touch."""
        support = self.tree(below)
        item = entry['item']
        low, high = item.location.z, item.location.z + float(below['size'][2]) + 0.01
        for _ in range(18):
            middle = (low + high) / 2
            item.location.z = middle
            if self.tree(entry).overlap(support):
                low = middle
            else:
                high = middle
        item.location.z = high + CONTACT

    def intersections(self):
        """One sentence for every two objects that intersect."""
        trees = [self.tree(entry) for entry in self.objects]
        return [
            f"{first['label']} intersects {self.objects[j]['label']}"
            for i, first in enumerate(self.objects)
            for j in range(i)
            if trees[i].overlap(trees[j])
        ]

    # - rendering -

    def passes(self, names, samples, threads, seed, sharp):
        """Renders and returns the named passes as float arrays, top row first."""
        scene, folder = self.scene, tempfile.mkdtemp()
        scene.render.engine = 'CYCLES'
        scene.cycles.device = 'CPU'
        scene.cycles.samples = samples
        scene.cycles.use_adaptive_sampling = False
        scene.cycles.use_denoising = False
        scene.cycles.seed = seed
        scene.cycles.max_bounces = 6
        scene.cycles.sample_clamp_indirect = 3.0
        scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
        scene.cycles.pixel_filter_type = 'BOX' if sharp else 'BLACKMAN_HARRIS'
        scene.cycles.filter_width = 0.01 if sharp else 1.5
        scene.render.threads_mode, scene.render.threads = 'FIXED', threads
        scene.render.resolution_x, scene.render.resolution_y = self.size
        scene.render.resolution_percentage = 100
        layer = scene.view_layers[0]
        layer.use_pass_z = layer.use_pass_object_index = layer.use_pass_normal = layer.use_pass_diffuse_color = True
        scene.use_nodes = True
        scene.node_tree.nodes.clear()
        source = scene.node_tree.nodes.new('CompositorNodeRLayers')
        outputs = {}
        for name in names:
            node = scene.node_tree.nodes.new('CompositorNodeOutputFile')
            node.base_path = folder
            node.format.file_format, node.format.color_depth, node.format.color_mode = 'OPEN_EXR', '32', 'RGB'
            node.file_slots[0].path = name
            scene.node_tree.links.new(source.outputs[name], node.inputs[0])
            outputs[name] = os.path.join(folder, f'{name}{scene.frame_current:04d}.exr')
        bpy.ops.render.render()
        result = {}
        for name, path in outputs.items():
            image = bpy.data.images.load(path)
            image.colorspace_settings.name = 'Non-Color'
            values = np.empty(len(image.pixels), np.float32)
            image.pixels.foreach_get(values)
            result[name] = values.reshape(self.size[1], self.size[0], 4)[::-1, :, :3].copy()
            bpy.data.images.remove(image)
        shutil.rmtree(folder)
        return result

    def write(self, folder, samples, threads, seed, draft, exposure=0.5, camera=False, depth=None, masks=False):
        """Checks the scene, renders it and writes its files."""
        problems = self.intersections()
        width, height = self.size
        exact = self.passes(['Depth', 'IndexOB'], 1, threads, seed, sharp=True)
        index = np.rint(exact['IndexOB'][:, :, 0]).astype(np.uint8)
        distance = exact['Depth'][:, :, 0].astype(np.float64)
        entries = []
        for number, entry in enumerate(self.objects, 1):
            for other in self.objects:
                other['item'].hide_render = other is not entry
            alone = np.rint(self.passes(['IndexOB'], 1, threads, seed, sharp=True)['IndexOB'][:, :, 0]) == number
            seen = index == number
            share = float(seen.mean())
            print(f"{self.name}: {entry['label']}: {share:.1%} of the picture, {seen.sum() / alone.sum():.0%} visible", flush=True)
            if share < LEAST_SHARE:
                problems.append(f"{entry['label']} covers too little of the picture")
            if seen[0].any() or seen[-1].any() or seen[:, 0].any() or seen[:, -1].any():
                problems.append(f"{entry['label']} touches the edge of the picture")
            turn = math.radians(entry['degrees']) / 2
            entries.append({
                'number': number,
                'label': entry['label'],
                'source': entry['source'],
                'restsOn': entry['restsOn'],
                'sizeMeters': rounded(np.array(entry['size'])[[0, 2, 1]], 4),
                'pose': {
                    'rotation': rounded([0, math.sin(turn), 0, math.cos(turn)]),
                    'translation': rounded(to_written(entry['item'].location)),
                    'size': round(float(max(entry['size'])), 6),
                },
                'pictureShare': round(share, 4),
                'visibleFraction': round(float(seen.sum() / alone.sum()), 4),
            })
        for entry in self.objects:
            entry['item'].hide_render = False
        for problem in problems:
            print(f'{self.name}: {problem}', file=sys.stderr)
        if problems and not draft:
            sys.exit(1)

        document = {'picture': f'{self.name}.jpg', 'width': width, 'height': height}
        if camera:
            matrix = np.array(self.scene.camera.matrix_world)
            axes = np.stack([to_written(matrix[:3, 0]), to_written(-matrix[:3, 1]), to_written(-matrix[:3, 2])], axis=1)
            focal = self.focal * width
            document['intrinsics'] = {'fx': focal, 'fy': focal, 'cx': width / 2, 'cy': height / 2}
            document['cameraToWorld'] = {
                'rotation': rounded(quaternion_of(axes), 9),
                'translation': rounded(to_written(matrix[:3, 3])),
            }
        document['surface'] = {'height': round(self.height, 6)}
        if depth:
            document['depth'] = f'{self.name}.depth.png'
            write_png(os.path.join(folder, document['depth']), depth_image(distance, index, depth == 'noisy', self.random))
        if masks:
            document['masks'] = f'{self.name}.masks.png'
            write_png(os.path.join(folder, document['masks']), index)
        document['objects'] = entries

        names = ['Image', 'Depth', 'Normal', 'DiffCol']
        raw = self.passes(names, samples, threads, seed, sharp=False)
        picture = denoise(raw['Image'], raw['Normal'], raw['DiffCol'], distance)
        self.save(os.path.join(folder, document['picture']), picture, exposure)
        with open(os.path.join(folder, f'{self.name}.json'), 'w', encoding='utf-8') as out:
            out.write(json.dumps(document, indent=2) + '\n')

    def save(self, path, picture, exposure):
        """Writes linear light as a JPEG through Blender's Filmic curve."""
        scene = self.scene
        scene.use_nodes = False
        image = bpy.data.images.new('result', *self.size, float_buffer=True, alpha=False)
        image.colorspace_settings.name = 'Linear'
        pixels = np.ones((self.size[1], self.size[0], 4), np.float32)
        pixels[:, :, :3] = picture[::-1]
        image.pixels.foreach_set(pixels.reshape(-1))
        image.update()
        scene.view_settings.view_transform = 'Filmic'
        scene.view_settings.look = 'Medium Contrast'
        scene.view_settings.exposure = exposure
        scene.render.image_settings.file_format = 'JPEG'
        scene.render.image_settings.quality = 90
        image.save_render(path, scene=scene)


def depth_image(distance, index, noisy, random):
    """Depth along the camera's z as 16-bit millimetres. `noisy` adds what a depth camera would."""
    values = distance.copy()
    far = values > 60
    if noisy:
        values += random.normal(0, 1, values.shape) * 0.0011 * values**2
        # No reading beside the edges of objects, more often on the side in the sensor's shadow.
        left = np.abs(distance - np.roll(distance, 1, axis=1)) > 0.03
        up = np.abs(distance - np.roll(distance, 1, axis=0)) > 0.03
        edge = left | np.roll(left, -1, axis=1) | np.roll(left, 1, axis=1) | up
        edge[:, 0] = edge[0] = False
        far |= edge & (random.random(values.shape) < 0.8)
        far |= random.random(values.shape) < 0.002
    return np.where(far, 0, np.clip(np.rint(values * 1000), 1, 65535)).astype(np.uint16)


def denoise(image, normal, albedo, distance):
    """Edge-avoiding a-trous wavelets on light without surface colour (Dammertz et al. 2010)."""
    albedo = np.maximum(albedo, 0.02)
    light = image / albedo
    distance = np.minimum(distance, 100.0)
    # How fast depth changes by itself on a slanted surface.
    slope = np.maximum(np.hypot(*np.gradient(distance)), 1e-4)
    slope = np.minimum(slope, 0.02 * distance)
    kernel = (1 / 16, 1 / 4, 3 / 8, 1 / 4, 1 / 16)
    for level in range(4):
        step = 1 << level
        tone = np.log1p(light.mean(axis=2) * 4)
        total = np.zeros_like(light)
        weights = np.zeros(light.shape[:2])
        for dy in range(-2, 3):
            for dx in range(-2, 3):
                def moved(a):
                    y = np.clip(np.arange(a.shape[0]) + dy * step, 0, a.shape[0] - 1)
                    x = np.clip(np.arange(a.shape[1]) + dx * step, 0, a.shape[1] - 1)
                    return a[y][:, x]

                far = math.hypot(dx, dy) * step + 1
                weight = kernel[dy + 2] * kernel[dx + 2] * np.exp(
                    -np.abs(moved(distance) - distance) / (slope * far * 1.5)
                    - ((moved(normal) - normal) ** 2).sum(axis=2) / 0.08
                    - ((moved(albedo) - albedo) ** 2).sum(axis=2) / 0.06
                    - (moved(tone) - tone) ** 2 / (0.02 / 4**level)
                )
                total += moved(light) * weight[:, :, None]
                weights += weight
        light = total / weights[:, :, None]
    return light * albedo


# --- the pictures ---------------------------------------------------------------------------------


def table_breakfast(scene):
    """Breakfast on a wooden table by a window."""
    h, random = scene.height, scene.random
    scene.slab('top', (0, 0.05, h - 0.02), (1.5, 0.9, 0.04), material_wood('oak', '#6d4522', '#b3834f', random, planks=0.14), 0.006)
    scene.slab('floor', (0, 0, -0.05), (8, 8, 0.1), material_wood('floor', '#5b4330', '#8b6b4c', random, planks=0.12, turn=1.57), 0)
    scene.slab('wall', (0, 1.6, 1.5), (8, 0.1, 3), material_plain('wall', '#c9c3b2', 0.9, random, 0.06, grain=40), 0)
    scene.slab('skirting', (0, 1.54, 0.06), (8, 0.02, 0.12), material_plain('skirting', '#e9e6de', 0.5, random, 0.03))
    scene.put('plate', make_plate('#d3d7d4', random), (0.04, -0.05))
    scene.put('orange', make_orange(random), (0.024, -0.052), 0, on='plate')
    scene.put('mug', make_mug('#2f6f8f', random), (-0.135, -0.03), -150)
    scene.put('bottle', make_bottle('#3c5a2a', '#c9a13a', '#e4d9bf', random), (-0.085, 0.085))
    scene.put_corpus('jar', 'kaykit-restaurant-jar-a-medium', 0.135, (0.135, 0.12), 25, roughness=0.3)
    scene.put('apple', make_apple(random, 0.042), (0.195, 0.03), 40)
    scene.sky('#b9c8dc', 0.12)
    for y in (-0.28, 0.28):
        scene.area_light((-1.5, 0.35 + y, h + 0.85), (0, 0, h), (0.42, 0.9), 22, '#fff1dc')
    scene.area_light((1.8, -1.0, h + 1.4), (0, 0, h), (1.2, 1.2), 5, '#dfe8ff')
    scene.camera((0.07, -0.55, h + 0.36), (0.012, 0.03, h + 0.06), 1.12)
    return {}


def floor_room(scene):
    """Furniture in the corner of a room."""
    random = scene.random
    scene.slab('floor', (0, 0, -0.05), (9, 9, 0.1), material_wood('boards', '#8a6239', '#c59a68', random, planks=0.13, turn=0.0), 0)
    wall = material_plain('wall', '#a9b8b4', 0.92, random, 0.05, grain=60)
    scene.slab('back wall', (0, 1.75, 1.5), (9, 0.1, 3), wall, 0)
    scene.slab('left wall', (-2.1, 0, 1.5), (0.1, 9, 3), wall, 0)
    trim = material_plain('trim', '#eceae4', 0.45, random, 0.03)
    scene.slab('skirting', (0, 1.69, 0.06), (9, 0.02, 0.12), trim)
    scene.slab('skirting', (-2.04, 0, 0.06), (0.02, 9, 0.12), trim)
    scene.put_corpus('chair', 'quaternius-house-interior-pack-chair-1', 0.92, (-0.6, 0.3), 150, roughness=0.5)
    scene.put_corpus('table', 'quaternius-furniture-pack-vol-2-small-table', 0.74, (0.3, 0.6), 10, roughness=0.45)
    scene.put_corpus('lamp', 'quaternius-furniture-pack-standing-lamp', 1.6, (0.98, 1.0), 0, roughness=0.6)
    scene.put('crate', make_crate(random, 0.4), (0.86, 0.12), 28)
    scene.put_corpus('potted plant', 'quaternius-house-interior-pack-houseplant-4', 1.3, (-1.12, 0.95), 40, roughness=0.5)
    scene.put('box', make_cardboard(random, (0.42, 0.32, 0.28)), (-0.12, -0.22), -18)
    scene.sky('#ffffff', 0.12)
    scene.area_light((-1.2, -2.2, 2.5), (0.2, 0.6, 0.4), (0.8, 0.8), 130, '#fff4e4')
    scene.area_light((2.6, -0.4, 2.0), (0, 0.8, 0.5), (0.8, 1.2), 55, '#dbe7ff')
    scene.camera((0.2, -2.9, 1.45), (0.0, 0.5, 0.6), 1.02)
    return {'camera': True, 'depth': 'exact'}


def desk(scene):
    """A full desk: things partly hide one another."""
    h, random = scene.height, scene.random
    scene.slab('top', (0, 0.05, h - 0.015), (1.7, 0.8, 0.03), material_wood('beech', '#c09a6c', '#dfc29a', random, roughness=0.35), 0.004)
    scene.slab('wall', (0, 0.52, 1.5), (8, 0.1, 3), material_plain('wall', '#8f5f4f', 0.9, random, 0.08, grain=50, relief=0.2), 0)
    scene.slab('floor', (0, 0, -0.05), (8, 8, 0.1), material_plain('floor', '#55524e', 0.8, random), 0)
    scene.put('green book', make_book('#4f8a63', random, (0.17, 0.235, 0.04)), (0.2, 0.0), 104)
    scene.put('blue book', make_book('#4a72b5', random, (0.14, 0.2, 0.034)), (0.205, 0.005), 78, on='green book')
    scene.put_corpus('radio', 'kenney-furniture-pack-radio', 0.27, (0.1, 0.21), 172, roughness=0.45)
    scene.put_corpus('desk lamp', 'quaternius-house-interior-pack-light-desk', 0.38, (-0.165, 0.22), 150, roughness=0.35)
    scene.put_corpus('potted plant', 'kenney-furniture-pack-plant-small1', 0.24, (0.31, 0.21), 20, roughness=0.6)
    scene.put('mug', make_mug('#b5562f', random, 0.102, 0.045), (-0.035, 0.0), 30)
    scene.put_corpus('speaker', 'kenney-furniture-pack-speaker-small', 0.2, (-0.3, 0.03), 205, roughness=0.5)
    scene.put('bottle', make_bottle('#2d4a66', '#d8d4cb', '#d9b45a', random, 0.21, 0.036), (-0.158, 0.03))
    scene.sky('#cfd8e6', 0.1)
    scene.area_light((-1.1, -0.7, h + 1.2), (0, 0.1, h), (0.6, 0.6), 24, '#ffe9cc')
    scene.area_light((1.4, -1.2, h + 1.1), (0, 0.1, h), (0.7, 1.2), 9, '#dfe9ff')
    scene.camera((0.05, -0.72, h + 0.42), (-0.005, 0.08, h + 0.115), 1.0)
    return {}


def toys_floor(scene):
    """Toys on a rug on a tiled floor."""
    random = scene.random
    scene.slab('floor', (0, 0, -0.056), (6, 6, 0.1), material_tiles('tiles', '#b7ab98', '#a89b87', '#6f675c', 0.3, random, 0.3), 0)
    scene.slab('rug', (0, 0.02, -0.003), (1.3, 0.86, 0.006), material_rug('rug', '#3f5672', '#c9bfa6', random), 0.002)
    scene.slab('wall', (0, 1.0, 1.2), (6, 0.1, 2.6), material_plain('wall', '#d6cdb4', 0.9, random, 0.06, grain=40), 0)
    scene.slab('skirting', (0, 0.94, 0.05), (6, 0.02, 0.12), material_plain('skirting', '#f0ede6', 0.5, random, 0.03))
    scene.put_corpus('car', 'quaternius-realistic-car-pack-taxi', 0.31, (-0.2, -0.06), 62, roughness=0.35)
    scene.put_corpus('barrel', 'quaternius-medieval-village-pack-barrel', 0.2, (-0.1, 0.16), 10, roughness=0.6)
    scene.put_corpus('crate', 'quaternius-medieval-village-pack-crate', 0.16, (0.14, 0.14), 28, roughness=0.6)
    scene.put_corpus('mushroom', 'kenney-food-mushroom', 0.176, (0.08, -0.06), 0, roughness=0.45)
    scene.put_corpus('dinosaur', 'quaternius-dinosaurs-pack-triceratops', 0.46, (-0.4, 0.2), 60, roughness=0.6)
    scene.put_corpus('tractor', 'kenney-vehicles-tractor', 0.22, (0.4, 0.08), -50, roughness=0.4)
    scene.sky('#e6ecf6', 0.12)
    scene.area_light((-1.3, -0.6, 1.7), (0, 0.1, 0), (0.6, 0.6), 34, '#fff2df')
    scene.area_light((1.5, -1.0, 1.4), (0, 0, 0), (0.7, 0.7), 9, '#e1eaff')
    scene.camera((0.08, -1.0, 0.6), (0.0, 0.03, 0.075), 1.02)
    return {}


def rgbd_table(scene):
    """A robot's view of a table top, with what its depth camera saw."""
    h, random = scene.height, scene.random
    scene.slab('top', (0, 0, h - 0.015), (1.2, 0.8, 0.03), material_plain('laminate', '#b9bcb8', 0.5, random, 0.05, grain=300, relief=0.05), 0.003)
    scene.slab('floor', (0, 0, -0.05), (8, 8, 0.1), material_tiles('floor', '#5e6468', '#596064', '#44484b', 0.6, random), 0)
    scene.put('box', make_cardboard(random, (0.22, 0.15, 0.12)), (-0.16, 0.11), 18)
    scene.put('bowl', make_bowl('#3f8f8a', random, 0.082, 0.07), (0.05, -0.07))
    scene.put_corpus('ketchup bottle', 'kaykit-restaurant-ketchup', 0.2, (0.07, 0.12), 0, roughness=0.3)
    scene.put_corpus('soda can', 'kenney-food-soda-can', 0.125, (0.21, 0.04), 60, roughness=0.3)
    scene.put('mug', make_mug('#34567d', random), (-0.13, -0.075), -60)
    scene.put_corpus('pumpkin', 'kaykit-halloween-pumpkin-orange-small', 0.15, (0.2, 0.2), -15, roughness=0.5)
    scene.sky('#eef2f6', 0.15)
    scene.area_light((-1.0, 0.5, h + 0.95), (0, 0, h), (0.35, 0.35), 15, '#fff6ea')
    scene.area_light((0.8, -0.6, h + 1.6), (0, 0, h), (0.9, 0.3), 9, '#eef4ff')
    scene.camera((0.03, -0.56, h + 0.55), (0.03, 0.04, h + 0.03), 0.97)
    return {'camera': True, 'depth': 'noisy', 'masks': True}


SCENES = {
    'table-breakfast': (table_breakfast, (768, 576), 0.74),
    'floor-room': (floor_room, (800, 600), 0.0),
    'desk': (desk, (768, 576), 0.72),
    'toys-floor': (toys_floor, (768, 576), 0.0),
    'rgbd-table': (rgbd_table, (640, 480), 0.75),
}


def main():
    """Reads the arguments after `--` and renders."""
    arguments = sys.argv[sys.argv.index('--') + 1 :] if '--' in sys.argv else []
    parser = argparse.ArgumentParser(prog='blender -b --factory-startup -P render.py --')
    parser.add_argument('corpus', help='folder with manifest.json and objects-NNN.npz')
    parser.add_argument('--scene', action='append', choices=list(SCENES), help='only this scene; may be repeated')
    parser.add_argument('--out', default=os.path.dirname(os.path.abspath(__file__)), help='where to write')
    parser.add_argument('--samples', type=int, default=64, help='samples a pixel')
    parser.add_argument('--scale', type=float, default=1.0, help='scales the picture size')
    parser.add_argument('--seed', type=int, default=1, help='seed of everything random')
    parser.add_argument('--threads', type=int, default=2, help='render threads')
    parser.add_argument('--draft', action='store_true', help='write even when a promise is broken')
    options = parser.parse_args(arguments)
    corpus = Corpus(options.corpus)
    for name in options.scene or SCENES:
        build, size, surface = SCENES[name]
        scaled = tuple(round(side * options.scale) for side in size)
        scene = Scene(name, corpus, options.seed, scaled, surface)
        scene.write(options.out, options.samples, options.threads, options.seed, options.draft, **build(scene))


main()
