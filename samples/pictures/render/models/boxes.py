"""Book, cardboard box and crate: boxes with bevelled edges."""

from ..materials import anywhere, mottled, plain, wood
from ..mesh import bevel, boxes, solid


def book(random, colour, size=(0.15, 0.21, 0.03)):
    """A closed book lying flat: boards, spine and a block of pages."""
    x, y, z = size
    board = 0.003
    cover = boxes(
        ((0, 0, board / 2), (x, y, board)),
        ((0, 0, z - board / 2), (x, y, board)),
        ((-x / 2 + board / 2, 0, z / 2), (board, y, z)),
    )
    pages = boxes(((-0.002, 0, z / 2), (x - 0.009, y - 0.010, z - 2 * board - 0.0002)))
    paper = mottled([(0.35, '#b9ac8c'), (0.65, '#efe7d2')], 3.0, 2.0, 0.9, stretch=(1, 1, 600))
    item = solid('book', (cover, plain(random, colour, 0.5, 0.1, grain=400, relief=0.2)), (pages, paper))
    return bevel(item, 0.0008, 2)


def cardboard_box(random, size=(0.2, 0.15, 0.12)):
    """A taped cardboard box."""
    x, y, z = size
    tape = 0.0004
    tapes = boxes(
        ((0, 0, z + tape / 2), (x, 0.045, tape)),
        ((x / 2 + tape / 2, 0, z - 0.02), (tape, 0.045, 0.04)),
        ((-x / 2 - tape / 2, 0, z - 0.02), (tape, 0.045, 0.04)),
    )
    browns = [(0.3, '#a9845a'), (0.7, '#b8936a')]
    card = mottled(browns, 60.0, 6.0, 0.85, offset=anywhere(random, 9), relief=0.15)
    item = solid(
        'cardboard box', (boxes(((0, 0, z / 2), size)), card), (tapes, plain(random, '#cdb68a', 0.3, 0.05))
    )
    return bevel(item, 0.002)


def crate(random, side=0.4):
    """A wooden crate of slats on a frame."""
    post, slat, parts = side * 0.1, side * 0.035, []
    half = side / 2 - post / 2
    for sx in (-1, 1):
        for sy in (-1, 1):
            parts.append(((sx * half, sy * half, side / 2), (post, post, side)))
    rows = 4
    pitch = (side - 0.02 * side) / rows
    for row in range(rows):
        z = 0.01 * side + pitch * (row + 0.5)
        for s in (-1, 1):
            parts.append(((0, s * (side / 2 + slat / 2), z), (side + 2 * slat, slat, pitch * 0.9)))
            parts.append(((s * (side / 2 + slat / 2), 0, z), (slat, side, pitch * 0.9)))
    for row in range(5):
        parts.append(((0, side * (row / 5 - 0.4), 0.02 * side), (side, side * 0.19, slat)))
    planks = wood(random, '#7a5530', '#c39a63', roughness=0.75)
    return bevel(solid('crate', (boxes(*parts), planks)), side * 0.006, 2)
