"""De-occlusion: flow matching from noise to the whole object, given its visible pixels and words.

The paper fine-tunes an image editing model (section 3.2); this is the same task for a small U-Net. What is
known is first spread into what is hidden, and the network corrects that guess: it starts from a classical
fill and spends its capacity on what a fill cannot know.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from .layers import Attention, Conv, ResBlock, TimeEmbedding, norm, upsample, velocity_to

WORDS = 64  # length of the text vector
SMOOTHED = 4  # sweeps over each level of a fill


def spread(values, known):
    """Fill where `known` (B, 1, D, D) is 0 from what is known: averages, near before far, smoothed towards a membrane."""
    levels = [(values * known, known)]
    while levels[-1][1].shape[-1] % 2 == 0:
        levels.append(tuple(F.avg_pool2d(t, 2) for t in levels[-1]))
    total, weight = levels.pop()
    result = total / (weight + 1e-3)
    for total, weight in reversed(levels):
        result = F.interpolate(result, scale_factor=2, mode="bilinear", align_corners=False)
        for _ in range(1 + SMOOTHED):
            result = total + (1 - weight) * result
            wide = F.pad(result, (1, 1, 1, 1), mode="replicate")
            result = (wide[:, :, :-2, 1:-1] + wide[:, :, 2:, 1:-1] + wide[:, :, 1:-1, :-2] + wide[:, :, 1:-1, 2:]) / 4
        result = total + (1 - weight) * result
    return result


class Deocclude(nn.Module):
    """noisy (B, 4, D, D), condition (B, 5, D, D), time (B,), words (B, 64) -> velocity (B, 4, D, D).

    Pictures are premultiplied RGBA scaled to [-1, 1]; the condition is the visible colour (3), where it is
    visible (0 or 1), and where something else could hide the object (0 or 1).
    """

    def __init__(self, widths=(64, 128, 192), vocabulary=1):
        super().__init__()
        context = 2 * widths[0]
        self.time = TimeEmbedding(context)
        self.words = nn.Linear(WORDS, context)
        self.vocabulary = nn.Parameter(torch.randn(vocabulary, WORDS) * 0.5)
        self.stem = nn.Conv2d(4 * 13, widths[0], 3, 1, 1)  # 2 x 2 pixels folded into channels
        self.down = nn.ModuleList(ResBlock(width, context) for width in widths)
        self.shrink = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(widths, widths[1:]))
        self.middle_norm = nn.LayerNorm(widths[-1])
        self.middle = Attention(widths[-1], 4)
        self.after = ResBlock(widths[-1], context)
        self.grow = nn.ModuleList(Conv(b + a, a) for a, b in zip(widths, widths[1:]))
        self.up = nn.ModuleList(ResBlock(width, context) for width in widths[:-1])
        self.head = nn.Sequential(norm(widths[0]), nn.SiLU(), nn.Conv2d(widths[0], 4 * 4, 3, 1, 1))
        nn.init.zeros_(self.head[-1].weight)
        nn.init.zeros_(self.head[-1].bias)

    def endpoint(self, noisy, condition, time, words):
        """The whole object (B, 4, D, D) that the flow ends at."""
        visible, hidden = condition[:, 3:4], condition[:, 4:5]
        guess = spread(torch.cat([condition[:, :3], visible * 2 - 1], 1), 1 - hidden)
        context = self.time(time) + self.words(words)
        x = self.stem(F.pixel_unshuffle(torch.cat([noisy, condition, guess], 1), 2))
        skips = []
        for i, block in enumerate(self.down):
            x = block(x, context)
            if i < len(self.shrink):
                skips.append(x)
                x = self.shrink[i](x)
        tokens = x.flatten(2).transpose(1, 2)  # (B, (D/8)^2, W)
        tokens = tokens + self.middle(self.middle_norm(tokens))
        x = self.after(tokens.transpose(1, 2).reshape(x.shape), context)
        for i in reversed(range(len(self.grow))):
            x = self.up[i](self.grow[i](torch.cat([upsample(x), skips[i]], 1)), context)
        return guess + F.pixel_shuffle(self.head(x), 2)

    def forward(self, noisy, condition, time, words):
        return velocity_to(self.endpoint(noisy, condition, time, words), noisy, time)
