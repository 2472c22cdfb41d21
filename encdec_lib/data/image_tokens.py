r"""Images as rows of whole numbers: every patch is replaced by the nearest of K typical patches.

This is vector quantisation. The typical patches, the *codebook*, are found by k-means on patches
of training images. A number is then a token, as a word is.

Shape letters: N images, (H, W, C) image, P side of a patch, M patches = HW / P², K codes.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.cluster import vq

from encdec_lib.data.patches import cut, paste
from encdec_lib.data.vocabulary import SPECIALS
from encdec_lib.runtime.checks import check_whole, is_whole
from encdec_lib.runtime.inputs import check_ids, check_images

FIRST = len(SPECIALS)  # the token of code 0


@dataclass(frozen=True, eq=False)
class Codebook:
    """K typical patches."""

    patches: Float[np.ndarray, "K PPC"]  # each as encdec_lib.layers.patches.cut lays it out
    patch: int  # P, in pixels
    side: int  # H = W of the images, in pixels

    @property
    def vocab(self) -> int:
        """The number of tokens V, the special ones before the codes included."""
        return FIRST + len(self.patches)

    @property
    def columns(self) -> int:
        """Patches side by side in an image."""
        return self.side // self.patch

    def encode(self, images: Float[np.ndarray, "N H W C"]) -> Int[np.ndarray, "N M"]:
        """The token of the nearest code for every patch, row by row.

        Raises:
          ValueError: if the images have another side.
        """
        images = check_images("images", images)
        if images.shape[1:3] != (self.side, self.side):
            raise ValueError(
                f"images must be (N, {self.side}, {self.side}, C), as those the codes were learned "
                f"from; got {images.shape}."
            )
        rows = np.asarray(cut(images, self.patch))
        codes, _ = vq.vq(rows.reshape(-1, rows.shape[-1]), self.patches)
        return (codes.reshape(rows.shape[:2]) + FIRST).astype(np.int32)

    def decode(self, tokens: Int[np.ndarray, "N M"]) -> Float[np.ndarray, "N H W C"]:
        """The image that these tokens stand for; special tokens become code 0.

        Raises:
          ValueError: if there is another number of tokens than patches, or a token too large.
        """
        tokens = check_ids("tokens", tokens)
        if tokens.ndim != 2 or not len(tokens) or tokens.shape[1] != self.columns**2:
            raise ValueError(
                f"tokens must be (N, {self.columns**2}), one for each patch; got {tokens.shape}."
            )
        if tokens.max(initial=0) >= self.vocab:
            raise ValueError(f"tokens must be below {self.vocab}; got {tokens.max()}.")
        if tokens.min(initial=0) < 0:
            raise ValueError(f"tokens must not be below 0; got {tokens.min()}.")
        chosen = self.patches[np.maximum(tokens - FIRST, 0)]
        return np.asarray(paste(chosen, self.patch, self.side))


def learn_codebook(
    images: Float[np.ndarray, "N H W C"],
    codes: int = 64,
    patch: int = 2,
    *,
    sample: int = 40_000,
    seed: int = 0,
) -> Codebook:
    r"""Finds K patches such that the nearest of them is, on average, as near as possible.

    .. math:: \min_{c_1 \dots c_K} \sum_i \min_k \lVert x_i - c_k \rVert^2

    K-means alternates two steps: give each patch to the nearest centre, move each centre to the
    mean of its patches. It ends in a minimum near where it began.

    Args:
      images: to learn from, square.
      codes: K.
      patch: P; divides the side.
      sample: at most so many patches are looked at, drawn at random.
      seed: fixes the result.

    Returns:
      A :class:`Codebook`, its codes in rising order of brightness.

    Raises:
      ValueError: if ``codes`` is below 1 or there are not that many different patches, the images
        are not square, or ``patch`` does not divide the side.

    Example:
      >>> import numpy as np
      >>> images = np.random.default_rng(0).integers(0, 2, (50, 8, 8, 1)).astype(np.float32)
      >>> book = learn_codebook(images, codes=16)
      >>> bool((book.decode(book.encode(images)) == images).all())  # only 16 patches are possible
      True

    Reference:
      Lloyd (1982), doi:10.1109/TIT.1982.1056489; Arthur & Vassilvitskii (2007), k-means++.
    """
    check_whole("sample", sample)
    check_whole("seed", seed, least=0)
    images = check_images("images", images)
    rows = np.asarray(cut(images.astype(np.float32), patch))
    if images.shape[1] != images.shape[2]:
        raise ValueError(f"images must be square; got {images.shape}.")
    rows = rows.reshape(-1, rows.shape[-1])
    rng = np.random.default_rng(seed)
    if len(rows) > sample:
        rows = rows[rng.choice(len(rows), sample, replace=False)]
    different = len(np.unique(rows, axis=0))
    if not is_whole(codes) or not 1 <= codes <= different:
        raise ValueError(
            f"codes must lie between 1 and the {different} different patches of the images; got "
            f"{codes}."
        )
    with warnings.catch_warnings():  # a centre may lose its last patch; it then stays where it was
        warnings.filterwarnings("ignore", message="One of the clusters is empty")
        centres, _ = vq.kmeans2(rows, codes, minit="++", iter=20, rng=rng)
    order = np.argsort(centres.sum(axis=1), kind="stable")
    return Codebook(centres[order].astype(np.float32), patch, images.shape[1])


def reconstruction_error(book: Codebook, images: Float[np.ndarray, "N H W C"]) -> float:
    """Root of the mean squared difference of a pixel after encoding and decoding."""
    return float(np.sqrt(np.mean((book.decode(book.encode(images)) - images) ** 2)))
