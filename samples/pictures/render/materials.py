"""Materials. Each function takes the source of chance first and returns a Blender material."""

from .colour import rgb, rgba
from .nodes import Nodes


def anywhere(random, reach):
    """A random offset, so that no two objects share a piece of the noise."""
    return tuple(random.uniform(-reach, reach, 3))


def plain(random, colour, roughness, uneven=0.12, grain=90.0, relief=0.06):
    """One colour with uneven tone and roughness."""
    m = Nodes()
    where = m.coordinates(offset=anywhere(random, 50))
    blotches = m.noise(where, 14.0, 6.0)
    m.shade(
        Base_Color=m.vector('MULTIPLY', rgb(colour), m.range(blotches, 1 - uneven, 1 + uneven)),
        Roughness=m.range(blotches, roughness - 0.08, roughness + 0.08),
    )
    m.bump(m.noise(where, grain, 3.0), relief)
    return m.material


def vertex_coloured(random, roughness):
    """The mesh's own colours (attribute `Col`), uneven in tone, roughness and relief."""
    m = Nodes()
    where = m.coordinates(offset=anywhere(random, 50))
    blotches = m.noise(where, 9.0, 5.0)
    m.shade(
        Base_Color=m.vector('MULTIPLY', m.add('VertexColor', layer_name='Col'), m.range(blotches, 0.72, 1.22)),
        Roughness=m.range(blotches, roughness - 0.15, roughness + 0.15),
    )
    m.bump(m.noise(where, 90.0, 3.0), 0.08)
    return m.material


def mottled(stops, scale, detail, roughness, stretch=(1, 1, 1), offset=(0, 0, 0), distortion=0.0, relief=0.0):
    """Colours from a ramp over noise; `stops` as in `Nodes.ramp`."""
    m = Nodes()
    patches = m.noise(m.coordinates(stretch, offset), scale, detail, Distortion=distortion)
    m.shade(Base_Color=m.ramp(patches, stops), Roughness=roughness)
    if relief:
        m.bump(patches, relief)
    return m.material


def wood(random, dark, light, planks=0.0, turn=0.0, roughness=0.4):
    """Wood with grain along x; `planks` is the width of a board, 0 for one piece."""
    m = Nodes()
    grain = m.coordinates((1.2, 16, 16), anywhere(random, 20), turn)
    if planks:
        boards = m.add(
            'TexBrick', Vector=m.coordinates(turn=turn), offset=0.37, Scale=1.0, Bias=0.0,
            Brick_Width=planks * 9, Row_Height=planks, Mortar_Size=0.0016, Mortar_Smooth=0.6,
            Color1=(0.1, 0.1, 0.1, 1), Color2=(0.9, 0.9, 0.9, 1), Mortar=(0.5, 0.5, 0.5, 1),
        )
        # Every board has its own piece of the grain.
        grain = m.vector('ADD', grain, m.vector('MULTIPLY', boards, (37.0, 37.0, 37.0)))
    rings = m.noise(grain, 1.0, 9.0, Roughness=0.62, Distortion=0.9)
    colour = m.ramp(rings, [(0.28, dark), (0.72, light)])
    if planks:
        colour = m.vector('MULTIPLY', colour, m.range(boards.outputs['Color'], 0.8, 1.12))
        colour = m.vector('MULTIPLY', colour, m.range(boards.outputs['Fac'], 1.0, 0.35))
    m.shade(Base_Color=colour, Roughness=m.range(rings, roughness - 0.1, roughness + 0.14))
    m.bump(rings, 0.12)
    return m.material


def tiles(random, first, second, grout, side, turn=0.0):
    """Square tiles in two close tones with grout between them."""
    m = Nodes()
    squares = m.add(
        'TexBrick', Vector=m.coordinates(turn=turn), offset=0.0, Scale=1.0, Bias=0.0,
        Brick_Width=side, Row_Height=side, Mortar_Size=side * 0.012, Mortar_Smooth=0.3,
        Color1=rgba(first), Color2=rgba(second), Mortar=rgba(grout),
    )
    clouds = m.noise(m.coordinates(offset=anywhere(random, 20)), 6.0, 8.0)
    between = squares.outputs['Fac']
    m.shade(
        Base_Color=m.vector('MULTIPLY', squares, m.range(clouds, 0.78, 1.2)),
        Roughness=m.range(between, 0.32, 0.85),
    )
    m.bump(m.range(between, 1.0, 0.0), 0.5, 0.003)
    return m.material


def rug(_random, ground, stripe):
    """A woven rug: fine threads and broad stripes across x."""
    m = Nodes()
    wave = m.add(
        'TexWave', Vector=m.coordinates(), bands_direction='X', Scale=2.4, Distortion=0.08, Detail_Scale=8.0
    )
    colour = m.ramp(wave, [(0.0, ground), (0.62, ground), (0.7, stripe), (1.0, stripe)])
    threads = m.noise(m.coordinates((1, 3.2, 1)), 260.0, 3.0)
    m.shade(
        Base_Color=m.vector('MULTIPLY', colour, m.range(threads, 0.55, 1.4)),
        Roughness=0.95,
        Specular=0.1,
    )
    m.bump(threads, 0.9, 0.004)
    return m.material
