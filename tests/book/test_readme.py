"""The ten lines of README.md from a file to a translation run as they stand there."""

import re

from tests.book.tree import ROOT
from tests.helpers.own_pairs import lines

BLOCK = re.compile(r"```python\n(.*?)```", re.S)


def test_a_file_becomes_a_translation(tmp_path, monkeypatch, capsys):
    blocks = BLOCK.findall((ROOT / "README.md").read_text("utf-8"))
    (block,) = [block for block in blocks if "parallel.read(" in block]
    done = [line for line in block.splitlines() if line and "import" not in line]
    assert len(done) <= 10
    short = block.replace("steps=3000", "steps=3, batch_size=8, warmup_steps=1")
    assert short != block
    (tmp_path / "fra.txt").write_text("\n".join(lines()), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(short, "README.md", "exec"), names)
    said = capsys.readouterr().out
    assert "fra.txt: 100 pairs; " in said and "trained 3 steps" in said
    french = names["french"]
    assert set(said.splitlines()[-1].split()) <= set(french.symbols)
