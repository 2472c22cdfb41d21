"""Mirrors encdec_lib/data/own_images.py, and `captions.read`, which is its door."""

import hashlib
import unicodedata

import numpy as np
import pytest
from flax import nnx
from PIL import Image

from encdec_lib import evaluation
from encdec_lib.data import captions
from encdec_lib.data.own_images import part_of, read_image
from encdec_lib.data.vocabulary import UNK
from encdec_lib.models.captioning import CaptionConfig, captioner
from encdec_lib.train import TrainConfig, fit

COLORS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}


@pytest.fixture
def folder(tmp_path):
    """Ten tiny pictures, `<number>.png`, of a color above black, and a table of what is on them."""
    lines = []
    for n in range(10):
        name, color = list(COLORS.items())[n % 3]
        image = Image.new("RGB", (13, 11))
        image.paste(color, (0, 0, 13, 5))
        image.save(tmp_path / f"{n}.png")
        lines.append(f"{n}.png\tA {name} half.")
    lines.append("3.png\tRed above black.")
    (tmp_path / "captions.tsv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_every_picture_is_in_the_part_that_the_rule_says(folder):
    data = captions.read(folder, folder / "captions.tsv", side=8, dev=0.3, test=0.3)
    for part, images in data._asdict().items():
        for name in images.names:
            digest = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
            place = int(digest, 16) % 1000
            assert part == ("test" if place < 300 else "dev" if place < 600 else "train")
            assert part_of(name, 0.3, 0.3) == part
    assert sorted(name for part in data for name in part.names) == [f"{n}.png" for n in range(10)]
    assert min(map(len, data)) > 0


def test_pictures_and_captions_belong_together(folder):
    data = captions.read(folder, folder / "captions.tsv", side=4, color=True, dev=0, test=0)
    part = data.train
    assert part.source.shape == (10, 4, 4, 3) and part.source.dtype == np.float32
    for image, references, row in zip(part.source, part.references, part.target, strict=True):
        name = list(COLORS)[int(image[0, 0].argmax())]
        assert references[0] == ["a", name, "half", "."]
        np.testing.assert_array_equal(image[0], np.tile(np.array(COLORS[name]) / 255, (4, 1)))
        assert image[-1].max() == 0
        assert part.target_vocabulary.decode_text(row) == f"a {name} half ."
    (two,) = (r for name, r in zip(part.names, part.references, strict=True) if name == "3.png")
    assert two[1:] == [["red", "above", "black", "."]]
    assert "above" not in part.target_vocabulary  # of a second caption, which is not trained on
    assert part.take([2, 0]).names == [part.names[2], part.names[0]]
    assert part.target_lengths.tolist() == [5] * 10
    assert len(data.dev) == 0 and data.dev.source.shape == (0, 4, 4, 3)
    rare = captions.read(folder, folder / "captions.tsv", side=4, min_count=4, dev=0, test=0)
    assert (rare.train.target == UNK).sum() == 6 and "red" in rare.train.target_vocabulary


def test_the_captioner_of_chapter_5_trains_on_them(folder):
    data = captions.read(folder, folder / "captions.tsv", side=8, dev=0.3, test=0.3)
    words = data.train.target_vocabulary
    config = CaptionConfig(
        target_vocab=len(words), side=8, channels=(2, 3), embed_dim=5, state_dim=7
    )
    model = captioner(config, rngs=nnx.Rngs(0))
    steps = TrainConfig(steps=2, batch_size=2, warmup_steps=1)
    history = fit(model, data.train, steps, progress=False)
    assert np.isfinite(history.losses).all() and len(history.losses) == 2
    said = evaluation.decode(model, data.test)
    assert len(said) == len(data.test) and all(t in words for tokens in said for t in tokens)


def test_the_middle_square_is_cut_out_and_each_pixel_is_a_mean(tmp_path):
    pixels = np.arange(8 * 12, dtype=np.uint8).reshape(8, 12)
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    seen = read_image(tmp_path / "wide.png", 4)
    assert seen.shape == (4, 4, 1)
    middle = pixels[:, 2:10].astype(float)
    by_loop = [
        [middle[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].mean() for j in range(4)] for i in range(4)
    ]
    np.testing.assert_allclose(255 * seen[..., 0], by_loop, atol=1)  # Pillow rounds, twice
    assert read_image(tmp_path / "wide.png", 31, color=True).shape == (31, 31, 3)


def test_transparent_turned_and_deep_pictures(tmp_path):
    clear = Image.new("RGBA", (4, 4), (255, 255, 255, 0))
    clear.putpixel((0, 0), (255, 255, 255, 255))
    clear.save(tmp_path / "clear.png")
    seen = read_image(tmp_path / "clear.png", 4)[..., 0]
    assert seen[0, 0] == 1 and seen.sum() == 1
    turned = Image.new("L", (4, 4))
    turned.putpixel((0, 0), 255)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the first row is the right side
    turned.save(tmp_path / "turned.png", exif=exif)
    assert read_image(tmp_path / "turned.png", 4)[0, 3, 0] == 1
    deep = np.full((4, 4), 257 * 128, np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    np.testing.assert_allclose(read_image(tmp_path / "deep.png", 4), 128 / 255, atol=1e-6)


def test_a_name_in_letters_apart_is_found(tmp_path):
    Image.new("L", (4, 4), 255).save(tmp_path / unicodedata.normalize("NFD", "é.png"))
    (tmp_path / "table.csv").write_text("file,caption\né.png,white\n", encoding="utf-8")
    data = captions.read(
        tmp_path, tmp_path / "table.csv", side=2, columns=("file", "caption"), dev=0, test=0
    )
    assert data.train.source.min() == 1


def test_errors_name_the_file_and_the_line(folder, as_reader):
    table = folder / "captions.tsv"
    with pytest.raises(ValueError, match="side must be a whole number of at least 1; got 0"):
        captions.read(folder, table, side=0)
    with pytest.raises(FileNotFoundError, match="folder must name a folder; there is none at"):
        captions.read(folder / "nowhere", table, side=4)
    with pytest.raises(FileNotFoundError, match="nowhere.tsv"):
        captions.read(folder, folder / "nowhere.tsv", side=4)
    with pytest.raises(ValueError, match="dev and test must be shares"):
        captions.read(folder, table, side=4, test=1.5)
    (folder / "7.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"7.png holds no picture that can be read"):
        captions.read(folder, table, side=4)
    (folder / "7.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"the table names .*7.png, and there is no such"):
        captions.read(folder, table, side=4)
    table.write_text("0.png\tA half.\n1.png\t \n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"captions.tsv, line 2, must name a file and say"):
        captions.read(folder, table, side=4)
    table.write_text("0.png\tA half.\n1.png\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"captions.tsv, line 2, needs a column 1"):
        captions.read(folder, table, side=4)
