"""The page's engine in a page, and what the Flax models say about the same batch at once."""

import base64
from pathlib import Path

from flax import nnx

import encdec_lib.web
from encdec_lib.encoding import PAD
from encdec_lib.models.transformer import TransformerDecoder, TransformerEncoder
from encdec_lib.web.bundle import bundle

ENGINE = Path(encdec_lib.web.__file__).parent / "engine"


def load(page, *names, folder=ENGINE):
    """Opens a page with the exports of NAME.js in the folder in it, each as window.NAME."""
    page.goto("about:blank")
    add(page, *names, folder=folder)


def add(page, *names, folder=ENGINE):
    """Puts the exports of NAME.js in the folder into an open page, each as window.NAME."""
    for name in names:
        page.evaluate(
            """async ([name, source]) => {
                 const blob = new Blob([source], { type: "text/javascript" });
                 window[name] = await import(URL.createObjectURL(blob));
               }""",
            [name, bundle(folder / f"{name}.js")],
        )


def as_json(exported) -> dict:
    """An exported model as it travels to a page: its bytes in base 64."""
    return exported._asdict() | {"data": base64.b64encode(exported.data).decode()}


@nnx.jit
def transformer_with_attention(model, source, target_in):
    """Logits and every map of a batch, with padding: what no sentence in the page has."""
    mask = source != PAD
    maps = {"encoder": [], "own": []}
    if isinstance(model.encoder, TransformerEncoder):
        encoding, maps["encoder"] = model.encoder.with_attention(source, mask)
    else:
        encoding = model.encoder(source, mask)
    if isinstance(model.decoder, TransformerDecoder):
        logits, maps["own"], maps["cross"] = model.decoder.with_attention(target_in, encoding)
    else:
        logits, cross = model.decoder(target_in, encoding)
        maps["cross"] = [cross]
    return logits, maps


@nnx.jit
def decoder_only_with_attention(model, source, target_in):
    """Logits (B, T, V) and every layer's maps of the target, (B, H, T, S + T), all at once."""
    logits, maps = model.decoder.with_attention(target_in, model.encode(source))
    return logits, [layer[:, :, source.shape[1] :] for layer in maps]
