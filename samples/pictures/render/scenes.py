"""The scenes, by the name of their picture."""

from functools import partial as made

from .materials import plain, rug, tiles, wood
from .models.boxes import book, cardboard_box, crate
from .models.crockery import bottle, bowl, mug, plate
from .models.fruit import apple, orange
from .scene import Camera, FromCorpus, Light, Placed, Scene, Slabs

TABLE_BREAKFAST = Scene(
    size=(768, 576),
    surface=0.74,
    surroundings=[
        Slabs(made(wood, dark='#6d4522', light='#b3834f', planks=0.14), [((0, 0.05, 0.72), (1.5, 0.9, 0.04))], 0.006),
        Slabs(made(wood, dark='#5b4330', light='#8b6b4c', planks=0.12, turn=1.57), [((0, 0, -0.05), (8, 8, 0.1))], 0),
        Slabs(made(plain, colour='#c9c3b2', roughness=0.9, uneven=0.06, grain=40), [((0, 1.6, 1.5), (8, 0.1, 3))], 0),
        Slabs(made(plain, colour='#e9e6de', roughness=0.5, uneven=0.03), [((0, 1.54, 0.06), (8, 0.02, 0.12))]),
    ],
    objects=[
        Placed('plate', made(plate, colour='#d3d7d4'), (0.04, -0.05)),
        Placed('orange', orange, (0.024, -0.052), on='plate'),
        Placed('mug', made(mug, colour='#2f6f8f'), (-0.135, -0.03), -150),
        Placed('bottle', made(bottle, body='#3c5a2a', cap='#c9a13a', label='#e4d9bf'), (-0.085, 0.085)),
        Placed('jar', FromCorpus('kaykit-restaurant-jar-a-medium', 0.135, 0.3), (0.135, 0.12), 25),
        Placed('apple', made(apple, radius=0.042), (0.195, 0.03), 40),
    ],
    sky=('#b9c8dc', 0.12),
    lights=[
        Light((-1.5, 0.07, 1.59), (0, 0, 0.74), (0.42, 0.9), 22, '#fff1dc'),
        Light((-1.5, 0.63, 1.59), (0, 0, 0.74), (0.42, 0.9), 22, '#fff1dc'),
        Light((1.8, -1.0, 2.14), (0, 0, 0.74), (1.2, 1.2), 5, '#dfe8ff'),
    ],
    camera=Camera((0.07, -0.55, 1.1), (0.012, 0.03, 0.8), 1.12),
)

FLOOR_ROOM = Scene(
    size=(800, 600),
    surface=0.0,
    surroundings=[
        Slabs(made(wood, dark='#8a6239', light='#c59a68', planks=0.13), [((0, 0, -0.05), (9, 9, 0.1))], 0),
        Slabs(
            made(plain, colour='#a9b8b4', roughness=0.92, uneven=0.05, grain=60),
            [((0, 1.75, 1.5), (9, 0.1, 3)), ((-2.1, 0, 1.5), (0.1, 9, 3))],
            0,
        ),
        Slabs(
            made(plain, colour='#eceae4', roughness=0.45, uneven=0.03),
            [((0, 1.69, 0.06), (9, 0.02, 0.12)), ((-2.04, 0, 0.06), (0.02, 9, 0.12))],
        ),
    ],
    objects=[
        Placed('chair', FromCorpus('quaternius-house-interior-pack-chair-1', 0.92, 0.5), (-0.6, 0.3), 150),
        Placed('table', FromCorpus('quaternius-furniture-pack-vol-2-small-table', 0.74, 0.45), (0.3, 0.6), 10),
        Placed('lamp', FromCorpus('quaternius-furniture-pack-standing-lamp', 1.6, 0.6), (0.98, 1.0)),
        Placed('crate', crate, (0.86, 0.12), 28),
        Placed('potted plant', FromCorpus('quaternius-house-interior-pack-houseplant-4', 1.3, 0.5), (-1.12, 0.95), 40),
        Placed('box', made(cardboard_box, size=(0.42, 0.32, 0.28)), (-0.12, -0.22), -18),
    ],
    sky=('#ffffff', 0.12),
    lights=[
        Light((-1.2, -2.2, 2.5), (0.2, 0.6, 0.4), (0.8, 0.8), 130, '#fff4e4'),
        Light((2.6, -0.4, 2.0), (0, 0.8, 0.5), (0.8, 1.2), 55, '#dbe7ff'),
    ],
    camera=Camera((0.2, -2.9, 1.45), (0.0, 0.5, 0.6), 1.02),
    depth='exact',
)

DESK = Scene(
    size=(768, 576),
    surface=0.72,
    surroundings=[
        Slabs(
            made(wood, dark='#c09a6c', light='#dfc29a', roughness=0.35),
            [((0, 0.05, 0.705), (1.7, 0.8, 0.03))],
            0.004,
        ),
        Slabs(
            made(plain, colour='#8f5f4f', roughness=0.9, uneven=0.08, grain=50, relief=0.2),
            [((0, 0.52, 1.5), (8, 0.1, 3))],
            0,
        ),
        Slabs(made(plain, colour='#55524e', roughness=0.8), [((0, 0, -0.05), (8, 8, 0.1))], 0),
    ],
    objects=[
        Placed('green book', made(book, colour='#4f8a63', size=(0.17, 0.235, 0.04)), (0.2, 0.0), 104),
        Placed('blue book', made(book, colour='#4a72b5', size=(0.14, 0.2, 0.034)), (0.205, 0.005), 78, on='green book'),
        Placed('radio', FromCorpus('kenney-furniture-pack-radio', 0.27, 0.45), (0.1, 0.21), 172),
        Placed('desk lamp', FromCorpus('quaternius-house-interior-pack-light-desk', 0.38, 0.35), (-0.165, 0.22), 150),
        Placed('potted plant', FromCorpus('kenney-furniture-pack-plant-small1', 0.24, 0.6), (0.31, 0.21), 20),
        Placed('mug', made(mug, colour='#b5562f', height=0.102, radius=0.045), (-0.035, 0.0), 30),
        Placed('speaker', FromCorpus('kenney-furniture-pack-speaker-small', 0.2, 0.5), (-0.3, 0.03), 205),
        Placed(
            'bottle',
            made(bottle, body='#2d4a66', cap='#d8d4cb', label='#d9b45a', height=0.21, radius=0.036),
            (-0.158, 0.03),
        ),
    ],
    sky=('#cfd8e6', 0.1),
    lights=[
        Light((-1.1, -0.7, 1.92), (0, 0.1, 0.72), (0.6, 0.6), 24, '#ffe9cc'),
        Light((1.4, -1.2, 1.82), (0, 0.1, 0.72), (0.7, 1.2), 9, '#dfe9ff'),
    ],
    camera=Camera((0.05, -0.72, 1.14), (-0.005, 0.08, 0.835), 1.0),
)

TOYS_FLOOR = Scene(
    size=(768, 576),
    surface=0.0,
    surroundings=[
        Slabs(
            made(tiles, first='#b7ab98', second='#a89b87', grout='#6f675c', side=0.3, turn=0.3),
            [((0, 0, -0.056), (6, 6, 0.1))],
            0,
        ),
        Slabs(made(rug, ground='#3f5672', stripe='#c9bfa6'), [((0, 0.02, -0.003), (1.3, 0.86, 0.006))], 0.002),
        Slabs(made(plain, colour='#d6cdb4', roughness=0.9, uneven=0.06, grain=40), [((0, 1.0, 1.2), (6, 0.1, 2.6))], 0),
        Slabs(made(plain, colour='#f0ede6', roughness=0.5, uneven=0.03), [((0, 0.94, 0.05), (6, 0.02, 0.12))]),
    ],
    objects=[
        Placed('car', FromCorpus('quaternius-realistic-car-pack-taxi', 0.31, 0.35), (-0.2, -0.06), 62),
        Placed('barrel', FromCorpus('quaternius-medieval-village-pack-barrel', 0.2, 0.6), (-0.1, 0.16), 10),
        Placed('crate', FromCorpus('quaternius-medieval-village-pack-crate', 0.16, 0.6), (0.14, 0.14), 28),
        Placed('mushroom', FromCorpus('kenney-food-mushroom', 0.176, 0.45), (0.08, -0.06)),
        Placed('dinosaur', FromCorpus('quaternius-dinosaurs-pack-triceratops', 0.46, 0.6), (-0.4, 0.2), 60),
        Placed('tractor', FromCorpus('kenney-vehicles-tractor', 0.22, 0.4), (0.4, 0.08), -50),
    ],
    sky=('#e6ecf6', 0.12),
    lights=[
        Light((-1.3, -0.6, 1.7), (0, 0.1, 0), (0.6, 0.6), 34, '#fff2df'),
        Light((1.5, -1.0, 1.4), (0, 0, 0), (0.7, 0.7), 9, '#e1eaff'),
    ],
    camera=Camera((0.08, -1.0, 0.6), (0.0, 0.03, 0.075), 1.02),
)

RGBD_TABLE = Scene(
    size=(640, 480),
    surface=0.75,
    surroundings=[
        Slabs(
            made(plain, colour='#b9bcb8', roughness=0.5, uneven=0.05, grain=300, relief=0.05),
            [((0, 0, 0.735), (1.2, 0.8, 0.03))],
        ),
        Slabs(
            made(tiles, first='#5e6468', second='#596064', grout='#44484b', side=0.6), [((0, 0, -0.05), (8, 8, 0.1))], 0
        ),
    ],
    objects=[
        Placed('box', made(cardboard_box, size=(0.22, 0.15, 0.12)), (-0.16, 0.11), 18),
        Placed('bowl', made(bowl, colour='#3f8f8a', radius=0.082), (0.05, -0.07)),
        Placed('ketchup bottle', FromCorpus('kaykit-restaurant-ketchup', 0.2, 0.3), (0.07, 0.12)),
        Placed('soda can', FromCorpus('kenney-food-soda-can', 0.125, 0.3), (0.21, 0.04), 60),
        Placed('mug', made(mug, colour='#34567d'), (-0.13, -0.075), -60),
        Placed('pumpkin', FromCorpus('kaykit-halloween-pumpkin-orange-small', 0.15, 0.5), (0.2, 0.2), -15),
    ],
    sky=('#eef2f6', 0.15),
    lights=[
        Light((-1.0, 0.5, 1.7), (0, 0, 0.75), (0.35, 0.35), 15, '#fff6ea'),
        Light((0.8, -0.6, 2.35), (0, 0, 0.75), (0.9, 0.3), 9, '#eef4ff'),
    ],
    camera=Camera((0.03, -0.56, 1.3), (0.03, 0.04, 0.78), 0.97),
    depth='noisy',
    masks=True,
)

SCENES = {
    'table-breakfast': TABLE_BREAKFAST,
    'floor-room': FLOOR_ROOM,
    'desk': DESK,
    'toys-floor': TOYS_FLOOR,
    'rgbd-table': RGBD_TABLE,
}
