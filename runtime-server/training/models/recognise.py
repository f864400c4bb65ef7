"""Recognise: what an object is called, from its visible pixels alone."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from .layers import Conv, ResBlock

EMBEDDING = 64
SIDE = 64  # of the object's crop, pixels


class Recognise(nn.Module):
    """crops (N, 4, 64, 64), as pose's -> embeddings (N, 64), to be compared with a row for each word.

    `priors` (words,): logarithm of how common a word is. It is added in training only (logit adjustment, Menon et
    al. 2021), so that what is learned is how much likelier a word is for this object than for any.
    """

    def __init__(self, words=1, width=32):
        super().__init__()
        w = width
        self.body = nn.Sequential(
            Conv(4, w, 2), Conv(w, 2 * w, 2), ResBlock(2 * w),
            Conv(2 * w, 4 * w, 2), ResBlock(4 * w), ResBlock(4 * w),
            Conv(4 * w, 6 * w, 2), ResBlock(6 * w), ResBlock(6 * w),
        )
        self.head = nn.Sequential(nn.Linear(12 * w, 256), nn.SiLU(), nn.Linear(256, EMBEDDING))
        self.words = nn.Parameter(torch.randn(words, EMBEDDING) * 0.1)
        self.scale = nn.Parameter(torch.tensor(10.0))
        self.register_buffer("priors", torch.zeros(words))

    def forward(self, crops):
        x = self.body(crops)
        return self.head(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))

    def evidence(self, embeddings):
        """(N, 64) -> (N, words): above 0 where the word is likelier than for an object of which nothing is known."""
        return self.scale * F.normalize(embeddings, dim=-1) @ F.normalize(self.words, dim=-1).T
