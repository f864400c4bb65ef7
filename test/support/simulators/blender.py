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


def center_color(mesh, face, image):
    """sRGB bytes of the texel in the middle of a face."""
    u, v = (sum(mesh.uv_layers[0].data[i].uv[k] for i in face.loop_indices) / 3 for k in range(2))
    width, height = image.size
    at = 4 * (int(v * height) * width + int(u * width))
    return [round(255 * value) for value in image.pixels[at : at + 3]]


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
            images = [node.image for slot in thing.material_slots for node in slot.material.node_tree.nodes if node.type == "TEX_IMAGE"]
            if images:
                entry["triangles"] = [center_color(thing.data, face, images[0]) for face in thing.data.polygons]
        if thing.type == "CAMERA":
            entry["fieldOfView"] = thing.data.angle_y
        found[thing.name] = entry
    print(json.dumps({"objects": found}))


main(sys.argv[sys.argv.index("--") + 1])
