"""
Makes projections.safetensors: principal components by numpy's singular value decomposition, and how well scikit-learn's t-SNE does.

    python3 test/oracle/projections.py

Rows follow from the formula of networks.py, which the tests know too. Signs of components are such that the number of largest size is positive.
scikit-learn's t-SNE is run in its exact form with several beginnings; the least and the largest divergence are stored.
Needs torch and numpy, CPU builds, and scikit-learn.
"""

import os
import sys

import numpy as np
import torch
from sklearn.manifold import TSNE

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from networks import formula  # noqa: E402
from recorder import write_safetensors  # noqa: E402

K = 4
GROUPS, EACH, COLUMNS, PERPLEXITY = 5, 36, 10, 20


def components(rows):
    centred = rows - rows.mean(0)
    u, s, v = np.linalg.svd(centred, full_matrices=False)
    v = v[:K] * np.sign(v[np.arange(K), np.abs(v[:K]).argmax(1)])[:, None]
    variance = s**2 / (len(rows) - 1)
    return v, centred @ v.T, variance[:K], variance[:K] / variance.sum()


def grouped():
    """Rows around a few middles."""
    middles = formula("middles", [GROUPS, COLUMNS], -2, 2).numpy().astype(np.float64)
    around = formula("around", [GROUPS * EACH, COLUMNS], -1, 1).numpy().astype(np.float64)
    return middles.repeat(EACH, 0) + around


def main():
    kept = {}
    for name, shape in (("tall", (60, 7)), ("wide", (9, 40)), ("square", (12, 12))):
        rows = formula(name, shape, -1, 1).numpy().astype(np.float64) * np.linspace(3, 1, shape[1])
        for part, value in zip(("components", "coordinates", "variance", "ratio"), components(rows)):
            kept[f"{name}.{part}"] = torch.from_numpy(np.ascontiguousarray(value)).float()
    found = []
    for init, seed in [("pca", 0)] + [("random", seed) for seed in range(4)]:
        model = TSNE(perplexity=PERPLEXITY, method="exact", init=init, random_state=seed)
        model.fit(grouped())
        found.append(float(model.kl_divergence_))
    print("divergences of scikit-learn:", found)
    index = {"k": K, "groups": GROUPS, "each": EACH, "columns": COLUMNS, "perplexity": PERPLEXITY, "divergences": found}
    write_safetensors(os.path.join(here, "projections.safetensors"), kept, index)


if __name__ == "__main__":
    main()
