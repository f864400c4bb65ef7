"""The encoder that starts from published weights."""
import tempfile
import unittest
from pathlib import Path

import torch
import torch.nn as nn

from models.efficientnet import CHANNELS, EfficientNetLite0


def published(net):
    """Random weights under the published names, with batch normalisation; and the same convolutions with it, in order."""
    saved, layers = {}, []

    def add(conv, weight, normalisation):
        bare = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, groups=conv.groups, bias=False)
        norm = nn.BatchNorm2d(conv.out_channels, eps=1e-3)
        for tensor, low in ((norm.weight, 0.5), (norm.running_var, 0.5), (norm.bias, -0.5), (norm.running_mean, -0.5)):
            nn.init.uniform_(tensor, low, low + 1)
        saved[weight + ".weight"] = bare.weight.detach()
        saved.update({f"{normalisation}.{k}": v for k, v in norm.state_dict().items()})
        layers.append((conv, nn.Sequential(bare, norm).eval()))

    add(net.stem.conv, "_conv_stem", "_bn0")
    for i, block in enumerate(block for stage in net.stages for block in stage):
        if block.expand is not None:
            add(block.expand, f"_blocks.{i}._expand_conv", f"_blocks.{i}._bn0")
        add(block.depthwise.conv, f"_blocks.{i}._depthwise_conv", f"_blocks.{i}._bn1")
        add(block.project, f"_blocks.{i}._project_conv", f"_blocks.{i}._bn2")
    return saved, layers


class EfficientNet(unittest.TestCase):
    def test_levels(self):
        with torch.no_grad():
            features = EfficientNetLite0()(torch.zeros(1, 3, 64, 96))
        self.assertEqual([tuple(f.shape[1:]) for f in features], [(c, 32 >> i, 48 >> i) for i, c in enumerate(CHANNELS)])

    def test_fewer_levels_are_the_first_of_them(self):
        net, short = EfficientNetLite0(), EfficientNetLite0(levels=4)
        short.load_state_dict({name: net.state_dict()[name] for name in short.state_dict()})
        picture = torch.rand(1, 3, 64, 64)
        with torch.no_grad():
            for a, b in zip(net(picture), short(picture)):
                self.assertTrue(torch.equal(a, b))

    def test_normalisation_is_folded_into_every_convolution(self):
        torch.manual_seed(0)
        net = EfficientNetLite0()
        saved, layers = published(net)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "weights.pth"
            torch.save(saved, path)
            net.load_imagenet(path)
        self.assertEqual(len(layers), sum(isinstance(m, nn.Conv2d) for m in net.modules()))
        with torch.no_grad():
            for conv, reference in layers:
                x = torch.randn(1, conv.in_channels, 7, 7)
                self.assertLess(float((conv(x) - reference(x)).abs().max()), 1e-4)

    def test_a_stride_is_padded_as_tensorflow_pads_it(self):
        conv = EfficientNetLite0().stem
        conv.conv.weight.data.fill_(0)
        conv.conv.weight.data[:, :, 2, 2] = 1
        conv.conv.bias.data.fill_(0)
        picture = torch.zeros(1, 3, 4, 4)
        picture[:, :, 2, 2] = 1
        with torch.no_grad():
            self.assertEqual(float(conv(picture)[0, 0, 0, 0]), 3)


if __name__ == "__main__":
    unittest.main()
