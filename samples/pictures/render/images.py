"""Writes picture files through Blender."""

import bpy
import numpy as np


def write_picture(path, light):
    """Linear light (height, width, 3) as a JPEG through Blender's Filmic curve."""
    view('Filmic', 'Medium Contrast', exposure=0.5, dither=1.0)
    save(path, light, 'Linear', file_format='JPEG', color_mode='RGB', quality=90)


def write_numbers(path, values):
    """Whole numbers (height, width), uint8 or uint16, as a grey PNG of as many bits."""
    view('Raw', 'None', exposure=0.0, dither=0.0)
    grey = np.repeat((values / np.iinfo(values.dtype).max)[:, :, None], 3, axis=2)
    depth = str(values.dtype.itemsize * 8)
    save(path, grey, 'Non-Color', file_format='PNG', color_mode='BW', color_depth=depth, compression=100)


def view(transform, look, exposure, dither):
    """How Blender turns what it saves into a file's values."""
    scene = bpy.context.scene
    scene.view_settings.view_transform, scene.view_settings.look = transform, look
    scene.view_settings.exposure, scene.render.dither_intensity = exposure, dither


def save(path, rows, colour_space, **settings):
    """Saves (height, width, 3), top row first; `settings` are those of Blender's ImageFormatSettings."""
    height, width = rows.shape[:2]
    image = bpy.data.images.new('result', width, height, float_buffer=True, alpha=False)
    image.colorspace_settings.name = colour_space
    pixels = np.ones((height, width, 4), np.float32)
    pixels[:, :, :3] = rows[::-1]
    image.pixels.foreach_set(pixels.reshape(-1))
    image.update()
    for key, value in settings.items():
        setattr(bpy.context.scene.render.image_settings, key, value)
    image.save_render(str(path))
    bpy.data.images.remove(image)
