"""What Blender finds in a GLB file, as JSON: for each object with a mesh, where it is and how large.

    blender --background --factory-startup --python blender.py -- FILE
"""

import json
import sys

import bpy
import numpy

# Debian's Blender 3.4 uses a name that its own NumPy no longer has.
if not hasattr(numpy, "bool"):
    numpy.bool = bool


def main(path):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=path)
    found = {}
    for thing in bpy.context.scene.objects:
        entry = {"position": list(thing.matrix_world.translation)}
        w, x, y, z = thing.matrix_world.to_quaternion()
        entry["rotation"] = [x, y, z, w]
        if thing.type == "MESH":
            corners = [thing.matrix_world @ vertex.co for vertex in thing.data.vertices]
            entry["bounds"] = [pick(c[k] for c in corners) for pick in (min, max) for k in range(3)]
            entry["colored"] = len(thing.data.color_attributes) > 0
        if thing.type == "CAMERA":
            entry["fieldOfView"] = thing.data.angle_y
        found[thing.name] = entry
    print(json.dumps({"objects": found}))


main(sys.argv[sys.argv.index("--") + 1])
