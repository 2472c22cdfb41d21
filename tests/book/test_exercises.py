"""Every exercise of every page: the stub does not pass, the solution does.

A page's exercise is a code cell tagged ``exercise`` that ends in ``exercises.check("id", …)``,
and somewhere below it one tagged ``solution`` that ends in the same call. Both may use the names
of the page's cells tagged ``imports`` and no others, so that a reader can start anywhere.
"""

import ast

import pytest

from encdec_lib import exercises
from encdec_lib.exercises.checking import _CHECKS, _canonical
from encdec_lib.exercises.report import Property
from encdec_lib.page.chapters import CHAPTERS
from tests.book.tree import pages, text
from tests.helpers.thinned import thinned
from tools.myst_pages import ROOT, Cell, code_cells

#: Pages whose exercises run in `make test`; those of all pages run in `make test-all`.
FAST = ["book/09_attention_scores", "book/13_why_self_attention"]
CHAPTER_PAGES = {chapter.page: chapter for chapter in CHAPTERS}


def check_call(cell: Cell) -> ast.Call | None:
    """The call of ``check`` that a cell ends in."""
    tree = ast.parse(cell.code)
    last = tree.body[-1] if tree.body else None
    call = last.value if isinstance(last, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return None
    name = getattr(call.func, "attr", getattr(call.func, "id", None))
    first = call.args[0] if call.args else None
    if name != "check" or not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return None
    return call


def run(cell: Cell, names: dict, where: str):
    """Runs a cell and gives the value of its last line."""
    tree = ast.parse(cell.code, where)
    last = tree.body.pop()
    exec(compile(tree, where, "exec"), names)
    return eval(compile(ast.Expression(last.value), where, "eval"), names)


def between_gates(source: str, cell: Cell) -> bool:
    """Whether a cell stands in a solution that is folded until the reader opens it."""
    before = "\n".join(source.splitlines()[: cell.line - 1])
    start = before.rfind("{solution-start}")
    return start > before.rfind("{solution-end}") and ":class: dropdown" in before[start:]


def problems(page: str, source: str, least: int) -> list[str]:
    """All that is wrong with the exercises of a page, each in a sentence that names it."""
    cells = code_cells(source)
    stubs: dict[str, Cell] = {}
    solutions: dict[str, list[Cell]] = {}
    found = []
    for cell in cells:
        for tag in cell.tags & {"exercise", "solution"}:
            call = check_call(cell)
            where = f"{page}, line {cell.line}"
            if call is None:
                found.append(f'{where}: the {tag} cell must end in exercises.check("id", …).')
                continue
            name = call.args[0].value
            if tag == "solution":
                solutions.setdefault(name, []).append(cell)
                if not between_gates(source, cell):
                    found.append(f"{where}: the solution of {name} must stand in a dropdown.")
            elif name in stubs:
                found.append(f"{where}: {name} has a second exercise cell.")
            else:
                stubs[name] = cell
    found += [
        f"{page}: {name} has a solution but no exercise cell." for name in solutions.keys() - stubs
    ]
    if len(stubs) < least:
        found.append(f"{page} has {len(stubs)} exercises; a chapter has at least {least}.")

    names = {"__name__": "__main__"}
    if stubs:
        imports = [cell for cell in cells if "imports" in cell.tags]
        if not imports:
            found.append(f"{page}: no cell is tagged imports, which the exercises build on.")
        for cell in imports:
            exec(compile(cell.code, f"{page}, line {cell.line}", "exec"), names)
    for name, stub in stubs.items():
        found += _problems_of(page, name, stub, solutions.get(name, []), names)
    return found


def _problems_of(page: str, name: str, stub: Cell, solutions: list[Cell], names: dict):
    """Runs one stub and its solution, each with the page's imports alone."""
    if len(solutions) != 1:
        yield f"{page}: {name} needs exactly one solution cell; it has {len(solutions)}."
        return
    (solution,) = solutions
    if solution.line < stub.line:
        yield f"{page}: the solution of {name} stands above its exercise."
    if ast.dump(check_call(stub)) != ast.dump(check_call(solution)):
        yield f"{page}: the stub and the solution of {name} end in different check calls."
    for kind, cell in (("stub", stub), ("solution", solution)):
        try:
            report = run(cell, dict(names), f"{page}, line {cell.line}")
        except Exception as error:
            yield f"{page}: the {kind} of {name} raises {type(error).__name__}: {error}"
            continue
        if report.passed != (kind == "solution"):
            wanted = "must pass" if kind == "solution" else "must not pass"
            yield f"{page}: the {kind} of {name} {wanted}.\n{report!r}"


@pytest.mark.parametrize("page", thinned(pages(), FAST))
def test_stubs_fail_and_solutions_pass(page, monkeypatch):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    monkeypatch.chdir(ROOT / "book")  # as the build runs a page
    found = problems(page, text(page), 4 if page in CHAPTER_PAGES else 0)
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("page", CHAPTER_PAGES)
def test_a_chapter_uses_its_own_checks_and_all_of_them(page):
    calls = [check_call(cell) for cell in code_cells(text(page)) if "exercise" in cell.tags]
    used = [_canonical(call.args[0].value) for call in calls if call]
    assert sorted(used) == sorted(exercises.ids(CHAPTER_PAGES[page].slug)), page


# --- the reading of pages, and that each fault is found -----------------------------------------

PAGE = """---
kernelspec: {name: python3, display_name: Python 3}
---
```{code-cell} ipython3
:tags: [imports, hide-input]
from encdec_lib import exercises
```

````markdown
```{code-cell} ipython3
:tags: [exercise]
this is not a cell
```
````

```{code-cell} ipython3
:tags: [exercise]
def double(x):
    return ...
exercises.check("on-paper-1", double)
```

````{solution-start} ex-on-paper-1
:class: dropdown
````

```{code-cell} ipython3
---
tags:
  - solution
mystnb:
  figure: {}
---
def double(x):
    return 2 * x
exercises.check("on-paper-1", double)
```

````{solution-end}
````
"""


@pytest.fixture
def on_paper():
    @exercises.exercise("on-paper-1")
    def double(function):
        yield Property("doubles", function(3) == 6, "Try 3.")

    yield
    _CHECKS.pop("on_paper-1")


def test_cells_are_read_with_their_tags():
    imports, stub, solution = code_cells(PAGE)
    assert imports.tags == {"imports", "hide-input"}
    assert stub.tags == {"exercise"}
    assert solution.tags == {"solution"}
    assert solution.code.startswith("def double")
    assert PAGE.splitlines()[stub.line - 1].startswith("```{code-cell}")
    assert check_call(stub).args[0].value == "on-paper-1"


def test_a_good_page_has_no_problems(on_paper):
    assert problems("page", PAGE, 1) == []


@pytest.mark.parametrize(
    ("old", "new", "least", "message"),
    [
        ("return ...", "return 2 * x", 1, "the stub of on-paper-1 must not pass"),
        ("return 2 * x", "return 3 * x", 1, "the solution of on-paper-1 must pass"),
        ("return 2 * x", "return two * x", 1, "name 'two' is not defined"),
        ("return ...", "return ...\ntwo", 1, "the stub of on-paper-1 raises NameError"),
        ("  - solution\n", "  - other\n", 1, "exactly one solution cell; it has 0"),
        (":class: dropdown\n", "", 1, "must stand in a dropdown"),
        ("{solution-start}", "{hint}", 1, "must stand in a dropdown"),
        ("imports, ", "", 1, "no cell is tagged imports"),
        ("[exercise]\ndef", "[]\ndef", 0, "has a solution but no exercise cell"),
        ("", "", 4, "has 1 exercises; a chapter has at least 4"),
        (
            '    return ...\nexercises.check("on-paper-1", double)',
            "    return ...",
            0,
            "must end in",
        ),
        ('check("on-paper-1", double)', 'check("on-paper-1", function=double)', 1, "different"),
        ("on-paper-1", "on-paper-7", 1, "There is no exercise"),
    ],
)
def test_every_fault_is_named(on_paper, old, new, least, message):
    page = PAGE.replace(old, new) if "7" in new else PAGE.replace(old, new, 1)
    if old == "[exercise]\ndef":
        page = PAGE.replace(":tags: [exercise]\ndef", ":tags: []\ndef")
    assert message in "\n".join(problems("page", page, least))
