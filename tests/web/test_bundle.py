"""Mirrors encdec_lib/web/bundle.py."""

import pytest

from encdec_lib.web.bundle import bundle


@pytest.fixture
def write(tmp_path):
    def write(**files):
        for name, source in files.items():
            (tmp_path / f"{name}.js").write_text(source)
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
    assert source.index("module_deep =") < source.index("module_left =") < source.index("default")
    assert source.count("const one = 1") == 1
    assert "import" not in source and "export const" not in source


def test_an_import_over_several_lines_is_understood(write):
    source = bundle(
        write(
            deep="export const a = 1;\nexport const b = 2;\n",
            entry='import {\n  a,\n  b,\n} from "./deep.js";\nexport default { a, b };\n',
        )
    )
    assert "const { a, b } = module_deep;" in source


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
