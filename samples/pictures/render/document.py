"""The JSON document of a picture: Blender's z up becomes y up. Metres.

    Blender's world, right-handed     written world, right-handed     written camera

          z   y                             y                               z
          |  /                              |                              /
          | /                               |                             /
          o----- x                          o----- x                     o----- x
                                           /                             |
                                          z                              y

    written (x, y, z) = Blender's (x, z, -y)
"""

import math

import numpy as np
from mathutils import Matrix


def document(name, stage, size, views):
    """What is written about a picture of `size` pixels; `views` are those of its objects."""
    scene, (width, height) = stage.scene, size
    out = {'picture': f'{name}.jpg', 'width': width, 'height': height}
    if scene.depth:
        focal = scene.camera.focal * width
        out['intrinsics'] = {'fx': focal, 'fy': focal, 'cx': width / 2, 'cy': height / 2}
        out['cameraToWorld'] = camera_pose(np.array(stage.camera.matrix_world))
    out['surface'] = {'height': scene.surface}
    if scene.depth:
        out['depth'] = f'{name}.depth.png'
    if scene.masks:
        out['masks'] = f'{name}.masks.png'
    pairs = zip(stage.objects, views)
    out['objects'] = [described(number, standing, view) for number, (standing, view) in enumerate(pairs, 1)]
    return out


def described(number, standing, view):
    """One object."""
    half = math.radians(standing.degrees) / 2
    return {
        'number': number,
        'label': standing.label,
        'source': standing.source,
        'restsOn': standing.rests_on,
        'sizeMeters': rounded(standing.size[[0, 2, 1]], 4),
        'pose': {
            'rotation': rounded([0, math.sin(half), 0, math.cos(half)]),
            'translation': rounded(to_written(standing.item.location)),
            'size': round(float(max(standing.size)), 6),
        },
        'pictureShare': round(view.share, 4),
        'visibleFraction': round(view.visible, 4),
    }


def camera_pose(matrix):
    """The written camera-to-world pose of a Blender camera, which looks along its -z with y up."""
    right, up, back, place = (to_written(matrix[:3, k]) for k in range(4))
    q = Matrix(np.stack([right, -up, -back], axis=1).tolist()).to_quaternion()
    sign = 1 if q.w >= 0 else -1
    return {'rotation': rounded(np.array([q.x, q.y, q.z, q.w]) * sign, 9), 'translation': rounded(place)}


def to_written(v):
    """Blender's coordinates to those of the written world."""
    return np.array([v[0], v[2], -v[1]], dtype=np.float64)


def rounded(values, digits=6):
    """A list of plain floats, without negative zeros."""
    return [round(float(v), digits) + 0.0 for v in values]
