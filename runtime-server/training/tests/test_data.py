"""python -m unittest tests.test_data   (from runtime-server/training). Procedural objects only: no corpus is needed."""
import tempfile
import unittest

import numpy as np
import torch

from data import arrange, corpus, fields, procedural, record, ring, scene, variants
from data.solids import boxness, roundness

OBJECTS = procedural.objects(60, seed=3)
DTYPE = record.layout(96, 48)


def records(n):
    choose = arrange.Chooser(OBJECTS, np.arange(len(OBJECTS)))
    return [record.make([9, i], OBJECTS, choose, scene.Config(), DTYPE)[0] for i in range(n)]


class Data(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.records = records(12)

    def test_objects_are_canonical(self):
        for o in OBJECTS:
            self.assertAlmostEqual(float(o.extent.max()), 1, places=5)
            self.assertLess(np.abs(o.vertices.min(0) + o.vertices.max(0)).max(), 1e-5)
            self.assertLess(o.faces.max(), len(o.vertices))

    def test_variants_are_canonical_closed_the_same_way_and_of_the_same_family(self):
        made = variants.variants(OBJECTS[:8], 2)
        self.assertEqual(len(made), 16)
        volume = lambda o: np.einsum("ij,ij->", o.vertices[o.faces[:, 0]], np.cross(o.vertices[o.faces[:, 1]], o.vertices[o.faces[:, 2]])) / 6
        mirrored = 0
        for k, o in enumerate(made):
            source = OBJECTS[k % 8]
            self.assertAlmostEqual(float(o.extent.max()), 1, places=5)
            self.assertEqual((o.family, o.made_from), (source.family, source.id))
            self.assertGreater(volume(o) * volume(source), 0)
            self.assertFalse(np.allclose(o.extent, source.extent, atol=0.01))
            mirrored += int((o.faces[:, 0] != source.faces[:, 0]).any())
        self.assertTrue(0 < mirrored < 16)

    def test_scenes_seen_whole_are_not_cut_off_and_seen_from_above(self):
        choose = arrange.Chooser(OBJECTS, np.arange(len(OBJECTS)))
        for i in range(6):
            drawn = (scene.compose(np.random.default_rng([11, i, k]), OBJECTS, choose, scene.Config(whole=1), 96) for k in range(50))
            s = next(s for s in drawn if s is not None)
            elevation = np.degrees(np.arcsin(-s.rotation[1, 2]))
            self.assertTrue(15 <= elevation <= 60, elevation)
            for k, item in enumerate(s.items):
                r, t, size = s.pose(k)
                p = (OBJECTS[item.index].vertices * size) @ r.T + t
                pixels = p[:, :2] / p[:, 2:] * s.focal + [s.cx, s.cy]
                self.assertTrue((p[:, 2] > 0).all() and (pixels >= 0).all() and (pixels <= 96).all())

    def test_poses_land_on_ids_and_depth(self):
        """Vertices put through pose and intrinsics fall inside the object's pixels, or behind something nearer."""
        inside, outside = 0, 0
        for r in self.records:
            for k in range(r["count"]):
                pose = r["pose"][k]
                p = (OBJECTS[r["object"][k]].vertices * pose[12]) @ pose[:9].reshape(3, 3).T + pose[9:12]
                p = p[p[:, 2] > 0.02]
                x, y = p[:, 0] / p[:, 2] * r["focal"] + r["cx"], p[:, 1] / p[:, 2] * r["focal"] + r["cy"]
                ok = (x > 1) & (x < 95) & (y > 1) & (y < 95)
                for u, v, z in zip(x[ok].astype(int), y[ok].astype(int), p[ok, 2]):
                    near = r["depth"][v - 1:v + 2, u - 1:u + 2].astype(float)
                    own = (r["ids"][v - 1:v + 2, u - 1:u + 2] == k + 1).any()
                    if own or near.min() < z * 1.02:
                        inside += 1
                    else:
                        outside += 1
        self.assertLess(outside, 0.02 * inside)

    def test_depth_on_objects_matches_their_surface(self):
        """Depth points of an object, taken back to canonical space, lie on its surface."""
        for r in self.records[:6]:
            for k in range(r["count"]):
                y, x = np.nonzero(r["ids"] == k + 1)
                if len(x) < 60:
                    continue
                z = r["depth"][y, x].astype(float)
                p = np.stack([(x + .5 - r["cx"]) / r["focal"] * z, (y + .5 - r["cy"]) / r["focal"] * z, z], 1)
                pose = r["pose"][k]
                q = (p - pose[9:12]) @ pose[:9].reshape(3, 3) / pose[12]
                d = fields.object_field(OBJECTS[r["object"][k]], 48)[0]
                i = np.clip(np.floor((q / fields.HALF + 1) / 2 * 48).astype(int), 0, 47)
                distance = np.abs(d[i[:, 2], i[:, 1], i[:, 0]] / 127 * fields.TRUNCATION)
                self.assertLess(np.median(distance), 0.03)

    def test_crops_agree(self):
        used = 0
        for r in self.records:
            for c in range(record.CROPS):
                if r["cropSlot"][c] == record.UNUSED:
                    continue
                used += 1
                visible, alpha = r["cropVisible"][c] > 0, r["cropWhole"][c, ..., 3]
                self.assertTrue(visible.any())
                self.assertLess((visible & (alpha < 64)).sum(), 0.05 * visible.sum() + 8)     # the visible part is part of the whole
                self.assertFalse((visible & (r["cropHidden"][c] > 0)).any())
        self.assertGreater(used, 12)

    def test_up_and_ground(self):
        for r in self.records:
            np.testing.assert_allclose(r["up"], r["rotation"].T @ [0, 1, 0], atol=1e-5)
            lowest = min(((OBJECTS[r["object"][k]].vertices * r["pose"][k][12]) @ r["pose"][k][:9].reshape(3, 3).T + r["pose"][k][9:12])
                         .dot(r["rotation"].T)[:, 1].min() + r["position"][1] for k in range(r["count"]))
            self.assertLess(abs(lowest), 1e-3)

    def test_same_seed_same_record(self):
        self.assertEqual(records(1)[0].tobytes(), self.records[0].tobytes())

    def test_field_of_a_sphere(self):
        v, f, c = procedural.sphere(0.5, (200, 10, 10), 24, 48)
        d, rgb = fields.mesh_field(v, f, c, 32)
        at = ((2 * np.arange(32) + 1) / 32 - 1) * fields.HALF
        z, y, x = np.meshgrid(at, at, at, indexing="ij")
        want = np.clip((np.sqrt(x * x + y * y + z * z) - 0.5) / fields.TRUNCATION, -1, 1) * 127
        self.assertLess(np.abs(d - want).max(), 8)
        self.assertTrue((abs(rgb.reshape(3, -1).astype(int) - [[200], [10], [10]]) < 2).all())

    def test_what_is_round_and_what_is_a_box(self):
        line = torch.linspace(-1, 1, 48)
        z, y, x = torch.meshgrid(line, line, line, indexing="ij")
        cylinder = torch.maximum((x**2 + z**2).sqrt() - 0.5, y.abs() - 0.7)
        box = torch.maximum(torch.maximum(x.abs() - 0.7, z.abs() - 0.3), y.abs() - 0.5)
        lying = torch.maximum((x**2 + y**2).sqrt() - 0.5, z.abs() - 0.7)
        wall = torch.maximum((cylinder + 0.06).abs() - 0.06, y - 0.65)  # open above
        handle = (((x - 0.5) ** 2 + y**2).sqrt() - 0.3).abs().maximum(z.abs()) - 0.06
        mug = torch.minimum(wall, handle).roll(-5, 2)
        cube = torch.maximum(torch.maximum(x.abs(), z.abs()), y.abs()) - 0.6
        solids = torch.stack([cylinder, box, lying])
        round_, square, flat, with_handle, cubic = roundness(torch.cat([solids, torch.stack([mug, cube])])).tolist()
        self.assertGreater(round_, 0.95)
        self.assertGreater(with_handle, 0.9)
        self.assertLess(cubic, 0.85)
        self.assertLess(square, 0.8)
        self.assertLess(flat, 0.85)
        filled = boxness(solids).tolist()
        for value, wanted in zip(filled, (np.pi / 4, 1, np.pi / 4)):
            self.assertAlmostEqual(value, wanted, delta=0.05)

    def test_open_shell_and_sheet_have_an_inside(self):
        v, f, c = procedural.box((1, .6, .8), (9, 9, 9))
        d, _ = fields.mesh_field(v, f[v[f][:, :, 1].max(1) > -.29], c, 32)         # no underside: filled all the same
        self.assertLess(d[16, 16, 16], -100)
        sheet = np.array([(-.5, 0, -.5), (.5, 0, -.5), (.5, 0, .5), (-.5, 0, .5)], np.float32)
        d, _ = fields.mesh_field(sheet, np.array([(0, 1, 2), (0, 2, 3)]), np.full((4, 3), 80), 32)
        self.assertGreater((d < 0).sum(), 500)

    def test_families_are_not_split(self):
        train, validation = corpus.split(OBJECTS)
        self.assertEqual(len(train) + len(validation), len(OBJECTS))
        self.assertEqual(corpus.family_of("p", "PineTree_Snow_3"), corpus.family_of("p", "PineTree_1"))

    def test_ring_reads_back_and_skips_torn_records(self):
        with tempfile.TemporaryDirectory() as folder:
            a = ring.Ring(folder, 8, 96, 48, objects=OBJECTS)
            for i in range(3):
                a.records[i], a.generations[i] = self.records[i], 2
            a.generations[1] = 3                                                       # as after a kill in the middle of a write
            b = ring.Ring(folder, 8, 96, 48, objects=OBJECTS)
            self.assertEqual(b.filled().tolist(), [0, 2])
            batch = b.draw(5, np.random.default_rng(0))
            self.assertEqual(batch["picture"].shape, (5, 96, 96, 3))
            with self.assertRaises(ValueError):
                ring.Ring(folder, 8, 128, 48)


if __name__ == "__main__":
    unittest.main()
