"""Renders the current Blender scene with Cycles and reads its passes."""

import tempfile
from pathlib import Path

import bpy
import numpy as np


class Cycles:
    """The renderer; results are (height, width, 3) float arrays by the name of their pass, top row first."""

    def __init__(self, size, seed, threads):
        self.size = size
        scene = bpy.context.scene
        scene.render.engine = 'CYCLES'
        scene.render.threads_mode, scene.render.threads = 'FIXED', threads
        scene.render.resolution_x, scene.render.resolution_y = size
        scene.render.resolution_percentage = 100
        cycles = scene.cycles
        cycles.device = 'CPU'
        cycles.seed = seed
        cycles.use_adaptive_sampling = cycles.use_denoising = False
        cycles.max_bounces = 6
        cycles.sample_clamp_indirect = 3.0
        cycles.caustics_reflective = cycles.caustics_refractive = False
        layer = scene.view_layers[0]
        layer.use_pass_z = layer.use_pass_object_index = layer.use_pass_normal = layer.use_pass_diffuse_color = True

    def exact(self, *passes):
        """One ray through the middle of each pixel."""
        return self._render(passes, 1, 'BOX', 0.01)

    def smooth(self, samples, *passes):
        """Many rays over and around each pixel."""
        return self._render(passes, samples, 'BLACKMAN_HARRIS', 1.5)

    def _render(self, passes, samples, pixel_filter, width):
        scene = bpy.context.scene
        scene.cycles.samples = samples
        scene.cycles.pixel_filter_type, scene.cycles.filter_width = pixel_filter, width
        scene.use_nodes = True
        nodes = scene.node_tree.nodes
        nodes.clear()
        source = nodes.new('CompositorNodeRLayers')
        with tempfile.TemporaryDirectory() as folder:
            for name in passes:
                node = nodes.new('CompositorNodeOutputFile')
                node.base_path = folder
                node.format.file_format, node.format.color_depth, node.format.color_mode = 'OPEN_EXR', '32', 'RGB'
                node.file_slots[0].path = name
                scene.node_tree.links.new(source.outputs[name], node.inputs[0])
            bpy.ops.render.render()
            result = {name: self._read(Path(folder, f'{name}{scene.frame_current:04d}.exr')) for name in passes}
        scene.use_nodes = False
        return result

    def _read(self, path):
        image = bpy.data.images.load(str(path))
        image.colorspace_settings.name = 'Non-Color'
        values = np.empty(len(image.pixels), np.float32)
        image.pixels.foreach_get(values)
        bpy.data.images.remove(image)
        width, height = self.size
        return values.reshape(height, width, 4)[::-1, :, :3].copy()
