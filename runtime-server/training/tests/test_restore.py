"""python -m unittest tests.test_restore   (from runtime-server/training): weights come back from the graphs they were written to."""
import sys
import tempfile
import unittest
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

try:
    import onnx  # noqa: F401
    import onnxruntime  # noqa: F401
except ImportError:
    raise unittest.SkipTest("onnx and onnxruntime are not installed")

from config import CPU, override
from export import build, export_graph, graphs
from restore import restore

CONFIG = override(CPU, ["shape_width=16", "shape_blocks=1", "pose_width=48", "pose_depth=1"])


class Restore(unittest.TestCase):
    def restored(self, stage, model):
        """The same model before its export and after it has come back into other weights."""
        torch.manual_seed(0)
        before = build(CONFIG, 3)
        torch.manual_seed(1)
        after = build(CONFIG, 3)
        for net in (*before.values(), *after.values()):
            net.requires_grad_(False).eval()
        known = set()
        with tempfile.TemporaryDirectory() as folder:
            for (name, _, file, module, inputs, outputs), (*_, other, _, _) in zip(graphs(before, CONFIG), graphs(after, CONFIG)):
                if name != stage or not module.state_dict():
                    continue
                path = Path(folder) / f"{file}.onnx"
                export_graph(module, inputs, outputs, path)
                with torch.no_grad():
                    known |= restore(path, other, inputs, outputs, Path(folder) / "scratch.onnx")
        self.assertEqual([k for k, v in after[model].state_dict().items() if v.data_ptr() not in known and k not in ("mean", "std")], [])
        return before[model].state_dict(), after[model].state_dict()

    def test_gives_every_weight_as_it_was_stored(self):
        for stage, model in (("shape", "autoencoder"), ("shape", "shape"), ("pose", "pose"), ("depth", "depth")):
            with self.subTest(model):
                before, after = self.restored(stage, model)
                for name, weight in before.items():
                    self.assertTrue(torch.allclose(weight, after[name], rtol=1e-3, atol=1e-6), name)

    def test_refuses_another_network(self):
        before, other = build(CONFIG, 3), build(override(CONFIG, ["shape_blocks=2"]), 3)
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            path = Path(folder) / "generator.onnx"
            pairs = [(g, h) for g, h in zip(graphs(before, CONFIG), graphs(other, CONFIG)) if g[1] == "generator"]
            (_, _, _, module, inputs, outputs), (_, _, _, wrong, _, _) = pairs[0]
            export_graph(module, inputs, outputs, path)
            with self.assertRaisesRegex(SystemExit, "another network"):
                restore(path, wrong.eval(), inputs, outputs, Path(folder) / "scratch.onnx")


if __name__ == "__main__":
    unittest.main()
