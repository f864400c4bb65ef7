"""Whole pictures out of scene records, as segment and depth are trained on them."""
import numpy as np
import torch
import torch.nn.functional as F

ASPECTS = (1.0, 0.75, 0.5625, 1.3333)  # height over width of the pictures shown


def prepare(records, side, augment, device, rng):
    """-> picture (B, 3, S, S), ids (B, S, S), depth (B, S, S), focal length over the side (B,),
    principal point in pixels (B, 2), up (B, 3), known (B, S, S), 0 in the padding."""
    to = lambda a: torch.from_numpy(np.ascontiguousarray(a)).to(device)
    picture = to(records["picture"]).permute(0, 3, 1, 2).float() / 255
    ids = to(records["ids"]).float()[:, None]
    depth = to(records["depth"]).float()[:, None]
    up, focal = to(records["up"]).clone(), to(records["focal"]) / picture.shape[-1]
    principal = torch.stack([to(records["cx"]), to(records["cy"])], 1)
    known = torch.ones_like(ids)
    if augment:
        # Zoom about the centre keeps the principal point near it.
        zoom = float(rng.uniform(0.75, 1.0)) if rng.random() < 0.5 else 1.0
        aspect = ASPECTS[rng.choice(len(ASPECTS), p=(0.4, 0.3, 0.15, 0.15))]
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
    focal = focal * full / max(cut_h, cut_w)
    principal = (principal - torch.tensor([x0, y0], device=device)) * scale
    if augment and rng.random() < 0.5:
        picture, ids, depth = picture.flip(3), ids.flip(3), depth.flip(3)
        principal = torch.stack([to_w - principal[:, 0], principal[:, 1]], 1)
        up = up * torch.tensor([-1.0, 1.0, 1.0], device=device)
    if augment:
        b = picture.shape[0]
        gain = 1 + 0.15 * torch.randn(b, 3, 1, 1, device=device)
        grey = picture.mean(1, keepdim=True)
        fade = torch.rand(b, 1, 1, 1, device=device) ** 4
        picture = (picture * (1 - fade) + grey * fade) * gain
        picture = (picture + 0.08 * torch.randn(b, 1, 1, 1, device=device)).clamp(0, 1)
    pad = (0, side - to_w, 0, side - to_h)
    picture = F.pad(picture, pad, value=0.5)
    ids, known = F.pad(ids, pad)[:, 0], F.pad(known, pad)[:, 0]
    depth = F.pad(depth, pad, value=float("inf"))[:, 0]
    return picture, ids.long(), depth, focal, principal, up, known
