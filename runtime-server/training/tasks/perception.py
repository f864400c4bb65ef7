"""Segment and depth together: batches, losses, measures."""
import numpy as np
import torch
import torch.nn.functional as F

from models.perception import MaskGraph, Perception

SMALLEST = 0.003  # share of the picture under which an object is neither wanted nor forbidden
ASPECTS = (1.0, 0.75, 0.5625, 1.3333)  # height over width of the pictures shown
FARTHEST = 80.0  # metres; beyond counts as sky


class Task:
    def __init__(self, config, data, device):
        self.config, self.data, self.device = config, data, device
        self.batch, self.rate = config.perception_batch, config.perception_rate
        self.model = Perception(config.widths, len(data.vocabulary)).to(device)
        self.mask = MaskGraph()
        self.rng = np.random.default_rng(1)

    def prepare(self, records, side, augment):
        """-> picture (B, 3, S, S), ids (B, S, S), depth (B, S, S), log focal (B,), up (B, 3), known (B, S, S)."""
        to = lambda a: torch.from_numpy(np.ascontiguousarray(a)).to(self.device)
        picture = to(records["picture"]).permute(0, 3, 1, 2).float() / 255
        ids = to(records["ids"]).float()[:, None]
        depth = to(records["depth"]).float()[:, None]
        up, focal = to(records["up"]).clone(), to(records["focal"]) / picture.shape[-1]
        known = torch.ones_like(ids)
        if augment:
            # Zoom about the centre keeps the principal point there.
            zoom = float(self.rng.uniform(0.75, 1.0)) if self.rng.random() < 0.5 else 1.0
            aspect = ASPECTS[self.rng.choice(len(ASPECTS), p=(0.4, 0.3, 0.15, 0.15))]
        else:
            zoom, aspect = 1.0, 1.0
        high, wide = zoom * min(1.0, aspect), zoom * min(1.0, 1 / aspect)
        full = picture.shape[-1]
        cut_h, cut_w = round(full * high), round(full * wide)
        y0, x0 = (full - cut_h) // 2, (full - cut_w) // 2
        cut = lambda t: t[:, :, y0 : y0 + cut_h, x0 : x0 + cut_w]
        picture, ids, depth, known = cut(picture), cut(ids), cut(depth), cut(known)
        scale = side / max(cut_h, cut_w)
        to_h, to_w = round(cut_h * scale), round(cut_w * scale)
        picture = F.interpolate(picture, (to_h, to_w), mode="bilinear", align_corners=False, antialias=True)
        near = lambda t: F.interpolate(t, (to_h, to_w), mode="nearest")
        ids, depth, known = near(ids), near(depth), near(known)
        focal = focal / zoom
        if augment and self.rng.random() < 0.5:
            picture, ids, depth = picture.flip(3), ids.flip(3), depth.flip(3)
            up = up * torch.tensor([-1.0, 1.0, 1.0], device=self.device)
        if augment:
            b = picture.shape[0]
            gain = 1 + 0.15 * torch.randn(b, 3, 1, 1, device=self.device)
            grey = picture.mean(1, keepdim=True)
            fade = torch.rand(b, 1, 1, 1, device=self.device) ** 4
            picture = (picture * (1 - fade) + grey * fade) * gain
            picture = (picture + 0.08 * torch.randn(b, 1, 1, 1, device=self.device)).clamp(0, 1)
        pad = (0, side - to_w, 0, side - to_h)
        picture = F.pad(picture, pad, value=0.5)
        ids, known = F.pad(ids, pad)[:, 0], F.pad(known, pad)[:, 0]
        depth = F.pad(depth, pad, value=float("inf"))[:, 0]
        return picture, ids.long(), depth, focal.log(), up, known

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
        side = int(self.rng.choice(self.config.perception_sides))
        picture, ids, depth, log_focal, up, known = self.prepare(records, side, True)
        half, quarter, deep = self.model.trunk(picture)
        objectness, kernels, embeddings, features = (t.float() for t in self.model.segment(half, quarter))
        heat, where, slot, centre, masks = self.targets(ids)

        p = torch.sigmoid(objectness[:, 0]).clamp(1e-4, 1 - 1e-4)
        peak = heat > 0.999
        focal_loss = -((1 - p) ** 2 * p.log())[peak].sum() - ((1 - heat) ** 4 * p**2 * (1 - p).log())[~peak].sum()
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

        # Words of the object's caption against embeddings at its centre.
        embedding = embeddings[where, :, centre[:, 1].long(), centre[:, 0].long()]
        index = torch.from_numpy(records["object"].astype(np.int64)).to(self.device)[where, slot]
        words = self.data.words(index)
        logit = self.model.word_logits(embedding)
        word = F.binary_cross_entropy_with_logits(logit, words, reduction="none").sum(1).mean()
        named = words[:, : self.data.categories]
        choice = -(F.log_softmax(logit[:, : self.data.categories], 1) * named).sum(1) / named.sum(1).clamp(min=1)
        category = choice.sum() / (named.sum(1) > 0).sum().clamp(min=1)

        log_depth, validity, focal, upward = (t.float() for t in self.model.depth(half, deep))
        depth_loss, up_loss = self.depth_loss(log_depth, validity, focal, upward, depth, known, log_focal, up)
        loss = focal_loss + 2 * bce + dice.mean() + 0.05 * word + 0.15 * category + depth_loss + up_loss
        return loss, dict(centre=focal_loss, dice=dice.mean(), word=word, category=category, depth=depth_loss, camera=up_loss)

    def depth_loss(self, log_depth, validity, focal, upward, depth, known, log_focal, up):
        depth, known = depth[:, ::2, ::2], known[:, ::2, ::2] > 0.5
        valid = (depth < FARTHEST) & known
        target = depth.clamp(0.02, FARTHEST).log()
        error = log_depth[:, 0] - target
        level = torch.where(valid, error, torch.full_like(error, float("nan"))).flatten(1).nanmedian(1)[0]
        error = error - level.nan_to_num()[:, None, None].detach()
        loss = (error.abs().clamp(max=1) * valid).sum() / valid.sum().clamp(min=1)
        for step in (1, 4):  # edges and slopes
            for axis in (1, 2):
                a = error.narrow(axis, step, error.shape[axis] - step) - error.narrow(axis, 0, error.shape[axis] - step)
                v = valid.narrow(axis, step, error.shape[axis] - step) & valid.narrow(axis, 0, error.shape[axis] - step)
                loss = loss + 0.5 * (a.abs().clamp(max=0.5) * v).sum() / v.sum().clamp(min=1)
        sky = F.binary_cross_entropy_with_logits(validity[:, 0], valid.float(), reduction="none")
        loss = loss + 0.2 * (sky * known).mean()
        camera = (focal - log_focal).abs().mean() * 0.5 + (1 - (upward * up).sum(-1)).mean() * 5
        return loss, camera

    @torch.no_grad()
    def evaluate(self, records):
        """Recall at IoU 0.5 of objects over 1 %, their mean IoU, depth error, focal and up error."""
        recall, overlaps, relative, focals, ups = [], [], [], [], []
        side = self.config.picture_size
        for start in range(0, len(records), 16):
            part = records[start : start + 16]
            picture, ids, depth, log_focal, up, _ = self.prepare(part, side, False)
            half, quarter, deep = self.model.trunk(picture)
            found = self.group(*self.model.segment(half, quarter))
            log_depth, _, focal, upward = self.model.depth(half, deep)
            focals.append((focal - log_focal).abs().exp() - 1)
            ups.append(torch.rad2deg((upward * up).sum(-1).clamp(-1, 1).acos()))
            small = ids[:, ::2, ::2]
            for b in range(len(part)):
                for k in small[b].unique():
                    truth = small[b] == k
                    if k == 0 or truth.sum() < 0.01 * truth.numel():
                        continue
                    inter = (found[b] & truth).flatten(1).sum(1).float()
                    union = (found[b] | truth).flatten(1).sum(1).float()
                    best = float((inter / union).max()) if len(inter) else 0.0
                    recall.append(best >= 0.5)
                    if best >= 0.5:
                        overlaps.append(best)
                d = depth[b, ::2, ::2]
                valid = d < FARTHEST
                e = log_depth[b, 0][valid] - d[valid].log()
                relative.append(float(((e - e.median()).exp() - 1).abs().mean()))
        mean = lambda a: float(np.mean(a)) if len(a) else 0.0
        return dict(
            recall50=mean(recall),
            maskIou=mean(overlaps),
            absRel=mean(relative),
            focalError=float(torch.cat(focals).median()),
            upDegrees=float(torch.cat(ups).median()),
        )

    def group(self, objectness, kernels, embeddings, features, threshold=0.3, most=16):
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
