"""Cases of the normalisations: batch, layer, group, instance, root mean square and local response."""

import torch

PLACES = {"BatchNorm1d": ([], [4], [1], [7]), "BatchNorm2d": ([3, 4], [1, 1], [2, 5])}


def running(r, name):
    """Makes the layer `name` with running statistics that are not those of a new one."""

    def make(*args, **options):
        module = getattr(torch.nn, name)(*args, **options)
        if module.track_running_stats:
            module.running_mean.copy_(r.uniform(*args))
            module.running_var.copy_(r.uniform(*args, low=0.2, high=2))
        return module

    return make


def add(r):
    batch(r)
    layer(r)
    root_mean_square(r)
    group(r)
    instance(r)
    local_response(r)


def batch(r):
    for name, places in PLACES.items():
        for place in places:
            for n, channels in ((3, 2), (2, 5)):
                for options in (
                    {},
                    {"momentum": None},
                    {"eps": 0.1, "momentum": 0.5},
                    {"affine": False},
                    {"track_running_stats": False},
                    {"affine": False, "track_running_stats": False, "eps": 0.01},
                    {"momentum": 0.0},
                ):
                    for train in (True, False):
                        r.layer(name, [channels], options, r.apart(n, channels, *place), make=running(r, name), train=train)
        for offset in (30, 1000):
            x = r.uniform(8, 2, *places[0], low=-40, high=40) + offset
            r.layer(name, [2], {}, x, train=True, note=f"values around {offset}")
        r.layer(name, [3], {}, r.uniform(0, 3, *places[0]), train=False, note="no samples")


def layer(r):
    for normalized, lead in (
        (5, [3]),
        (4, [2, 3]),
        ([3, 4], [2]),
        ([2, 3, 2], [2]),
        (6, []),
        ([2, 3], [2, 1, 2]),
        (33, [2]),
        (1, [3]),
        ([7, 1], [2]),
        (3, [0]),
    ):
        shape = [normalized] if isinstance(normalized, int) else normalized
        for options in (
            {},
            {"eps": 0.1},
            {"elementwise_affine": False},
            {"bias": False},
            {"eps": 0.0 if normalized not in (1, [7, 1]) else 1e-3, "bias": False},
        ):
            r.layer("LayerNorm", [normalized], options, r.uniform(*lead, *shape))
    for offset in (30, 1000):
        x = r.uniform(4, 8, low=-40, high=40) + offset
        r.layer("LayerNorm", [8], {}, x, note=f"values around {offset}")
    r.layer("LayerNorm", [4], {}, torch.full((2, 4), 3.5), note="no variance")
    r.layer("LayerNorm", [6], {}, r.uniform(3, 6, low=-1e4, high=1e4), note="large values")
    r.layer("LayerNorm", [6], {}, r.uniform(3, 6, low=-2, high=2), train=False)
    r.layer("LayerNorm", [300], {}, r.uniform(2, 300))


def root_mean_square(r):
    for normalized, lead in ((5, [3]), (4, [2, 3]), ([3, 4], [2]), (6, []), ([2, 1, 3], [2]), (33, [2]), (1, [3]), (3, [0])):
        shape = [normalized] if isinstance(normalized, int) else normalized
        for options in ({}, {"eps": 0.1}, {"elementwise_affine": False}, {"eps": 1e-5, "elementwise_affine": False}):
            # Away from 0 where the mean is over one element: there y is a sign.
            low = 0.5 if normalized == 1 else -2
            r.layer("RMSNorm", [normalized], options, r.uniform(*lead, *shape, low=low))
    r.layer("RMSNorm", [8], {}, r.uniform(4, 8, low=-40, high=40) + 1000, note="values around 1000")
    r.layer("RMSNorm", [4], {"eps": 1e-5}, torch.zeros(2, 4), note="nothing but 0")


def group(r):
    for groups, channels in ((1, 4), (2, 4), (4, 4), (3, 6), (1, 1), (5, 5)):
        for n, places in ((2, [3]), (3, [2, 3]), (1, [2, 2]), (2, [2, 1, 3])):
            for options in ({}, {"affine": False}, {"eps": 0.1}):
                r.layer("GroupNorm", [groups, channels], options, r.uniform(n, channels, *places))
    for groups, channels in ((2, 6), (1, 3), (3, 9)):
        r.layer("GroupNorm", [groups, channels], {}, r.uniform(4, channels), note="vectors")
        r.layer("GroupNorm", [groups, channels], {}, r.uniform(0, channels, 2, 2), note="no samples")
    r.layer("GroupNorm", [3, 3], {"eps": 0.1}, r.uniform(2, 3), note="one element in each group")
    r.layer("GroupNorm", [2, 2], {"eps": 0.1}, r.uniform(3, 2, 1, 1), note="one element in each group")
    r.layer("GroupNorm", [2, 4], {}, r.uniform(2, 4, 3, 3, low=-40, high=40) + 100, note="values around 100, where PyTorch holds")
    r.layer("GroupNorm", [2, 4], {}, r.uniform(2, 4, 3), train=False)


def instance(r):
    for name, places in (("InstanceNorm1d", ([4], [7], [2])), ("InstanceNorm2d", ([3, 4], [1, 2], [5, 2]))):
        for place in places:
            for options in (
                {},
                {"affine": True},
                {"affine": True, "track_running_stats": True},
                {"track_running_stats": True, "momentum": 0.5},
                {"eps": 0.1, "momentum": 1.0, "affine": True, "track_running_stats": True},
            ):
                for train in (True, False):
                    r.layer(name, [3], options, r.apart(2, 3, *place), make=running(r, name), train=train)
                    alone = r.apart(2, *place)
                    r.layer(name, [2], options, alone, make=running(r, name), train=train, note="a sample without its axis")
        x = r.uniform(2, 2, *places[0], low=-40, high=40) + 1000
        r.layer(name, [2], {"affine": True, "track_running_stats": True}, x, note="values around 1000")
        small = r.uniform(2, 2, *([1] * len(places[0])))
        r.layer(name, [2], {"track_running_stats": True}, small, make=running(r, name), train=False, note="one element in each map")


def local_response(r):
    for size in (1, 2, 3, 4, 5, 9):
        for shape in ([2, 5, 3], [1, 4, 2, 3], [2, 1, 2, 2], [3, 7, 1, 1]):
            r.layer("LocalResponseNorm", [size], {"alpha": 0.7, "beta": 0.6, "k": 1.5}, r.uniform(*shape))
    for options in ({}, {"alpha": 1.0}, {"beta": 2.0, "alpha": 0.5}, {"k": 0.5, "alpha": 0.1}, {"alpha": 2e-5, "beta": 0.75, "k": 1.0}):
        r.layer("LocalResponseNorm", [5], options, r.uniform(2, 6, 2, 2, low=-8, high=8))
