"""A reader's pictures with captions: a folder of images, and a table that says what is on each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from encdec_lib.data.choosing import chosen_examples
from encdec_lib.data.hashing import check_shares, part_at, text_hash
from encdec_lib.data.normal_form import nfc
from encdec_lib.data.own_text import PARTS
from encdec_lib.data.padding import pad
from encdec_lib.data.text_files import Pair, read_pairs
from encdec_lib.data.text_vocabulary import TextVocabulary, learn_symbols
from encdec_lib.data.vocabulary import EOS, PAD


@dataclass(frozen=True, eq=False)
class CaptionedImages:
    """N images, each with one or more captions; the fields that training and evaluation share."""

    source: Float[np.ndarray, "N H W C"]  # 0 to 1
    target: Int[np.ndarray, "N T"]  # ids of the first caption, each row ending in <eos>, 0-padded
    references: list[list[list[str]]]  # for each image the captions that count as right
    names: list[str]  # of the files, as the table has them
    target_vocabulary: TextVocabulary

    def __len__(self) -> int:
        """N, the number of images."""
        return len(self.source)

    def __repr__(self) -> str:
        return (
            f"CaptionedImages({len(self):,} images {self.source.shape[1:]}, target "
            f"{self.target.shape} over {len(self.target_vocabulary)} symbols)"
        )

    @property
    def target_lengths(self) -> Int[np.ndarray, " N"]:
        """Tokens in each caption, ``<eos>`` counted, padding not."""
        return (self.target != PAD).sum(axis=1)

    def take(self, indices: Any) -> "CaptionedImages":
        """The images at ``indices`` (positions, a slice, or one flag an image)."""
        chosen = chosen_examples(indices, len(self))
        return replace(
            self,
            source=self.source[chosen],
            target=self.target[chosen],
            references=[self.references[i] for i in chosen],
            names=[self.names[i] for i in chosen],
        )


class ImageSplits(NamedTuple):
    """Three parts that share no file: to learn from, to choose settings on, to report on."""

    train: CaptionedImages
    dev: CaptionedImages
    test: CaptionedImages


def read(
    folder: str | Path,
    table: str | Path,
    *,
    side: int,
    color: bool = False,
    lowercase: bool = True,
    min_count: int = 1,
    dev: float | int = 0.1,
    test: float | int = 0.1,
    columns: Sequence[int | str] | None = None,
    separator: str | None = None,
    header: bool | None = None,
    encoding: str = "utf-8",
) -> ImageSplits:
    """Pictures of your own with captions, ready for the captioner of chapter 5.

    The table has a file and a caption a line; a file that comes more than once has several
    captions, of which the first is trained on and all count as right. From each picture the
    largest square in its middle is cut out and resized. Captions are cut into words and signs.

    **Split.** A picture's part depends on a hash of its file's name as the table has it, and on
    nothing else: :func:`part_of` states the rule. Pictures stand in the order of their hash.

    Args:
      folder: where the files are. ``~`` is the home folder.
      table: tab-separated, or CSV if it is called ``.csv``: file, then caption.
      side: H = W in pixels; :class:`~encdec_lib.models.captioning.CaptionConfig` asks for one
        that can be halved as often as it has scales after the first.
      color: three channels, red, green and blue, C = 3; otherwise grey, C = 1.
      lowercase: whether captions are read in lower case.
      min_count: words that come fewer times in the training captions are ``<unk>``.
      dev: share of the dev part.
      test: share of the test part.
      columns, separator, header, encoding: as for
        :func:`~encdec_lib.data.text_files.read_pairs`.

    Returns:
      ``(train, dev, test)`` with values from 0, black, to 1. What is transparent is black.

    Raises:
      FileNotFoundError: if the table, the folder or a file in it is not there.
      ValueError: naming the file, if it holds no picture or its caption is empty; naming the
        argument else.
    """
    if isinstance(side, bool) or not isinstance(side, int) or side < 1:
        raise ValueError(f"side must be a whole number of at least 1; got {side!r}.")
    check_shares(dev, test)
    root = Path(folder).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(f"folder must name a folder; there is none at {root}.")
    rows = read_pairs(table, columns=columns, separator=separator, header=header, encoding=encoding)
    rule = TextVocabulary([], lowercase=lowercase)
    said = _captions(rows, rule, table)
    parts: dict[str, list[str]] = {part: [] for part in PARTS}
    for name in sorted(said, key=lambda name: (text_hash(nfc(name)), name)):
        parts[part_of(name, dev, test)].append(name)
    if not parts["train"]:
        raise ValueError(
            f"table must hold a picture for training; of the {len(said)} in {table} none is in "
            f"that part. Give more, or lower dev and test."
        )
    vocabulary = learn_symbols([said[name][0] for name in parts["train"]], rule, min_count)
    width = 1 + max(len(accepted[0]) for accepted in said.values())

    def part(names: list[str]) -> CaptionedImages:
        images = np.zeros((len(names), side, side, 3 if color else 1), np.float32)
        for image, name in zip(images, names, strict=True):
            image[:] = read_image(root / name, side, color)
        target = pad([[*vocabulary.encode(said[n][0], "unk"), EOS] for n in names], width)
        return CaptionedImages(images, target, [said[n] for n in names], names, vocabulary)

    return ImageSplits(*(part(names) for names in parts.values()))


def _captions(
    rows: list[Pair], rule: TextVocabulary, table: str | Path
) -> dict[str, list[list[str]]]:
    """Each file with its different captions, as tokens, in the order of the table."""
    said: dict[str, list[list[str]]] = {}
    for row in rows:
        name, tokens = row.source.strip(), rule.tokens(row.target)
        if not name or not tokens:
            raise ValueError(
                f"{table}, line {row.line}, must name a file and say something of it; got "
                f"{row.source!r} and {row.target!r}."
            )
        accepted = said.setdefault(name, [])
        if tokens not in accepted:
            accepted.append(tokens)
    return said


def part_of(name: str, dev: float | int = 0.1, test: float | int = 0.1) -> str:
    """The part that a file belongs to: ``"train"``, ``"dev"`` or ``"test"``.

    The rule: BLAKE2b of its name as the table has it, in Unicode's composed form, 8 bytes, as a
    number modulo 1,000. Below ``1000 · test`` is test, the next ``1000 · dev`` are dev.

    Args:
      name: of the file.
      dev: share of the dev part.
      test: share of the test part.

    Example:
      >>> part_of("a.png")
      'train'
    """
    return part_at(text_hash(nfc(name)), dev, test)


def read_image(path: str | Path, side: int, color: bool = False) -> Float[np.ndarray, "H W C"]:
    """A picture's middle square, resized.

    Args:
      path: of a file that Pillow reads: PNG, JPEG, GIF, WebP, …
      side: H = W in pixels.
      color: three channels, otherwise one.

    Returns:
      float32 ``(side, side, C)`` from 0 to 1. A photograph is turned upright as its camera noted.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if it holds no picture; the message names it.
      ModuleNotFoundError: if Pillow is not installed.
    """
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "pictures are read by Pillow, which is not installed. Run: pip install pillow"
        ) from None
    file = Path(path).expanduser()
    if not file.is_file():  # perhaps it came from a Mac, which writes é as two characters
        beside = file.parent.iterdir() if file.parent.is_dir() else ()
        file = next((other for other in beside if nfc(other.name) == nfc(file.name)), file)
    if not file.is_file():
        raise FileNotFoundError(f"the table names {file}, and there is no such file.")
    try:
        with Image.open(file) as opened:
            upright = ImageOps.exif_transpose(opened)
            if upright.mode.startswith("I"):  # 16 bits, which Pillow would cut off at 255
                upright = Image.fromarray((np.asarray(upright) / 257).astype(np.uint8))
            seen = upright.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"{file} holds no picture that can be read: {error}.") from None
    black = Image.new("RGBA", seen.size, (0, 0, 0, 255))
    flat = Image.alpha_composite(black, seen).convert("RGB" if color else "L")
    shrinks = min(flat.size) >= side  # then a pixel is the mean of those that it covers
    by = Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC
    square = ImageOps.fit(flat, (side, side), by)
    array = np.asarray(square, np.float32) / 255
    return array if color else array[..., None]
