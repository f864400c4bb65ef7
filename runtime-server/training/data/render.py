"""Renders a list of surfaces with the C rasteriser. Everything is in camera space: x right, y down, z forward, metres."""
import numpy as np

from . import native, textures

SHADOW = 512      # texels a side of a shadow map
NEAR = 0.01       # metres

f4, i4 = np.float32, np.int32
MATERIAL = np.dtype([("rotation", f4, (3, 3)), ("origin", f4, 3), ("repeat", f4), ("c0", f4, 3), ("c1", f4, 3), ("c2", f4, 3),
                     ("grain", f4), ("gloss", f4), ("shininess", f4), ("emission", f4), ("texture", i4), ("kind", i4), ("id", i4), ("flat", i4)])
LIGHT = np.dtype([("kind", i4), ("map", i4), ("position", f4, 3), ("colour", f4, 3), ("rotation", f4, (3, 3)), ("translation", f4, 3),
                  ("focal", f4), ("softness", f4)])
SETTINGS = np.dtype([("up", f4, 3), ("ambient_up", f4, 3), ("ambient_down", f4, 3), ("sky0", f4, 3), ("sky1", f4, 3), ("sky2", f4, 3),
                     ("sky_grain", f4), ("sky_repeat", f4), ("sky_texture", i4), ("sky", i4), ("ao_radius", f4), ("ao_strength", f4),
                     ("levels", i4), ("outline", f4), ("outline_colour", f4, 3), ("unlit", i4)])


def linear(srgb):
    """sRGB 0..1 -> linear."""
    x = np.asarray(srgb, np.float64)
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def encoded(rgb):
    """Linear 0..1 -> sRGB."""
    x = np.clip(np.asarray(rgb, np.float64), 0, 1)
    return np.where(x <= 0.0031308, x * 12.92, 1.055 * x ** (1 / 2.4) - 0.055)


class Geometry:
    """Triangles of several surfaces end to end. casts: whether a surface throws shadows."""

    def __init__(self):
        self.parts, self.vertices, self.triangles = [], 0, 0

    def add(self, points, faces, normals, colours, material, casts=True):
        """points (V, 3) camera space, faces (T, 3), normals (T, 3, 3), colours uint8 (V, 3), material: its number."""
        self.parts.append((points, faces + self.vertices, normals, colours, np.full(len(faces), material, i4), np.full(len(faces), casts, np.uint8)))
        self.vertices += len(points)
        self.triangles += len(faces)

    def joined(self):
        p, t, n, c, m, s = (np.concatenate(x) for x in zip(*self.parts))
        return (np.ascontiguousarray(p, f4), np.ascontiguousarray(t, i4), np.ascontiguousarray(n, f4), np.ascontiguousarray(c, np.uint8), m, s)


def aim_lights(lights, low, high):
    """Fits each light's shadow frame to the box (low, high) in camera space, in place."""
    centre, radius = (low + high) / 2, max(float(np.linalg.norm(high - low)) / 2, 1e-3)
    for light in lights:
        towards = light["position"] - centre if light["kind"] else light["position"]
        away = -towards / np.linalg.norm(towards)
        side = np.cross(away, [1, 0, 0] if abs(away[0]) < 0.8 else [0, 1, 0])
        side /= np.linalg.norm(side)
        rotation = np.stack([side, np.cross(away, side), away])
        light["rotation"] = rotation
        if light["kind"]:
            light["translation"] = -rotation @ light["position"]
            light["focal"] = SHADOW / 2 * 0.97 * max(np.linalg.norm(towards) / radius, 1.2)
        else:
            light["translation"] = -rotation @ centre
            light["focal"] = SHADOW / 2 * 0.97 / radius


def shadow_maps(lights, geometry, box):
    """float32 (number of maps, SHADOW, SHADOW): distance from each light to what it meets first."""
    c, (p, t, n, rgb, m, casts) = native.library(), geometry
    aim_lights(lights, *box)
    maps = np.empty((max(1, int(lights["map"].max()) + 1 if len(lights) else 1), SHADOW, SHADOW), f4)
    for k in range(len(lights)):
        if lights["map"][k] >= 0:
            c.shadow(native.pointer(lights[k:k + 1]), SHADOW, native.pointer(p), len(p), native.pointer(t), len(t), native.pointer(casts),
                     native.pointer(maps[lights["map"][k]]))
    return maps


def raster(geometry, width, height, focal, cx, cy):
    """(1/z float32 (H, W), triangle number int32 (H, W) or -1): one sample a pixel."""
    p, t = geometry[:2]
    inverse, tri = np.empty((height, width), f4), np.empty((height, width), i4)
    native.library().raster(width, height, native.f32(focal), native.f32(cx), native.f32(cy), native.pointer(p), native.pointer(t), len(t),
                            native.f32(NEAR), native.pointer(inverse), native.pointer(tri))
    return inverse, tri


def render(geometry, materials, lights, maps, settings, width, height, focal, cx, cy, samples=2):
    """(linear RGB + coverage float32 (H, W, 4), ids uint8 (H, W), depth float32 (H, W) metres along z, infinite for sky)."""
    p, t, n, rgb, m, _ = geometry
    s = samples
    inverse, tri = raster(geometry, width * s, height * s, focal * s, cx * s, cy * s)
    out, ids, depth = np.empty((height, width, 4), f4), np.empty((height, width), np.uint8), np.empty((height, width), f4)
    a = native.pointer
    native.library().shade(width, height, s, native.f32(focal * s), native.f32(cx * s), native.f32(cy * s), a(p), a(n), a(rgb), a(t), a(m),
                           a(materials), a(lights), len(lights), a(maps), SHADOW, a(settings), a(bank()[0]), a(inverse), a(tri),
                           a(out), a(ids), a(depth))
    depth[depth == 0] = np.inf
    return out, ids, depth


def develop(picture, gain, shoulder=0.0, gamma=1.0, vignette=0.0):
    """Linear (H, W, C >= 3) -> sRGB uint8 (H, W, 3)."""
    height, width, channels = picture.shape
    out, gain = np.empty((height, width, 3), np.uint8), np.ascontiguousarray(gain, f4)
    native.library().develop(native.pointer(picture), width, height, channels, native.pointer(gain), native.f32(shoulder), native.f32(gamma),
                             native.f32(vignette), native.pointer(out))
    return out


_bank = None


def bank():
    global _bank
    if _bank is None:
        _bank = textures.bank()
    return _bank
