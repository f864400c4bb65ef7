"""Compiles the C files beside this one on first use and loads them with ctypes.

The library goes to training/.cache under a name that holds a hash of the sources, the compiler's flags and the
machine, so that an edit, or another machine on the same disk, makes a new one. Nothing but `cc` is needed.
"""
import ctypes
import hashlib
import os
import platform
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".cache"
SOURCES = ("rasterise.c", "distance.c")
FLAGS = ("-O3", "-march=native", "-ffast-math", "-shared", "-fPIC")
_library = None


def processor():
    """Text that differs between processors with different instruction sets."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("flags"):
                return platform.machine() + line
    except OSError:
        pass
    return platform.machine() + platform.processor()


def library():
    """The loaded C library (compiled when it is not there yet, in a few seconds)."""
    global _library
    if _library is None:
        text = b"".join((HERE / s).read_bytes() for s in SOURCES) + " ".join(FLAGS).encode() + processor().encode()
        path = CACHE / f"native-{hashlib.sha256(text).hexdigest()[:16]}.so"
        if not path.exists():
            CACHE.mkdir(parents=True, exist_ok=True)
            part = CACHE / f"{path.name}.{os.getpid()}.part"
            subprocess.run([os.environ.get("CC", "cc"), *FLAGS, "-o", str(part), *(str(HERE / s) for s in SOURCES), "-lm"],
                           check=True)
            os.replace(part, path)                     # several processes may compile at once: the last one wins
        _library = ctypes.CDLL(str(path))
    return _library


def pointer(array):
    """Address of a contiguous numpy array (None gives a null pointer). The caller keeps the array alive."""
    if array is None:
        return ctypes.c_void_p(0)
    assert array.flags["C_CONTIGUOUS"]
    return ctypes.c_void_p(array.ctypes.data)


def f32(x):
    return ctypes.c_float(x)
