"""The models' laws: frames agree with projection, attention keeps its walls, exports run."""
import dataclasses
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import frames
from config import CPU, override
from models.depth import Depth, fit_plane, plane_map
from models.layers import depth_to_space3, space_to_depth3
from models.segment import MaskGraph
from models.pose import ABLATIONS, Pose
from quantise import quantise
from tasks.ablations import one_of, variants
from tasks.depth import apart, camera_of, plane_of
from tasks.occluders import in_front, meetings
from tasks.pose import group_points, rotation_matrix
from tasks.shape import cube_of


class Occluders(unittest.TestCase):
    def scene(self, *distances):
        """Blocks side by side at these distances, numbered from 1."""
        ids, depth = np.zeros((20, 60), np.uint8), np.full((20, 60), 9.0, np.float32)
        for k, z in enumerate(distances):
            ids[5:15, 5 + 15 * k : 20 + 15 * k], depth[5:15, 5 + 15 * k : 20 + 15 * k] = k + 1, z
        return meetings(ids, depth)

    def test_are_in_front(self):
        met = self.scene(1, 1.2)
        self.assertEqual((in_front(1, met), in_front(2, met)), ([], [1]))

    def test_are_either_of_two_as_far_away(self):
        met = self.scene(1, 1.005)
        self.assertEqual((in_front(1, met), in_front(2, met)), ([2], [1]))

    def test_are_what_stands_in_front_of_what_is_in_front_and_nothing_behind_what_is_behind(self):
        self.assertEqual(sorted(in_front(1, self.scene(2, 1.5, 1))), [2, 3])
        self.assertEqual(in_front(1, self.scene(1, 1.5, 1)), [])


class Frames(unittest.TestCase):
    def test_upright_frame_of_a_level_camera(self):
        """Camera y down and z forward become -y and -z: x right, y up, z toward the viewer."""
        rotation = frames.upright_from(torch.tensor([[0.0, 0, 1]]), torch.tensor([[0.0, -1, 0]]))[0]
        self.assertTrue(torch.allclose(rotation, torch.diag(torch.tensor([1.0, -1, -1])), atol=1e-6))

    def test_upright_frame_is_a_rotation_whatever_the_tilt(self):
        up = torch.nn.functional.normalize(torch.tensor([[0.1, -0.8, -0.5], [-0.2, -0.9, 0.3]]), dim=-1)
        ray = torch.nn.functional.normalize(torch.tensor([[0.3, 0.1, 1.0], [0.0, 0.0, 1.0]]), dim=-1)
        rotation = frames.upright_from(ray, up)
        self.assertTrue(torch.allclose(rotation @ rotation.transpose(1, 2), torch.eye(3).expand(2, 3, 3), atol=1e-5))
        self.assertTrue(torch.allclose(torch.linalg.det(rotation), torch.ones(2), atol=1e-5))
        self.assertTrue(torch.allclose((rotation @ up[..., None])[..., 0], torch.tensor([0.0, 1, 0]).expand(2, 3), atol=1e-5))
        self.assertTrue(((rotation @ ray[..., None])[:, 0, 0].abs() < 1e-5).all())  # the ray has no sideways part

    def test_cube_centre_projects_on_the_window_centre(self):
        window = torch.tensor([[20.0, 30.0, 40.0]])
        fx, cx, cy, up = torch.tensor([150.0]), torch.tensor([64.0]), torch.tensor([48.0]), torch.tensor([[0.0, -0.9, -0.4359]])
        cube = cube_of(window, torch.tensor([2.0]), fx, cx, cy, up)
        pixel = frames.project(cube.to_camera(torch.zeros(1, 3)), fx, cx, cy)[0, 0]
        self.assertTrue(torch.allclose(pixel, torch.tensor([40.0, 50.0]), atol=1e-3))
        self.assertAlmostEqual(float(cube.half), 40 / 150 * 2 / 2, places=5)

    def test_cutting_a_window_moves_pixels_where_they_belong(self):
        picture = torch.zeros(1, 1, 8, 8)
        picture[0, 0, 5, 3] = 1  # row 5, column 3
        outer, inner = torch.tensor([[0.0, 0.0, 8.0]]), torch.tensor([[2.0, 4.0, 4.0]])
        self.assertEqual(float(frames.cut(picture, inner, outer, 4)[0, 0, 1, 1]), 1.0)

    def test_mask_box_has_exclusive_ends(self):
        mask = torch.zeros(1, 6, 9, dtype=torch.bool)
        mask[0, 2:4, 3:8] = True
        self.assertEqual(frames.mask_box(mask)[0].tolist(), [3, 2, 8, 4])

    def test_grid_centres_run_x_fastest(self):
        cells = frames.cell_centres(2, "cpu")
        self.assertEqual(cells[1].tolist(), [0.5, -0.5, -0.5])
        self.assertEqual(cells[4].tolist(), [-0.5, -0.5, 0.5])


class Tilt(unittest.TestCase):
    """The plane -up . ray that depth finds, and the camera that it stands for."""

    focal = torch.tensor([0.8, 1.3])
    principal = torch.tensor([[80.0, 60.0], [70.0, 84.0]])
    up = torch.nn.functional.normalize(torch.tensor([[0.1, -0.9, -0.4], [0.05, -0.9, -0.2]]), dim=1)

    def test_the_plane_is_minus_up_along_the_ray_at_the_middle_of_each_cell(self):
        q = plane_map(plane_of(self.focal, self.principal, self.up, 160), torch.zeros(2, 80, 80))
        for i, row, column in ((0, 20, 10), (1, 0, 79)):
            x, y = 2 * column + 1, 2 * row + 1
            f = self.focal[i] * 160
            ray = torch.tensor([(x - self.principal[i, 0]) / f, (y - self.principal[i, 1]) / f, 1.0])
            self.assertAlmostEqual(float(q[i, row, column]), float(-(ray @ self.up[i])), places=5)

    def test_the_camera_of_a_plane_is_the_one_it_was_made_of(self):
        focal, up = camera_of(plane_of(self.focal, self.principal, self.up, 160), self.principal, 160)
        self.assertTrue(torch.allclose(focal, self.focal, atol=1e-4))
        self.assertTrue(torch.allclose(up, self.up, atol=1e-4))

    def test_a_plane_is_fitted_to_its_own_map(self):
        plane = plane_of(self.focal, self.principal, self.up, 160)
        self.assertTrue(torch.allclose(fit_plane(plane_map(plane, torch.zeros(2, 64, 80))), plane, atol=1e-5))

    def test_objects_are_apart_by_what_their_mean_errors_differ(self):
        ids, error = torch.zeros(1, 8, 8, dtype=torch.uint8), torch.zeros(1, 8, 8)
        ids[:, :3], ids[:, 4:7], ids[:, 7, 7] = 1, 2, 3  # the third has too few cells to tell
        error[:, :3], error[:, 7, 7] = 0.2, 9.0
        self.assertAlmostEqual(float(apart(error, ids, ids > 0)), 0.1, places=6)
        self.assertAlmostEqual(float(apart(error + 5, ids, ids > 0)), 0.1, places=5)
        self.assertEqual(float(apart(error, ids, ids > 1)), 0)

    def test_depth_has_no_free_constant(self):
        """Whatever bias the last layer gets, depth stays where the ground puts it."""
        net = Depth().eval()
        picture = torch.rand(1, 3, 64, 64)
        with torch.no_grad():
            before = net(picture)[0]
            net.dense[1].bias[0] += 100
            self.assertTrue(torch.allclose(net(picture)[0], before, atol=1e-3))


class Stored(unittest.TestCase):
    def test_a_large_matrix_keeps_whole_numbers_and_a_step_a_row(self):
        array = np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32)
        whole, step = quantise(array, 0)
        self.assertLess(float(np.abs(whole * step - array).max()), float(np.abs(array).max()) / 127)
        self.assertEqual(float(np.abs(whole).max()), 127)
        self.assertEqual(step.shape, (64, 1))

    def test_small_ones_are_left_to_float16(self):
        self.assertEqual(quantise(np.zeros((8, 8), np.float32), 0), (None, None))


class Layers(unittest.TestCase):
    def test_space_to_depth_and_back(self):
        x = torch.randn(2, 3, 8, 8, 8)
        self.assertTrue(torch.equal(depth_to_space3(space_to_depth3(x, 2), 2), x))

    def test_farthest_points_spread_and_neighbours_are_near(self):
        points = torch.rand(1, 512, 3)
        points[0, 100:] *= 0.01  # a dense corner must not take all the groups
        groups = group_points(points)
        self.assertEqual(groups.shape, (1, 32, 16, 3))
        self.assertGreater(int((groups[0, :, 0].norm(dim=-1) > 0.1).sum()), 25)
        self.assertTrue(torch.allclose(groups[0, 0, 0], points[0, 0]))

    def test_six_numbers_give_a_rotation(self):
        rotation = rotation_matrix(torch.randn(5, 6))
        self.assertTrue(torch.allclose(rotation.transpose(-1, -2) @ rotation, torch.eye(3).expand(5, 3, 3), atol=1e-5))
        self.assertTrue((torch.linalg.det(rotation) > 0.99).all())

    def test_mask_kernel_sees_where_its_point_is(self):
        """A kernel that reads only dx gives a mask that changes sign at its own point."""
        kernel = torch.zeros(1, 169)
        kernel[0, 8], kernel[0, 80 + 8], kernel[0, 80 + 8 + 64 + 8] = 1.0, 1.0, 1.0  # first hidden units pass dx on
        mask = MaskGraph()(torch.zeros(1, 8, 16, 16), kernel, torch.tensor([[16.0, 16.0]]))[0]
        self.assertEqual(float(mask[3, 2]), 0.0)
        self.assertGreater(float(mask[3, 12]), 0.0)


class PoseModel(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.inputs = (torch.rand(1, 3, 64, 64), (torch.rand(1, 3, 64, 64) > 0.5).float(), torch.randn(3, 4, 64, 64),
                       torch.randn(3, 32, 16, 3), torch.randn(3, 8, 8, 8, 8))
        self.poses, self.time = torch.randn(1, 3, 10), torch.tensor([0.4])

    def model(self, without=()):
        torch.manual_seed(1)
        return Pose(width=48, heads=4, depth=2, without=without).eval()

    def velocity(self, model, poses=None, inputs=None, mask=None):
        with torch.no_grad():
            return model(self.poses if poses is None else poses, self.time, model.encoder(*(inputs or self.inputs)), mask)

    def change(self, model, what):
        """How much each variable of object 1 moves when something else changes."""
        before = self.velocity(model)
        poses, inputs = self.poses.clone(), [t.clone() for t in self.inputs]
        if what == "other pose":
            poses[0, 2] += 1
        if what == "other crop":
            inputs[2][2] += 1
        if what == "own crop":
            inputs[2][0] += 1
        delta = (self.velocity(model, poses, inputs) - before)[0, 0].abs()
        return float(delta[:6].max()), float(delta[6:].max())

    def test_objects_see_each_other_only_through_global_self_attention(self):
        self.assertGreater(min(self.change(self.model(), "other pose")), 0)
        self.assertEqual(max(self.change(self.model(("global_self",)), "other pose")), 0)

    def test_the_crop_reaches_rotation_alone_without_self_attention(self):
        rotation, rest = self.change(self.model(("global_self", "local_self")), "own crop")
        self.assertGreater(rotation, 0)
        self.assertEqual(rest, 0)

    def test_the_crop_is_not_read_without_local_cross_attention(self):
        self.assertEqual(max(self.change(self.model(("local_cross",)), "own crop")), 0)

    def test_samples_of_one_scene_share_its_condition(self):
        model = self.model()
        condition = model.encoder(*self.inputs)
        poses = torch.randn(4, 3, 10)
        scene, index, local, geometry = condition
        with torch.no_grad():
            together = model.denoiser(poses, torch.full((4,), 0.4), scene, index, local[None], geometry[None])
            apart = torch.cat([model.endpoint(poses[i : i + 1], self.time, condition) for i in range(4)])
        self.assertTrue(torch.allclose(together, apart, atol=1e-5))

    def test_samples_of_several_scenes_take_turns(self):
        model, mask = self.model(), torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
        others = [torch.rand_like(self.inputs[0]), self.inputs[1].flip(1), *(torch.randn_like(t) for t in self.inputs[2:])]
        scenes = [model.encoder(*inputs) for inputs in (self.inputs, others)]
        both = model.encoder(*(torch.cat([a, b]) for a, b in zip(self.inputs, others)))
        poses, time = torch.randn(4, 3, 10), torch.rand(4)
        with torch.no_grad():
            together = model.endpoint(poses, time, both, mask)
            apart = [model.endpoint(poses[i : i + 1], time[i : i + 1], scenes[i % 2], mask[i % 2][None]) for i in range(4)]
        known = mask.repeat(2, 1) > 0
        self.assertTrue(torch.allclose(together[known], torch.cat(apart)[known], atol=1e-5))

    def test_padding_changes_nothing(self):
        model, mask = self.model(), torch.tensor([[1.0, 1.0, 0.0]])
        poses = self.poses.clone()
        poses[0, 2] = 9
        inputs = [t.clone() for t in self.inputs]
        inputs[3][2] = 7
        a, b = self.velocity(model, mask=mask), self.velocity(model, poses, inputs, mask)
        self.assertTrue(torch.allclose(a[:, :2], b[:, :2], atol=1e-5))

    def test_unknown_ablation_is_refused(self):
        with self.assertRaises(AssertionError):
            Pose(width=48, heads=4, depth=1, without=("nothing",))
        self.assertEqual(len(ABLATIONS), 3)

    def test_a_checkpoint_of_all_ablations_holds_each(self):
        models = torch.nn.ModuleDict({name: Pose.of(own) for name, own in variants(CPU).items()})
        saved = {"average": models.state_dict(), "config": dataclasses.asdict(CPU)}
        for name, own in variants(CPU).items():
            one = one_of(saved, name)
            self.assertEqual(one["config"]["pose_without"], own.pose_without)
            Pose.of(own).load_state_dict(one["average"])
        self.assertEqual(list(variants(CPU)), ["whole", *ABLATIONS])


class Settings(unittest.TestCase):
    def test_override_reads_the_fields_type(self):
        config = override(CPU, ["pose_depth=7", "amp=true", "picture_sides=96,128"])
        self.assertEqual((config.pose_depth, config.amp, config.picture_sides), (7, True, (96, 128)))

    def test_unknown_setting_is_refused_by_name(self):
        with self.assertRaises(SystemExit) as caught:
            override(CPU, ["pose_deep=7"])
        self.assertIn("pose_deep", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
