"""Writes PNG files with zlib alone: grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4), uint8 or uint16."""
import struct
import zlib
from pathlib import Path

import numpy as np


def write(path, picture):
    a = np.ascontiguousarray(picture)
    channels = 1 if a.ndim == 2 else a.shape[2]
    deep = a.dtype == np.uint16
    assert deep or a.dtype == np.uint8
    rows = (a.astype(">u2") if deep else a).reshape(a.shape[0], -1).view(np.uint8)
    # Filter "up": each row less the one above, which compresses rendered pictures well.
    less = rows.copy()
    less[1:] -= rows[:-1]
    raw = np.concatenate([np.full((len(rows), 1), 2, np.uint8), less], 1).tobytes()
    head = struct.pack(">IIBBBBB", a.shape[1], a.shape[0], 16 if deep else 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    chunk = lambda name, body: struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    Path(path).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw, 6)) + chunk(b"IEND", b""))
