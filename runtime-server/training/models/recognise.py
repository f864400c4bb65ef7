"""Recognise: what an object is called and whether it is a simple solid, from its visible pixels alone."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from .efficientnet import HEAD, EfficientNetLite0

EMBEDDING = 64
SIDE = 96  # of the object's crop, pixels


class Recognise(nn.Module):
    """crops (N, 4, 96, 96): colour in [-1, 1], then seen 0 or 1 -> embeddings (N, 64), to be compared with a row for each
    word, and the logits (N,) of its being a solid of revolution and a box, each standing upright.

    `priors` (words,): logarithm of how common a word is. It is added in training only (logit adjustment, Menon et
    al. 2021), so that what is learned is how much likelier a word is for this object than for any.
    """

    def __init__(self, words=1):
        super().__init__()
        self.encoder = EfficientNetLite0(head=True)
        self.embed = nn.Sequential(nn.Linear(2 * HEAD, 256), nn.SiLU(), nn.Linear(256, EMBEDDING))
        self.solids = nn.Linear(256, 2)
        self.words = nn.Parameter(torch.randn(words, EMBEDDING) * 0.1)
        self.scale = nn.Parameter(torch.tensor(10.0))
        self.register_buffer("priors", torch.zeros(words))

    def forward(self, crops):
        colour, seen = crops[:, :3], crops[:, 3:]
        x = self.encoder(colour * seen)[-1]  # grey where not seen
        hidden = self.embed[:2](torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))
        return self.embed[2](hidden), *self.solids(hidden).unbind(1)

    def evidence(self, embeddings):
        """(N, 64) -> (N, words): above 0 where the word is likelier than for an object of which nothing is known."""
        return self.scale * F.normalize(embeddings, dim=-1) @ F.normalize(self.words, dim=-1).T
