"""Cases of recurrent layers and their cells."""

KINDS = {"RNN": 1, "LSTM": 4, "GRU": 3}


def add(r):
    for kind in KINDS:
        layers(r, kind)
        cells(r, kind)


def states(r, kind, *shape):
    """A state as the layer takes it: the hidden values, or a pair with the cell's."""
    h = r.uniform(*shape, low=-1, high=1)
    return (h, r.uniform(*shape, low=-1, high=1)) if kind == "LSTM" else h


def layers(r, kind):
    draw = lambda *shape: r.uniform(*shape, low=-1.5, high=1.5)
    case = lambda inner, hidden, options, *inputs: r.layer(kind, [inner, hidden], options, *inputs)
    # steps, samples, features, hidden values
    for steps, samples, inner, hidden in ((1, 1, 1, 1), (3, 2, 3, 4), (5, 1, 2, 3), (2, 7, 4, 5), (4, 3, 1, 8), (6, 2, 5, 2), (1, 4, 3, 3)):
        for bias in (True, False):
            for given in (True, False):
                state = [states(r, kind, 1, samples, hidden)] if given else []
                case(inner, hidden, {} if bias else {"bias": False}, draw(steps, samples, inner), *state)
    for count in (1, 2, 3):
        for both in (True, False):
            if count == 1 and not both:
                continue
            options = {"num_layers": count, "bidirectional": both}
            places = count * (2 if both else 1)
            for steps, samples, inner, hidden in ((3, 2, 3, 4), (1, 1, 2, 3), (4, 3, 2, 2)):
                case(inner, hidden, options, draw(steps, samples, inner))
                case(inner, hidden, options, draw(steps, samples, inner), states(r, kind, places, samples, hidden))
            case(2, 3, {**options, "batch_first": True}, draw(3, 4, 2), states(r, kind, places, 3, 3))
            case(2, 3, {**options, "bias": False}, draw(3, 2, 2), states(r, kind, places, 2, 3))
            case(3, 2, options, draw(4, 3), states(r, kind, places, 2))
            case(3, 2, options, draw(4, 3))
    for samples, steps in ((1, 1), (2, 3), (5, 2), (3, 6)):
        case(3, 4, {"batch_first": True}, draw(samples, steps, 3))
        case(3, 4, {"batch_first": True}, draw(samples, steps, 3), states(r, kind, 1, samples, 4))
    case(3, 4, {}, draw(5, 3))
    case(3, 4, {}, draw(5, 3), states(r, kind, 1, 4))
    case(3, 4, {"batch_first": True}, draw(5, 3))
    # Dropout does nothing in evaluation.
    r.layer(kind, [3, 2], {"num_layers": 2, "dropout": 0.5}, draw(3, 2, 3), train=False)
    if kind == "RNN":
        for steps, samples, inner, hidden in ((1, 1, 1, 1), (3, 2, 3, 4), (5, 3, 2, 3), (2, 5, 4, 6)):
            case(inner, hidden, {"nonlinearity": "relu"}, draw(steps, samples, inner))
            case(inner, hidden, {"nonlinearity": "relu", "bidirectional": True}, draw(steps, samples, inner), states(r, kind, 2, samples, hidden))
    # Sums that saturate the gates.
    r.layer(kind, [2, 3], {}, draw(3, 2, 2) * 40, states(r, kind, 1, 2, 3))


def cells(r, kind):
    name = kind + "Cell"
    for samples, inner, hidden in ((1, 1, 1), (2, 3, 4), (5, 2, 3), (3, 4, 6)):
        for bias in (True, False):
            options = {} if bias else {"bias": False}
            x = r.uniform(samples, inner, low=-1.5, high=1.5)
            r.layer(name, [inner, hidden], options, x)
            r.layer(name, [inner, hidden], options, x, states(r, kind, samples, hidden))
    r.layer(name, [3, 2], {}, r.uniform(3), states(r, kind, 2))
    r.layer(name, [3, 2], {}, r.uniform(3))
    if kind == "RNN":
        r.layer(name, [3, 4], {"nonlinearity": "relu"}, r.uniform(2, 3), states(r, kind, 2, 4))
