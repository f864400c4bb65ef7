"""What a camera does to a picture: exposure, colour cast, blur, noise, sharpening, block compression. Numpy only."""
import numpy as np
from scipy import ndimage

from . import render


def tone(rng, out, ids):
    """(gain (3,), shoulder, gamma, vignetting) for develop(): exposed by the scene's mean, with a colour cast."""
    mean = float(np.mean(np.minimum(out[..., :3], 4.0)))
    on = ids > 0
    if on.any():
        mean = 0.5 * mean + 0.5 * float(np.mean(np.minimum(out[on][:, :3], 4.0)))
    cast = np.exp(rng.normal(0, 0.08, 3)) if rng.random() < 0.6 else np.ones(3)
    target = np.exp(rng.normal(np.log(0.22), 0.35) if rng.random() < 0.6 else rng.normal(np.log(0.5), 0.3))   # some high-key
    return (cast * target / max(mean, 1e-3)).astype(np.float32), rng.choice([0.0, rng.uniform(0, 0.6)]), np.exp(rng.normal(0, 0.08)), \
        rng.uniform(0.1, 0.8) if rng.random() < 0.3 else 0.0


def basis():
    k = np.arange(8)
    b = np.sqrt(2 / 8) * np.cos((2 * k[None] + 1) * k[:, None] * np.pi / 16)
    b[0] /= np.sqrt(2)
    return b.astype(np.float32)


COSINES = basis()
LUMA = np.array([[.299, .587, .114], [-.1687, -.3313, .5], [.5, -.4187, -.0813]], np.float32)
RGB = np.linalg.inv(LUMA).astype(np.float32)
STEPS = (np.add.outer(np.arange(8), np.arange(8)) * 6.0 + 10).astype(np.float32)     # coarser towards fine detail, as in JPEG


def compress(picture, strength):
    """8 x 8 block transform, quantised; strength 0.2 (hardly visible) to 3 (strong). picture float32 (H, W, 3), sides multiples of 8."""
    h, w, _ = picture.shape
    blocks = ((picture - 128) @ LUMA.T).reshape(h // 8, 8, w // 8, 8, 3)
    q = np.einsum("ai,yixjc,bj->yaxbc", COSINES, blocks, COSINES, optimize=True)
    step = (STEPS[:, None, :, None] * np.array([1, 1.8, 1.8], np.float32)) * strength
    q = np.round(q / step) * step
    return (np.einsum("ai,yaxbc,bj->yixjc", COSINES, q, COSINES, optimize=True).reshape(h, w, 3) @ RGB.T) + 128


def expose(rng, picture):
    """Blur, noise, sharpening and compression on uint8 (H, W, 3); often nothing."""
    if rng.random() < 0.2:
        return picture
    x, h = picture.astype(np.float32), picture.shape[0]
    if rng.random() < 0.35:
        x = ndimage.gaussian_filter(x, (s := rng.uniform(0.3, 1.1) * h / 224, s, 0))
    if rng.random() < 0.5:
        grain = rng.standard_normal(x.shape if rng.random() < .5 else (*x.shape[:2], 1), dtype=np.float32)
        if rng.random() < 0.4:
            grain = ndimage.gaussian_filter(grain, (0.7, 0.7, 0)) * 2
        x += grain * np.exp(rng.uniform(0, 2.3))
    if rng.random() < 0.15:
        x += rng.uniform(0.3, 1) * (x - ndimage.gaussian_filter(x, (1, 1, 0)))
    if rng.random() < 0.4:
        x = compress(x, np.exp(rng.uniform(-1.6, 0.9)))
    return np.clip(x + 0.5, 0, 255).astype(np.uint8)
