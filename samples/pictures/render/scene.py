"""What a scene is made of. Metres, z up from the floor."""

from dataclasses import dataclass
from typing import Callable, Literal


@dataclass(frozen=True)
class Slabs:
    """Fixed boxes of one material, each (centre, size): table top, floor, walls, skirting boards."""

    material: Callable
    boxes: list
    rounding: float = 0.003


@dataclass(frozen=True)
class FromCorpus:
    """An object of the corpus; `metres` is its longest side."""

    identifier: str
    metres: float
    roughness: float


@dataclass(frozen=True)
class Placed:
    """An object upright at (x, y), on the surface or on the object with the label `on`."""

    label: str
    model: Callable | FromCorpus
    at: tuple
    degrees: float = 0.0
    on: str = 'surface'


@dataclass(frozen=True)
class Light:
    """A rectangular light that looks at a point."""

    place: tuple
    target: tuple
    size: tuple
    watts: float
    colour: str


@dataclass(frozen=True)
class Camera:
    """A pinhole camera; `focal` is the focal length as a multiple of the picture's width."""

    place: tuple
    target: tuple
    focal: float


@dataclass(frozen=True)
class Scene:
    """One picture. `size` in pixels, `sky` (colour, strength); with `depth` come intrinsics and camera pose."""

    size: tuple
    surface: float
    surroundings: list
    objects: list
    sky: tuple
    lights: list
    camera: Camera
    depth: Literal['exact', 'noisy'] | None = None
    masks: bool = False
