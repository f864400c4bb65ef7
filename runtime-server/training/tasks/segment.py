"""Segment: centres, and masks from kernels."""
import numpy as np
import torch
import torch.nn.functional as F

from data.scene import UNKNOWN
from models.segment import MaskGraph, Segment

from .pictures import prepare

SMALLEST = 0.003  # share of the picture under which an object is neither wanted nor forbidden


class Task:
    def __init__(self, config, data, device):
        self.config, self.device = config, device
        self.batch, self.rate = config.segment_batch, config.segment_rate
        self.model = Segment().to(device)
        self.encoders = [self.model.trunk.encoder]
        self.mask = MaskGraph()
        self.rng = np.random.default_rng(1)

    def targets(self, ids, count=8):
        """ids (B, S, S) -> centre heat (B, S/4, S/4), object list: picture, slot, centre (x, y)."""
        b, side = ids.shape[0], ids.shape[-1]
        masks = ids[:, None] == torch.arange(1, count + 1, device=ids.device)[None, :, None, None]
        area = masks.flatten(2).sum(-1).float()
        line = torch.arange(side, device=ids.device).float() + 0.5
        cx = (masks.sum(2) * line).sum(-1) / area.clamp(min=1)
        cy = (masks.sum(3) * line).sum(-1) / area.clamp(min=1)
        wanted = area >= SMALLEST * side * side
        cells = side // 4
        grid = torch.arange(cells, device=ids.device).float()
        px, py = (cx / 4).floor().clamp(0, cells - 1), (cy / 4).floor().clamp(0, cells - 1)
        sigma = (0.1 * area.sqrt() / 4).clamp(0.8, 3.0)
        square = (grid - px[..., None])[:, :, None, :] ** 2 + (grid - py[..., None])[:, :, :, None] ** 2
        heat = torch.exp(-square / (2 * sigma[..., None, None] ** 2)) * wanted[..., None, None]
        picture, slot = wanted.nonzero(as_tuple=True)
        return heat.amax(1), picture, slot, torch.stack([px, py], -1)[picture, slot], masks

    def loss(self, records):
        side = int(self.rng.choice(self.config.picture_sides))
        picture, ids, *_, known = prepare(records, side, True, self.device, self.rng)
        known = known * (ids != UNKNOWN)
        objectness, kernels, features = (t.float() for t in self.model(picture))
        heat, where, slot, centre, masks = self.targets(ids)

        p = torch.sigmoid(objectness[:, 0]).clamp(1e-4, 1 - 1e-4)
        peak = heat > 0.999
        asked = (F.avg_pool2d(known[:, None], 4)[:, 0] > 0.99) & ~peak
        focal_loss = -((1 - p) ** 2 * p.log())[peak].sum() - ((1 - heat) ** 4 * p**2 * (1 - p).log())[asked].sum()
        focal_loss = focal_loss / max(1, len(where))

        # Kernels at each object's centre and at one pixel drawn from its mask.
        cells = side // 4
        flat = masks[where, slot].float().flatten(1)
        drawn = torch.multinomial(flat + 1e-9, 1)[:, 0]
        drawn = torch.stack([(drawn % side) // 4, (drawn // side) // 4], -1).float()
        cell = torch.cat([centre, drawn]).long()
        source, objects = torch.cat([where, where]), torch.cat([slot, slot])
        kernel = kernels[source, :, cell[:, 1], cell[:, 0]]
        logits = self.mask(features[source], kernel, cell.float() * 4 + 2)
        target = masks[source, objects][:, ::2, ::2].float()
        inside = known[source][:, ::2, ::2]
        bce = (F.binary_cross_entropy_with_logits(logits, target, reduction="none") * inside).mean()
        soft = torch.sigmoid(logits) * inside
        dice = 1 - (2 * (soft * target).sum((1, 2)) + 1) / (soft.sum((1, 2)) + target.sum((1, 2)) + 1)

        loss = focal_loss + 2 * bce + dice.mean()
        return loss, dict(centre=focal_loss, dice=dice.mean())

    @torch.no_grad()
    def evaluate(self, records):
        """Recall at IoU 0.5 of objects over 1 % of the picture, and the mean IoU of those found."""
        recall, overlaps = [], []
        for start in range(0, len(records), 16):
            picture, ids, *_ = prepare(records[start : start + 16], self.config.picture_size, False, self.device, self.rng)
            found = self.group(*self.model(picture))
            small = ids[:, ::2, ::2]
            for b in range(len(small)):
                for k in small[b].unique():
                    truth = small[b] == k
                    if k in (0, UNKNOWN) or truth.sum() < 0.01 * truth.numel():
                        continue
                    inter = (found[b] & truth).flatten(1).sum(1).float()
                    union = (found[b] | truth).flatten(1).sum(1).float()
                    best = float((inter / union).max()) if len(inter) else 0.0
                    recall.append(best >= 0.5)
                    if best >= 0.5:
                        overlaps.append(best)
        mean = lambda a: float(np.mean(a)) if len(a) else 0.0
        return dict(recall50=mean(recall), maskIou=mean(overlaps))

    def group(self, objectness, kernels, features, threshold=0.3, most=16):
        """Masks (n, S/2, S/2) of each picture, best first, none overlapping another by half."""
        heat = torch.sigmoid(objectness[:, 0].float())
        peaks = (F.max_pool2d(heat[:, None], 3, 1, 1)[:, 0] == heat) & (heat > threshold)
        results = []
        for b in range(len(heat)):
            y, x = peaks[b].nonzero(as_tuple=True)
            order = heat[b, y, x].argsort(descending=True)[:most]
            y, x = y[order], x[order]
            kept = []
            if len(y):
                points = torch.stack([x, y], -1).float() * 4 + 2
                masks = self.mask(features[b : b + 1], kernels[b, :, y, x].T, points) > 0
                for mask in masks:
                    if mask.any() and all((mask & k).sum() < 0.5 * (mask | k).sum() for k in kept):
                        kept.append(mask)
            empty = torch.zeros(0, *features.shape[2:], dtype=torch.bool, device=heat.device)
            results.append(torch.stack(kept) if kept else empty)
        return results
