"""The U-Net that segment and depth share in kind, each with weights of its own."""
import torch
import torch.nn as nn

from .layers import Conv, upsample

HALF = 32  # channels at half resolution: few, because most of the work would be there


def with_position(x):
    """Append where each cell lies, x then y in [-1, 1]: how far the ground is shows in the height above the border."""
    b, _, h, w = x.shape
    across = torch.linspace(-1, 1, w, device=x.device).reshape(1, 1, 1, w).expand(b, 1, h, w)
    down = torch.linspace(-1, 1, h, device=x.device).reshape(1, 1, h, 1).expand(b, 1, h, w)
    return torch.cat([x, across, down], 1)


class Trunk(nn.Module):
    """Picture (B, 3, H, W) -> features at 1/2, 1/4 and 1/32, and at 1/16 for other models."""

    def __init__(self, widths=(32, 64, 128, 192, 256)):
        super().__init__()
        a, b, c, d, e = widths
        self.widths = widths
        self.s2 = nn.Sequential(Conv(5, a, 2), Conv(a, a))
        self.s4 = nn.Sequential(Conv(a, b, 2), Conv(b, b), Conv(b, b))
        self.s8 = nn.Sequential(Conv(b, c, 2), Conv(c, c), Conv(c, c))
        self.s16 = nn.Sequential(Conv(c, d, 2), Conv(d, d), Conv(d, d))
        self.s32 = nn.Sequential(Conv(d, e, 2), Conv(e, e), Conv(e, e))
        self.u16 = Conv(e + d, d)
        self.u8 = nn.Sequential(Conv(d + c, c), Conv(c, c))
        self.u4 = nn.Sequential(Conv(c + b, b), Conv(b, b))
        self.u2 = Conv(b + a, HALF)

    def encode(self, picture):
        """The down path alone: features at 1/16, (B, widths[3], H/16, W/16)."""
        return self.s16(self.s8(self.s4(self.s2(with_position(picture * 2 - 1)))))

    def forward(self, picture):
        h2 = self.s2(with_position(picture * 2 - 1))
        h4 = self.s4(h2)
        h8 = self.s8(h4)
        h16 = self.s16(h8)
        h32 = self.s32(h16)
        y = self.u16(torch.cat([upsample(h32), h16], 1))
        y = self.u8(torch.cat([upsample(y), h8], 1))
        y4 = self.u4(torch.cat([upsample(y), h4], 1))
        y2 = self.u2(torch.cat([upsample(y4), h2], 1))
        return y2, y4, h32
