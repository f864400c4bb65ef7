"""Which objects may hide which: those in front, as far as the depth where they meet tells. `src/stages/occluders.ts` computes the same,
with depth read a little inside the masks, which are not exact there."""
import numpy as np

REACH = 0.008  # objects meet where no more than this share of the picture's longer side lies between them
BEHIND = 0.02  # an object that is farther away by this share where two meet lies behind
FEWEST = 4  # fewer places where two meet do not tell which is in front


def meetings(ids, depth):
    """{(a, b): log(z of b / z of a) wherever they meet} of ids (H, W), 0 for no object, and depth (H, W)."""
    reach = max(1, round(REACH * max(ids.shape)))
    z = np.log(np.where(np.isfinite(depth) & (depth > 0), depth, np.nan).astype(np.float32))
    found = {}
    for i, d in ((ids, z), (ids.T, z.T)):
        for step in range(1, reach + 1):
            a, b = i[:, :-step], i[:, step:]
            meet = (a != b) & (a > 0) & (b > 0)
            for between in range(1, step):
                meet &= i[:, between : between + a.shape[1]] == 0
            rise = (d[:, step:] - d[:, :-step])[meet]
            pairs = a[meet].astype(np.int32) * 256 + b[meet]
            for pair in np.unique(pairs):
                values = rise[pairs == pair]
                found.setdefault(divmod(int(pair), 256), []).append(values)
                found.setdefault(divmod(int(pair), 256)[::-1], []).append(-values)
    return {pair: np.concatenate(values) for pair, values in found.items()}


def in_front(of, met):
    """The ids that object `of` may reach behind: those that meet it and do not lie behind it there, and those that meet these."""
    past, found = {of}, []
    for (a, b), rises in met.items():
        if a == of:
            rises = np.sort(rises[np.isfinite(rises)])
            behind = len(rises) >= FEWEST and rises[(len(rises) - 1) // 2] > BEHIND
            past.add(b) if behind else found.append(b)
    for other in found:
        found += [b for a, b in met if a == other and b not in past and b not in found]
    return found
