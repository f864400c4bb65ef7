"""How weights are stored: int8 with a step for each output channel where they are many."""
import numpy as np


def quantise(array, axis):
    """(whole numbers in +-127, a float16 step for each index along `axis`) of a large matrix or convolution; else (None, None)."""
    if array.ndim < 2 or array.size < 4096:
        return None, None
    others = tuple(i for i in range(array.ndim) if i != axis)
    step = (np.abs(array).max(others, keepdims=True) / 127).astype(np.float16).astype(np.float32)
    step[step == 0] = 1
    return np.clip(np.round(array / step), -127, 127).astype(np.float32), step
