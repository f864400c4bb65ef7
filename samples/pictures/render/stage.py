"""Builds a scene in Blender."""

import math
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix, Vector

from .colour import rgb, rgba
from .contact import CONTACT, lower_onto
from .mesh import bevel, boxes, solid
from .scene import FromCorpus


@dataclass
class Standing:
    """An object of the picture: the Blender object, whose origin is the middle of its box, and what is told of it."""

    label: str
    item: bpy.types.Object
    size: np.ndarray
    degrees: float
    rests_on: str
    source: dict


class Stage:
    """A scene in Blender: its surroundings, light and camera, and `objects`."""

    def __init__(self, scene, corpus, random):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.scene, self.corpus, self.random = scene, corpus, random
        self.objects = []
        for slabs in scene.surroundings:
            self._build(slabs)
        for placed in scene.objects:
            self._stand(placed)
        self._shine(*scene.sky)
        for light in scene.lights:
            self._light(light)
        self.camera = self._camera(scene.camera)

    def _build(self, slabs):
        material = slabs.material(self.random)
        for centre, size in slabs.boxes:
            item = solid('slab', (boxes(((0, 0, 0), size)), material))
            if slabs.rounding:
                bevel(item, slabs.rounding)
            item.location = centre

    def _stand(self, placed):
        item, source = self._model(placed.model)
        points = np.array([v.co for v in item.data.vertices])
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        item.data.transform(Matrix.Translation(Vector(-middle)))
        size = np.ptp(points, axis=0)
        item.rotation_euler = (0, 0, math.radians(placed.degrees))
        item.location = (*placed.at, self.scene.surface + size[2] / 2 + CONTACT)
        item.pass_index = len(self.objects) + 1
        if placed.on != 'surface':
            below = next(other for other in self.objects if other.label == placed.on)
            lower_onto(item, below.item, below.size[2])
        self.objects.append(Standing(placed.label, item, size, placed.degrees, placed.on, source))

    def _model(self, model):
        """A new Blender object and where it comes from."""
        if isinstance(model, FromCorpus):
            item = self.corpus.load(self.random, model.identifier, model.metres, model.roughness)
            return item, self.corpus.source(model.identifier)
        return model(self.random), {'procedural': 'render/models', 'licence': 'Apache-2.0'}

    def _shine(self, colour, strength):
        """Even light from everywhere."""
        world = bpy.data.worlds.new('world')
        world.use_nodes = True
        background = world.node_tree.nodes['Background']
        background.inputs['Color'].default_value = rgba(colour)
        background.inputs['Strength'].default_value = strength
        bpy.context.scene.world = world

    def _light(self, light):
        data = bpy.data.lights.new('area', 'AREA')
        data.shape, (data.size, data.size_y) = 'RECTANGLE', light.size
        data.energy, data.color = light.watts, rgb(light.colour)
        aim(data, light)

    def _camera(self, camera):
        data = bpy.data.cameras.new('camera')
        data.sensor_fit, data.sensor_width, data.lens = 'HORIZONTAL', 36.0, 36.0 * camera.focal
        data.clip_start = 0.01
        bpy.context.scene.camera = aim(data, camera)
        return bpy.context.scene.camera


def aim(data, at):
    """Adds a light or a camera at `at.place` that looks at `at.target`."""
    item = bpy.data.objects.new(data.name, data)
    item.location = at.place
    item.rotation_euler = (Vector(at.target) - Vector(at.place)).to_track_quat('-Z', 'Y').to_euler()
    bpy.context.scene.collection.objects.link(item)
    return item
