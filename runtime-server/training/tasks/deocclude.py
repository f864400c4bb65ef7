"""De-occlusion: flow matching on pairs of visible and whole objects."""
import numpy as np
import torch

from models.deocclude import Deocclude, spread

from .crops import deocclusion_window, gather, occlude, resample, shrink


class Task:
    def __init__(self, config, data, device):
        self.config, self.data, self.device = config, data, device
        self.batch, self.rate = max(1, config.deocclude_batch // 2), config.deocclude_rate
        self.model = Deocclude(config.deocclude_widths, vocabulary=len(data.vocabulary)).to(device)
        self.rng = np.random.default_rng(2)

    def prepare(self, records, limit, augment):
        """-> whole (N, 4, D, D) in [-1, 1], condition (N, 5, D, D), object index (N,)."""
        crops = gather(records, self.device, limit, self.rng)
        if augment:
            occlude(crops, 0.5, self.rng)
            shrink(crops, self.rng)
        whole, _, visible, hidden = resample(crops, deocclusion_window(crops), self.config.deocclude_side)
        hidden = hidden * (1 - visible)
        visible = visible * (whole[:, 3:] > 0.5)
        if augment and self.rng.random() < 0.5:
            whole, visible, hidden = whole.flip(3), visible.flip(3), hidden.flip(3)
        condition = torch.cat([whole[:, :3] * visible * 2 - 1, visible, hidden], 1)
        return whole * 2 - 1, condition, crops.index

    def text(self, index, drop):
        """Mean of the vocabulary rows of a random part of each caption; zeros when dropped."""
        words = self.data.words(index)
        if drop:
            words = words * (torch.rand_like(words) < 0.7) * (torch.rand(len(words), 1, device=words.device) > 0.3)
        return (words @ self.model.vocabulary) / words.sum(1, keepdim=True).clamp(min=1)

    def loss(self, records):
        whole, condition, index = self.prepare(records, self.config.deocclude_batch, True)
        noise = torch.randn_like(whole)
        time = torch.sigmoid(torch.randn(len(whole), device=self.device) * 1.5 - 0.5)
        t = time[:, None, None, None]
        made = self.model.endpoint((1 - t) * noise + t * whole, condition, time, self.text(index, True)).float()
        square = (made - whole) ** 2
        weight = 0.1 + condition[:, 4:5]  # the rest is known or empty
        loss = (square * weight).mean() / weight.mean()
        return loss, dict(whole=square.mean())

    @torch.no_grad()
    def sample(self, condition, words, steps=4):
        x = 0.3 * torch.randn(len(condition), 4, *condition.shape[2:], device=condition.device)
        for i in range(steps):
            time = torch.full((len(x),), i / steps, device=x.device)
            x = x + self.model(x, condition, time, words).float() / steps
        return x

    @torch.no_grad()
    def evaluate(self, records):
        """PSNR over what is hidden of the object (premultiplied RGBA), against filling nothing and against `spread`."""
        self.rng = np.random.default_rng(5)
        torch.manual_seed(5)
        made, empty, classical, overlap = [], [], [], []
        for start in range(0, len(records), 32):
            whole, condition, index = self.prepare(records[start : start + 32], 64, True)
            x = self.sample(condition, self.text(index, False))
            visible, hidden = condition[:, 3:4], condition[:, 4:5]
            nothing = torch.cat([condition[:, :3], visible * 2 - 1], 1)
            guess = spread(nothing, 1 - hidden)
            x = torch.where(visible > 0.5, whole, torch.where(hidden > 0.5, x.clamp(-1, 1), nothing))
            region = ((whole[:, 3:] > 0) & (hidden > 0.5)).float()
            enough = region.sum((1, 2, 3)) > 20
            for picture, out in ((x, made), (nothing, empty), (guess, classical)):
                square = (((picture - whole) / 2) ** 2 * region).sum((1, 2, 3)) / region.sum((1, 2, 3)).clamp(min=1) / 4
                out.append((-10 * torch.log10(square + 1e-5))[enough])
            a, b = x[:, 3] > 0, whole[:, 3] > 0
            overlap.append(((a & b).flatten(1).sum(1) / (a | b).flatten(1).sum(1).clamp(min=1))[enough])
        made, empty, classical, overlap = (torch.cat(t) for t in (made, empty, classical, overlap))
        return dict(
            psnr=float(made.mean()), psnrGain=float((made - empty).mean()), psnrSpread=float(classical.mean()),
            silhouetteIou=float(overlap.mean()),
        )
