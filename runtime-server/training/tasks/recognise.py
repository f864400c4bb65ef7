"""Recognise: words of the object's caption and whether it is a simple solid, from its visible pixels."""
import numpy as np
import torch
import torch.nn.functional as F

from frames import mask_box, square_around
from models.recognise import SIDE, Recognise

from .crops import gather, occlude, resample, shrink, to_picture

ROUND, BOX = 0.88, 0.8  # roundness and boxness (data/solids.py) of what is told from the rest as such, if it stands so far upright
UPRIGHT = 0.95  # cosine
ROOM = 1.2  # side of the crop over the longer side of the visible pixels' box, at run time


class Task:
    def __init__(self, config, data, device):
        self.config, self.data, self.device = config, data, device
        self.batch, self.rate = max(1, config.recognise_batch // 3), config.recognise_rate
        self.model = Recognise(len(data.vocabulary)).to(device)
        self.encoders = [self.model.encoder]
        table = data.table.to(device)
        categories = data.categories
        often = table.sum(0) + 1
        share = often / often[:categories].sum()  # of all that have a category
        share[categories:] = often[categories:] / (len(table) + 2)
        # Categories exclude each other, so they share a softmax; other words are yes or no.
        self.model.priors.copy_(torch.cat([share[:categories].log(), torch.logit(share[categories:])]))
        self.rng = np.random.default_rng(6)

    def prepare(self, records, limit, augment):
        """-> crops (N, 4, 96, 96): colour * 2 - 1, -1 where not seen, then seen 0 or 1; words (N, V); round and box (N, 2), 0 or 1."""
        crops = gather(records, self.device, limit, self.rng)
        if augment:
            occlude(crops, 0.3, self.rng)
            shrink(crops, self.rng)
        window = square_around(mask_box(crops.visible[:, 0] > 0.5), ROOM)
        if augment:
            n = len(window)
            room = window[:, 2:] * (torch.rand(n, 1, device=self.device) * 0.4 - 0.1)
            shift = window[:, 2:] * (torch.rand(n, 2, device=self.device) - 0.5) * 0.15
            window = torch.cat([window[:, :2] - room / 2 + shift, window[:, 2:] + room], 1)
        premul, _, visible, _ = resample(crops, to_picture(window, crops.window, crops.whole.shape[-1]), SIDE)
        seen = visible * (premul[:, 3:] > 0.5)
        colour = premul[:, :3] / premul[:, 3:].clamp(min=1e-3)
        if augment:
            n = len(colour)
            r = lambda *shape: torch.rand(n, *shape, 1, 1, device=self.device)
            grey = colour.mean(1, keepdim=True)
            colour = grey + (colour - grey) * (r(1) * 1.4)
            colour = (colour * (0.7 + 0.6 * r(3)) + (r(1) - 0.5) * 0.2).clamp(0, 1)
            flip = (r(1) < 0.5).float()
            colour, seen = (t * (1 - flip) + t.flip(3) * flip for t in (colour, seen))
        upright = (crops.pose[:, :9].reshape(-1, 3, 3)[:, :, 1] * crops.up).sum(1) > UPRIGHT
        solids = torch.stack([self.data.roundness[crops.index] > ROUND, self.data.boxness[crops.index] > BOX], 1) & upright[:, None]
        return torch.cat([colour * seen * 2 - 1, seen], 1), self.data.words(crops.index), solids.float()

    def loss(self, records):
        crops, words, solids = self.prepare(records, self.config.recognise_batch, True)
        embeddings, *logit = (t.float() for t in self.model(crops))
        logits = self.model.evidence(embeddings) + self.model.priors
        count = self.data.categories
        named = words[:, :count]
        # The words of rare categories are in no row: their objects teach only the other words.
        choice = -(F.log_softmax(logits[:, :count], 1) * named).sum(1) / named.sum(1).clamp(min=1)
        category = choice.sum() / (named.sum(1) > 0).sum().clamp(min=1)
        other = F.binary_cross_entropy_with_logits(logits[:, count:], words[:, count:], reduction="none").sum(1).mean()
        solid = F.binary_cross_entropy_with_logits(torch.stack(logit, 1), solids, reduction="none").mean(0)
        return category + 0.1 * other + solid.sum(), dict(category=category, other=other, round=solid[0], box=solid[1])

    @torch.no_grad()
    def evaluate(self, records):
        """Share of objects whose category comes first, or among the first five; and is told from one other's. And of what
        is round and what is not, how often the round one of a pair has the larger logit; the same of boxes."""
        self.rng = np.random.default_rng(7)
        first, five, pair, told = [], [], [], []
        count = self.data.categories
        for start in range(0, len(records), 32):
            crops, words, solids = self.prepare(records[start : start + 32], 128, False)
            embeddings, *logit = (t.float() for t in self.model(crops))
            told.append(torch.stack([torch.stack(logit, 1), solids]))
            evidence = self.model.evidence(embeddings)[:, :count]
            evidence = evidence - evidence.logsumexp(1, keepdim=True)
            named = words[:, :count]
            evidence, named = evidence[named.sum(1) > 0], named[named.sum(1) > 0]
            order = evidence.argsort(1, descending=True)
            hit = named.gather(1, order)
            first += hit[:, 0].tolist()
            five += hit[:, :5].amax(1).tolist()
            own = named.argmax(1)
            rolled = evidence.roll(1, 0)
            rows = torch.arange(len(own), device=own.device)
            differ = named.roll(1, 0)[rows, own] == 0
            pair += (evidence[rows, own] > rolled[rows, own])[differ].float().tolist()
        logit, solids = torch.cat(told, 1)
        above = [(l[s > 0][:, None] > l[s == 0][None]).float().mean() for l, s in zip(logit.T, solids.T)]
        return dict(first=float(np.mean(first)), firstFive=float(np.mean(five)), toldFromAnother=float(np.mean(pair)), round=float(above[0]), box=float(above[1]))
