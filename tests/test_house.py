"""The library as a house: every name has its types, every file a size, every room its floor."""

import ast
import graphlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "encdec_lib"

# From top to bottom: a room imports from those below it alone.
ROOMS = (
    "exercises page widgets web plots evaluation analysis generate train pretrained models layers "
    "data runtime encoding"
).split()
LONGEST_FILE = 300  # lines
LONGEST_FUNCTION = 60  # lines, its docstring not counted
LONGEST_SCRIPT = 250  # lines of a file of JavaScript

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _module(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {
    file: file.read_text(encoding="utf-8")
    for file in sorted((ROOT / PACKAGE).rglob("*.py*"))
    if file.suffix in (".py", ".pyi")
}
PYTHON = {_module(file): ast.parse(text) for file, text in SOURCES.items() if file.suffix == ".py"}
FACES = {_module(file): ast.parse(text) for file, text in SOURCES.items() if file.suffix == ".pyi"}


def public_functions(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Functions and methods with their names; none private, none nested in a function."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, Function) and not (
            node.name.startswith("_") and not node.name.endswith("__")
        ):
            yield f"{prefix}{node.name}", node


def lacking(function: Function) -> list[str]:
    """The parameters of a function without a type, and `return` if that has none."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += filter(None, (arguments.vararg, arguments.kwarg))
    names = [a.arg for a in every if a.annotation is None and a.arg not in ("self", "cls")]
    returns = function.returns is not None or function.name.endswith("__")
    return names if returns else [*names, "return"]


def lines_of(function: Function) -> int:
    """The lines of a function without its docstring."""
    assert function.end_lineno is not None
    size = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is None:
        return size
    docstring = function.body[0]
    assert docstring.end_lineno is not None
    return size - (docstring.end_lineno - docstring.lineno + 1)


def imports(module: str, tree: ast.AST, face: bool = False) -> set[str]:
    """The library's modules that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = module if face or module not in PYTHON else module.rpartition(".")[0]
            up = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*up, *filter(None, [node.module])]) if node.level else node.module
            whole = [f"{base}.{alias.name}" for alias in node.names]
            found |= {name if name in PYTHON else str(base) for name in whole}
    return {name for name in found if name.split(".")[0] == PACKAGE} - {module}


def room(module: str) -> str:
    """The room of a module; empty for the package itself and for the old names."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and not parts[1].startswith("_") else ""


@pytest.mark.parametrize("module", PYTHON)
def test_public_functions_say_their_types(module):
    found = {name: lacking(f) for name, f in public_functions(PYTHON[module].body)}
    untyped = {name: names for name, names in found.items() if names}
    assert not untyped, f"{module}: annotate {untyped}"


def test_a_type_that_is_missing_is_found():
    source = "class A:\n def f(self, x, *rest, y: int, **more): ...\n def _g(self, x): ..."
    assert [(name, lacking(f)) for name, f in public_functions(ast.parse(source).body)] == [
        ("A.f", ["x", "rest", "more", "return"])
    ]
    source = "def f(x: int) -> int:\n def g(y): ...\nclass _B:\n def h(self, x): ..."
    assert [lacking(f) for _, f in public_functions(ast.parse(source).body)] == [[]]


def test_the_package_says_that_it_is_typed():
    assert (ROOT / PACKAGE / "py.typed").exists()


def test_files_and_functions_are_short():
    long = [
        f"{file.relative_to(ROOT)}: {len(text.splitlines())} lines"
        for file, text in SOURCES.items()
        if file.suffix == ".py" and len(text.splitlines()) > LONGEST_FILE
    ]
    long += [
        f"{module}.{node.name}: {lines_of(node)} lines"
        for module, tree in PYTHON.items()
        for node in ast.walk(tree)
        if isinstance(node, Function) and lines_of(node) > LONGEST_FUNCTION
    ]
    assert not long, f"divide what is longer than a screen: {long}"


def too_long(files: dict[str, str]) -> list[str]:
    """Which files of JavaScript have too many lines, and how many."""
    lines = {name: len(text.splitlines()) for name, text in files.items()}
    return [f"{name}: {count} lines" for name, count in lines.items() if count > LONGEST_SCRIPT]


def test_files_of_javascript_are_short():
    files = sorted((ROOT / PACKAGE).rglob("*.js"))
    assert len(files) > 200
    long = too_long({str(f.relative_to(ROOT)): f.read_text(encoding="utf-8") for f in files})
    assert not long, f"divide by idea what is longer than it can be read at once: {long}"
    assert too_long({"a.js": "\n" * 250, "b.js": "\n" * 251}) == ["b.js: 251 lines"]


def test_functions_of_javascript_are_short():
    """Biome, which `make test` runs, holds them to it: here, that nobody tells it otherwise."""
    biome = json.loads((ROOT / "biome.json").read_text(encoding="utf-8"))
    rule = biome["linter"]["rules"]["complexity"]["noExcessiveLinesPerFunction"]
    assert rule == {"level": "error", "options": {"maxLines": LONGEST_FUNCTION}}
    assert "encdec_lib/**/*.js" in biome["files"]["includes"]
    allowed = [
        f for f in (ROOT / PACKAGE).rglob("*.js") if "noExcessiveLines" in f.read_text("utf-8")
    ]
    assert not allowed, f"divide their functions instead: {allowed}"


def test_every_room_has_a_floor():
    rooms = {room(module) for module in PYTHON} - {""}
    assert rooms == set(ROOMS), "name a new room in DESIGN's order here and in encdec_lib/__init__"


def test_rooms_import_downwards_only():
    wrong = []
    for trees, face in ((PYTHON, False), (FACES, True)):
        for module, tree in trees.items():
            here = room(module)
            if not here:
                continue
            for target in imports(module, tree, face):
                there = room(target)
                if there and there != here and ROOMS.index(there) < ROOMS.index(here):
                    wrong.append(f"{module} imports {target}")
    assert not wrong, f"{wrong}: move what both need into the lower room"


def test_no_imports_run_in_a_circle():
    graph = {module: imports(module, tree) for module, tree in PYTHON.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"these import each other: {' <- '.join(error.args[1])}")


def test_relative_and_absolute_imports_are_read():
    source = (
        "from encdec_lib import plots\nimport jax\nimport encdec_lib.web.export\n"
        "def f():\n from encdec_lib.train import TrainConfig\n from . import step\n"
        " from ..layers.scores import DotScore"
    )
    assert imports("encdec_lib.train.loop", ast.parse(source)) == {
        "encdec_lib.plots",
        "encdec_lib.web.export",
        "encdec_lib.train",
        "encdec_lib.train.step",
        "encdec_lib.layers.scores",
    }


def unpickling(tree: ast.AST) -> list[str]:
    """What in a module could run code that somebody else has put into a file of data."""
    modules = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
    calls = {"np.load", "numpy.load", "jnp.load", "torch.load", "pd.read_pickle"}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in modules]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in modules:
            found.append(str(node.module))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in calls:
            found.append(ast.unparse(node.func))
    return found


def test_nothing_is_unpickled():
    files = [
        f
        for room in (PACKAGE, "results", "benchmarks", "tools")
        for f in ROOT.glob(f"{room}/**/*.py")
    ]
    assert len(files) > 150
    found = {str(f): unpickling(ast.parse(f.read_text(encoding="utf-8"))) for f in files}
    assert not {f: names for f, names in found.items() if names}, "weights are safetensors"
    source = "import pickle\nfrom joblib.x import y\nx = np.load('a')\njson.load(f)"
    assert unpickling(ast.parse(source)) == ["pickle", "joblib.x", "np.load"]


def test_importing_the_package_loads_neither_jax_nor_data():
    code = (
        "import encdec_lib, sys\n"
        "print(*(m for m in sys.modules if m.split('.')[0] == 'jax' or '_lib.data' in m))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == []
