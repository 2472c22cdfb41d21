"""Small files with the names and shapes of the hub's ViT, for the tests of pretrained.py."""

import numpy as np
from safetensors.numpy import save_file

D, H, F, P, C, PLACES, V, LAYERS = 22, 11, 13, 3, 2, 2, 7, 2  # D: twice a prime
SIDE, T = P * PLACES, PLACES**2 + 1


def weights(seed=0, d=D, layers=LAYERS, f=F) -> dict[str, np.ndarray]:
    """Random arrays with the names and shapes of the hub's file."""
    patch, layer = "vit.embeddings.patch_embeddings.projection", "vit.encoder.layer"
    linear = {patch: (d, C, P, P), "classifier": (V, d)}
    norms = ["vit.layernorm"]
    for n in range(layers):
        for name in ("query", "key", "value"):
            linear[f"{layer}.{n}.attention.attention.{name}"] = d, d
        linear[f"{layer}.{n}.attention.output.dense"] = d, d
        linear[f"{layer}.{n}.intermediate.dense"] = f, d
        linear[f"{layer}.{n}.output.dense"] = d, f
        norms += [f"{layer}.{n}.layernorm_before", f"{layer}.{n}.layernorm_after"]
    shapes = {
        "vit.embeddings.cls_token": (1, 1, d),
        "vit.embeddings.position_embeddings": (1, T, d),
    }
    for name, shape in linear.items():
        shapes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    for name in norms:
        shapes |= {f"{name}.weight": (d,), f"{name}.bias": (d,)}
    rng = np.random.default_rng(seed)
    return {name: 0.4 * rng.normal(size=s).astype(np.float32) for name, s in shapes.items()}


def written(folder):
    """A file of random weights; gives its path."""
    path = folder / "model.safetensors"
    save_file(weights(), path)
    return path
