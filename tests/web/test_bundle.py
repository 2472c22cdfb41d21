"""Mirrors encdec_lib/web/bundle.py."""

import re
from pathlib import Path

import pytest

import encdec_lib
from encdec_lib.web.bundle import bundle


@pytest.fixture
def write(tmp_path):
    def write(**files):
        for name, source in files.items():
            path = tmp_path / f"{name}.js"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        return tmp_path / "entry.js"

    return write


def test_what_is_needed_comes_first_and_once(write):
    source = bundle(
        write(
            deep="export const one = 1;\n",
            left='import { one } from "./deep.js";\nexport function two() { return 2 * one; }\n',
            entry='import { one } from "./deep.js";\nimport { two } from "./left.js";\n'
            "export default { render: () => one + two() };\n",
        )
    )
    assert source.index('deep.js"] = (()') < source.index('left.js"] = (()')
    assert source.index('left.js"] = (()') < source.index("default")
    assert source.count("const one = 1") == 1
    assert "import" not in source and "export const" not in source


def test_an_import_over_several_lines_is_understood(write):
    source = bundle(
        write(
            deep="export const a = 1;\nexport const b = 2;\n",
            entry='import {\n  a,\n  b,\n} from "./deep.js";\nexport default { a, b };\n',
        )
    )
    assert re.search(r'const \{ a, b \} = __exports\["\S*/deep.js"\];', source)


def test_two_files_of_one_name_stay_two(write):
    source = bundle(
        write(
            **{"one/x": "export const a = 1;\n", "other/x": "export const b = 2;\n"},
            entry='import { a } from "./one/x.js";\nimport { b } from "./other/x.js";\n'
            "export default { a, b };\n",
        )
    )
    made = re.findall(r"(\S+/x.js\S+) = \(\(\)", source)
    assert len(set(made)) == 2
    assert re.findall(r"const \{ (\w) \} = (\S+);", source) == [("a", made[0]), ("b", made[1])]


def test_a_file_of_the_package_is_named_by_where_it_lies_in_it():
    source = bundle(Path(encdec_lib.__file__).parent / "web" / "engine" / "vit.js")
    assert '__exports["web/engine/transformer.js"] = (() => {' in source


@pytest.mark.parametrize(
    "a, b, c, circle",
    [
        ("b", "a", "", "a.js -> {}b.js -> {}a.js"),
        ("b", "c", "a", "a.js -> {}b.js -> {}c.js -> {}a.js"),
        ("b", "b", "", "b.js -> {}b.js"),
        ("entry", "", "", "entry.js -> {}a.js -> {}entry.js"),
    ],
)
def test_files_that_import_each_other_in_a_circle_are_named(write, tmp_path, a, b, c, circle):
    def file(name, needs):
        needed = f'import {{ {needs} }} from "./{needs}.js";\n' if needs else ""
        return f"{needed}export const {name} = 1;\n"

    entry = write(a=file("a", a), b=file("b", b), c=file("c", c), entry=file("entry", "a"))
    with pytest.raises(ValueError) as refused:
        bundle(entry)
    told = circle.replace("{}", f"{tmp_path.resolve().as_posix()}/")
    assert f"in a circle: {tmp_path.resolve().as_posix()}/{told}. Move what" in str(refused.value)


@pytest.mark.parametrize(
    "entry, message",
    [
        ('import { b } from "./deep.js";', "imports b, which ./deep.js does not export"),
        ('import { a } from "./lost.js";', "imports ./lost.js, which does not exist"),
        ('import * as x from "./deep.js";', "write `import { a, b }"),
        ('import "./deep.js";', "write `import { a, b }"),
    ],
)
def test_what_it_does_not_understand_is_named(write, entry, message):
    with pytest.raises(ValueError, match=message):
        bundle(write(deep="export const a = 1;\n", entry=entry))


def test_an_export_of_another_form_is_named(write):
    files = {"deep": "const a = 1;\nexport { a };\nexport const b = 2;\n"}
    with pytest.raises(ValueError, match=r"deep.js: write `export function f`"):
        bundle(write(**files, entry='import { b } from "./deep.js";'))
