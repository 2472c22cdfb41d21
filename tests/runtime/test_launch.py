"""Mirrors encdec_lib/runtime/launch.py, and `fit` over several processes."""

import json
import os
import subprocess
import sys
import time

import jax
import numpy as np
import pytest

from encdec_lib.runtime import launch as processes
from encdec_lib.train.loop import fit

TRAINING = """
import json, sys
import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from encdec_lib.train.checkpoint import to_numpy
from encdec_lib.train import Best, TrainConfig, fit

folder, seed = sys.argv[1], int(sys.argv[2])
train = TrainConfig(steps=7, batch_size=6, warmup_steps=2, learning_rate=0.02, chunk_steps=3)
numbers = np.random.default_rng(0)
data = numbers.normal(size=(11, 5)).astype(np.float32), numbers.normal(size=11).astype(np.float32)


class Net(nnx.Module):
    def __init__(self, seed):
        rngs = nnx.Rngs(seed)
        self.hidden, self.drop = nnx.Linear(5, 3, rngs=rngs), nnx.Dropout(0.2, rngs=rngs)

    def __call__(self, x):
        return jnp.tanh(self.drop(self.hidden(x))).sum(axis=1)


def squares(model, batch):
    x, y = batch
    return ((model(x) - y) ** 2).sum(), jnp.float32(len(y))


def arrays(model):
    return {jax.tree_util.keystr(path): to_numpy(leaf).tolist() for path, leaf in
            jax.tree_util.tree_flatten_with_path(nnx.state(model))[0]}


def main():
    index = jax.process_index()
    model, seen = Net(seed * index), []
    keep = {"checkpoint": folder + "/run.npz", "checkpoint_every": 4, "loss": squares}

    def evaluate(model):
        seen.append(float(abs(model.hidden.kernel[...]).sum()))
        return {"size": seen[-1]}

    history = fit(model, data, train, evaluate=evaluate, eval_every=5, **keep)
    assert {d for x in jax.tree.leaves(nnx.state(model)) for d in x.devices()} == {
        jax.local_devices()[0]
    }
    again = Net(99)
    assert (fit(again, data, train, resume=True, **keep).losses == history.losses).all()
    assert arrays(again) == arrays(model)

    counted = []

    def private(model):  # up in process 0, down in the other, which would soon give up
        counted.append(1 - 2 * index)
        return {"own": sum(counted)}

    chosen = Net(seed * index)
    frozen = chosen.hidden.bias[...]
    best = fit(chosen, data, train, loss=squares, evaluate=private, eval_every=2,
               best=Best("own", patience=1), freeze="hidden.bias")
    assert best.best_step == 7 and not best.stopped_early and len(counted) == 4
    assert (chosen.hidden.bias[...] == frozen).all()

    with open(f"{folder}/process_{index}.json", "w") as file:
        json.dump({"losses": history.losses.tolist(), "model": arrays(model), "seen": seen,
                   "chosen": arrays(chosen),
                   "devices": jax.device_count(), "argv": sys.argv[1:], "name": __name__}, file)


if __name__ == "__main__":
    main()
"""


def launched(script, *arguments, count=2, seconds=240):
    """Runs the command; gives its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "encdec_lib.runtime.launch", str(count), str(script), *arguments],
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "JAX_PLATFORMS": "cpu",
            "PYTHONUNBUFFERED": "1",  # the harder case: print then writes a line in pieces
        },
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("together")
    (folder / "training.py").write_text(TRAINING)
    return folder


def test_two_processes_train_as_one_with_as_many_devices(folder, monkeypatch):
    """Losses, weights and random streams agree; one of them prints and writes."""
    code, out, err = launched(folder / "training.py", str(folder), "0")
    assert code == 0, out + err
    first, second = (json.loads((folder / f"process_{k}.json").read_text()) for k in range(2))
    assert first == second
    assert first["argv"] == [str(folder), "0"] and first["name"] == "__main__"
    assert first["devices"] == 2 * processes._share(2)
    assert len(first["seen"]) == 2
    assert out.count("trained 7 steps in") == 3 and "[1] trained" not in out
    assert (folder / "run.npz").exists()

    # The same in this process, which has two devices.
    if first["devices"] != len(jax.devices()):
        pytest.skip("each process had several cores; dropout depends on the number of devices")
    names = {"__name__": "script"}
    monkeypatch.setattr(sys, "argv", ["training.py", str(folder), "0"])
    exec(compile(TRAINING, "training.py", "exec"), names)
    model = names["Net"](0)
    history = fit(
        model, names["data"], names["train"], loss=names["squares"], devices=jax.devices(),
        progress=False,
    )  # fmt: skip
    np.testing.assert_allclose(first["losses"], history.losses, rtol=1e-5)
    assert names["arrays"](model).keys() == first["model"].keys()
    for path, array in names["arrays"](model).items():
        np.testing.assert_allclose(first["model"][path], array, atol=1e-5, err_msg=path)


@pytest.mark.slow
def test_processes_that_bring_different_models_are_told_so(folder):
    code, out, err = launched(folder / "training.py", str(folder), "1")
    assert code == 1
    assert "these differ: model, data or order of examples. Use the same seeds" in out + err


@pytest.mark.slow
def test_a_process_that_fails_ends_the_others_and_gives_its_code(tmp_path):
    """Before that the two print at the same time, and no line of one breaks one of the other."""
    script = tmp_path / "fails.py"
    script.write_text(
        "import pathlib, sys, time, jax\n"
        "index, printed = jax.process_index(), pathlib.Path(sys.argv[1])\n"
        "for k in range(307): print('I am', index, 'of', jax.process_count(), 'line', k)\n"
        "if index == 0: printed.touch()\n"
        "while not printed.exists(): time.sleep(0.05)\n"
        "if index == 1: sys.exit(7)\n"
        "time.sleep(200)\n"
    )
    started = time.perf_counter()
    code, out, err = launched(script, str(tmp_path / "printed"))
    assert code == 7, err
    assert time.perf_counter() - started < 60
    *lines, last = out.splitlines()
    expected = [f"I am 0 of 2 line {k}" for k in range(307)]
    assert [line for line in lines if line[0] == "I"] == expected
    expected = [f"[1] I am 1 of 2 line {k}" for k in range(307)]
    assert [line for line in lines if line[0] != "I"] == expected
    assert last == "process 1 ended with code 7; the others are ended."


def test_bad_arguments_are_named_in_the_error(tmp_path, capsys, monkeypatch):
    with pytest.raises(ValueError, match="count must be at least 1 process; got 0"):
        processes.launch(0, __file__)
    with pytest.raises(FileNotFoundError, match="there is no script .*gone.py. Give the path"):
        processes.launch(2, str(tmp_path / "gone.py"))
    monkeypatch.setattr(sys, "argv", ["processes", "2", "gone.py"])
    with pytest.raises(SystemExit):
        processes.main()
    assert "there is no script gone.py" in capsys.readouterr().err


def test_a_free_address_can_be_listened_at():
    host, port = processes._free_address().split(":")
    assert host == "127.0.0.1" and 1024 <= int(port) < 65536
