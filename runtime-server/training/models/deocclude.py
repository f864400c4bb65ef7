"""De-occlusion: flow matching from noise to the whole object, given its visible pixels and words.

The paper fine-tunes an image editing model (section 3.2); this is the same task for a small U-Net.
"""
import torch
import torch.nn as nn

from .layers import Attention, Conv, ResBlock, TimeEmbedding, norm, upsample

WORDS = 64  # length of the text vector


class Deocclude(nn.Module):
    """noisy (B, 4, D, D), condition (B, 5, D, D), time (B,), words (B, 64) -> velocity (B, 4, D, D).

    Pictures are premultiplied RGBA scaled to [-1, 1]; see `batches.deocclusion`.
    """

    def __init__(self, widths=(32, 64, 128, 192), blocks=2, vocabulary=1):
        super().__init__()
        context = 4 * widths[0]
        self.time = TimeEmbedding(context)
        self.words = nn.Linear(WORDS, context)
        self.vocabulary = nn.Parameter(torch.randn(vocabulary, WORDS) * 0.5)
        self.stem = nn.Conv2d(9, widths[0], 3, 1, 1)
        self.down, self.up, self.shrink, self.grow = (nn.ModuleList() for _ in range(4))
        for i, width in enumerate(widths):
            self.down.append(nn.ModuleList(ResBlock(width, context) for _ in range(blocks)))
            if i + 1 < len(widths):
                self.shrink.append(nn.Conv2d(width, widths[i + 1], 3, 2, 1))
                self.grow.append(Conv(widths[i + 1] + width, width))
                self.up.append(nn.ModuleList(ResBlock(width, context) for _ in range(blocks)))
        self.middle_norm = nn.LayerNorm(widths[-1])
        self.middle = Attention(widths[-1], 4)
        self.after = ResBlock(widths[-1], context)
        self.head = nn.Sequential(norm(widths[0]), nn.SiLU(), nn.Conv2d(widths[0], 4, 3, 1, 1))
        nn.init.zeros_(self.head[-1].weight)

    def forward(self, noisy, condition, time, words):
        context = self.time(time) + self.words(words)
        x = self.stem(torch.cat([noisy, condition], 1))
        skips = []
        for i, blocks in enumerate(self.down):
            for block in blocks:
                x = block(x, context)
            if i < len(self.shrink):
                skips.append(x)
                x = self.shrink[i](x)
        tokens = x.flatten(2).transpose(1, 2)  # (B, (D/8)^2, W)
        tokens = tokens + self.middle(self.middle_norm(tokens))
        x = self.after(tokens.transpose(1, 2).reshape(x.shape), context)
        for i in reversed(range(len(self.grow))):
            x = self.grow[i](torch.cat([upsample(x), skips[i]], 1))
            for block in self.up[i]:
                x = block(x, context)
        return self.head(x)
