"""Mirrors encdec_lib/page/notebook.py."""

import json
import os
import subprocess
import sys
from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib import page
from encdec_lib.page import notebook
from encdec_lib.page import result_files as stored


def in_a_kernel(cells: list[str], **environment: str):
    """Runs cells in a fresh kernel; gives each cell's outputs."""
    pytest.importorskip("nbclient")
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    old = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    finally:
        for name, value in old.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    return [cell.outputs for cell in notebook.cells]


def glued(outputs) -> dict[str, str]:
    """What a cell glued, as myst-nb reads it."""
    found = {}
    for output in outputs:
        if book := output.get("metadata", {}).get("scrapbook"):
            found[book["name"]] = output["data"][book["mime_prefix"] + "text/plain"]
    return found


@pytest.mark.filterwarnings("default")
def test_a_page_runs_without_a_word_on_stderr_and_its_numbers_can_be_quoted(tmp_path):
    cells = [
        "from encdec_lib import page\npage.setup()",
        "import jax, jax.numpy as jnp\n"
        "def f(x):\n"
        "    for _ in range(60): x = jnp.sort(jnp.tanh(x @ x))\n"  # slow to compile
        "    return x\n"
        "jax.jit(f)(jnp.ones((32, 32))).sum()",
        "from encdec_lib import alignment_plots\n"
        "alignment_plots.alignment([[1.0]], ['사과'], ['a']);",
        "import numpy as np\npage.report(score=np.float32(0.5), name='x', nothing=float('nan'))",
        "page.elapsed()",
    ]
    for attempt in ("first", "from the cache"):
        outputs = in_a_kernel(cells, ENCDEC_CACHE=str(tmp_path))
        stderr = [o.text for cell in outputs for o in cell if o.get("name") == "stderr"]
        assert not stderr, attempt
    assert "device" in outputs[0][0].text
    assert any("image/svg+xml" in o.get("data", {}) for o in outputs[2])
    assert not [o for o in outputs[3] if o.get("output_type") == "stream"], "a page shows no dump"
    assert glued(outputs[3]) == {"score": "0.5", "name": "'x'", "nothing": "nan"}
    assert float(glued(outputs[4])["page_seconds"]) > 0
    assert list(tmp_path.rglob("*-cache")), "no compiled program was kept"
    assert "Compiled programs kept" in outputs[4][0].text


def test_setup_after_jax_has_started_changes_no_device_and_says_nothing_else():
    code = (
        "import warnings; warnings.simplefilter('error')\n"
        "import jax; jax.numpy.ones(2).block_until_ready(); before = jax.devices()\n"
        "from encdec_lib import page; page.setup(); page.setup()\n"
        "assert jax.devices() == before"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"ENCDEC_CACHE": "off", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    lines = run.stdout.splitlines()
    assert len(lines) == 2 and lines[0].startswith("encdec_lib")


def test_report_prints_readable_numbers(capsys):
    page.report(
        small=0.000123456, share=np.float32(0.25), count=jnp.array(12), large=123456.78, name="GRU"
    )
    assert capsys.readouterr().out.splitlines() == [
        "small = 0.0001235",
        "share = 0.25",
        "count = 12",
        "large = 123456.8",
        "name = GRU",
    ]


def test_report_refuses_an_array():
    with pytest.raises(TypeError, match="report needs single numbers or strings; losses is a"):
        page.report(losses=np.ones(3))


def test_results_carry_their_provenance(tmp_path, monkeypatch):
    path = page.save_results(
        "curve", {"bleu": [99.5, 31.0]}, command="python -m results.curve", seeds=[0, 1],
        folder=tmp_path / "results",
    )  # fmt: skip
    assert json.loads(path.read_text())["data"] == {"bleu": [99.5, 31.0]}
    monkeypatch.setattr(stored.resources, "files", lambda _: tmp_path)
    curve = page.results("curve")
    assert curve["bleu"] == [99.5, 31.0]
    assert curve.provenance.startswith("python -m results.curve · seeds 0, 1 · python 3.")
    assert "jax" in curve.provenance and "core" in curve.provenance


def test_the_provenance_says_what_weight_decay_shrank():
    origin = {"command": "make", "seeds": [0], "versions": {}, "machine": "m", "date": "d"}

    def line(*configs):
        data = {"runs": [{"train": config} for config in configs]}
        return stored.Results(data, origin).provenance

    none, old = {"weight_decay": 0.0, "decay": "matrices"}, {"weight_decay": 0.1}
    new = {"weight_decay": 0.1, "decay": "matrices"}
    assert line(none).endswith("m · d") and line().endswith("m · d")
    assert line(none, old).endswith("d · weight decay on all parameters")
    assert line(old | {"decay": "all"}).endswith("d · weight decay on all parameters")
    assert line(new).endswith("d · weight decay on matrices")
    assert line(new, old).endswith("d · weight decay on all parameters and on matrices")


def test_a_result_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    save = partial(page.save_results, "curve", command="c", seeds=[0], folder=tmp_path)
    path = save({"bleu": 1})
    before = path.read_bytes()
    write = type(path).write_bytes

    def full_disk(path, content):
        write(path, content[: len(content) // 2])
        raise OSError("No space left on device")

    monkeypatch.setattr(type(path), "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space"):
        save({"bleu": 2})
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_home_is_understood(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # of Windows
    page.save_results("curve", {}, command="c", seeds=[0], folder="~/kept")
    assert (tmp_path / "kept" / "curve.json").exists()


def test_an_unknown_result_names_those_there_are(tmp_path, monkeypatch):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "length_curve.json").write_text("{}")
    monkeypatch.setattr(stored.resources, "files", lambda _: tmp_path)
    with pytest.raises(FileNotFoundError, match="'lenght' among 1; nearest are: length_curve"):
        page.results("lenght")


def test_the_clock_counts_cells_and_not_the_pauses_between_them(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(notebook.time, "perf_counter", lambda: now[0])
    clock = notebook._Clock(started=0.0)
    for moment, event in ((3, clock.end_cell), (100, clock.start_cell)):
        now[0] = moment
        event()
    now[0] = 104
    assert clock.seconds() == 7
