"""book/_ext/side_by_side.py on a small site of three pages, one of which stops."""

import json
import os
import subprocess
import sys

import pytest

from tools.myst_pages import ROOT

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="needs two cores, and to choose among them",
)

CONF = f"""
import sys
sys.path.insert(0, {str(ROOT / "book" / "_ext")!r})
extensions = ["myst_nb"]
project, nb_execution_mode, nb_execution_show_tb = "small", "cache", True

def setup(app):
    import side_by_side
    app.connect("env-before-read-docs", side_by_side.fill_cache)
"""
PAGE = """---
file_format: mystnb
kernelspec: {{name: python3, display_name: Python 3}}
---
# {name}

```{{code-cell}} ipython3
import json, os, time
began = time.time()
{work}
line = [{name!r}, began, time.time(), sorted(os.sched_getaffinity(0)),
        os.environ.get("ENCDEC_CPU_DEVICES")]
with open("runs.jsonl", "a") as file:
    print(json.dumps(line), file=file)
print("done", {name!r})
```
"""


@pytest.fixture
def build(tmp_path):
    """Builds a site of pages name -> what they do; its HTML, the runs of its pages, what is said"""
    (tmp_path / "conf.py").write_text(CONF)

    def build(pages, **environment):
        titles = "\n".join(pages)
        (tmp_path / "index.md").write_text(f"# Small\n\n```{{toctree}}\n{titles}\n```\n")
        for name, work in pages.items():
            (tmp_path / f"{name}.md").write_text(PAGE.format(name=name, work=work))
        done = subprocess.run(
            [sys.executable, "-m", "sphinx", "-q", "-b", "html", ".", "out"],
            cwd=tmp_path, capture_output=True, text=True, env=os.environ | environment,
        )  # fmt: skip
        runs = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text().splitlines()]
        return tmp_path / "out", runs, done.stderr

    return build


def test_pages_run_once_at_the_same_time_on_half_of_the_cores_each(build):
    html, runs, _ = build({"one": "time.sleep(1.5)", "two": "time.sleep(1.5)"})
    assert sorted(name for name, *_ in runs) == ["one", "two"]
    (_, began, ended, cores, devices), (_, began2, ended2, cores2, devices2) = runs
    assert max(began, began2) < min(ended, ended2)
    assert not set(cores) & set(cores2)
    assert set(cores) | set(cores2) == os.sched_getaffinity(0)
    everything = len(os.sched_getaffinity(0))
    assert devices == devices2 == str(everything)  # as if the page had the machine to itself
    assert "done one" in (html / "one.html").read_text().replace("&#39;", "'")


def test_a_page_that_stops_is_reported_and_the_others_are_kept(build):
    pages = {"good": "pass", "bad": "raise OSError('no more')", "fair": "pass"}
    html, runs, said = build(pages)
    assert sorted(name for name, *_ in runs) == ["fair", "good"]
    assert "no more" in said
    assert "done fair" in (html / "fair.html").read_text()


@pytest.mark.slow
def test_one_at_a_time_where_asked(build):
    _, runs, _ = build({"one": "time.sleep(0.2)", "two": "pass"}, JOBS="1")
    assert [set(cores) for *_, cores, _ in runs] == [os.sched_getaffinity(0)] * 2
    assert runs[0][2] <= runs[1][1]
