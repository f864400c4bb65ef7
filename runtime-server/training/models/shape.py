"""Image to 3D: a variational autoencoder of fields, and flow matching in its latent space.

A field is (4, R, R, R): truncated signed distance and colour on a cube, indexed [channel, z, y, x].
The latent is (C, 8, 8, 8). The generator sees the picture lifted to the latent's cells (each cell
reads the picture's features where it projects) and the observed surface as a projective distance.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from .efficientnet import CHANNELS, EfficientNetLite0
from .layers import Attention, Conv, ResBlock, TimeEmbedding, depth_to_space3, norm, space_to_depth3, upsample, velocity_to

CELLS = 8  # the latent's cells along each axis


class ShapeEncoder(nn.Module):
    """field (B, 4, R, R, R) -> mean and log variance, each (B, C, 8, 8, 8)."""

    def __init__(self, resolution=32, latent=8, width=96):
        super().__init__()
        self.fold = 2
        layers = [Conv(4 * 8, width // 2, dim=3)]
        size = resolution // self.fold
        while size > CELLS:
            layers += [Conv(width // 2 if len(layers) == 1 else width, width, 2, dim=3)]
            size //= 2
        self.body = nn.Sequential(*layers, ResBlock(width, dim=3), ResBlock(width, dim=3))
        self.head = nn.Conv3d(width, 2 * latent, 1)

    def forward(self, field):
        mean, log_variance = self.head(self.body(space_to_depth3(field, self.fold))).chunk(2, 1)
        return mean, log_variance.clamp(-12, 4)


class ShapeDecoder(nn.Module):
    """latent (B, C, 8, 8, 8) -> field (B, 4, R, R, R), distance channel unbounded."""

    def __init__(self, resolution=32, latent=8, width=96):
        super().__init__()
        self.stem = nn.Conv3d(latent, width, 3, 1, 1)
        self.coarse = nn.ModuleList(ResBlock(width, dim=3) for _ in range(2))
        self.grow, size = nn.ModuleList(), CELLS
        while size < resolution // 2:
            self.grow.append(nn.ModuleList([Conv(width, width // 2, dim=3), ResBlock(width // 2, dim=3)]))
            width //= 2
            size *= 2
        # No convolution at full resolution: with so few channels it trains at a tenth of the speed.
        self.head = nn.Conv3d(width, 4 * 8, 3, 1, 1)

    def forward(self, latent):
        x = self.stem(latent)
        for block in self.coarse:
            x = block(x)
        for conv, block in self.grow:
            x = block(conv(upsample(x)))
        return depth_to_space3(self.head(x), 2)


class ShapeAutoencoder(nn.Module):
    def __init__(self, resolution=32, latent=8, width=96):
        super().__init__()
        self.encoder = ShapeEncoder(resolution, latent, width)
        self.decoder = ShapeDecoder(resolution, latent, width)
        # Latents are scaled to unit variance for the generator; measured after training.
        self.register_buffer("latent_scale", torch.ones(1, latent, 1, 1, 1))
        self.register_buffer("latent_shift", torch.zeros(1, latent, 1, 1, 1))

    def encode(self, field):
        """The latent's mean, scaled to unit variance."""
        return (self.encoder(field)[0] - self.latent_shift) / self.latent_scale

    def decode(self, latent):
        return self.decoder(latent * self.latent_scale + self.latent_shift)


class ShapeCondition(nn.Module):
    """picture (B, 4, P, P), lift (B, 512, 2), observed (B, 2, R, R, R) -> condition (B, K, 8, 8, 8)."""

    def __init__(self, resolution=32, channels=64, width=96):
        super().__init__()
        self.fold = resolution // CELLS
        self.near = nn.Sequential(Conv(4, 32, 2), Conv(32, 64, 2), ResBlock(64))  # P/4
        self.far = nn.Sequential(Conv(64, width, 2), ResBlock(width), Conv(width, width, 2), ResBlock(width))  # P/16
        self.wide = nn.Linear(width, width)
        self.merge = Conv(64 + width, width)
        self.encoder = EfficientNetLite0()
        self.kinds = nn.ModuleList(nn.Conv2d(channels, width, 1) for channels in CHANNELS[2:])
        for kind in self.kinds:
            nn.init.zeros_(kind.weight)
            nn.init.zeros_(kind.bias)
        self.observed = nn.Sequential(nn.Conv3d(2 * self.fold**3, width, 1), Conv(width, width, dim=3))
        self.out = nn.Conv3d(2 * width + 2, channels, 1)

    def forward(self, picture, lift, observed):
        near = self.near(picture)
        far = self.far(near)
        far = far + self.wide(far.mean((2, 3)))[:, :, None, None]
        features = self.merge(torch.cat([near, upsample(upsample(far))], 1)) + self.kind(picture)
        cells = F.grid_sample(features, lift[:, :, None], mode="bilinear", padding_mode="zeros", align_corners=False)
        lifted = cells.reshape(cells.shape[0], -1, CELLS, CELLS, CELLS)
        where = lift.transpose(1, 2).reshape(-1, 2, CELLS, CELLS, CELLS).clamp(-1.5, 1.5)
        seen = self.observed(space_to_depth3(observed, self.fold))
        return self.out(torch.cat([lifted, seen, where], 1))

    def kind(self, picture):
        """What the picture shows, by an encoder that has seen many kinds of things, (B, width, P/4, P/4): on grey, at twice the size."""
        rgba = F.interpolate(picture * 0.5 + 0.5, scale_factor=2, mode="bilinear", align_corners=False)
        levels = self.encoder(rgba[:, :3] * 2 - rgba[:, 3:])[2:]
        eighth, sixteenth, last = (kind(level) for kind, level in zip(self.kinds, levels))
        return eighth + upsample(sixteenth + upsample(last))


class ShapeGenerator(nn.Module):
    """noisy (B, C, 8, 8, 8), condition (B, K, 8, 8, 8), time (B,) -> velocity (B, C, 8, 8, 8)."""

    def __init__(self, latent=8, channels=64, width=96, blocks=2):
        super().__init__()
        context = width
        self.time = TimeEmbedding(context)
        self.stem = nn.Conv3d(latent + channels, width, 3, 1, 1)
        self.position = nn.Parameter(torch.zeros(1, width, CELLS, CELLS, CELLS))
        self.fine = nn.ModuleList(ResBlock(width, context, dim=3) for _ in range(blocks))
        wide = width * 3 // 2
        self.shrink = nn.Conv3d(width, wide, 3, 2, 1)
        self.coarse = nn.ModuleList(ResBlock(wide, context, dim=3) for _ in range(blocks))
        self.norms = nn.ModuleList(nn.LayerNorm(wide) for _ in range(blocks))
        self.attention = nn.ModuleList(Attention(wide, 4) for _ in range(blocks))
        self.grow = Conv(width + wide, width, dim=3)
        self.last = nn.ModuleList(ResBlock(width, context, dim=3) for _ in range(blocks))
        self.head = nn.Sequential(norm(width), nn.SiLU(), nn.Conv3d(width, latent, 3, 1, 1))
        nn.init.zeros_(self.head[-1].weight)

    def forward(self, noisy, condition, time):
        return velocity_to(self.endpoint(noisy, condition, time), noisy, time)

    def endpoint(self, noisy, condition, time):
        """The latent that the flow ends at."""
        context = self.time(time)
        x = self.stem(torch.cat([noisy, condition], 1)) + self.position
        for block in self.fine:
            x = block(x, context)
        y = self.shrink(x)
        for block, layer_norm, attention in zip(self.coarse, self.norms, self.attention):
            y = block(y, context)
            tokens = y.flatten(2).transpose(1, 2)  # (B, 64, wide)
            y = (tokens + attention(layer_norm(tokens))).transpose(1, 2).reshape(y.shape)
        x = self.grow(torch.cat([upsample(y), x], 1))
        for block in self.last:
            x = block(x, context)
        return self.head(x)


class Shape(nn.Module):
    """What the generator's training optimises; the autoencoder is frozen."""

    def __init__(self, resolution=32, latent=8, channels=64, width=96, blocks=2):
        super().__init__()
        self.condition = ShapeCondition(resolution, channels, width)
        self.generator = ShapeGenerator(latent, channels, width, blocks)


class EncoderGraph(nn.Module):
    def __init__(self, autoencoder):
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, field):
        return self.autoencoder.encode(field)


class DecoderGraph(nn.Module):
    def __init__(self, autoencoder):
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, latent):
        return self.autoencoder.decode(latent)
