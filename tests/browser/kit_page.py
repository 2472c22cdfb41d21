"""A small page with every part of the page kit, built by Sphinx with the book's extension."""

import functools
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KERNEL = "kernelspec: {display_name: Python 3, language: python, name: python3}"
TEXT = """---
file_format: mystnb
@KERNEL
---

# 4. One chapter

{.promise}
A promise.

```{facts}
{doc}`03_before`
```

```{aims}
- count *bytes* (ex-one_two-1)
- read
```

```{code-cell} ipython3
---
tags: [hide-input]
---
from encdec_lib import page

page.report(a=3.14159)
print("of a folded cell")
```

```{predict} What of *though*, $x_1$?
:answer: 2

- One $x^2$
- Two

---

**Two.** It is {glue:text}`a:.2f`.

More.
```

```{exercise} Count
:label: ex-one_two-1

Do count.
```

```{answer} one-two-1
- share of $x$ that is *so* :: 0.75 ~ 1%
- kind :: dot | *general* | none
- whole :: 1024
- about :: -3.5 ~ x2
```

```{code-cell} ipython3
---
tags: [exercise]
---
print("not yet")
```

```{code-cell} ipython3
---
tags: [hide-input]
mystnb: {code_prompt_show: "How figure 4.1 was made"}
---
print("of figure 4.1")
```

```{code-cell} ipython3
---
tags: [hide-output]
---
print("a log")
```

## In short

1. One.

## If you remember one picture

```{code-cell} ipython3
---
tags: [remove-input]
---
print("a picture")
```

A sentence, as in {doc}`03_before`.

What is next? See {doc}`03_before`.

```{code-cell} ipython3
---
tags: [remove-cell]
---
page.elapsed()
```
""".replace("@KERNEL", KERNEL)
SETTINGS = """
import sys
sys.path[:0] = {paths!r}
extensions = ["myst_nb", "sphinx_exercise", "kit"]
myst_enable_extensions = ["attrs_block", "attrs_inline", "dollarmath"]
nb_execution_mode, nb_execution_raise_on_error = "force", True
html_theme, html_static_path = "basic", [{static!r}, "own"]
mathjax_path = "none.js"  # formulas stay as they are: nothing is fetched
suppress_warnings = ["toc.not_included"]
"""


@functools.cache
def built(folder: Path) -> Path:
    """Builds the page below a folder, and gives its HTML file."""
    source = folder / "source"
    (source / "own").mkdir(parents=True)
    (source / "own" / "none.js").touch()
    paths = [str(ROOT / name) for name in ("book/_ext", "tools", "")]
    settings = SETTINGS.format(paths=paths, static=str(ROOT / "book" / "_static"))
    (source / "conf.py").write_text(settings, "utf-8")
    (source / "index.md").write_text(TEXT, "utf-8")
    (source / "03_before.md").write_text("---\norphan: true\n---\n\n# 3. Before\n", "utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", str(source), str(folder / "html")]
    env = os.environ | {"PYTHONPATH": str(ROOT)}  # the kernel's library is this one
    run = subprocess.run(command, capture_output=True, text=True, env=env)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    return folder / "html" / "index.html"
