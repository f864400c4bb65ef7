"""A short way to write a material's shader nodes."""

import bpy

from .colour import rgba


class Nodes:
    """A material and its node tree. Wherever a value goes in, so does a node (its first output) or an output."""

    def __init__(self):
        self.material = bpy.data.materials.new('material')
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.shader = self.tree.nodes['Principled BSDF']
        self.shade(Specular=0.4)

    def shade(self, **values):
        """Sets inputs of the surface's shader; `_` stands for a space."""
        self._fill(self.shader, values)

    def add(self, kind, **values):
        """Adds a node; `values` are its properties and inputs, `_` in an input's name stands for a space."""
        node = self.tree.nodes.new('ShaderNode' + kind)
        self._fill(node, values)
        return node

    def vector(self, operation, first, second):
        """Vector maths on two values."""
        node = self.add('VectorMath', operation=operation)
        self._put(first, node.inputs[0])
        self._put(second, node.inputs[1])
        return node

    def noise(self, where, scale, detail, **values):
        """Fractal noise about 0.5."""
        return self.add('TexNoise', Vector=where, Scale=scale, Detail=detail, **values)

    def range(self, value, low, high):
        """Maps a value of 0 to 1 linearly to low to high."""
        return self.add('MapRange', Value=value, To_Min=low, To_Max=high)

    def ramp(self, value, stops):
        """A colour ramp over `value`; `stops` are (position, '#rrggbb')."""
        node = self.add('ValToRGB', Fac=value)
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(0.5)
        for element, (position, colour) in zip(elements, stops):
            element.position, element.color = position, rgba(colour)
        return node

    def coordinates(self, scale=(1, 1, 1), offset=(0, 0, 0), turn=0.0):
        """Object coordinates, scaled, moved and turned about z (radians)."""
        source = self.add('TexCoord').outputs['Object']
        return self.add('Mapping', Vector=source, Scale=scale, Location=offset, Rotation=(0, 0, turn))

    def bump(self, height, strength, distance=0.002):
        """Bends the normals by a height."""
        self.shade(Normal=self.add('Bump', Height=height, Strength=strength, Distance=distance))

    def _fill(self, node, values):
        for key, value in values.items():
            if hasattr(node, key):
                setattr(node, key, value)
            else:
                self._put(value, node.inputs[key.replace('_', ' ')])

    def _put(self, value, target):
        if isinstance(value, bpy.types.Node):
            value = value.outputs[0]
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, target)
        else:
            target.default_value = value
